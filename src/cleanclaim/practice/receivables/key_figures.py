"""More figures of the trade, each with its formula: aged A/R, denials by money, bad debt, unbilled charges, time to payment, appeals won."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth

from cleanclaim.kernel.money import Money, Rate
from cleanclaim.ledger import Account
from cleanclaim.ledger.accounts import CONTRACTUAL_WRITE_OFFS
from cleanclaim.practice.charges import queries as charges
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.denials.models import Appeal, Denial
from cleanclaim.practice.journal.models import JournalPosting
from cleanclaim.practice.receivables.front_figures import SLUGS, front_figures, records_behind
from cleanclaim.practice.receivables.models import PatientPayment
from cleanclaim.practice.receivables.reports import Figure, figures
from cleanclaim.practice.remittance.models import Decision


def slug_of(name: str) -> str:
    """Return a figure's name as an address holds it."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in name.lower()).split())


def all_figures(practice_id: int, *, first: date, last: date) -> list[Figure]:
    """Return every key figure of a period, the best known first."""
    return [
        *figures(practice_id, first=first, last=last),
        *_more(practice_id, first, last),
        *front_figures(practice_id, first=first, last=last),
    ]


def _share(name: str, part: int, whole: int, formula: str) -> Figure:
    value = (Rate(part) * 100 / Rate(whole)).quantize(Rate("0.01")) if whole else None
    return Figure(name, value, "percent", formula, part, whole)


def _more(practice_id: int, first: date, last: date) -> list[Figure]:
    days = (last - first).days + 1
    revenue = _moved(practice_id, [Account.SERVICE_REVENUE], first, last, sign=-1)
    contractual = _moved(practice_id, list(CONTRACTUAL_WRITE_OFFS), first, last)
    aged = open_by_age(practice_id, last)
    total = sum(aged.values())
    refused = (
        Denial.objects.of(practice_id).filter(decided_on__range=(first, last)).aggregate(cents=Sum("amount_cents"))["cents"] or 0
    )
    answered = Decision.objects.of(practice_id).filter(
        remittance__posted_on__range=(first, last), reverses__isnull=True, sequence="P"
    )
    answered_cents = answered.aggregate(cents=Sum("charge_cents"))["cents"] or 0
    unbilled = charges.figures(practice_id, first=first, last=last)
    appeals = Appeal.objects.of(practice_id).filter(decided_on__range=(first, last))
    known, won = appeals.count(), appeals.filter(outcome="overturned").count()
    taken = PatientPayment.objects.of(practice_id).filter(received_on__range=(first, last), returned_on__isnull=True)
    all_taken = int(taken.aggregate(cents=Sum("cents"))["cents"] or 0)
    at_desk = int(taken.filter(method__in=["cash", "check", "card"], is_prepaid=True).aggregate(cents=Sum("cents"))["cents"] or 0)
    credit = -int(
        Claim.objects.of(practice_id).filter(insurance_balance_cents__lt=0).aggregate(cents=Sum("insurance_balance_cents"))["cents"]
        or 0
    )
    day_cents = f"(charges {Money(revenue):$} / {days} days)"
    made = [
        _share(f"A/R over {limit} days", sum(cents for age, cents in aged.items() if age >= limit), total,
               f"open cents of claims {limit} days or more after service / all open cents, as of the last day")
        for limit in (30, 60, 120)
    ]  # fmt: skip
    return [
        *made,
        _share("Denial rate by amount", int(refused), int(answered_cents), "cents refused / cents charged on answered claims"),
        _share("Bad debt", _moved(practice_id, [Account.BAD_DEBT], first, last), revenue, "bad debt written off / charges"),
        _share("Charity", _moved(practice_id, [Account.CHARITY], first, last), revenue, "charity / charges"),
        _share("Late charges", unbilled.late_cents, unbilled.cents, "charges made after billing / charges of services in the period"),
        _days("Unbilled charges (DNFB)", unbilled.unbilled_cents * days, revenue, f"not yet billed {Money(unbilled.unbilled_cents):$} / {day_cents}"),
        _days("Days in credit balance", credit * days, revenue, f"insurance credits {Money(credit):$} / {day_cents}"),
        _days("Days to the first answer", *_to_first_answer(practice_id, first, last), "days from billing to the first payer's answer, summed / claims answered"),
        _share("Appeals won", won, known, "appeals overturned / appeals decided"),
        _share("Paid in advance", at_desk, all_taken, "patients' payments before the bill / all of patients' payments"),
        _share("Contractual share", contractual, revenue, "contractual write-offs / charges"),
    ]  # fmt: skip


def _days(name: str, numerator: int, denominator: int, formula: str) -> Figure:
    made = _share(name, numerator, denominator, formula)
    value = (Rate(numerator) / Rate(denominator)).quantize(Rate("0.01")) if denominator else None
    return made._replace(value=value, unit="days")


def _moved(practice_id: int, accounts: list[Account], first: date, last: date, *, sign: int = 1) -> int:
    rows = JournalPosting.objects.of(practice_id).filter(
        account__in=[account.value for account in accounts], entry__on__range=(first, last)
    )
    return sign * int(rows.aggregate(cents=Sum("cents"))["cents"] or 0)


def open_by_age(practice_id: int, on: date) -> dict[int, int]:
    """Return what insurance owes by days since service, in steps of 30 up to 120."""
    rows = Claim.objects.of(practice_id).filter(insurance_balance_cents__gt=0, served_on__isnull=False)
    steps = (0, 30, 60, 90, 120, 100_000)
    sums = {}
    for low, high in pairwise(steps):
        newest, oldest = on - timedelta(days=low), on - timedelta(days=min(high, 36_000))
        part = rows.filter(served_on__gt=oldest) if low == 0 else rows.filter(served_on__lte=newest, served_on__gt=oldest)
        sums[low] = int(part.aggregate(cents=Sum("insurance_balance_cents"))["cents"] or 0)
    return sums


def _to_first_answer(practice_id: int, first: date, last: date) -> tuple[int, int]:
    rows = Decision.objects.of(practice_id).filter(
        remittance__posted_on__range=(first, last), sequence="P", reverses__isnull=True, claim__billed_on__isnull=False
    )
    seen: dict[int, int] = {}
    for claim, billed, posted in (
        rows.order_by("id").values_list("claim_id", "claim__billed_on", "remittance__posted_on").iterator(chunk_size=5000)
    ):
        if claim not in seen and posted >= billed:
            seen[claim] = (posted - billed).days
    return sum(seen.values()), len(seen)


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


class Behind(NamedTuple):
    """The records behind a figure: columns, rows (the first column a claim number where there is one), and what they add up to."""

    names: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    totals: tuple[tuple[str, int], ...]


_MOST = 5000
_CASH_ACCOUNTS = (Account.CASH.value, Account.UNAPPLIED_PATIENT.value)


def behind(practice_id: int, slug: str, *, first: date, last: date) -> Behind | None:
    """Return the records behind a figure; None for a figure that is not known."""
    write_offs = [account.value for account in CONTRACTUAL_WRITE_OFFS]
    postings = {
        "net-collection-rate": [*_CASH_ACCOUNTS, *write_offs, Account.SERVICE_REVENUE.value],
        "gross-collection-rate": [*_CASH_ACCOUNTS, Account.SERVICE_REVENUE.value],
        "denial-write-offs": [Account.DENIAL_WRITE_OFF.value, Account.TIMELY_FILING_WRITE_OFF.value],
        "bad-debt": [Account.BAD_DEBT.value], "charity": [Account.CHARITY.value], "contractual-share": [*write_offs, Account.SERVICE_REVENUE.value],
    }  # fmt: skip
    if slug in postings:
        return _postings(practice_id, postings[slug], first, last)
    if slug == "days-in-a-r":
        return _open_balances(practice_id, last)
    if slug == "claims-over-90-days":
        return _old_claims(practice_id, 91, last)
    if slug.startswith("a-r-over-"):
        return _old_claims(practice_id, int("".join(letter for letter in slug if letter.isdecimal()) or 0), last)
    if slug in {"remittance-denial-rate", "first-pass-resolution", "days-to-the-first-answer"}:
        return _answers(practice_id, first, last)
    if slug == "denial-rate-by-amount":
        return _denials(practice_id, first, last)
    if slug == "charge-lag":
        return _lags(practice_id, first, last)
    found = records_behind(practice_id, slug, first=first, last=last)
    return Behind(*found) if found else None


def has_records(slug: str) -> bool:
    """Tell whether records can be shown behind a figure."""
    return slug.startswith("a-r-over-") or slug in SLUGS or slug in {
        "net-collection-rate", "gross-collection-rate", "denial-write-offs", "bad-debt", "charity", "contractual-share", "days-in-a-r", "claims-over-90-days",
        "remittance-denial-rate", "first-pass-resolution", "days-to-the-first-answer", "denial-rate-by-amount", "charge-lag",
    }  # fmt: skip


def _numbers(practice_id: int, ids: set[str]) -> dict[str, str]:
    return dict(Claim.objects.of(practice_id).filter(public_id__in=ids).values_list("public_id", "patient_control_number"))


def _postings(practice_id: int, accounts: list[str], first: date, last: date) -> Behind:
    rows = (
        JournalPosting.objects.of(practice_id)
        .filter(account__in=accounts, entry__on__range=(first, last))
        .exclude(Q(account__in=_CASH_ACCOUNTS) & Q(claim=""))
    )
    totals = rows.values_list("account").annotate(cents=Sum("cents")).order_by("account")
    sums = tuple((account, int(cents)) for account, cents in totals)
    listed = list(
        rows.order_by("-entry_id", "id").values_list("claim", "entry__on", "account", "entry__says", "group", "reason", "cents")[
            :_MOST
        ]
    )
    numbers = _numbers(practice_id, {row[0] for row in listed if row[0]})
    made = tuple(
        (numbers.get(row[0], ""), row[1], row[2], row[3], f"{row[4]}-{row[5]}" if row[4] else "", int(row[6])) for row in listed
    )
    return Behind(("claim", "on", "account", "what", "reason", "amount_cents"), made, sums)


def _open_balances(practice_id: int, last: date) -> Behind:
    rows = JournalPosting.objects.of(practice_id).filter(
        account__in=[Account.INSURANCE_RECEIVABLE.value, Account.PATIENT_RECEIVABLE.value], entry__on__lte=last
    )
    totals = tuple(
        (account, int(cents)) for account, cents in rows.values_list("account").annotate(cents=Sum("cents")).order_by("account")
    )
    grouped = rows.values("claim").annotate(
        insurance=Sum("cents", filter=Q(account=Account.INSURANCE_RECEIVABLE.value), default=0), both=Sum("cents")
    )
    listed = list(grouped.exclude(both=0).order_by("-both")[:_MOST])
    numbers = _numbers(practice_id, {row["claim"] for row in listed})
    made = tuple(
        (numbers.get(row["claim"], ""), int(row["insurance"]), int(row["both"] - row["insurance"]), int(row["both"]))
        for row in listed
    )
    return Behind(("claim", "insurance_cents", "patient_cents", "open_cents"), made, totals)


def _old_claims(practice_id: int, days: int, last: date) -> Behind:
    rows = Claim.objects.of(practice_id).filter(insurance_balance_cents__gt=0, served_on__lte=last - timedelta(days=days))
    cents = int(rows.aggregate(cents=Sum("insurance_balance_cents"))["cents"] or 0)
    listed = rows.order_by("-insurance_balance_cents").values_list(
        "patient_control_number", "payer__name", "served_on", "status", "insurance_balance_cents"
    )
    made = tuple(
        (number, payer or "", day, (last - day).days, status, int(owed)) for number, payer, day, status, owed in listed[:_MOST]
    )
    return Behind(("claim", "payer", "served_on", "days", "status", "owed_cents"), made, (("owed by insurance", cents),))


def _answers(practice_id: int, first: date, last: date) -> Behind:
    rows = Decision.objects.of(practice_id).filter(remittance__posted_on__range=(first, last), reverses__isnull=True)
    listed = rows.order_by("-id").values_list(
        "claim__patient_control_number", "payer__name", "remittance__posted_on", "remittance__trace_number", "status", "charge_cents", "paid_cents",
        "claim__denied_cents",
    )[:_MOST]  # fmt: skip
    made = tuple(
        (
            number,
            payer,
            day,
            trace,
            "denied" if not paid and (status == "4" or denied) else "paid" if paid else "nothing due",
            int(charge),
            int(paid),
        )
        for number, payer, day, trace, status, charge, paid, denied in listed
    )
    totals = rows.aggregate(charged=Sum("charge_cents"), paid=Sum("paid_cents"), times=Count("id"))
    return Behind(
        ("claim", "payer", "posted_on", "trace_number", "answer", "charge_cents", "paid_cents"), made,
        (("charged on answered claims", int(totals["charged"] or 0)), ("paid", int(totals["paid"] or 0))),
    )  # fmt: skip


def _denials(practice_id: int, first: date, last: date) -> Behind:
    rows = Denial.objects.of(practice_id).filter(decided_on__range=(first, last)).order_by("-amount_cents")
    listed = rows.values_list("claim__patient_control_number", "payer__name", "group", "reason", "cause", "state", "amount_cents")[
        :_MOST
    ]
    made = tuple(
        (number, payer, f"{group}-{reason}", cause, state, int(cents))
        for number, payer, group, reason, cause, state, cents in listed
    )
    return Behind(
        ("claim", "payer", "reason", "cause", "state", "refused_cents"),
        made,
        (("refused", int(rows.aggregate(cents=Sum("amount_cents"))["cents"] or 0)),),
    )


def _lags(practice_id: int, first: date, last: date) -> Behind:
    rows = (
        Claim.objects.of(practice_id)
        .filter(billed_on__range=(first, last), served_to__isnull=False)
        .annotate(lag=F("billed_on") - F("served_to"))
    )
    listed = rows.order_by("-lag").values_list("patient_control_number", "served_to", "billed_on", "charge_cents")[:_MOST]
    made = tuple((number, served, billed, (billed - served).days, int(cents)) for number, served, billed, cents in listed)
    return Behind(("claim", "served_on", "billed_on", "days", "charge_cents"), made, ())
