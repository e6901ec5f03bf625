"""A payer's decision as JSON and back: what it needs to take one back or to answer a status question later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from cleanclaim.documents import Adjustment, ClaimPayment, Party, ServicePayment
from cleanclaim.kernel.money import Rate

_CLAIM: Final = ("patient_control_number", "status", "charge_cents", "paid_cents", "patient_responsibility_cents", "claim_filing",
                 "payer_claim_control_number", "facility_code", "frequency")  # fmt: skip
_LINE: Final = ("procedure", "charge_cents", "paid_cents", "procedure_qualifier", "revenue_code", "line_control_number")
_PERSON: Final = ("entity", "is_person", "last_name", "first_name", "middle_name", "id_qualifier", "id")


def decision_as_json(payment: ClaimPayment) -> dict[str, Any]:
    """Return the shape that `decision_from_json` reads again."""
    return {
        **{name: getattr(payment, name) for name in _CLAIM},
        "patient": {name: getattr(payment.patient, name) for name in _PERSON} if payment.patient else None,
        "lines": [
            {
                **{name: getattr(line, name) for name in _LINE},
                "modifiers": list(line.modifiers),
                "quantity": str(line.quantity) if line.quantity is not None else None,
                "served_on": line.served_on.isoformat() if line.served_on else None,
                "adjustments": [[item.group, item.reason, item.cents] for item in line.adjustments],
            }
            for line in payment.lines
        ],
    }


def decision_from_json(facts: Mapping[str, Any]) -> ClaimPayment:
    """Read what `decision_as_json` made; anything else raises what Python raises for it."""
    lines = tuple(
        ServicePayment(
            **{name: line[name] for name in _LINE}, modifiers=tuple(line["modifiers"]),
            quantity=Rate(line["quantity"]) if line["quantity"] is not None else None,
            served_on=date.fromisoformat(line["served_on"]) if line["served_on"] else None,
            adjustments=tuple(Adjustment(str(group), str(reason), int(cents)) for group, reason, cents in line["adjustments"]),
        )
        for line in facts["lines"]
    )  # fmt: skip
    patient = Party(**{name: facts["patient"][name] for name in _PERSON}) if facts.get("patient") else None
    return ClaimPayment(**{name: facts[name] for name in _CLAIM}, lines=lines, patient=patient)
