"""Figures from the books: days in A/R, collection rates, write-offs, aged A/R, credits, money taken in advance, cost to collect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from django.db.models import Sum

from cleanclaim.kernel.dates import add_months
from cleanclaim.ledger import Account
from cleanclaim.ledger.accounts import CONTRACTUAL_WRITE_OFFS
from cleanclaim.practice.receivables.figure_parts import (
    Books,
    OpenClaim,
    balances,
    listed,
    open_part,
    payments,
    postings,
    told,
)
from cleanclaim.practice.receivables.figures import Figure, Part, Span, days_of, share
from cleanclaim.practice.receivables.models import CollectionCost, PatientPayment

_RECEIVABLES: Final = (Account.INSURANCE_RECEIVABLE, Account.PATIENT_RECEIVABLE)
_NET_RECEIVABLES: Final = (*_RECEIVABLES, Account.UNAPPLIED_PATIENT, Account.UNAPPLIED_INSURANCE)
_AGES: Final = (30, 60, 90, 120)


def leading_figures(books: Books) -> list[Figure]:
    """Return the figures that a practice looks at first."""
    span, paid = books.span, payments(books.span)
    open_ = balances(span, "open receivables", _RECEIVABLES)
    return [
        days_of("Days in A/R", open_, books.charges, f"open receivables {told(open_)} / {books.a_day_of(books.charges)}", span=span),
        share("Net collection rate", paid, books.net_charges, "payments / (charges - contractual)"),
        share("Gross collection rate", paid, books.charges, "payments / charges"),
        aged(span, books.open_claims, 90),
    ]  # fmt: skip


def book_figures(books: Books) -> list[Figure]:
    """Return the other figures from the books."""
    span, charged = books.span, books.charges
    receivables = balances(span, "open receivables less unapplied credits", _NET_RECEIVABLES)
    credits_ = open_part(span, "insurance credits", [row for row in reversed(books.open_claims) if row.cents < 0], sign=-1)
    denied = postings(span, "denial write-offs", (Account.DENIAL_WRITE_OFF, Account.TIMELY_FILING_WRITE_OFF))
    return [
        days_of("Net days in A/R", receivables, books.net_charges, f"{receivables.says} {told(receivables)} / {books.a_day_of(books.net_charges)}", span=span),
        *(aged(span, books.open_claims, limit) for limit in _AGES if limit != 90),  # 90 leads
        days_of("Days in credit balance", credits_, charged, f"insurance credits {told(credits_)} / {books.a_day_of(charged)}", span=span),
        share("Denial write-offs", denied, books.net_charges, "denial write-offs / (charges - contractual)"),
        share("Bad debt", postings(span, "bad debt written off", (Account.BAD_DEBT,)), charged, "bad debt written off / charges"),
        share("Charity", postings(span, "charity", (Account.CHARITY,)), charged, "charity / charges"),
        share("Contractual share", postings(span, "contractual write-offs", sorted(CONTRACTUAL_WRITE_OFFS)), charged, "contractual write-offs / charges"),
        _paid_in_advance(span),
        cost_to_collect(span),
    ]  # fmt: skip


def aged(span: Span, open_claims: Sequence[OpenClaim], limit: int) -> Figure:
    """Return what insurance owes for longer than so many days since the service, in percent of all that it owes."""
    owed = [row for row in open_claims if row.cents > 0]
    old = [row for row in owed if row.age_on(span.last) > limit]
    formula = f"open cents of claims more than {limit} days after service / all open cents, as of {span.last:%m/%d/%Y}"
    return share(
        f"A/R over {limit} days", open_part(span, f"open for more than {limit} days", old), open_part(span, "open", owed), formula
    )


def _paid_in_advance(span: Span) -> Figure:
    rows = PatientPayment.objects.of(span.practice_id).filter(received_on__range=(span.first, span.last), returned_on__isnull=True)
    early = rows.filter(method__in=["cash", "check", "card"], is_prepaid=True)
    parts = [
        Part(
            says, int(some.aggregate(cents=Sum("cents"))["cents"] or 0), ("payment", "received_on", "paid_by", "before_the_bill", "amount_cents"),
            lambda some=some: (  # type: ignore[misc]  # bound to this side's rows
                (payment, day, method, "yes" if prepaid else "no", int(cents))
                for payment, day, method, prepaid, cents in some.order_by("-cents").values_list("public_id", "received_on", "method", "is_prepaid", "cents")
            ),
        )
        for says, some in (("patients' payments before the bill", early), ("all of patients' payments", rows))
    ]  # fmt: skip
    return share("Paid in advance", parts[0], parts[1], "patients' payments before the bill / all of patients' payments")


def cost_to_collect(span: Span) -> Figure:
    """Return what a dollar costs to collect, over the whole months of the period for which a manager has entered the cost."""
    rows = CollectionCost.objects.of(span.practice_id).filter(month__gte=span.first).order_by("month")
    costs = [(row.month, row.says, int(row.cents)) for row in rows if last_day_of(row.month) <= span.last]
    whole = listed("cost of the revenue cycle", ("month", "what", "cost_cents"), costs)
    months = {month for month, _, _ in costs}
    if not months:
        formula = "revenue-cycle cost / cash for patient service: no cost is entered for a whole month of this period"
        return share("Cost to collect", whole, listed("cash for patient service", ("claim", "amount_cents"), ()), formula)
    cash = [payments(Span(span.practice_id, month, last_day_of(month))) for month in sorted(months)]
    paid = Part("cash for patient service in these months", sum(int(part.amount) for part in cash), cash[0].names,
                lambda: (row for part in cash for row in part.rows()))  # fmt: skip
    named = ", ".join(f"{month:%m/%Y}" for month in sorted(months))
    return share(
        "Cost to collect", whole, paid, f"revenue-cycle cost {told(whole)} / cash for patient service {told(paid)}, in {named}"
    )


def last_day_of(month: date) -> date:
    """Return the last day of a month that is named by its first."""
    return add_months(month, 1) - timedelta(days=1)
