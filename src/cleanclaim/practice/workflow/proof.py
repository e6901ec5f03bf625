"""`ledger verify`: every balance re-derived from the entries, every projection compared, every remittance tied to its check."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, KeysView
from typing import Any, Final

from django.db.models import Count, Sum

from cleanclaim.ledger import Account, ClaimMoney
from cleanclaim.ledger.claim_money import bucket_of
from cleanclaim.practice.claims.books import MONEY_FIELDS
from cleanclaim.practice.claims.effects import Effect
from cleanclaim.practice.claims.models import Claim, ClaimLine, QueueCount
from cleanclaim.practice.claims.rules import queue_of
from cleanclaim.practice.foundation.planning import refresh_statistics
from cleanclaim.practice.journal import queries as journal
from cleanclaim.practice.journal.models import JournalPosting
from cleanclaim.practice.journal.queries import JournalProof
from cleanclaim.practice.payers.models import Payer
from cleanclaim.practice.registration.models import Patient
from cleanclaim.practice.remittance.models import Decision, PostingException, ProviderLevelItem, Remittance
from cleanclaim.practice.remittance.rules import responsibility_by_line

Sums = dict[tuple[str, int], list[int]]
CLAIM_COLUMNS: Final = ("id", "public_id", *MONEY_FIELDS, "denied_cents", "status", "queue", "next_payer_id")
"""What the proof reads of a claim, in this order."""

LINE_COLUMNS: Final = (
    "claim_id", "number", "held", "denied_cents", "charge_cents", "paid_cents", "contractual_cents", "patient_paid_cents", "other_cents",
    "patient_cents",
)  # fmt: skip
"""What the proof reads of a line, in this order."""


def verify(practice_id: int) -> JournalProof:
    """Prove the books of a practice, in full."""
    refresh_statistics(Claim, ClaimLine, Decision, PostingException, ProviderLevelItem, Remittance)
    books = journal.verify(practice_id)
    return JournalProof(books.entries, books.unbalanced, (*books.invariants, *claims_proof(practice_id), *money_proof(practice_id)))


def claims_proof(practice_id: int) -> list[tuple[str, int]]:
    """Compare every claim and its lines with their postings."""
    sums = (
        JournalPosting.objects.of(practice_id)
        .exclude(claim="")
        .values_list("claim", "line", "account", "payer")
        .annotate(cents=Sum("cents"))
    )
    claims = Claim.objects.of(practice_id).values_list(*CLAIM_COLUMNS)
    lines = ClaimLine.objects.of(practice_id).values_list(*LINE_COLUMNS)
    return compare_claims(
        sums.order_by().iterator(chunk_size=5000), claims.iterator(chunk_size=5000), lines.iterator(chunk_size=5000)
    )


def compare_claims(postings: Iterable[Any], claims: Iterable[Any], lines: Iterable[Any]) -> list[tuple[str, int]]:
    """Compare claims and lines (rows of CLAIM_COLUMNS, LINE_COLUMNS) with what was posted: (claim, line, account, payer, cents)."""
    by_line: Sums = defaultdict(lambda: [0] * 7)
    held: dict[tuple[str, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    totals: dict[str, int] = defaultdict(int)
    outside = 0
    for claim, line, account, payer, cents in postings:
        totals[claim] += cents
        place = bucket_of(Account(account))
        if place is None:
            outside += 1
            continue
        by_line[claim, line][place[0]] += place[1] * cents
        if account == Account.INSURANCE_RECEIVABLE.value:
            held[claim, line][payer] += cents
    return [
        ("every claim's postings sum to zero", sum(1 for cents in totals.values() if cents)),
        ("no claim's money stands on an account outside claims", outside),
        *_projections(claims, lines, by_line, held, totals.keys()),
    ]


def _projections(
    claims: Iterable[Any],
    lines: Iterable[Any],
    by_line: Sums,
    held: dict[tuple[str, int], dict[str, int]],
    named: KeysView[str],
) -> Iterator[tuple[str, int]]:
    broken: dict[str, int] = dict.fromkeys(("identity", "columns", "line", "held", "sum", "denied", "queue"), 0)
    by_key = {row[0]: row[1:] for row in claims}
    sums: dict[int, list[int]] = defaultdict(lambda: [0] * 7)
    seen: set[tuple[str, int]] = set()
    for pk, number, held_text, denied, *mine, patient_cents in lines:
        key = (by_key[pk][0], number)
        seen.add(key)
        money = by_line.get(key) or [0] * 7
        owed = json.loads(held_text)
        broken["line"] += mine != money[:5] or patient_cents != money[6]
        broken["held"] += owed != {name: cents for name, cents in held.get(key, {}).items() if cents}
        broken["denied"] += denied < 0
        for place, cents in enumerate((*mine, sum(owed.values()), patient_cents)):
            sums[pk][place] += cents
    for pk, (_, *columns, denied, status, queue, next_payer) in by_key.items():
        money_of = ClaimMoney(*columns)
        broken["identity"] += money_of.gap_cents != 0
        broken["sum"] += columns != sums[pk]
        broken["denied"] += not 0 <= denied <= max(0, money_of.insurance_balance_cents)
        broken["queue"] += queue != queue_of(
            status=status, insurance_cents=money_of.insurance_balance_cents, patient_cents=money_of.patient_balance_cents,
            denied_cents=denied, next_payer=next_payer is not None,
        )  # fmt: skip
    yield "no leg names a claim that is not there", len(named - {name for name, *_ in by_key.values()})
    yield "charge = paid + written off + still owed, on every claim", broken["identity"]
    yield "every line's amounts are what its postings say", broken["line"] + sum(1 for key in by_line if key not in seen)
    yield "what each payer owes on each line is what its postings say", broken["held"]
    yield "every claim's amounts are the sum of its lines", broken["sum"]
    yield "what is denied lies inside what insurance owes", broken["denied"]
    yield "every claim waits in the queue of its state", broken["queue"]


def money_proof(practice_id: int) -> list[tuple[str, int]]:
    """Tie remittances to their checks, exceptions to unapplied money, credits to patients, counts to claims."""
    checks: tuple[tuple[str, Callable[[int], int]], ...] = (
        ("no leg names a payer that is not there", _orphan_payers),
        ("every check is its answers, exceptions and provider adjustments", _checks_that_do_not_tie),
        ("the cash of every remittance is its check", _cash_that_does_not_tie),
        ("unapplied insurance money is the open exceptions", _unapplied_that_does_not_tie),
        ("no patient's unapplied credit is negative", _negative_credits),
        ("every reversal takes back one decision, once", _loose_reversals),
        ("patient responsibility is what standing decisions assign", _responsibility_that_differs),
        ("the counts of the queues are the claims in them", _miscounted_queues),
    )
    return [(name, check(practice_id)) for name, check in checks]


def _orphan_payers(practice_id: int) -> int:
    named = set(JournalPosting.objects.of(practice_id).exclude(payer="").values_list("payer", flat=True).distinct())
    return len(named - set(Payer.objects.of(practice_id).values_list("public_id", flat=True)))


def _by_remittance(model: Any, practice_id: int, name: str, **where: str) -> dict[int, int]:
    rows = model.objects.of(practice_id).filter(**where).values_list("remittance_id").annotate(cents=Sum(name))
    return {key: int(cents) for key, cents in rows}


def _checks_that_do_not_tie(practice_id: int) -> int:
    posted = _by_remittance(Decision, practice_id, "paid_cents", source__startswith="remittance:")
    waiting = _by_remittance(PostingException, practice_id, "amount_cents")
    provider = _by_remittance(ProviderLevelItem, practice_id, "amount_cents")
    return sum(
        posted.get(key, 0) + waiting.get(key, 0) - provider.get(key, 0) != paid
        for key, paid in Remittance.objects.of(practice_id).values_list("id", "paid_cents")
    )


def _cash_that_does_not_tie(practice_id: int) -> int:
    rows = JournalPosting.objects.of(practice_id).filter(account=Account.CASH.value, entry__source__startswith="remittance:")
    cash: dict[str, int] = defaultdict(int)
    for source, cents in rows.values_list("entry__source", "cents").iterator(chunk_size=5000):
        cash[source.split(":", 2)[1]] += cents
    known: dict[str, int] = dict(Remittance.objects.of(practice_id).values_list("public_id", "paid_cents"))
    return sum(cash.get(name, 0) != paid for name, paid in known.items()) + sum(name not in known for name in cash)


def _unapplied_that_does_not_tie(practice_id: int) -> int:
    held = -journal.balance(practice_id, Account.UNAPPLIED_INSURANCE)
    waiting = (
        PostingException.objects.of(practice_id)
        .filter(state=PostingException.State.OPEN)
        .aggregate(cents=Sum("amount_cents"))["cents"]
    )
    return int(held != int(waiting or 0))


def _negative_credits(practice_id: int) -> int:
    rows = JournalPosting.objects.of(practice_id).filter(account=Account.UNAPPLIED_PATIENT.value)
    sums: dict[str, int] = defaultdict(int)
    merged = dict(
        Patient.objects.of(practice_id).filter(merged_into__isnull=False).values_list("public_id", "merged_into__public_id")
    )
    for patient, cents in rows.values_list("patient").annotate(cents=Sum("cents")).order_by():
        while patient in merged:
            patient = merged[patient]
        sums[patient] += int(cents)
    return sum(cents > 0 for cents in sums.values())


def _loose_reversals(practice_id: int) -> int:
    rows = Decision.objects.of(practice_id)
    unmarked = rows.filter(reverses__isnull=False, reverses__is_reversed=False).count()
    twice = rows.filter(reverses__isnull=False).values("reverses").annotate(times=Count("id")).filter(times__gt=1).count()
    orphans = rows.filter(is_reversed=True).annotate(times=Count("reversed_by")).filter(times=0).count()
    return int(unmarked + twice + orphans)


def _responsibility_that_differs(practice_id: int) -> int:
    sums: dict[int, int] = defaultdict(int)
    rows = Decision.objects.of(practice_id).filter(is_reversed=False, reverses__isnull=True)
    for key, effects in rows.values_list("claim_id", "effects").iterator(chunk_size=5000):
        sums[key] += sum(responsibility_by_line([[Effect(*effect) for effect in effects]]).values())
    opened = JournalPosting.objects.of(practice_id).exclude(claim="").filter(entry__kind="opening", group="PR")
    before = dict(opened.values_list("claim").annotate(cents=Sum("cents")).order_by())
    claims = Claim.objects.of(practice_id).values_list("id", "public_id", "patient_responsibility_cents")
    return sum(cents != sums.get(key, 0) + before.get(name, 0) for key, name, cents in claims.iterator(chunk_size=5000))


def _miscounted_queues(practice_id: int) -> int:
    kept = {
        (row.queue, row.payer_key): (row.claims, row.cents) for row in QueueCount.objects.of(practice_id) if row.claims or row.cents
    }
    counted = {
        (row["queue"], row["payer_id"] or 0): (row["claims"], int(row["cents"]))
        for row in Claim.objects.of(practice_id)
        .values("queue", "payer_id")
        .annotate(claims=Count("id"), cents=Sum("insurance_balance_cents"))
        .order_by()
    }
    return sum(kept.get(key) != value for key, value in counted.items()) + sum(key not in counted for key in kept)
