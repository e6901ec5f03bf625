"""Figures of what comes before the money and of first answers: pre-registration, verification, claims not sent, initial denials, net days in A/R."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from cleanclaim.kernel.money import Money, Rate
from cleanclaim.ledger import Account
from cleanclaim.ledger.accounts import CONTRACTUAL_WRITE_OFFS
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.claims.rules import Status
from cleanclaim.practice.eligibility.models import EligibilityCheck
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.journal.models import JournalPosting
from cleanclaim.practice.receivables.reports import Figure
from cleanclaim.practice.registration.models import Coverage
from cleanclaim.practice.remittance.models import Decision
from cleanclaim.practice.scheduling.models import Appointment

Records = tuple[tuple[str, ...], tuple[tuple[object, ...], ...], tuple[tuple[str, int], ...]]
"""The records behind a figure: columns, rows, totals."""

VERIFIED_DAYS: Final = 30
"""An answer about a coverage speaks for the visits of so many days after the day it was asked for."""

_MOST: Final = 5000
_NOT_SENT: Final = (Status.BUILT, Status.HELD, Status.READY)
_NET_RECEIVABLE: Final = (
    Account.INSURANCE_RECEIVABLE, Account.PATIENT_RECEIVABLE, Account.UNAPPLIED_PATIENT, Account.UNAPPLIED_INSURANCE,
)  # fmt: skip

SLUGS: Final = frozenset({
    "pre-registration-rate", "insurance-verification-rate", "billed-not-submitted", "initial-denial-rate", "initial-denial-rate-by-amount",
    "net-days-in-a-r",
})  # fmt: skip
"""The figures of this page whose records can be shown: all of them."""


def front_figures(practice_id: int, *, first: date, last: date) -> list[Figure]:
    """Return the figures of a period; balances are as of its last day."""
    days = (last - first).days + 1
    charges = -_moved(practice_id, (Account.SERVICE_REVENUE,), first, last)
    net = charges - _moved(practice_id, tuple(CONTRACTUAL_WRITE_OFFS), first, last)
    scheduled = _scheduled(practice_id, first, last)
    visits = _visits(practice_id, first, last)
    waiting = int(_not_sent(practice_id).aggregate(cents=Sum("charge_cents"))["cents"] or 0)
    answers = _first_answers(practice_id, first, last)
    denied = [row for row in answers if row[4]]
    open_cents = sum(_net_receivables(practice_id, last).values())
    return [
        _share("Pre-registration rate", sum(row[2] for row in scheduled), len(scheduled),
               "appointments booked a day or more ahead with a coverage on file before the day (or self-pay) / appointments booked a day or more ahead"),
        _share("Insurance verification rate", sum(row[3] for row in visits), len(visits),
               f"insured visits with an answered coverage check for the day or the {VERIFIED_DAYS} days before / insured visits"),
        _days("Billed, not submitted", waiting * days, charges,
              f"claims built and not sent {Money(waiting):$} / (charges {Money(charges):$} / {days} days)"),
        _share("Initial denial rate", len(denied), len(answers), "claims whose first answer denied them, in whole / claims first answered"),
        _share("Initial denial rate by amount", sum(row[3] for row in denied), sum(row[3] for row in answers),
               "cents charged on claims whose first answer denied them / cents charged on claims first answered"),
        _days("Net days in A/R", open_cents * days, net,
              f"open receivables less unapplied credits {Money(open_cents):$} / (charges less contractual {Money(net):$} / {days} days)"),
    ]  # fmt: skip


def records_behind(practice_id: int, slug: str, *, first: date, last: date) -> Records | None:
    """Return the records behind a figure; None for a figure of another page."""
    if slug == "pre-registration-rate":
        rows = _scheduled(practice_id, first, last)
        shown = tuple((public_id, day, "yes" if known else "no") for public_id, day, known in rows[:_MOST])
        return ("appointment", "served_on", "pre_registered"), shown, (("appointments", len(rows)),)
    if slug == "insurance-verification-rate":
        visits = _visits(practice_id, first, last)
        listed = tuple((public_id, day, "yes" if known else "no") for public_id, day, _, known in visits[:_MOST])
        return ("visit", "served_on", "verified"), listed, (("visits", len(visits)),)
    if slug == "billed-not-submitted":
        waiting = _not_sent(practice_id)
        made = waiting.order_by("-charge_cents").values_list(
            "patient_control_number", "served_on", "status", "hold_reason", "charge_cents"
        )
        cents = int(waiting.aggregate(cents=Sum("charge_cents"))["cents"] or 0)
        return ("claim", "served_on", "status", "why", "charge_cents"), tuple(made[:_MOST]), (("not sent", cents),)
    if slug in {"initial-denial-rate", "initial-denial-rate-by-amount"}:
        answers = _first_answers(practice_id, first, last)
        told = tuple(
            (number, day, payer, "denied" if denied else "not denied", cents)
            for number, day, payer, cents, denied in answers[:_MOST]
        )
        sums = (
            ("charged on claims denied", sum(row[3] for row in answers if row[4])),
            ("charged in all", sum(row[3] for row in answers)),
        )
        return ("claim", "answered_on", "payer", "first_answer", "charge_cents"), told, sums
    if slug == "net-days-in-a-r":
        balances = tuple(sorted(_net_receivables(practice_id, last).items()))
        return ("account", "balance_cents"), balances, (("net receivables", sum(cents for _, cents in balances)),)
    return None


def _share(name: str, part: int, whole: int, formula: str) -> Figure:
    value = (Rate(part) * 100 / Rate(whole)).quantize(Rate("0.01")) if whole else None
    return Figure(name, value, "percent", formula, part, whole)


def _days(name: str, numerator: int, denominator: int, formula: str) -> Figure:
    value = (Rate(numerator) / Rate(denominator)).quantize(Rate("0.01")) if denominator else None
    return Figure(name, value, "days", formula, numerator, denominator)


def _moved(practice_id: int, accounts: tuple[Account, ...], first: date, last: date) -> int:
    rows = JournalPosting.objects.of(practice_id).filter(
        account__in=[account.value for account in accounts], entry__on__range=(first, last)
    )
    return int(rows.aggregate(cents=Sum("cents"))["cents"] or 0)


def _scheduled(practice_id: int, first: date, last: date) -> list[tuple[str, date, bool]]:
    """Return appointments of the period that were booked before their day, and whether the patient was registered with a coverage by then."""
    known = Coverage.objects.of(practice_id).filter(
        patient=OuterRef("patient"), voided_at__isnull=True, recorded_at__date__lt=OuterRef("served_on")
    )
    rows = Appointment.objects.of(practice_id).filter(served_on__range=(first, last), created_at__date__lt=F("served_on"))
    listed = rows.exclude(state="cancelled").annotate(known=Exists(known)).order_by("served_on", "id")
    return [
        (public_id, day, known or self_pay)
        for public_id, day, known, self_pay in listed.values_list("public_id", "served_on", "known", "is_self_pay")
    ]


def _visits(practice_id: int, first: date, last: date) -> list[tuple[str, date, int, bool]]:
    """Return the insured visits of the period, and whether the payer had answered about the patient's coverage."""
    asked: dict[int, list[date]] = defaultdict(list)
    checks = EligibilityCheck.objects.of(practice_id).filter(
        state=EligibilityCheck.State.ANSWERED, asked_for__range=(first - timedelta(days=VERIFIED_DAYS), last)
    )
    for patient, day in checks.values_list("coverage__patient_id", "asked_for").iterator(chunk_size=5000):
        asked[patient].append(day)
    rows = (
        Encounter.objects.of(practice_id)
        .filter(served_on__range=(first, last), is_self_pay=False)
        .exclude(state=Encounter.State.VOID)
    )
    return [
        (public_id, served, patient, any(0 <= (served - day).days <= VERIFIED_DAYS for day in asked.get(patient, ())))
        for public_id, served, patient in rows.order_by("served_on", "id").values_list("public_id", "served_on", "patient_id")
    ]


def _not_sent(practice_id: int) -> QuerySet[Any]:
    return Claim.objects.of(practice_id).filter(status__in=_NOT_SENT).exclude(kind="self")


def _first_answers(practice_id: int, first: date, last: date) -> list[tuple[str, date, str, int, bool]]:
    """Return claims whose first payer answered them for the first time in the period: number, day, payer, charge, whether all was denied."""
    rows = Decision.objects.of(practice_id).filter(sequence="P", reverses__isnull=True, remittance__posted_on__lte=last)
    seen: dict[int, tuple[str, date, str, int, bool]] = {}
    names = (
        "claim_id",
        "claim__patient_control_number",
        "remittance__posted_on",
        "payer__name",
        "charge_cents",
        "paid_cents",
        "status",
        "effects",
    )
    recent = rows.filter(claim__in=rows.filter(remittance__posted_on__gte=first).values("claim"))
    for claim, number, day, payer, charge, paid, status, effects in (
        recent.order_by("id").values_list(*names).iterator(chunk_size=2000)
    ):
        if claim not in seen:
            refused = paid == 0 and (status == "4" or any(effect[1] == "denied" for effect in effects))
            seen[claim] = (number, day, payer, int(charge), refused)
    return [row for row in seen.values() if row[1] >= first]


def _net_receivables(practice_id: int, last: date) -> dict[str, int]:
    rows = JournalPosting.objects.of(practice_id).filter(
        account__in=[account.value for account in _NET_RECEIVABLE], entry__on__lte=last
    )
    return {account: int(cents) for account, cents in rows.values_list("account").annotate(cents=Sum("cents")).order_by("account")}
