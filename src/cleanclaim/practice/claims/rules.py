"""The states of a claim and of a submission, which event moves them where, and in which queue a claim waits."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from cleanclaim.kernel.errors import Refused


class Status(StrEnum):
    """Where a claim stands."""

    BUILT = "built"
    HELD = "held"
    READY = "ready"
    SENT = "sent"
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    PENDED = "pended"
    PAID = "paid"
    PARTLY_PAID = "partly_paid"
    DENIED = "denied"
    APPEALED = "appealed"
    VOIDED = "voided"
    CLOSED = "closed"


S = Status
_ANSWERED: Final = frozenset({S.PAID, S.PARTLY_PAID, S.DENIED, S.APPEALED, S.CLOSED})
_OUT: Final = frozenset({S.SENT, S.ACCEPTED, S.PENDED, S.REJECTED})
_EARLY: Final = frozenset({S.BUILT, S.HELD, S.READY})

MOVES: Final[dict[str, tuple[frozenset[Status], Status]]] = {
    "hold": (_EARLY | {S.REJECTED}, S.HELD),
    "release": (frozenset({S.BUILT, S.HELD, S.REJECTED}), S.READY),
    "send": (frozenset({S.READY}), S.SENT),
    "resend": (frozenset({S.SENT, S.REJECTED}), S.READY),
    "reject": (_OUT, S.REJECTED),
    "accept": (_OUT, S.ACCEPTED),
    "pend": (_OUT, S.PENDED),
    "correct": (_OUT | _ANSWERED, S.BUILT),
    "bill-next": (_OUT | _ANSWERED, S.BUILT),
    "pay": (_EARLY | _OUT | _ANSWERED | {S.VOIDED}, S.PAID),
    "pay-part": (_EARLY | _OUT | _ANSWERED | {S.VOIDED}, S.PARTLY_PAID),
    "deny": (_EARLY | _OUT | _ANSWERED, S.DENIED),
    "take-back": (_EARLY | _OUT | _ANSWERED | {S.VOIDED}, S.PENDED),
    "appeal": (frozenset({S.DENIED, S.PARTLY_PAID, S.PAID, S.APPEALED}), S.APPEALED),
    "void": (_EARLY | _OUT | _ANSWERED, S.VOIDED),
    "close": (_EARLY | _OUT | _ANSWERED, S.CLOSED),
    "reopen": (frozenset({S.CLOSED, S.PAID}), S.PARTLY_PAID),
}
"""Event -> (states it may come from, state it leads to). What is not listed is refused."""


def move(status: str, event: str) -> Status:
    """Return where an event leads. Raises Refused when a claim in this state cannot have it."""
    sources, target = MOVES[event]
    if status not in sources:
        raise Refused(f"A claim that is {status.replace('_', ' ')} cannot {event.replace('-', ' ')}.")
    return target


def can(status: str, event: str) -> bool:
    """Tell whether a claim in this state can have the event."""
    return status in MOVES[event][0]


def status_after_answer(
    *, status: str, insurance_cents: int, denied_cents: int, paid_cents: int, is_answered: bool, has_next_payer: bool
) -> Status:
    """Return where a payer's answer leaves the claim.

    Nothing left with insurance: paid. Nothing paid and something refused: denied. A claim of which lines are unanswered, or that
    goes on to the next payer, is partly paid.
    """
    if status == S.VOIDED and insurance_cents == 0:
        return S.VOIDED
    if status == S.APPEALED and denied_cents:
        return S.APPEALED
    if insurance_cents == 0 and is_answered:
        return S.PAID
    if denied_cents and paid_cents == 0 and not has_next_payer:
        return S.DENIED
    return S.PARTLY_PAID


class Queue(StrEnum):
    """Where a claim waits for somebody's work; each claim is in one."""

    HOLD = "hold"
    READY = "ready"
    REJECTED = "rejected"
    WAITING = "waiting"
    DENIED = "denied"
    UNDERPAID = "part-open"
    NEXT_PAYER = "next-payer"
    CREDIT = "credit"
    PATIENT = "patient"
    DONE = "done"


def queue_of(*, status: str, insurance_cents: int, patient_cents: int, denied_cents: int, next_payer: bool) -> Queue:
    """Return the one queue in which a claim waits, the most urgent first."""
    if insurance_cents < 0 or patient_cents < 0:
        return Queue.CREDIT
    early = {S.BUILT: Queue.HOLD, S.HELD: Queue.HOLD, S.READY: Queue.READY, S.REJECTED: Queue.REJECTED}
    if status in early:
        return early[Status(status)]
    if denied_cents and status in {S.DENIED, S.PARTLY_PAID, S.PAID}:
        return Queue.DENIED
    if status in {S.SENT, S.ACCEPTED, S.PENDED, S.APPEALED}:
        return Queue.WAITING
    if next_payer and insurance_cents:
        return Queue.NEXT_PAYER
    if insurance_cents:
        return Queue.UNDERPAID
    return Queue.PATIENT if patient_cents else Queue.DONE


def timely_filing_deadline(served_on: date, limit_days: int) -> date:
    """Return the last day on which the payer takes the claim; a year is a calendar year (42 CFR 424.44)."""
    if limit_days == 365:
        try:
            return served_on.replace(year=served_on.year + 1)
        except ValueError:
            return date(served_on.year + 1, 2, 28)
    return served_on + timedelta(days=limit_days)
