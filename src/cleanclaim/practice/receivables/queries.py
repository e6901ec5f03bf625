"""What patients owe and have in credit, statements, aging."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from django.db.models import Q, Sum

from cleanclaim.kernel.errors import NotFound
from cleanclaim.ledger import Account, AgingBucket, age_balances
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.journal.models import JournalPosting
from cleanclaim.practice.journal.queries import legs_of_claims, legs_of_patients
from cleanclaim.practice.payers.models import Payer
from cleanclaim.practice.receivables import rules
from cleanclaim.practice.receivables.models import CreditUse, Instalment, PatientPayment, PaymentPlan, Refund, Statement
from cleanclaim.practice.receivables.rules import Owed, Part
from cleanclaim.practice.registration import queries as registration


def account_id(practice_id: int, patient_id: str) -> str:
    """Return the account behind a registration (merged ones share one), or the claim itself for one that was taken over without a patient."""
    if patient_id.startswith("clm_"):
        claim = Claim.objects.of(practice_id).filter(public_id=patient_id).first()
        if claim is None:
            raise NotFound("There is no such claim in this practice.")
        return str(claim.patient or claim.public_id)
    account: str = registration.account_of(practice_id, patient_id).public_id
    return account


def account_ids(practice_id: int, account: str) -> tuple[str, ...]:
    """Return every id under which an account's money stands."""
    return (account,) if account.startswith("clm_") else registration.account_ids(practice_id, account)


def _claims(practice_id: int, account: str) -> Q:
    if account.startswith("clm_"):
        return Q(public_id=account)
    return ~Q(patient="") & Q(patient__in=account_ids(practice_id, account))


def credit_cents(practice_id: int, account: str) -> int:
    """Return a patient's unapplied credit."""
    rows = legs_of_patients(practice_id, account_ids(practice_id, account))
    return -int(rows.aggregate(cents=Sum("cents", filter=Q(account=Account.UNAPPLIED_PATIENT.value)))["cents"] or 0)


def _lines(practice_id: int, account: str, kind: Account) -> list[tuple[Claim, int, int]]:
    """Return what stands on each line of an account's claims in one of the patient receivables."""
    claims = {claim.public_id: claim for claim in Claim.objects.of(practice_id).filter(_claims(practice_id, account))}
    rows = legs_of_claims(practice_id, list(claims)).values_list("claim", "line")
    grouped = rows.annotate(cents=Sum("cents", filter=Q(account=kind.value))).order_by("claim", "line")
    return [(claims[claim], line, int(cents)) for claim, line, cents in grouped if cents]


def owed_lines(practice_id: int, account: str) -> list[Owed]:
    """Return what a patient owes, line by line: only what payers have answered ever stands here."""
    rows = _lines(practice_id, account, Account.PATIENT_RECEIVABLE)
    return [
        Owed(claim.public_id, line, cents, claim.patient_due_on or claim.served_on or claim.created_at.date())
        for claim, line, cents in rows
        if cents > 0
    ]


def overpaid_lines(practice_id: int, account: str) -> list[Owed]:
    """Return where a patient has paid more than is owed (negative cents)."""
    rows = _lines(practice_id, account, Account.PATIENT_RECEIVABLE)
    return [Owed(claim.public_id, line, cents, claim.created_at.date()) for claim, line, cents in rows if cents < 0]


def collections_lines(practice_id: int, account: str) -> list[Owed]:
    """Return what stands with the collection agency."""
    rows = _lines(practice_id, account, Account.COLLECTIONS_RECEIVABLE)
    return [Owed(claim.public_id, line, cents, claim.created_at.date()) for claim, line, cents in rows if cents > 0]


def collections_of_claim(practice_id: int, claim_id: str) -> int:
    """Return what of a claim stands with the collection agency."""
    rows = legs_of_claims(practice_id, [claim_id])
    return int(rows.aggregate(cents=Sum("cents", filter=Q(account=Account.COLLECTIONS_RECEIVABLE.value)))["cents"] or 0)


def owed_cents(practice_id: int, account: str) -> int:
    """Return what a patient owes in all, without what is with collections."""
    return sum(row.cents for row in owed_lines(practice_id, account))


def refunds_asked_cents(practice_id: int, account: str) -> int:
    """Return what is asked for as refunds and not yet approved."""
    rows = Refund.objects.of(practice_id).filter(patient=account, state=Refund.State.ASKED)
    return int(rows.aggregate(cents=Sum("cents"))["cents"] or 0)


def open_refunds(practice_id: int) -> list[Refund]:
    """Return refunds that wait for approval or payment, the earliest deadline first."""
    rows = Refund.objects.of(practice_id).filter(state__in=[Refund.State.ASKED, Refund.State.APPROVED])
    return sorted(rows, key=lambda row: (row.due_on or date.max, row.pk))


def payments_of(practice_id: int, account: str) -> list[PatientPayment]:
    """Return a patient's payments, newest first."""
    return list(PatientPayment.objects.of(practice_id).filter(patient__in=account_ids(practice_id, account)).order_by("-id"))


def credit_uses(practice_id: int, account: str) -> list[CreditUse]:
    """Return what a patient's credit was applied to, oldest first."""
    return list(CreditUse.objects.of(practice_id).filter(patient__in=account_ids(practice_id, account)).order_by("id"))


class PlanStanding(NamedTuple):
    """A plan as it stands on a day."""

    plan_id: str
    parts: tuple[Part, ...]
    paid_cents: int
    due_now_cents: int
    left_cents: int
    is_behind: bool


def plan_standing(practice_id: int, account: str, *, on: date) -> PlanStanding | None:
    """Return how a patient's active plan stands: what is due now, what is left, whether a part is late."""
    plan = PaymentPlan.objects.of(practice_id).filter(patient=account, is_active=True).first()
    if plan is None:
        return None
    rows = Instalment.objects.of(practice_id).filter(plan=plan).order_by("number")
    parts = tuple(Part(row.number, row.due_on, row.cents) for row in rows)
    since = PatientPayment.objects.of(practice_id).filter(
        patient=account, created_at__gte=plan.created_at, returned_on__isnull=True
    )
    paid = int(since.aggregate(cents=Sum("cents"))["cents"] or 0)
    due = rules.due_under_plan(parts, paid, on)
    late = rules.due_under_plan([part for part in parts if part.due_on < on], paid, on)
    return PlanStanding(plan.public_id, parts, paid, due, max(0, plan.cents - paid), late > 0)


class AccountSummary(NamedTuple):
    """What stands on a patient's account: owed now, with collections, waiting for insurance, in credit, held back for review."""

    account: str
    owed_cents: int
    collections_cents: int
    insurance_cents: int
    credit_cents: int
    held_cents: int
    due_now_cents: int


def account_summary(practice_id: int, patient_id: str, *, on: date) -> AccountSummary:
    """Return what stands on a patient's account on a day; due now is what a statement would ask for."""
    account = account_id(practice_id, patient_id)
    claims = {claim.public_id: claim for claim in Claim.objects.of(practice_id).filter(_claims(practice_id, account))}
    owed = owed_lines(practice_id, account)
    held = sum(row.cents for row in owed if claims[row.claim].holds_statement)
    total = sum(row.cents for row in owed)
    credit = credit_cents(practice_id, account)
    plan = plan_standing(practice_id, account, on=on)
    billable = max(0, total - held - max(0, credit))
    return AccountSummary(
        account, total, sum(row.cents for row in collections_lines(practice_id, account)),
        sum(claim.insurance_balance_cents for claim in claims.values()), credit, held,
        min(billable, plan.due_now_cents + max(0, billable - plan.left_cents)) if plan else billable,
    )  # fmt: skip


def statements_of(practice_id: int, account: str) -> list[Statement]:
    """Return a patient's statements, newest first."""
    return list(Statement.objects.of(practice_id).filter(patient=account).order_by("-produced_on", "-id"))


def patients_to_bill(practice_id: int, *, on: date, limit: int = 500) -> list[str]:
    """Return the accounts that owe something which may be billed, the most money first."""
    rows = (
        Claim.objects.of(practice_id)
        .filter(patient_balance_cents__gt=0, holds_statement=False, patient_due_on__lte=on)
        .exclude(patient="")
        .values("patient")
        .annotate(cents=Sum("patient_balance_cents"))
        .order_by("-cents")
    )
    return list(dict.fromkeys(account_id(practice_id, row["patient"]) for row in rows[:limit]))


class AgedRow(NamedTuple):
    """One payer's (or the patients') open balance by age; the buckets sum to the total."""

    name: str
    payer_id: str
    buckets: tuple[AgingBucket, ...]
    total_cents: int


def aging(practice_id: int, *, on: date, basis: str = "service") -> list[AgedRow]:
    """Return open balances by payer and age, from the day of service or of billing; the last row is the patients' part.

    What each payer owes is summed from the lines, so a claim that two payers share stands with both.
    """
    column = "served_on" if basis == "service" else "billed_on"
    by_payer: dict[str, list[tuple[date, int]]] = defaultdict(list)
    rows = JournalPosting.objects.of(practice_id).filter(account=Account.INSURANCE_RECEIVABLE.value)
    open_by_claim = rows.values_list("claim", "payer").annotate(cents=Sum("cents")).order_by().exclude(cents=0)
    days = dict(
        Claim.objects.of(practice_id).exclude(insurance_balance_cents=0, patient_balance_cents=0).values_list("public_id", column)
    )
    for claim, payer, cents in open_by_claim.iterator(chunk_size=5000):
        by_payer[payer].append((days.get(claim) or on, int(cents)))

    names = dict(Payer.objects.of(practice_id).filter(public_id__in=list(by_payer)).values_list("public_id", "name"))
    made = []
    for payer, balances in sorted(by_payer.items(), key=lambda pair: names.get(pair[0], "")):
        buckets = age_balances(balances, as_of=on)
        made.append(AgedRow(names.get(payer, "No payer"), payer, buckets, sum(bucket.cents for bucket in buckets)))
    patients = [
        (due or served or on, cents)
        for due, served, cents in Claim.objects.of(practice_id)
        .exclude(patient_balance_cents=0)
        .values_list("patient_due_on", column, "patient_balance_cents")
        .iterator(chunk_size=5000)
    ]
    buckets = age_balances(patients, as_of=on)
    made.append(AgedRow("Patients", "", buckets, sum(bucket.cents for bucket in buckets)))
    return made
