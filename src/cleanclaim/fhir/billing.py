"""Claim, ClaimResponse, ExplanationOfBenefit, PaymentReconciliation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from cleanclaim.documents import Claim as ClaimDocument
from cleanclaim.documents import Party, ServiceLine
from cleanclaim.fhir.elements import HL7, SYSTEMS, Element, coding, fhir_id, known, money, period, procedure, reference, with_dot

_TYPES: Final = {"837P": "professional", "837I": "institutional", "837D": "oral"}
_CATEGORY: Final = "urn:cleanclaim:adjudication"


class ClaimFacts(NamedTuple):
    """A claim as its desk knows it, beside the document that was frozen for it. `patient_id` may be empty for one taken over from elsewhere."""

    claim_id: str
    version: int
    number: str
    is_voided: bool
    is_answered: bool
    patient_id: str
    payer_name: str
    created_on: date
    coverage_ids: tuple[str, ...]
    charge_cents: int
    insurance_paid_cents: int
    contractual_cents: int
    patient_responsibility_cents: int
    denied_cents: int


class AnswerFacts(NamedTuple):
    """One answer of a payer. `effects` are (line, kind, cents, group, reason); line 0 is the claim as a whole."""

    remittance_id: str
    place: int
    claim_id: str
    patient_id: str
    payer_name: str
    kind: str
    decided_on: date
    charge_cents: int
    paid_cents: int
    payer_claim_control_number: str
    is_reversed: bool
    effects: tuple[tuple[int, str, int, str, str], ...]

    @property
    def response_id(self) -> str:
        """The id of its ClaimResponse."""
        return f"{fhir_id(self.remittance_id)}.{self.place}"


def claim(facts: ClaimFacts, document: ClaimDocument) -> Element:
    """Write a claim with its lines, as it was submitted last."""
    return {
        **_claim_head("Claim", facts, document.kind),
        **known(provider=_provider(document.billing), diagnosis=_diagnoses(document), item=[_item(line) for line in document.lines]),
        "priority": coding(f"{HL7}processpriority", "normal"), "insurance": _insurance(facts, with_sequence=True), "total": money(facts.charge_cents),
    }  # fmt: skip


def explanation_of_benefit(facts: ClaimFacts, document: ClaimDocument, answers: Sequence[AnswerFacts]) -> Element:
    """Write what all payers together have made of a claim."""
    items = []
    for line in document.lines:
        said = [part for answer in answers if not answer.is_reversed for part in _adjudication(answer, line.number)]
        items.append({**_item(line), **known(adjudication=said)})
    totals = [("submitted", facts.charge_cents), ("benefit", facts.insurance_paid_cents)]
    own = [
        ("contractual", facts.contractual_cents),
        ("responsibility", facts.patient_responsibility_cents),
        ("denied", facts.denied_cents),
    ]
    return {
        **_claim_head("ExplanationOfBenefit", facts, document.kind),
        **known(provider=_provider(document.billing), diagnosis=_diagnoses(document), item=items, claim=reference("Claim", facts.claim_id)),
        "outcome": "complete" if facts.is_answered else "queued", "insurance": _insurance(facts, with_sequence=False),
        "total": [{"category": coding(f"{HL7}adjudication", name), "amount": money(cents)} for name, cents in totals]
        + [{"category": coding(_CATEGORY, name), "amount": money(cents)} for name, cents in own if cents],
    }  # fmt: skip


def claim_response(answer: AnswerFacts) -> Element:
    """Write one answer of a payer to a claim."""
    lines = sorted({effect[0] for effect in answer.effects if effect[0]})
    items = [{"itemSequence": line, "adjudication": said} for line in lines if (said := _adjudication(answer, line))]
    return {
        **known(
            resourceType="ClaimResponse", id=answer.response_id, status="cancelled" if answer.is_reversed else "active", type=_type(answer.kind),
            use="claim", created=answer.decided_on.isoformat(), insurer=_insurer(answer.payer_name), request=reference("Claim", answer.claim_id),
            outcome="complete", item=items, adjudication=_adjudication(answer, 0),
            identifier=[{"system": "urn:cleanclaim:payer-claim-control-number", "value": answer.payer_claim_control_number}]
            if answer.payer_claim_control_number
            else [],
        ),
        "patient": _whose(answer.patient_id),
        "total": [
            {"category": coding(f"{HL7}adjudication", "submitted"), "amount": money(answer.charge_cents)},
            {"category": coding(f"{HL7}adjudication", "benefit"), "amount": money(answer.paid_cents)},
        ],
    }  # fmt: skip


def payment_reconciliation(
    *,
    remittance_id: str,
    payer_name: str,
    trace_number: str,
    posted_on: date,
    paid_on: date | None,
    paid_cents: int,
    answers: Sequence[AnswerFacts],
) -> Element:
    """Write a remittance: the payment, and what of it belongs to which answer."""
    details = [
        {
            "type": coding(f"{HL7}payment-type", "payment"), "request": reference("Claim", answer.claim_id),
            "response": {"reference": f"ClaimResponse/{answer.response_id}"}, "date": answer.decided_on.isoformat(), "amount": money(answer.paid_cents),
        }
        for answer in answers
    ]  # fmt: skip
    return known(
        resourceType="PaymentReconciliation", id=fhir_id(remittance_id), status="active", created=posted_on.isoformat(),
        paymentIssuer=_insurer(payer_name), outcome="complete", paymentDate=(paid_on or posted_on).isoformat(), paymentAmount=money(paid_cents),
        paymentIdentifier=known(value=trace_number), detail=details,
    )  # fmt: skip


def _claim_head(kind: str, facts: ClaimFacts, form: str) -> Element:
    return {
        "resourceType": kind, "id": fhir_id(facts.claim_id), "meta": {"versionId": str(facts.version)},
        "identifier": [{"system": "urn:cleanclaim:patient-control-number", "value": facts.number}],
        "status": "cancelled" if facts.is_voided else "active", "type": _type(form), "use": "claim", "patient": _whose(facts.patient_id),
        "created": facts.created_on.isoformat(), "insurer": _insurer(facts.payer_name),
    }  # fmt: skip


def _type(form: str) -> Element:
    return coding(f"{HL7}claim-type", _TYPES.get(form, "professional"))


def _whose(patient_id: str) -> Element:
    return reference("Patient", patient_id) if patient_id else {"display": "A patient of another system"}


def _insurer(name: str) -> Element:
    return {"display": name or "No insurer"}


def _provider(party: Party) -> Element:
    return known(display=party.last_name, identifier=known(system=SYSTEMS["npi"], value=party.id) if party.id else {})


def _insurance(facts: ClaimFacts, *, with_sequence: bool) -> list[Element]:
    covers = [reference("Coverage", coverage_id) for coverage_id in facts.coverage_ids if coverage_id] or [
        _insurer(facts.payer_name)
    ]
    rows = []
    for number, cover in enumerate(covers, 1):
        row: Element = {"focal": number == 1, "coverage": cover}
        rows.append({"sequence": number, **row} if with_sequence else row)
    return rows


def _diagnoses(document: ClaimDocument) -> list[Element]:
    return [
        {"sequence": number, "diagnosisCodeableConcept": coding(SYSTEMS["icd10cm"], with_dot(row.code))}
        for number, row in enumerate(document.diagnoses, 1)
    ]


def _item(line: ServiceLine) -> Element:
    first, last = line.served_on, line.served_to
    is_run = first is not None and last is not None and last != first
    return known(
        sequence=line.number, productOrService=procedure(line.procedure) if line.procedure else coding(SYSTEMS["revenue"], line.revenue_code),
        revenue=coding(SYSTEMS["revenue"], line.revenue_code) if line.revenue_code else {},
        modifier=[coding(SYSTEMS["modifier"], modifier) for modifier in line.modifiers], diagnosisSequence=list(line.pointers),
        servicedDate=first.isoformat() if first and not is_run else "", servicedPeriod=period(first, last) if is_run else {},
        quantity={"value": float(line.quantity)}, net=money(line.charge_cents),
    )  # fmt: skip


def _adjudication(answer: AnswerFacts, line: int) -> list[Element]:
    """Write what an answer does to a line: what was paid as HL7's benefit, everything else in our own words with its reason."""
    said = []
    for place, kind, cents, group, reason in answer.effects:
        if place != line:
            continue
        category = coding(f"{HL7}adjudication", "benefit") if kind == "paid" else coding(_CATEGORY, kind)
        why = coding(SYSTEMS["carc"], reason, f"{group}-{reason}") if reason else {}
        said.append(known(category=category, reason=why, amount=money(cents)))
    return said
