"""Every key figure of a period, the best known first, and the months of the books."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth

from cleanclaim.ledger import Account
from cleanclaim.ledger.accounts import CONTRACTUAL_WRITE_OFFS
from cleanclaim.practice.journal.models import JournalPosting
from cleanclaim.practice.receivables.answer_figures import answer_figures
from cleanclaim.practice.receivables.book_figures import book_figures, leading_figures
from cleanclaim.practice.receivables.figure_parts import Books
from cleanclaim.practice.receivables.figures import Figure, Span
from cleanclaim.practice.receivables.front_figures import front_figures


def all_figures(practice_id: int, *, first: date, last: date) -> list[Figure]:
    """Return every key figure of a period; balances are as of its last day. Each brings the records of both its sides."""
    books = Books(Span(practice_id, first, last))
    return [*leading_figures(books), *answer_figures(books.span), *front_figures(books), *book_figures(books)]


class MoneyMonth(NamedTuple):
    """One month's movements, all as positive amounts."""

    month: date
    charges_cents: int
    insurance_cents: int
    patients_cents: int
    contractual_cents: int
    other_cents: int


def money_by_month(practice_id: int, *, first: date, last: date) -> list[MoneyMonth]:
    """Return month by month what was charged, paid and written off, from the entries."""
    rows = (
        JournalPosting.objects.of(practice_id)
        .filter(entry__on__range=(first, last))
        .filter(Q(account__in=[Account.SERVICE_REVENUE.value, Account.CASH.value, Account.UNAPPLIED_PATIENT.value]) | Q(account__startswith="adjustment:"))
        .exclude(Q(account__in=[Account.CASH.value, Account.UNAPPLIED_PATIENT.value]) & Q(claim=""))
        .annotate(month=TruncMonth("entry__on"))
        .values("month", "account")
        .annotate(cents=Sum("cents"))
        .order_by("month")
    )  # fmt: skip
    contractual = {account.value for account in CONTRACTUAL_WRITE_OFFS}
    sums: dict[date, list[int]] = {}
    for row in rows:
        kept = sums.setdefault(row["month"], [0] * 5)
        account, cents = row["account"], int(row["cents"])
        if account == Account.SERVICE_REVENUE.value:
            kept[0] -= cents
        elif account == Account.CASH.value:
            kept[1] += cents
        elif account == Account.UNAPPLIED_PATIENT.value:
            kept[2] += cents
        else:
            kept[3 if account in contractual else 4] += cents
    return [MoneyMonth(month, *kept) for month, kept in sorted(sums.items())]
