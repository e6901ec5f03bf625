"""Confirming and finalising the codes of a visit. The only writer of codes and of coders' decisions."""

from __future__ import annotations

from cleanclaim.codesets import open_store
from cleanclaim.documents import Evidence, Suggestions
from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.kernel.findings import Finding, stops
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.coding import in_force, policy, queries, rules, terms
from cleanclaim.practice.coding.desk_edits import desk_findings
from cleanclaim.practice.coding.models import CodedDiagnosis, CodedProcedure, CodingDecision, CodingSession, ProviderQuery
from cleanclaim.practice.coding.provider_queries import answer_query, query_provider, withdraw_query
from cleanclaim.practice.coding.sessions import close_chart, open_chart, pend, still_working
from cleanclaim.practice.coding.suggesting import latest_suggestions, suggest_codes
from cleanclaim.practice.encounters.actions import move_on
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import locked, save_checked, transaction_for
from cleanclaim.practice.people.policy import require

__all__ = [
    "NotReady", "accept_ready", "answer_query", "close_chart", "confirm_codes", "finalise_coding", "open_chart", "pend",
    "query_provider", "still_working", "suggest_codes", "withdraw_query",
]  # fmt: skip


class NotReady(Refused):
    """The codes of a visit cannot be confirmed or finalised as they are; `findings` say everything that is in the way."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings[0].says)
        self.findings = findings


def confirm_codes(
    *, encounter_id: str, codes: rules.DeskCodes, by: Actor, amend_reason: str = "", expected_version: int | None = None
) -> rules.DeskCodes:
    """Confirm the whole list of a visit's codes: what is not on it any more is voided, what is new is written, the rest stays.

    Returns the list in its final form. Raises NotReady for codes that cannot stand (not in force, listed twice, pointing nowhere). A
    visit that was coded already is amended for a reason: before billing it goes back to the desk; after billing its claim stays as it
    is, and finalising again raises a charge review.
    """
    require(by, *policy.CODES)
    tidied = rules.tidy(codes)
    with transaction_for(by):
        encounter: Encounter = locked(Encounter.objects.of(by.practice_id), what="visit", public_id=encounter_id)
        if expected_version is not None and encounter.version != expected_version:
            save_checked(encounter, expected_version=expected_version, fields=["state"])
        _reopen(encounter, amend_reason, by)
        found = rules.check_codes(
            tidied, is_in_force=in_force.judge(open_store(), encounter.served_on), served_on=encounter.served_on
        )
        if stops(list(found)):
            raise NotReady(tuple(stops(list(found))))
        answer = latest_suggestions(by.practice_id, encounter)
        changed = _write_diagnoses(encounter, tidied.diagnoses, answer, by) + _write_procedures(
            encounter, tidied.procedures, answer, by
        )
        if changed:
            save_checked(encounter, fields=["state"])
            record(
                by,
                "confirm_codes",
                encounter.public_id,
                diagnoses=len(tidied.diagnoses),
                procedures=len(tidied.procedures),
                changed=changed,
            )
    return tidied


def accept_ready(*, encounter_id: str, by: Actor, bands: frozenset[str] = frozenset({"ready"})) -> rules.DeskCodes:
    """Confirm what the encoder is sure of, beside what stands confirmed already: the coder's one key."""
    encounter = queries.encounter_for_desk(by.practice_id, encounter_id)
    answer = latest_suggestions(by.practice_id, encounter) or suggest_codes(encounter_id=encounter_id, by=by)
    standing = queries.confirmed(by.practice_id, encounter)
    offered = rules.accept_ready(answer.suggestions, bands=bands)
    have_diagnoses = {item.code for item in standing.diagnoses}
    have_procedures = {(item.code, item.modifiers) for item in standing.procedures}
    diagnoses = (*standing.diagnoses, *(item for item in offered.diagnoses if item.code not in have_diagnoses))
    added = tuple(item._replace(pointers=()) for item in offered.procedures if (item.code, item.modifiers) not in have_procedures)
    return confirm_codes(encounter_id=encounter_id, codes=rules.DeskCodes(diagnoses, (*standing.procedures, *added)), by=by)


def finalise_coding(*, encounter_id: str, by: Actor) -> tuple[Finding, ...]:
    """Finalise a visit's codes: decisions are kept for learning and agreement, the sitting is closed, charges follow.

    Returns what is worth knowing; raises NotReady with everything that is in the way. A billed visit keeps its claim: its charges are
    compared with the new codes and the difference waits for a biller.
    """
    require(by, *policy.CODES)
    with transaction_for(by):
        encounter: Encounter = locked(Encounter.objects.of(by.practice_id), what="visit", public_id=encounter_id)
        codes = queries.confirmed(by.practice_id, encounter)
        answer = latest_suggestions(by.practice_id, encounter) or Suggestions(())
        made = rules.decisions(answer.suggestions, codes)
        open_queries = ProviderQuery.objects.of(by.practice_id).filter(encounter=encounter, state=ProviderQuery.State.OPEN).count()
        undecided = sum(1 for item in made if item.decision == "rejected" and item.band == "ready")
        readiness = rules.Readiness(encounter.state, encounter.signed_at is not None, open_queries, undecided)
        found = (
            *rules.check_codes(codes, is_in_force=in_force.judge(open_store(), encounter.served_on), served_on=encounter.served_on),
            *rules.check_ready(codes, readiness),
        )
        if stops(list(found)):
            raise NotReady(tuple(stops(list(found))))
        _keep_decisions(encounter, made, by)
        _finish_sitting(encounter, len(codes.diagnoses) + len(codes.procedures), by)
        terms.count_uses(by.practice_id, by.name, {(item.system, item.code) for item in made if item.decision != "rejected"})
        record(by, "finalise_coding", encounter.public_id, diagnoses=len(codes.diagnoses), procedures=len(codes.procedures))
        if encounter.state == Encounter.State.BILLED:
            emit(by, "coding-amended", encounter.public_id)
        else:
            move_on(encounter_id=encounter_id, state=Encounter.State.CODED, by=by)
            emit(by, "coding-finalised", encounter.public_id)
        worth_knowing = desk_findings(encounter, codes, open_store())
    return (*found, *worth_knowing)


def _reopen(encounter: Encounter, reason: str, by: Actor) -> None:
    if encounter.state in {Encounter.State.OPEN, Encounter.State.SIGNED}:
        return
    if encounter.state == Encounter.State.VOID:
        raise Refused("The visit has been voided.")
    if not reason.strip():
        raise Refused("This visit is coded: say why its codes are changed.")
    record(by, "amend_codes", encounter.public_id, state=encounter.state, reason=reason[:200])
    if encounter.state != Encounter.State.BILLED:
        moved = move_on(encounter_id=encounter.public_id, state=Encounter.State.SIGNED, by=by)
        encounter.state, encounter.version = moved.state, moved.version


def _write_diagnoses(encounter: Encounter, wanted: tuple[rules.DeskDiagnosis, ...], answer: Suggestions | None, by: Actor) -> int:
    rows = CodedDiagnosis.objects.of(by.practice_id).filter(encounter=encounter, voided_at__isnull=True)
    standing = {row.position: row for row in rows}
    goal = dict(enumerate(wanted, 1))
    same = {place for place, row in standing.items() if place in goal
            and (row.code, row.present_on_admission) == (goal[place].code, goal[place].present_on_admission)}  # fmt: skip
    for place in standing.keys() - same:
        standing[place].voided_at = by.at
        save_checked(standing[place], fields=["voided_at"])
    for place in sorted(goal.keys() - same):
        item = goal[place]
        CodedDiagnosis(
            practice_id=by.practice_id, encounter=encounter, position=place, code=item.code, present_on_admission=item.present_on_admission,
            origin=_origin(item.origin), confidence=item.confidence, evidence=_evidence(answer, "icd10cm", item.code), decided_by=by.name,
            created_at=by.at,
        ).save()  # fmt: skip
    return len(standing.keys() - same) + len(goal.keys() - same)


def _write_procedures(encounter: Encounter, wanted: tuple[rules.DeskProcedure, ...], answer: Suggestions | None, by: Actor) -> int:
    rows = CodedProcedure.objects.of(by.practice_id).filter(encounter=encounter, voided_at__isnull=True)
    standing = {row.position: row for row in rows}
    goal = dict(enumerate(wanted, 1))
    same = {place for place, row in standing.items() if place in goal and queries.desk_procedure(row)[:5] == goal[place][:5]
            and queries.desk_procedure(row)[7:] == goal[place][7:]}  # fmt: skip
    for place in standing.keys() - same:
        standing[place].voided_at = by.at
        save_checked(standing[place], fields=["voided_at"])
    for place in sorted(goal.keys() - same):
        item = goal[place]
        CodedProcedure(
            practice_id=by.practice_id, encounter=encounter, position=place, system=item.system, code=item.code,
            modifiers=list(item.modifiers), units_thousandths=rules.thousandths(item.units), pointers=list(item.pointers),
            served_on=item.served_on, national_drug_code=item.national_drug_code, drug_unit=item.drug_unit,
            drug_quantity_thousandths=rules.thousandths(item.drug_quantity) if item.drug_quantity is not None else None,
            origin=_origin(item.origin), confidence=item.confidence, evidence=_evidence(answer, item.system, item.code),
            decided_by=by.name, created_at=by.at,
        ).save()  # fmt: skip
    return len(standing.keys() - same) + len(goal.keys() - same)


def _origin(origin: str) -> str:
    if origin not in rules.ORIGINS:
        raise InvalidValue(f"A code's origin is one of {', '.join(rules.ORIGINS)}.")
    return origin


def _evidence(answer: Suggestions | None, system: str, code: str) -> list[dict[str, object]]:
    found: tuple[Evidence, ...] = next(
        (item.evidence for item in answer.suggestions if (item.system, item.code) == (system, code)) if answer else iter(()), ()
    )
    return [item._asdict() for item in found]


def _keep_decisions(encounter: Encounter, made: tuple[rules.Decision, ...], by: Actor) -> None:
    CodingDecision.objects.of(by.practice_id).filter(encounter=encounter).delete()
    CodingDecision.objects.bulk_create(
        CodingDecision(practice_id=by.practice_id, encounter=encounter, system=item.system, code=item.code, decision=item.decision,
                       band=item.band, confidence=item.confidence, decided_by=by.name, decided_at=by.at)
        for item in made
    )  # fmt: skip


def _finish_sitting(encounter: Encounter, codes: int, by: Actor) -> None:
    session: CodingSession | None = (
        CodingSession.objects.of(by.practice_id).filter(encounter=encounter, coder=by.name, closed_at__isnull=True).first()
    )
    if session is None:
        session = CodingSession(
            practice_id=by.practice_id, encounter=encounter, coder=by.name, opened_at=by.at, last_seen_at=by.at, created_at=by.at
        )
        session.save()
    session.closed_at, session.last_seen_at, session.is_finalised, session.codes = by.at, max(by.at, session.opened_at), True, codes
    save_checked(session, fields=["closed_at", "last_seen_at", "is_finalised", "codes"])
