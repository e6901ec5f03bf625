"""What a learner hands in: read from where it stands in the sandbox, or from the answer sheet; and its marks against the key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from cleanclaim.kernel.findings import Severity
from cleanclaim.practice.claims import queries as claim_queries
from cleanclaim.practice.claims.effects import EffectKind
from cleanclaim.practice.claims.rules import Status
from cleanclaim.practice.coding import queries as coding
from cleanclaim.practice.coding.rules import with_dot
from cleanclaim.practice.registration import queries as registration
from cleanclaim.practice.registration.models import Patient
from cleanclaim.practice.remittance.models import Decision, ProviderLevelItem, Remittance
from cleanclaim.practice.training import exercises, marking_claims, marking_codes, marking_posting, marking_sheets, rules
from cleanclaim.practice.training.models import Attempt

Work = dict[str, Any]


def read(attempt: Attempt, sheet: Mapping[str, str]) -> Work:
    """Return the work of an attempt as it is kept with it."""
    return _READERS[exercises.exercise(attempt.exercise).kind](attempt, sheet)


def items(slug: str, work: Work) -> tuple[rules.Item, ...]:
    """Mark work against the key of its exercise."""
    plan = exercises.exercise(slug)
    key = exercises.key(slug)
    if plan.kind == "claim":
        key = {**key, "planted": plan.material["claims"][0]}
    elif plan.questions:
        key = {**key, "words": {value: says for item in plan.questions for value, says in item.choices}}
    return _MARKERS[plan.kind](key, work)


def _codes(attempt: Attempt, _sheet: Mapping[str, str]) -> Work:
    encounter = coding.encounter_for_desk(attempt.sandbox_id, attempt.material["encounter"])
    standing = coding.confirmed(attempt.sandbox_id, encounter)
    codes = [row.code for row in standing.diagnoses]
    services = [
        {"code": row.code, "modifiers": list(row.modifiers), "units": f"{row.units:f}",
         "diagnoses": [codes[place - 1] for place in row.pointers if place <= len(codes)]}
        for row in standing.procedures
    ]  # fmt: skip
    return {"diagnoses": codes, "services": services}


def _mark_codes(key: dict[str, Any], work: Work) -> tuple[rules.Item, ...]:
    return marking_codes.mark_codes(marking_codes.work_from(work), marking_codes.key_from(key))


def _registration(attempt: Attempt, _sheet: Mapping[str, str]) -> Work:
    """The last patient that was registered since the attempt began, with the coverages in their order."""
    rows = Patient.objects.of(attempt.sandbox_id).filter(id__gt=attempt.material["after"], merged_into__isnull=True)
    last = rows.order_by("-id").first()
    if last is None:
        return {}
    card = registration.card(attempt.sandbox_id, last.public_id)
    where = card.address
    made = {name: getattr(card, name) for name in ("last_name", "first_name", "middle_name", "sex", "phone", "email")}
    made |= {"born_on": card.born_on.isoformat()}
    made |= {name: getattr(where, name) if where else "" for name in ("line1", "city", "state", "zip")}
    for cover in registration.coverages_of(attempt.sandbox_id, last.public_id):
        made |= {
            f"{cover.sequence}-{name}": str(value or "")
            for name, value in (
                ("payer", cover.payer_name), ("member", cover.member_id), ("group", cover.group_number), ("relationship", cover.relationship),
                ("subscriber", cover.subscriber_name if cover.relationship != "18" else ""), ("from", cover.valid_from.isoformat()),
                ("copay", f"{cover.copay_cents / 100:.2f}" if cover.copay_cents is not None else ""),
            )
        }  # fmt: skip
    return made


def _mark_fields(key: dict[str, Any], work: Work) -> tuple[rules.Item, ...]:
    return marking_sheets.mark_fields(work, marking_sheets.fields_from(key["fields"]), shown=key.get("words", {}))


def _sheet(attempt: Attempt, sheet: Mapping[str, str]) -> Work:
    questions = exercises.exercise(attempt.exercise).questions
    kinds, labels = {item.name: item.kind for item in questions}, {item.name: item.asks for item in questions}
    marking_sheets.check_sheet(kinds, sheet, labels)
    return {item.name: sheet.get(item.name, "").strip()[:400] for item in questions}


def _posting(attempt: Attempt, _sheet: Mapping[str, str]) -> Work:
    """What stands posted on the exercise's claims, and the checks that posted it; what was taken back again does not stand."""
    numbers = {number: told for told, number in attempt.material["claims"].items()}
    rows = Decision.objects.of(attempt.sandbox_id).filter(
        claim__patient_control_number__in=numbers, is_reversed=False, reverses__isnull=True
    )
    claims: dict[str, Any] = {}
    for row in rows.select_related("claim").order_by("id"):
        made = claims.setdefault(numbers[row.claim.patient_control_number], {"status": row.status, "lines": {}})
        made["status"] = row.status
        for place in row.answered:
            made["lines"].setdefault(str(place), {"paid_cents": 0, "adjustments": []})
        for place, kind, cents, group, reason, _ in row.effects:
            line = made["lines"].setdefault(str(place), {"paid_cents": 0, "adjustments": []})
            if kind == EffectKind.PAID:
                line["paid_cents"] += cents
            else:
                line["adjustments"].append([f"{group}-{reason}", cents])
    checks = list(Remittance.objects.of(attempt.sandbox_id).filter(id__gt=attempt.material["after"]).order_by("id"))
    items = ProviderLevelItem.objects.of(attempt.sandbox_id).filter(remittance__in=checks).order_by("id")
    return {
        "trace": checks[-1].trace_number if checks else "", "paid_cents": sum(row.paid_cents for row in checks), "claims": claims,
        "provider": [[item.reason, item.amount_cents] for item in items],
    }  # fmt: skip


def _mark_posting(key: dict[str, Any], work: Work) -> tuple[rules.Item, ...]:
    wanted = marking_posting.check_from(key["check"])
    return marking_posting.mark_posting(marking_posting.check_from(work), wanted, notes=key.get("notes", {}))


def _claim(attempt: Attempt, _sheet: Mapping[str, str]) -> Work:
    """The claim as it would go out now, with what the scrubber says about it."""
    found = claim_queries.claim_numbered(attempt.sandbox_id, next(iter(attempt.material["claims"].values())))
    last = claim_queries.latest_submission(found)
    document = claim_queries.document_of(last)
    told = {
        "diagnoses": [with_dot(row.code) for row in document.diagnoses], "prior_authorization": document.prior_authorization,
        "lines": [{"code": row.procedure, "modifiers": list(row.modifiers), "units": f"{row.quantity.normalize():f}", "cents": row.charge_cents,
                   "pointers": list(row.pointers)} for row in document.lines],
    }  # fmt: skip
    stops = [row["says"] for row in last.findings if row["severity"] == Severity.STOP]
    if found.status == Status.VOIDED:
        stops.append("It was voided: nobody is asked for the money.")
    return {
        "entries": marking_claims.entries_of(told), "stops": stops,
        "is_replacement": document.frequency == "7" and bool(document.payer_claim_control_number),
    }  # fmt: skip


def _mark_claim(key: dict[str, Any], work: Work) -> tuple[rules.Item, ...]:
    return marking_claims.mark_claim(
        work["entries"], marking_claims.entries_of(key["claim"]), marking_claims.entries_of(key["planted"]), stops=work["stops"],
        is_replacement=work["is_replacement"], notes=key.get("notes", {}),
    )  # fmt: skip


_READERS: Final[dict[str, Callable[[Attempt, Mapping[str, str]], Work]]] = {
    "coding": _codes, "registration": _registration, "claim": _claim, "posting": _posting, "denial": _sheet, "balance": _sheet,
}  # fmt: skip
_MARKERS: Final[dict[str, Callable[[dict[str, Any], Work], tuple[rules.Item, ...]]]] = {
    "coding": _mark_codes, "registration": _mark_fields, "claim": _mark_claim, "posting": _mark_posting, "denial": _mark_fields,
    "balance": _mark_fields,
}  # fmt: skip
