"""The sides of figures that come from the books and from claims: postings of a period, balances as of its last day, open claims by age."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

from django.db.models import Q, QuerySet, Sum

from cleanclaim.kernel.money import Money
from cleanclaim.ledger import Account
from cleanclaim.ledger.accounts import CONTRACTUAL_WRITE_OFFS
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.journal.models import JournalPosting
from cleanclaim.practice.receivables.figures import Part, Row, Span

_BATCH: Final = 2000
_Item = TypeVar("_Item")
_PAID: Final = (Account.CASH, Account.UNAPPLIED_PATIENT)
"""Where money for a claim comes from: payers' cash, and patients' money as it is applied. Both count only with a claim."""
_POSTING_NAMES: Final = ("claim", "on", "account", "what", "reason", "amount_cents")


def _batches(rows: Iterable[_Item]) -> Iterator[list[_Item]]:
    stream = iter(rows)
    while batch := list(islice(stream, _BATCH)):
        yield batch


def postings(span: Span, says: str, accounts: Sequence[Account], *, sign: int = 1, where: Q | None = None) -> Part:
    """Return what moved on some accounts in the period."""
    rows = JournalPosting.objects.of(span.practice_id).filter(
        where or Q(), account__in=[account.value for account in accounts], entry__on__range=(span.first, span.last)
    )
    amount = sign * int(rows.aggregate(cents=Sum("cents"))["cents"] or 0)
    return Part(says, amount, _POSTING_NAMES, lambda: _posting_rows(span.practice_id, rows, sign))


def _posting_rows(practice_id: int, rows: QuerySet[Any], sign: int) -> Iterator[Row]:
    wanted = rows.order_by("-entry_id", "id").values_list(
        "claim", "entry__on", "account", "entry__says", "group", "reason", "cents"
    )
    for batch in _batches(wanted.iterator(chunk_size=_BATCH)):
        numbers = numbers_of(practice_id, {row[0] for row in batch if row[0]})
        for claim, on, account, what, group, reason, cents in batch:
            yield numbers.get(claim, ""), on, account, what, f"{group}-{reason}" if group else "", sign * int(cents)


def numbers_of(practice_id: int, ids: Iterable[str]) -> dict[str, str]:
    """Return the control numbers of claims by their ids."""
    found: dict[str, str] = {}
    for some in _batches(sorted(ids)):
        rows = Claim.objects.of(practice_id).filter(public_id__in=some)
        found |= dict(rows.values_list("public_id", "patient_control_number"))
    return found


class OpenClaim(NamedTuple):
    """What stood open on a claim on a day."""

    number: str
    payer: str
    served_on: date | None
    cents: int

    def age_on(self, day: date) -> int:
        """Return the days since the service; one without a day is new."""
        return (day - self.served_on).days if self.served_on else 0


def open_insurance(span: Span) -> list[OpenClaim]:
    """Return what insurance owed (negative: had paid too much) on each claim as of the last day, from the books, the most money first."""
    rows = JournalPosting.objects.of(span.practice_id).filter(account=Account.INSURANCE_RECEIVABLE.value, entry__on__lte=span.last)
    grouped = rows.values_list("claim").annotate(cents=Sum("cents")).order_by().exclude(cents=0)
    sums = {claim: int(cents) for claim, cents in grouped.iterator(chunk_size=_BATCH)}
    made = []
    for some in _batches(sums):
        facts = Claim.objects.of(span.practice_id).filter(public_id__in=some)
        known = {row[0]: row[1:] for row in facts.values_list("public_id", "patient_control_number", "payer__name", "served_on")}
        for claim in some:
            number, payer, served = known.get(claim, ("", "", None))
            made.append(OpenClaim(number, payer or "", served, sums[claim]))
    return sorted(made, key=lambda row: -row.cents)


def open_part(span: Span, says: str, claims: Sequence[OpenClaim], *, sign: int = 1) -> Part:
    """Return open claims as a side of a figure."""
    rows = [(row.number, row.payer, row.served_on, row.age_on(span.last), sign * row.cents) for row in claims]
    return listed(says, ("claim", "payer", "served_on", "age_days", "open_cents"), rows)


def listed(says: str, names: tuple[str, ...], rows: Sequence[Row]) -> Part:
    """Return rows that are at hand as a side of a figure: their last column adds up to it."""
    return Part(says, sum(row[-1] for row in rows), names, lambda: rows)


def balances(span: Span, says: str, accounts: Sequence[Account]) -> Part:
    """Return what stood on some accounts as of the last day, claim by claim; what stands on no claim is one row for each account."""
    rows = JournalPosting.objects.of(span.practice_id).filter(
        account__in=[account.value for account in accounts], entry__on__lte=span.last
    )
    amount = int(rows.aggregate(cents=Sum("cents"))["cents"] or 0)

    def read() -> Iterator[Row]:
        grouped = rows.values_list("account", "claim").annotate(cents=Sum("cents")).exclude(cents=0).order_by("-cents", "claim")
        for batch in _batches(grouped.iterator(chunk_size=_BATCH)):
            numbers = numbers_of(span.practice_id, {row[1] for row in batch if row[1]})
            for account, claim, cents in batch:
                yield numbers.get(claim, ""), account, int(cents)

    return Part(says, amount, ("claim", "account", "balance_cents"), read)


class Books:
    """What several figures of one period stand on, each read from the books once."""

    def __init__(self, span: Span) -> None:
        self.span = span

    @cached_property
    def charges(self) -> Part:
        """The charges booked in the period."""
        return postings(self.span, "charges", (Account.SERVICE_REVENUE,), sign=-1)

    @cached_property
    def net_charges(self) -> Part:
        """The charges less what contracts and the law took off: net patient service revenue."""
        return postings(self.span, "charges less contractual", (Account.SERVICE_REVENUE, *sorted(CONTRACTUAL_WRITE_OFFS)), sign=-1)

    @cached_property
    def open_claims(self) -> list[OpenClaim]:
        """What insurance owed on each claim as of the last day."""
        return open_insurance(self.span)

    def a_day_of(self, part: Part) -> str:
        """Say an average day of the period, as a formula prints it."""
        return f"({part.says} {told(part)} / {self.span.days} days)"


def payments(span: Span) -> Part:
    """Return what was paid on claims, by payers and by patients."""
    return postings(span, "payments", _PAID, where=~Q(claim=""))


def told(part: Part) -> str:
    """Say what a side adds up to, in dollars."""
    return f"{Money(int(part.amount)):$}"
