"""A coder's sittings over visits: who is at which chart, what is pended until when."""

from __future__ import annotations

from datetime import date

from cleanclaim.kernel.errors import Refused
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.coding import policy
from cleanclaim.practice.coding.models import CodingSession
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.transactions import locked, save_checked, transaction_for
from cleanclaim.practice.people.policy import require


def open_chart(*, encounter_id: str, by: Actor) -> CodingSession:
    """Sit down over a visit; an open sitting of the same coder goes on."""
    require(by, *policy.CODES)
    with transaction_for(by):
        encounter = locked(Encounter.objects.of(by.practice_id), what="visit", public_id=encounter_id)
        session: CodingSession | None = _open(by, encounter)
        if session is None:
            session = CodingSession(
                practice_id=by.practice_id,
                encounter=encounter,
                coder=by.name,
                opened_at=by.at,
                last_seen_at=by.at,
                created_at=by.at,
            )
            session.save()
            record(by, "open_chart", session.public_id, encounter=encounter_id)
        else:
            _see(session, by)
    return session


def still_working(*, encounter_id: str, by: Actor) -> None:
    """Note a sign of work, so that productive time can be told from a chart left open."""
    require(by, *policy.CODES)
    with transaction_for(by):
        encounter = locked(Encounter.objects.of(by.practice_id), what="visit", public_id=encounter_id)
        session = _open(by, encounter)
        if session is not None:
            _see(session, by)


def pend(*, encounter_id: str, reason: str, until: date, by: Actor) -> CodingSession:
    """Lay a visit aside until a day, for a reason; then it comes back to the worklist."""
    if not reason.strip():
        raise Refused("Pending a visit needs a reason.")
    if until < by.today:
        raise Refused("A visit is pended until a day to come.")
    with transaction_for(by):
        session = open_chart(encounter_id=encounter_id, by=by)
        session.pended_until, session.pend_reason = until, reason[:200]
        session.closed_at = session.last_seen_at = max(by.at, session.opened_at)
        save_checked(session, fields=["pended_until", "pend_reason", "closed_at", "last_seen_at"])
        record(by, "pend_coding", session.public_id, encounter=encounter_id, until=until.isoformat())
    return session


def close_chart(*, encounter_id: str, by: Actor) -> None:
    """Leave a visit without finalising it."""
    require(by, *policy.CODES)
    with transaction_for(by):
        encounter = locked(Encounter.objects.of(by.practice_id), what="visit", public_id=encounter_id)
        session = _open(by, encounter)
        if session is not None:
            session.closed_at = session.last_seen_at = max(by.at, session.opened_at)
            save_checked(session, fields=["closed_at", "last_seen_at"])
            record(by, "close_chart", session.public_id)


def _open(by: Actor, encounter: Encounter) -> CodingSession | None:
    found: CodingSession | None = (
        CodingSession.objects.of(by.practice_id).filter(encounter=encounter, coder=by.name, closed_at__isnull=True).first()
    )
    return found


def _see(session: CodingSession, by: Actor) -> None:
    if by.at > session.last_seen_at:
        session.last_seen_at = by.at
        save_checked(session, fields=["last_seen_at"])
