"""Asking payers about coverages and taking their answers, however long their service is down.

A question is wanted first, written in a file with others to the same partner, and waits for its answer. When none comes in time it is asked
again, later each time; then a person is asked to call. Nothing else of the practice waits for it.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cleanclaim.documents import EligibilityResponse
from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.kernel.findings import Finding, Severity
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.connections.actions import enqueue
from cleanclaim.practice.connections.models import OutboxItem, TradingPartner
from cleanclaim.practice.eligibility import policy, queries, rules, wire
from cleanclaim.practice.eligibility.models import EligibilityCheck
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.numbers import next_number
from cleanclaim.practice.foundation.transactions import locked, save_checked, transaction_for
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.registration.models import Coverage
from cleanclaim.practice.registration.rules import plain

State = EligibilityCheck.State


class Asked(NamedTuple):
    """What a round of asking did: files written, questions in them, questions given up."""

    files: int
    questions: int
    given_up: int


class Taken(NamedTuple):
    """What an answer file did: questions answered, to be asked again, and answers to no question of ours."""

    answered: int
    asked_again: int
    unmatched: int


def check_eligibility(
    *, coverage_id: str, asked_for: date, by: Actor, service_types: tuple[str, ...] = ("30",)
) -> EligibilityCheck:
    """Want to know whether a coverage is in force on a day. A question of the same kind that is still open, or was answered today, is
    returned instead of asking twice.
    """
    require(by, *policy.ASKS)
    with transaction_for(by):
        coverage: Coverage = locked(Coverage.objects.of(by.practice_id), what="coverage", public_id=coverage_id)
        same = EligibilityCheck.objects.of(by.practice_id).filter(coverage=coverage, asked_for=asked_for).order_by("-id").first()
        if same is not None and (
            same.state in {State.WAITING, State.SENT} or (same.answered_at and same.answered_at.date() == by.at.date())
        ):
            known: EligibilityCheck = same
            return known
        number = next_number(by.practice_id, "eligibility-trace")
        check = EligibilityCheck(practice_id=by.practice_id, coverage=coverage, asked_for=asked_for, service_types=list(service_types),
                                 trace_number=f"E{number:09d}", created_at=by.at)  # fmt: skip
        check.save()
        record(by, "check_eligibility", check.public_id, coverage=coverage_id, asked_for=asked_for.isoformat())
        emit(by, "eligibility-wanted", check.public_id)
    return check


def ask_due(*, by: Actor) -> Asked:
    """Write every question that is due into one 270 for each partner and queue it; questions whose time has run out are asked again or
    given up. Safe to call at any time.
    """
    require(by, *policy.ASKS)
    given_up = _chase(by)
    groups: dict[int, list[EligibilityCheck]] = {}
    partners: dict[int, TradingPartner] = {}
    due = EligibilityCheck.objects.of(by.practice_id).filter(public_id__in=queries.due_checks(by.practice_id, by.at))
    for check in due.select_related("coverage__payer__partner", "coverage__patient").order_by("id"):
        partner = check.coverage.payer.partner
        if partner is None or not partner.is_active:
            _give_up(check, "This payer has no connection: call, or ask on its website.", by)
            given_up += 1
            continue
        groups.setdefault(partner.pk, []).append(check)
        partners[partner.pk] = partner
    asked = 0
    for key, checks in groups.items():
        asked += _ask_one_partner(checks, partners[key], by)
    return Asked(len(groups), asked, given_up)


def take_answers(*, content: bytes, by: Actor) -> Taken:
    """Take a 271 file: each answer finds its question by its trace number. The same file again changes nothing.

    Raises UnreadableInput for a file without an answer.
    """
    answers = wire.answers_in(content)
    digest = blobs.put(content)
    answered = again = unmatched = 0
    with transaction_for(by):
        for answer in answers:
            rows = EligibilityCheck.objects.of(by.practice_id).filter(trace_number=answer.trace_number).select_for_update()
            check: EligibilityCheck | None = rows.first() if answer.trace_number else None
            if check is None:
                unmatched += 1
            elif check.state == State.ANSWERED:
                continue
            elif rules.is_no_answer(answer):
                _wait(check, "The payer could not answer.", by)
                again += 1
            else:
                _answer(check, answer, digest, by)
                answered += 1
    return Taken(answered, again, unmatched)


def _ask_one_partner(checks: list[EligibilityCheck], partner: TradingPartner, by: Actor) -> int:
    try:
        with transaction_for(by):
            content, interchange, group = wire.questions_file(checks, partner, by)
            item = enqueue(by, partner, "270", content, interchange=interchange, group=group)
            for check in checks:
                check.state, check.outbox, check.tries = State.SENT, item, check.tries + 1
                check.next_try_at = rules.next_try_at(min(check.tries, len(rules.RETRY_AFTER)), by.at)
                save_checked(check, fields=["state", "outbox", "tries", "next_try_at"])
            record(by, "ask_payer", item.public_id, questions=len(checks))
    except CleanclaimError as wrong:
        if len(checks) == 1:
            _give_up(EligibilityCheck.objects.of(by.practice_id).get(pk=checks[0].pk), str(wrong), by)
            return 0
        # one question that cannot be written does not hold the others
        return sum(_ask_one_partner([_fresh(check, by)], partner, by) for check in checks)
    return len(checks)


def _fresh(check: EligibilityCheck, by: Actor) -> EligibilityCheck:
    rows = EligibilityCheck.objects.of(by.practice_id).select_related("coverage__payer__partner", "coverage__patient")
    found: EligibilityCheck = rows.get(pk=check.pk)
    return found


def _chase(by: Actor) -> int:
    """Take up questions whose answer is overdue; returns how many were given up."""
    given_up = 0
    overdue = EligibilityCheck.objects.of(by.practice_id).filter(state=State.SENT, next_try_at__lte=by.at).select_related("outbox")
    for check in overdue.order_by("id"):
        item = check.outbox
        if item is not None and item.state == OutboxItem.State.QUEUED:
            # the file has not left yet: it is tried again by the connection, and writing another would ask twice
            check.failure = f"The connection is down: {item.failure or 'the file waits'}"[:200]
            check.next_try_at = rules.next_try_at(min(check.tries, len(rules.RETRY_AFTER)), by.at)
            save_checked(check, fields=["failure", "next_try_at"])
        elif rules.next_try_at(check.tries + 1, by.at) is None:
            _give_up(check, "The payer has not answered: call.", by)
            given_up += 1
        else:
            check.state, check.next_try_at, check.failure = State.WAITING, None, "No answer came in time."
            save_checked(check, fields=["state", "next_try_at", "failure"])
    return given_up


def _wait(check: EligibilityCheck, says: str, by: Actor) -> None:
    following = rules.next_try_at(check.tries, by.at)
    if following is None:
        _give_up(check, says, by)
        return
    check.state, check.next_try_at, check.failure = State.WAITING, following, says
    save_checked(check, fields=["state", "next_try_at", "failure"])


def _give_up(check: EligibilityCheck, says: str, by: Actor) -> None:
    with transaction_for(by):
        check.state, check.next_try_at, check.failure = State.FAILED, None, says[:200]
        save_checked(check, fields=["state", "next_try_at", "failure"])
        record(by, "eligibility_unanswered", check.public_id, tries=check.tries)
        emit(by, "eligibility-failed", check.public_id)


def _answer(check: EligibilityCheck, answer: EligibilityResponse, digest: str, by: Actor) -> None:
    coverage = check.coverage
    others = Coverage.objects.of(by.practice_id).filter(patient=coverage.patient, voided_at__isnull=True).select_related("payer")
    verdict = rules.read_answer(answer, asked_for=check.asked_for, known_payer_ids=frozenset(row.payer.payer_id for row in others))
    findings = [*verdict.findings, *_differing_name(coverage, answer)]
    check.state, check.answered_at, check.verdict, check.next_try_at, check.failure = State.ANSWERED, by.at, verdict.state, None, ""
    check.findings = [finding.as_json() for finding in findings]
    check.names_other_payer = any(finding.rule == "ELIGIBILITY_OTHER_PAYER" for finding in findings)
    check.wants_authorization = any(finding.rule == "AUTHORIZATION_REQUIRED" for finding in findings)
    check.answer, check.answer_blob = rules.verdict_as_json(verdict), digest
    save_checked(check)
    record(by, "take_eligibility", check.public_id, verdict=verdict.state, rules=[finding.rule for finding in findings])
    emit(by, "eligibility-answered", check.public_id, verdict=verdict.state)


def _differing_name(coverage: Coverage, answer: EligibilityResponse) -> list[Finding]:
    told = answer.subscriber
    if coverage.relationship != "18" or not told.last_name or answer.rejections:
        return []
    patient = coverage.patient
    if (plain(told.last_name), plain(told.first_name)) == (plain(patient.last_name), plain(patient.first_name)):
        return []
    says = "The payer writes the name differently: write it on the coverage as the payer does, or claims may be rejected."
    return [Finding("ELIGIBILITY_NAME", Severity.WARN, "subscriber", says)]
