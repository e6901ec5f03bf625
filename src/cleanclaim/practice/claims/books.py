"""Posting entries that touch claims: the journal first, then the claims' lines and totals that follow from the legs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, cast

from django.db import connection

from cleanclaim.ledger import Account, ClaimMoney, Entry, Posting, money_by_line
from cleanclaim.practice.claims.models import Claim, ClaimLine, QueueCount
from cleanclaim.practice.claims.rules import Status, queue_of
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.bulk import insert_rows, write_columns
from cleanclaim.practice.journal import actions as journal
from cleanclaim.practice.journal.models import JournalEntry

MONEY_FIELDS: Final = (
    "charge_cents", "insurance_paid_cents", "contractual_cents", "patient_paid_cents", "other_write_off_cents",
    "insurance_balance_cents", "patient_balance_cents",
)  # fmt: skip
_LINE_FIELDS: Final = (
    "charge_cents", "paid_cents", "contractual_cents", "responsibility_cents", "patient_paid_cents", "other_cents", "denied_cents",
    "patient_cents", "held", "is_answered",
)  # fmt: skip
_CLAIM_FIELDS: Final = (
    *MONEY_FIELDS, "patient_responsibility_cents", "denied_cents", "status", "queue", "payer", "next_payer", "patient_due_on",
    "holds_statement", "waits_until", "version",
)  # fmt: skip


class QueueChanges:
    """Differences in the counts of the queues, gathered over a run and written once, at its end: their rows are shared by everybody."""

    def __init__(self) -> None:
        self._changes: dict[tuple[str, int], list[int]] = {}

    def count(self, place: tuple[str, int, int], sign: int) -> None:
        """Count a claim into a place (queue, payer, open cents), or out of it."""
        row = self._changes.setdefault((place[0], place[1]), [0, 0])
        row[0] += sign
        row[1] += sign * place[2]

    def write(self, practice_id: int) -> None:
        """Add the differences to the counts, in one order for every writer."""
        rows = [(practice_id, queue, payer, *counts) for (queue, payer), counts in sorted(self._changes.items()) if any(counts)]
        self._changes = {}
        if not rows:
            return
        table = QueueCount._meta.db_table  # noqa: SLF001 - Django's public name for it
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} (practice_id, queue, payer_key, claims, cents) VALUES (%s, %s, %s, %s, %s) "
                f"ON CONFLICT (practice_id, queue, payer_key) DO UPDATE SET claims = {table}.claims + excluded.claims, "
                f"cents = {table}.cents + excluded.cents",
                cast("Sequence[Any]", rows),
            )


class Desk:
    """Claims that are open on the desk: locked, their lines in memory, written back together.

    Use it inside a transaction: `take` the claims, `follow` entries, change fields, then `put_back`.
    """

    def __init__(self, by: Actor, queues: QueueChanges | None = None) -> None:
        self.by = by
        self._changes = queues
        self.claims: dict[str, Claim] = {}
        self.lines: dict[str, dict[int, ClaimLine]] = {}
        self._queues: dict[str, tuple[str, int, int]] = {}
        self._new_lines: list[ClaimLine] = []

    def take(self, claim_ids: Iterable[str]) -> None:
        """Read and lock claims in the order of their ids, so that two desks never wait for each other in a ring."""
        wanted = [claim_id for claim_id in claim_ids if claim_id and claim_id not in self.claims]
        if not wanted:
            return
        rows = Claim.objects.of(self.by.practice_id).filter(public_id__in=wanted).order_by("id").select_for_update()
        self.hold(list(rows))

    def hold(self, claims: Sequence[Claim]) -> None:
        """Put claims on the desk that the caller has locked or just made, with their lines."""
        by_key = {claim.pk: claim.public_id for claim in claims}
        for claim in claims:
            self.claims[claim.public_id] = claim
            self.lines[claim.public_id] = {}
            self._queues[claim.public_id] = (claim.queue, claim.payer_id or 0, claim.insurance_balance_cents)
        for line in ClaimLine.objects.of(self.by.practice_id).filter(claim__in=list(by_key)):
            self.lines[by_key[line.claim_id]][line.number] = line

    def line(self, claim_id: str, number: int) -> ClaimLine:
        """Return a line, made on the spot for what concerns the claim as a whole."""
        lines = self.lines[claim_id]
        if number not in lines:
            lines[number] = ClaimLine(practice_id=self.by.practice_id, claim=self.claims[claim_id], number=number)
            self._new_lines.append(lines[number])
        return lines[number]

    def follow(self, postings: Iterable[Posting]) -> None:
        """Move lines and claims as the legs say; legs without a claim on the desk are somebody else's."""
        mine = [posting for posting in postings if posting.claim in self.claims]
        for (claim_id, number), money in money_by_line(mine).items():
            line, claim = self.line(claim_id, number), self.claims[claim_id]
            line.charge_cents += money.charge_cents
            line.paid_cents += money.insurance_paid_cents
            line.contractual_cents += money.contractual_cents
            line.patient_paid_cents += money.patient_paid_cents
            line.other_cents += money.other_write_off_cents
            line.patient_cents += money.patient_balance_cents
            for name, cents in zip(MONEY_FIELDS, money, strict=True):
                setattr(claim, name, getattr(claim, name) + cents)
        for posting in mine:
            if posting.account is Account.INSURANCE_RECEIVABLE:
                add_held(self.line(posting.claim, posting.line), posting.payer, posting.cents)

    def put_back(self) -> None:
        """Write every claim and line on the desk, with its queue and the counts of the queues."""
        claims = list(self.claims.values())
        for claim in claims:
            claim.queue = queue_of(
                status=claim.status, insurance_cents=claim.insurance_balance_cents, patient_cents=claim.patient_balance_cents,
                denied_cents=claim.denied_cents, next_payer=claim.next_payer_id is not None,
            )  # fmt: skip
            claim.version += 1
        new = {id(line) for line in self._new_lines}
        insert_rows(ClaimLine, self._new_lines)
        write_columns(Claim, claims, _CLAIM_FIELDS)
        write_columns(
            ClaimLine, [line for lines in self.lines.values() for line in lines.values() if id(line) not in new], _LINE_FIELDS
        )
        self._count_queues(claims)
        self._new_lines = []

    def _count_queues(self, claims: Sequence[Claim]) -> None:
        changes = QueueChanges() if self._changes is None else self._changes
        for claim in claims:
            before = self._queues[claim.public_id]
            after = (claim.queue, claim.payer_id or 0, claim.insurance_balance_cents)
            if before != after:
                changes.count(before, -1)
                changes.count(after, 1)
                self._queues[claim.public_id] = after
        if self._changes is None:
            changes.write(self.by.practice_id)


def count_new_claims(practice_id: int, claims: Iterable[Claim]) -> None:
    """Count claims that were just made into their queues."""
    changes = QueueChanges()
    for claim in claims:
        changes.count((claim.queue, claim.payer_id or 0, claim.insurance_balance_cents), 1)
    changes.write(practice_id)


def held_of(line: ClaimLine) -> dict[str, int]:
    """Return what each payer owes on a line."""
    held: dict[str, int] = json.loads(line.held)
    return held


def add_held(line: ClaimLine, payer: str, cents: int) -> None:
    """Change what one payer owes on a line; a payer that owes nothing is not kept."""
    held = held_of(line)
    held[payer] = held.get(payer, 0) + cents
    line.held = json.dumps({name: amount for name, amount in sorted(held.items()) if amount}, separators=(",", ":"))


def post_to_claims(entries: Sequence[Entry], *, by: Actor) -> list[str]:
    """Post entries and let their claims follow; entries whose source has posted before change nothing. Inside the action's transaction."""
    sources = [entry.source for entry in entries]
    known = set(JournalEntry.objects.of(by.practice_id).filter(source__in=sources).values_list("source", flat=True))
    fresh = [entry for entry in entries if entry.source not in known]
    desk = Desk(by)
    desk.take({posting.claim for entry in fresh for posting in entry.postings})
    ids = journal.post_many(entries, by=by)
    for entry in fresh:
        desk.follow(entry.postings)
    for claim in desk.claims.values():
        retell_standing(claim, by)
    desk.put_back()
    return ids


def retell_standing(claim: Claim, by: Actor) -> None:
    """Bring a claim's standing in line with money that moved outside a payer's answer: paid off closes it, money taken back opens it."""
    claim.denied_cents = max(0, min(claim.denied_cents, claim.insurance_balance_cents))
    settled = claim.insurance_balance_cents == 0 and claim.patient_balance_cents == 0
    if settled and claim.status in {Status.PAID, Status.PARTLY_PAID, Status.DENIED, Status.APPEALED}:
        claim.status = Status.CLOSED
    elif claim.insurance_balance_cents > 0 and claim.status in {Status.PAID, Status.CLOSED}:
        claim.status = Status.PARTLY_PAID
    elif claim.insurance_balance_cents == 0 and claim.status in {Status.PARTLY_PAID, Status.DENIED, Status.CLOSED}:
        claim.status = Status.PAID
    tell_patient_due(claim, by.today)


def tell_patient_due(claim: Claim, today: date) -> None:
    """Note since when the patient owes something: the clock of statements starts when the payers have answered."""
    if claim.patient_balance_cents <= 0:
        claim.patient_due_on = None
    elif claim.patient_due_on is None:
        claim.patient_due_on = today


def claim_money_of(claim: Claim) -> ClaimMoney:
    """Return a claim's money columns."""
    return ClaimMoney(*(getattr(claim, name) for name in MONEY_FIELDS))
