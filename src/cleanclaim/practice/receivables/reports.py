"""The figures of the trade, each with its formula, from what is booked: cash, A/R, denials, clean claims."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from django.db.models import Count, Q, Sum

from cleanclaim.kernel.money import Money, Rate
from cleanclaim.ledger import Account
from cleanclaim.ledger.accounts import CONTRACTUAL_WRITE_OFFS
from cleanclaim.practice.claims.models import Claim, ClaimEvent, Submission
from cleanclaim.practice.journal.models import JournalPosting
from cleanclaim.practice.remittance.models import Decision


class Figure(NamedTuple):
    """One figure: its name, what it is, the formula with the numbers in it, and the unit (days, percent, cents)."""

    name: str
    value: Rate | None
    unit: str
    formula: str
    numerator: int
    denominator: int


_RECEIVABLES: Final = (Account.INSURANCE_RECEIVABLE.value, Account.PATIENT_RECEIVABLE.value)


def _sum(practice_id: int, accounts: tuple[str, ...], first: date | None, last: date, **where: str) -> int:
    rows = JournalPosting.objects.of(practice_id).filter(account__in=accounts, entry__on__lte=last, **where)
    if first is not None:
        rows = rows.filter(entry__on__gte=first)
    return int(rows.aggregate(cents=Sum("cents"))["cents"] or 0)


def _figure(name: str, numerator: int, denominator: int, unit: str, formula: str, *, times: int = 1) -> Figure:
    value = (Rate(numerator) * times / Rate(denominator)).quantize(Rate("0.01")) if denominator else None
    return Figure(name, value, unit, formula, numerator, denominator)


def figures(practice_id: int, *, first: date, last: date) -> list[Figure]:
    """Return the key figures of a period. Ages and balances are as of its last day; every figure says how it was counted."""
    days = (last - first).days + 1
    charges = -_sum(practice_id, (Account.SERVICE_REVENUE.value,), first, last)
    contractual = _sum(practice_id, tuple(account.value for account in CONTRACTUAL_WRITE_OFFS), first, last)
    open_cents = _sum(practice_id, _RECEIVABLES, None, last)
    paid = _insurance_paid(practice_id, first, last) + _patient_paid(practice_id, first, last)
    decided = Decision.objects.of(practice_id).filter(remittance__posted_on__range=(first, last), reverses__isnull=True)
    answers = decided.count()
    zero_paid = decided.filter(paid_cents=0).filter(Q(status="4") | Q(claim__denied_cents__gt=0)).count()
    denied = JournalPosting.objects.of(practice_id).filter(
        account__in=[Account.DENIAL_WRITE_OFF.value, Account.TIMELY_FILING_WRITE_OFF.value], entry__on__range=(first, last)
    )
    denial_write_offs = int(denied.aggregate(cents=Sum("cents"))["cents"] or 0)
    sent = Submission.objects.of(practice_id).filter(created_at__date__range=(first, last), frequency="1")
    made, clean = sent.count(), sent.filter(touched_by_hand=False).exclude(state__in=["rejected", "built"]).count()
    firsts, resolved = _first_pass(practice_id, first, last)
    return [
        _figure(
            "Days in A/R",
            open_cents * days,
            charges,
            "days",
            f"open receivables {Money(open_cents):$} / (charges {Money(charges):$} / {days} days)",
        ),
        _figure("Net collection rate", paid, charges - contractual, "percent", "payments / (charges - contractual)", times=100),
        _figure("Gross collection rate", paid, charges, "percent", "payments / charges", times=100),
        _figure("Remittance denial rate", zero_paid, answers, "percent", "denied answers / answers", times=100),
        _figure("Clean claim rate", clean, made, "percent", "claims sent without a touch or rejection / claims made", times=100),
        _figure(
            "First-pass resolution",
            resolved,
            firsts,
            "percent",
            "claims settled by their first answer / claims answered",
            times=100,
        ),
        _figure(
            "Denial write-offs", denial_write_offs, charges - contractual, "percent", "denial write-offs / net revenue", times=100
        ),
        _figure("Charge lag", *_charge_lag(practice_id, first, last), "days", "days from service to the claim, summed / claims"),
        _figure(
            "Claims over 90 days",
            *_old(practice_id, last),
            "percent",
            "open cents older than 90 days from service / open cents",
            times=100,
        ),
    ]


def _insurance_paid(practice_id: int, first: date, last: date) -> int:
    rows = (
        JournalPosting.objects.of(practice_id).filter(account=Account.CASH.value, entry__on__range=(first, last)).exclude(claim="")
    )
    return int(rows.aggregate(cents=Sum("cents"))["cents"] or 0)


def _patient_paid(practice_id: int, first: date, last: date) -> int:
    rows = (
        JournalPosting.objects.of(practice_id)
        .filter(account=Account.UNAPPLIED_PATIENT.value, entry__on__range=(first, last))
        .exclude(claim="")
    )
    return int(rows.aggregate(cents=Sum("cents"))["cents"] or 0)


def _first_pass(practice_id: int, first: date, last: date) -> tuple[int, int]:
    rows = Decision.objects.of(practice_id).filter(reverses__isnull=True, remittance__posted_on__range=(first, last), sequence="P")
    per_claim = rows.values("claim").annotate(times=Count("id"), paid=Sum("paid_cents"))
    answered = per_claim.count()
    resolved = per_claim.filter(times=1).exclude(claim__denied_cents__gt=0).count()
    return int(answered), int(resolved)


def _charge_lag(practice_id: int, first: date, last: date) -> tuple[int, int]:
    rows = (
        Claim.objects.of(practice_id)
        .filter(billed_on__range=(first, last), served_to__isnull=False)
        .values_list("billed_on", "served_to")
    )
    lags = [(billed - served).days for billed, served in rows if billed and served]
    return sum(lags), len(lags)


def _old(practice_id: int, last: date) -> tuple[int, int]:
    rows = Claim.objects.of(practice_id).filter(insurance_balance_cents__gt=0)
    total = int(rows.aggregate(cents=Sum("insurance_balance_cents"))["cents"] or 0)
    old = rows.filter(served_on__lt=last - timedelta(days=90)).aggregate(cents=Sum("insurance_balance_cents"))["cents"]
    return int(old or 0), total


def daily_cash(practice_id: int, *, first: date, last: date) -> list[tuple[date, int]]:
    """Return the cash of each day."""
    accounts = [Account.CASH.value, Account.CARD_CLEARING.value]
    rows = JournalPosting.objects.of(practice_id).filter(account__in=accounts, entry__on__range=(first, last))
    return [(day, int(cents)) for day, cents in rows.values_list("entry__on").annotate(cents=Sum("cents")).order_by("entry__on")]


def entries_behind(practice_id: int, *, account: Account, first: date, last: date, limit: int = 500) -> list[JournalPosting]:
    """Return the postings behind a figure, newest first: the drill-down."""
    rows = JournalPosting.objects.of(practice_id).filter(account=account.value, entry__on__range=(first, last))
    return list(rows.select_related("entry").order_by("-entry_id")[:limit])


def touches(practice_id: int, *, first: date, last: date) -> int:
    """Return how many lines the timelines of claims gained: the work behind the figures."""
    return int(ClaimEvent.objects.of(practice_id).filter(on__range=(first, last)).count())
