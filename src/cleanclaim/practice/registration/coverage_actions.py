"""Adding, ending, voiding and replacing coverages."""

from __future__ import annotations

from datetime import date
from typing import Any

from cleanclaim.documents import Party
from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.kernel.identifiers import Mbi
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.fields import blind_index
from cleanclaim.practice.foundation.transactions import get_or_refuse, locked, save_checked, transaction_for
from cleanclaim.practice.payers.models import Payer
from cleanclaim.practice.registration import coverage_order, policy, queries
from cleanclaim.practice.registration.models import Coverage, Patient
from cleanclaim.practice.registration.parties import party_as_json, party_from_json

MEMBER_PURPOSE = "member-id"


def add_coverage(
    *,
    patient_id: str,
    payer_id: str,
    member_id: str,
    valid_from: date,
    by: Actor,
    sequence: str = "P",
    valid_to: date | None = None,
    relationship: str = "18",
    subscriber: Party | None = None,
    group_number: str = "",
    group_name: str = "",
    plan_name: str = "",
    claim_filing: str = "",
    insurance_type: str = "",
    is_from_employment: bool = False,
    employer_has_20: bool = True,
    copay_cents: int | None = None,
    ends_previous: bool = False,
) -> Coverage:
    """Add a coverage; the same one again returns the first record. `payer_id` is the payer's public id (pay_...).

    `subscriber` is needed when the patient is not the subscriber. A coverage in the same place on the same days is refused, unless
    `ends_previous` lets the older one end the day before. A coverage that begins in the past raises an event, since visits and claims of
    those days may have to be billed again.
    """
    policy.require_registrar(by)
    with transaction_for(by):
        patient: Patient = locked(Patient.objects.of(by.practice_id), what="patient", public_id=patient_id)
        payer: Payer = get_or_refuse(Payer.objects.of(by.practice_id), what="payer", public_id=payer_id)
        filing = claim_filing or str(getattr(payer, "claim_filing", ""))
        number = _checked_member_id(member_id, filing)
        _check_facts(sequence, relationship, subscriber, valid_from, valid_to)
        index = blind_index(number, MEMBER_PURPOSE)
        same = Coverage.objects.of(by.practice_id).filter(patient=patient, payer=payer, member_id_index=index, sequence=sequence,
                                                          valid_from=valid_from, voided_at__isnull=True).first()  # fmt: skip
        if same is not None:
            existing: Coverage = same
            return existing
        coverage = Coverage(
            practice_id=by.practice_id, patient=patient, payer=payer, sequence=sequence, member_id=number, member_id_index=index,
            group_number=group_number, group_name=group_name, plan_name=plan_name, relationship=relationship,
            subscriber=party_as_json(subscriber) if subscriber and relationship != "18" else None, claim_filing=filing,
            insurance_type=insurance_type, is_from_employment=is_from_employment, employer_has_20=employer_has_20, copay_cents=copay_cents, valid_from=valid_from,
            valid_to=valid_to, recorded_at=by.at, created_at=by.at,
        )  # fmt: skip
        _make_room(coverage, by, ends_previous=ends_previous)
        coverage.save()
        record(by, "add_coverage", coverage.public_id, patient=patient.public_id, payer=payer.public_id, sequence=sequence)
        emit(by, "coverage-added", coverage.public_id, patient=patient.public_id, valid_from=valid_from.isoformat(),
             is_backdated=valid_from < by.today)  # fmt: skip
    return coverage


def end_coverage(*, coverage_id: str, last_day: date, by: Actor) -> Coverage:
    """End a coverage on a day, its last one in force."""
    policy.require_registrar(by)
    with transaction_for(by):
        coverage: Coverage = locked(Coverage.objects.of(by.practice_id), what="coverage", public_id=coverage_id)
        if coverage.voided_at is not None:
            raise Refused("This coverage has been voided.")
        if last_day < coverage.valid_from:
            raise Refused("A coverage does not end before it begins: void it instead.")
        coverage.valid_to = last_day
        save_checked(coverage, fields=["valid_to"])
        record(by, "end_coverage", coverage.public_id, last_day=last_day.isoformat())
        emit(by, "coverage-ended", coverage.public_id, patient=coverage.patient.public_id, last_day=last_day.isoformat())
    return coverage


def void_coverage(*, coverage_id: str, reason: str, by: Actor) -> Coverage:
    """Void a coverage that was never the patient's. It stays on file for the claims that were built from it."""
    policy.require_registrar(by)
    if not reason.strip():
        raise Refused("Voiding a coverage needs a reason.")
    with transaction_for(by):
        coverage: Coverage = locked(Coverage.objects.of(by.practice_id), what="coverage", public_id=coverage_id)
        if coverage.voided_at is None:
            coverage.voided_at, coverage.void_reason = by.at, reason[:120]
            save_checked(coverage, fields=["voided_at", "void_reason"])
            record(by, "void_coverage", coverage.public_id, reason=reason[:120])
            emit(by, "coverage-voided", coverage.public_id, patient=coverage.patient.public_id)
    return coverage


_REPLACEABLE = frozenset({
    "member_id", "sequence", "relationship", "subscriber", "group_number", "group_name", "plan_name", "claim_filing",
    "insurance_type", "is_from_employment", "employer_has_20", "copay_cents", "valid_from", "valid_to",
})  # fmt: skip


def replace_coverage(*, coverage_id: str, changes: dict[str, Any], reason: str, by: Actor) -> Coverage:
    """Correct a coverage: the old record is voided, the new one says that it replaces it, and claims keep what they were built from."""
    unknown = set(changes) - _REPLACEABLE
    if unknown:
        raise InvalidValue(f"A coverage has no {', '.join(sorted(unknown))}.")
    with transaction_for(by):
        old = void_coverage(coverage_id=coverage_id, reason=reason, by=by)
        if old.replaced_by.exists():
            raise Refused("This coverage has been replaced already.")
        facts: dict[str, Any] = {name: getattr(old, name) for name in _REPLACEABLE - {"subscriber"}}
        facts["subscriber"] = party_from_json(old.subscriber) if old.subscriber else None
        new = add_coverage(patient_id=old.patient.public_id, payer_id=old.payer.public_id, by=by, **{**facts, **changes})
        new.replaces = old
        save_checked(new, fields=["replaces"])
        record(by, "replace_coverage", new.public_id, old=old.public_id, fields=sorted(changes))
    return new


def _make_room(coverage: Coverage, by: Actor, *, ends_previous: bool) -> None:
    rows = list(
        Coverage.objects.of(by.practice_id).filter(patient=coverage.patient, voided_at__isnull=True, sequence=coverage.sequence)
    )
    clash = coverage_order.overlapping(queries.coverage_fact(coverage), tuple(queries.coverage_fact(row) for row in rows))
    for row in rows:
        if row.public_id not in clash:
            continue
        if not ends_previous or row.valid_from >= coverage.valid_from:
            raise Refused("Another coverage holds this place on the same days: end it first, or give this one another place.")
        row.valid_to = date.fromordinal(coverage.valid_from.toordinal() - 1)
        save_checked(row, fields=["valid_to"])
        record(by, "end_coverage", row.public_id, last_day=row.valid_to.isoformat())


def _checked_member_id(member_id: str, filing: str) -> str:
    number = member_id.strip().upper()
    if not number:
        raise InvalidValue("A coverage has a member number.")
    if len(number) > 80:
        raise InvalidValue("A member number has at most 80 characters.")
    return str(Mbi(number)) if filing in {"MA", "MB"} else number


def _check_facts(sequence: str, relationship: str, subscriber: Party | None, valid_from: date, valid_to: date | None) -> None:
    if sequence not in coverage_order.SEQUENCES:
        raise InvalidValue("A coverage is primary (P), secondary (S) or tertiary (T).")
    if valid_to is not None and valid_to < valid_from:
        raise InvalidValue("A coverage does not end before it begins.")
    if not (len(relationship) == 2 and relationship.isalnum()):
        raise InvalidValue("The relationship is a two-character code (18 self, 01 spouse, 19 child).")
    if relationship != "18" and (subscriber is None or not subscriber.last_name):
        raise InvalidValue("Name the subscriber: the patient is not the one who holds the coverage.")
