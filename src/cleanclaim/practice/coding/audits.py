"""Audits of coded visits: a sample is drawn, two readers read it blind, what they dispute is settled by a third, scores follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.kernel.money import Rate
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.coding import auditing, policy, queries, rules
from cleanclaim.practice.coding.auditing import AuditCode
from cleanclaim.practice.coding.models import AuditCase, AuditReading, AuditSample, CodingSession
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import get_or_refuse, locked, save_checked, transaction_for
from cleanclaim.practice.people.policy import require


def draw_audit_sample(
    *, name: str, first_day: date, last_day: date, size: int, readers: tuple[str, str], by: Actor, seed: str = ""
) -> AuditSample:
    """Draw a sample of the visits finalised for services of a period, each coder with their share; the same seed draws it again.

    Neither reader reads a visit that they coded. Raises Refused when there is nothing to draw, or the name is taken.
    """
    require(by, *policy.DRAWS_SAMPLES)
    if size < 1 or len(set(readers)) != 2 or not all(readers):
        raise InvalidValue("An audit has at least one visit and two different readers.")
    with transaction_for(by):
        if AuditSample.objects.of(by.practice_id).filter(name=name).exists():
            raise Refused("An audit of this name was drawn already.")
        finalised = _coders(by.practice_id, first_day, last_day)
        coders = {visit: coder for visit, coder in finalised.items() if coder not in readers}
        chosen = auditing.draw_sample(coders, size=size, seed=seed or name, strata=coders)
        if not chosen:
            if finalised:
                raise Refused(
                    "Each finalised visit of this period was coded by one of the two readers, and nobody reads their own."
                )
            raise Refused("No visit of this period is finalised.")
        sample = AuditSample(practice_id=by.practice_id, name=name[:120], seed=(seed or name)[:60], first_day=first_day, last_day=last_day,
                             drawn_by=by.name, readers=list(readers), created_at=by.at)  # fmt: skip
        sample.save()
        for encounter in Encounter.objects.of(by.practice_id).filter(public_id__in=chosen).order_by("public_id"):
            AuditCase(practice_id=by.practice_id, sample=sample, encounter=encounter, coder=coders[encounter.public_id],
                      reported=[_as_json(code) for code in reported_codes(by.practice_id, encounter)], created_at=by.at).save()  # fmt: skip
        record(by, "draw_audit_sample", sample.public_id, visits=len(chosen), readers=list(readers))
        emit(by, "audit-drawn", sample.public_id)
    return sample


def read_case(*, case_id: str, codes: rules.DeskCodes, by: Actor, remark: str = "") -> AuditReading:
    """Record what a reader would have coded. A reading is final; agreement of both readers settles the case."""
    require(by, *policy.READS_SAMPLES)
    with transaction_for(by):
        case: AuditCase = locked(AuditCase.objects.of(by.practice_id), what="audit case", public_id=case_id)
        if by.name not in case.sample.readers:
            raise Refused("This audit is read by others.")
        if case.settled_at is not None or case.readings.filter(reader=by.name).exists():
            raise Refused("You have read this visit already.")
        read = _codes_of(rules.tidy(codes))
        reading = AuditReading(practice_id=by.practice_id, case=case, reader=by.name, codes=[_as_json(code) for code in read], remark=remark,
                               created_at=by.at)  # fmt: skip
        reading.save()
        record(by, "read_audit_case", case.public_id, codes=len(read))
        both = [_from_json(row.codes) for row in case.readings.order_by("id")]
        if len(both) == 2 and not auditing.compare_readings(*both).disputed:
            _settle(case, both[0], "both readers", by)
    return reading


def settle_case(*, case_id: str, codes: rules.DeskCodes, by: Actor) -> AuditCase:
    """Settle what two readers dispute: somebody who is neither of them and did not code the visit decides."""
    require(by, *policy.DRAWS_SAMPLES)
    with transaction_for(by):
        case: AuditCase = locked(AuditCase.objects.of(by.practice_id), what="audit case", public_id=case_id)
        if by.name in {*case.sample.readers, case.coder}:
            raise Refused("A dispute is settled by somebody who neither read nor coded the visit.")
        if case.readings.count() < 2:
            raise Refused("Both readers read the visit first.")
        if case.settled_at is not None:
            raise Refused("This case is settled already.")
        _settle(case, _codes_of(rules.tidy(codes)), by.name, by)
    return case


def close_sample(*, sample_id: str, by: Actor) -> AuditSample:
    """Close an audit when every case is settled."""
    require(by, *policy.DRAWS_SAMPLES)
    with transaction_for(by):
        sample: AuditSample = locked(AuditSample.objects.of(by.practice_id), what="audit", public_id=sample_id)
        waiting = sample.cases.filter(settled_at__isnull=True).count()
        if waiting:
            raise Refused(f"{waiting} visits of this audit are not settled yet.")
        if sample.closed_at is None:
            sample.closed_at = by.at
            save_checked(sample, fields=["closed_at"])
            record(by, "close_audit", sample.public_id)
            emit(by, "audit-closed", sample.public_id)
    return sample


class CaseRow(NamedTuple):
    """A visit of an audit as one person may see it: a reader sees their own reading only, until both have read."""

    case_id: str
    encounter_id: str
    coder: str
    state: str
    own_codes: tuple[AuditCode, ...] | None
    reported: tuple[AuditCode, ...] | None
    comparison: auditing.Comparison | None
    score: auditing.AuditScore | None


class CoderScore(NamedTuple):
    """A coder's part of an audit: codes audited, correct ones, accuracy, errors by reason."""

    coder: str
    visits: int
    audited: int
    correct: int
    accuracy: Rate
    has_passed: bool
    errors: dict[str, int]


class SampleCard(NamedTuple):
    """An audit with its cases, the readers' agreement and, as far as settled, each coder's score."""

    sample_id: str
    name: str
    first_day: date
    last_day: date
    readers: tuple[str, ...]
    is_closed: bool
    cases: tuple[CaseRow, ...]
    reader_agreement: Rate | None
    scores: tuple[CoderScore, ...]


def samples(practice_id: int) -> list[tuple[str, str, int, int]]:
    """Return the audits, the latest first: id, name, visits, settled ones."""
    rows = AuditSample.objects.of(practice_id).order_by("-id").prefetch_related("cases")
    return [
        (row.public_id, row.name, len(row.cases.all()), sum(case.settled_at is not None for case in row.cases.all()))
        for row in rows
    ]


def sample(practice_id: int, sample_id: str, *, viewer: str) -> SampleCard:
    """Return an audit as somebody may see it. Raises NotFound."""
    row: AuditSample = get_or_refuse(AuditSample.objects.of(practice_id), what="audit", public_id=sample_id)
    cases = list(row.cases.order_by("id").select_related("encounter").prefetch_related("readings"))
    shown = tuple(_case_row(case, viewer, row.readers) for case in cases)
    compared = [case.comparison for case in shown if case.comparison is not None]
    named = sum(item.named for item in compared)
    agreed = Rate(sum(item.agreed for item in compared)) / Rate(named) if named else None
    return SampleCard(row.public_id, row.name, row.first_day, row.last_day, tuple(row.readers), row.closed_at is not None, shown, agreed,
                      _scores(cases))  # fmt: skip


def reported_codes(practice_id: int, encounter: Encounter) -> tuple[AuditCode, ...]:
    """Return a visit's confirmed codes as an audit compares them."""
    return _codes_of(queries.confirmed(practice_id, encounter))


def _coders(practice_id: int, first_day: date, last_day: date) -> dict[str, str]:
    """Return each finalised visit of the period with the coder who finalised it last."""
    rows = CodingSession.objects.of(practice_id).filter(
        is_finalised=True, encounter__served_on__gte=first_day, encounter__served_on__lte=last_day,
        encounter__state__in=[Encounter.State.CODED, Encounter.State.CHARGED, Encounter.State.BILLED],
    )  # fmt: skip
    return dict(rows.order_by("id").values_list("encounter__public_id", "coder"))


def _codes_of(codes: rules.DeskCodes) -> tuple[AuditCode, ...]:
    diagnoses = tuple(AuditCode("icd10cm", item.code, place) for place, item in enumerate(codes.diagnoses, 1))
    services = tuple(
        AuditCode(item.system, item.code, place, item.modifiers, item.units, item.pointers)
        for place, item in enumerate(codes.procedures, 1)
    )
    return diagnoses + services


def _settle(case: AuditCase, codes: tuple[AuditCode, ...], who: str, by: Actor) -> None:
    case.settled, case.settled_by, case.settled_at = [_as_json(code) for code in codes], who, by.at
    save_checked(case, fields=["settled", "settled_by", "settled_at"])
    score = auditing.score_reading(_from_json(case.reported), codes)
    record(by, "settle_audit_case", case.public_id, audited=score.audited, correct=score.correct)


def _case_row(case: AuditCase, viewer: str, readers: list[str]) -> CaseRow:
    readings = {row.reader: _from_json(row.codes) for row in case.readings.all()}
    both = [readings[name] for name in readers if name in readings]
    may_see_all = len(both) == 2 or viewer not in readers
    comparison = auditing.compare_readings(both[0], both[1]) if len(both) == 2 and may_see_all else None
    score = auditing.score_reading(_from_json(case.reported), _from_json(case.settled)) if case.settled is not None else None
    state = "settled" if case.settled_at else "disputed" if len(both) == 2 else "half read" if both else "to read"
    reported = _from_json(case.reported) if len(both) == 2 or viewer not in readers else None
    return CaseRow(case.public_id, case.encounter.public_id, case.coder, state, readings.get(viewer), reported, comparison, score)


def _scores(cases: Iterable[AuditCase]) -> tuple[CoderScore, ...]:
    by_coder: dict[str, list[auditing.AuditScore]] = {}
    for case in cases:
        if case.settled is not None:
            by_coder.setdefault(case.coder, []).append(auditing.score_reading(_from_json(case.reported), _from_json(case.settled)))
    rows = []
    for coder, scores in sorted(by_coder.items()):
        whole = auditing.AuditScore(
            sum(s.audited for s in scores), sum(s.correct for s in scores), tuple(e for s in scores for e in s.errors)
        )
        errors = Counter(error.reason for error in whole.errors)
        rows.append(
            CoderScore(
                coder, len(scores), whole.audited, whole.correct, whole.accuracy, whole.has_passed, dict(sorted(errors.items()))
            )
        )
    return tuple(rows)


def _as_json(code: AuditCode) -> list[Any]:
    return [code.system, code.code, code.place, list(code.modifiers), str(code.units), list(code.pointers)]


def _from_json(rows: list[list[Any]]) -> tuple[AuditCode, ...]:
    return tuple(AuditCode(row[0], row[1], row[2], tuple(row[3]), Rate(row[4]), tuple(row[5])) for row in rows)
