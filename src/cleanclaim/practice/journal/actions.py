"""The only writer of the books."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection
from django.db.models import Max

from cleanclaim.kernel.errors import Conflict, Refused
from cleanclaim.kernel.public_ids import new_public_id
from cleanclaim.ledger import Entry
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.bulk import insert_rows, insert_values
from cleanclaim.practice.foundation.transactions import transaction_for
from cleanclaim.practice.journal.models import ClosedPeriod, JournalEntry, JournalPosting
from cleanclaim.practice.people.policy import require

_CHUNK = 500
_LEG_COLUMNS = ("practice_id", "entry_id", "account", "cents", "claim", "line", "patient", "payer", "group", "reason")


def digest_of(entry: Entry) -> str:
    """Return the digest by which a repeated entry is told from a contradicting one: day, kind and legs, in any order of the legs."""
    legs = sorted(repr(tuple(posting)) for posting in entry.postings)
    return hashlib.sha256("\x1f".join([entry.on.isoformat(), entry.kind, *legs]).encode()).hexdigest()[:40]


def post(entry: Entry, *, by: Actor) -> str:
    """Post one entry and return its public id. Posting the same entry again returns the first one's id and changes nothing.

    Raises Conflict when the source has posted something else, Refused when the day lies in a closed period.
    """
    return post_many([entry], by=by)[0]


def post_many(entries: Iterable[Entry], *, by: Actor) -> list[str]:
    """Post entries in one transaction and return their public ids in order; see `post`. No audit row: the action that posts writes it."""
    ids: list[str] = []
    if isinstance(entries, Sequence) and not entries:
        return ids
    with transaction_for(by):
        closed = _closed_until(by.practice_id)
        batch: list[Entry] = []
        for entry in entries:
            batch.append(entry)
            if len(batch) >= _CHUNK:
                ids += _post_batch(batch, closed, by)
                batch = []
        if batch:
            ids += _post_batch(batch, closed, by)
    return ids


def _post_batch(batch: Sequence[Entry], closed: date | None, by: Actor) -> list[str]:
    digests: dict[str, str] = {}
    for entry in batch:
        digest = digest_of(entry)
        if digests.setdefault(entry.source, digest) != digest:
            raise Conflict("Two entries of one posting name the same source and differ.")
    rows = JournalEntry.objects.of(by.practice_id).filter(source__in=list(digests)).values_list("source", "public_id", "digest")
    known = {source: (public_id, digest) for source, public_id, digest in rows}
    for source, (_, digest) in known.items():
        if digest != digests[source]:
            raise Conflict(f"The source {source} has already posted something else.")
    fresh = [entry for entry in {entry.source: entry for entry in batch}.values() if entry.source not in known]
    for entry in fresh:
        if closed is not None and entry.on <= closed:
            raise Refused(f"The period up to {closed.isoformat()} is closed. Post it on a later day.")
    first_id = _take_ids(len(fresh))
    sealed, legs = [], []
    for number, entry in enumerate(fresh, start=first_id):
        row = JournalEntry(
            id=number, practice_id=by.practice_id, public_id=new_public_id("jen"), source=entry.source, kind=entry.kind, on=entry.on,
            recorded_at=by.at, says=entry.says[:160], digest=digests[entry.source],
        )  # fmt: skip
        sealed.append(row)
        known[entry.source] = (row.public_id, row.digest)
        legs += [
            (
                by.practice_id,
                number,
                leg.account.value,
                leg.cents,
                leg.claim,
                leg.line,
                leg.patient,
                leg.payer,
                leg.group[:2],
                leg.reason[:5],
            )
            for leg in entry.postings
        ]
    insert_values(JournalPosting, _LEG_COLUMNS, legs)
    insert_rows(JournalEntry, sealed, with_key=True)
    return [known[entry.source][0] for entry in batch]


def _take_ids(count: int) -> int:
    """Return the first of `count` fresh entry ids; the legs name their entry before it stands."""
    if connection.vendor == "sqlite":
        return int(JournalEntry.objects.across_practices().aggregate(top=Max("id"))["top"] or 0) + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('journal_entry_ids', nextval('journal_entry_ids') + %s)", [max(count, 1)])
        row = cursor.fetchone()
    return int(row[0]) - max(count, 1) + 1


def _closed_until(practice_id: int) -> date | None:
    with connection.cursor() as cursor:  # asked with every posting: a plain statement
        cursor.execute("SELECT MAX(last) FROM journal_closedperiod WHERE practice_id = %s", [practice_id])
        last = cursor.fetchone()[0]
    return date.fromisoformat(last) if isinstance(last, str) else last


def close_period(*, last: date, by: Actor) -> ClosedPeriod:
    """Close every day up to `last`: nothing posts to it again. Closing the same day twice returns the first closing."""
    require(by, "manager")
    with transaction_for(by):
        closed = _closed_until(by.practice_id)
        if closed is not None and last <= closed:
            found: ClosedPeriod | None = ClosedPeriod.objects.of(by.practice_id).filter(last=last).first()
            if found is not None:
                return found
            raise Refused(f"The books are already closed up to {closed.isoformat()}.")
        first = (
            JournalEntry.objects.of(by.practice_id).order_by("on").values_list("on", flat=True).first() if closed is None else None
        )
        period = ClosedPeriod(
            practice_id=by.practice_id, first=min(first or last, last) if closed is None else min(closed, last), last=last,
            closed_at=by.at, closed_by=by.name,
        )  # fmt: skip
        period.save()
        record(by, "close_period", f"period:{last.isoformat()}")
    return period
