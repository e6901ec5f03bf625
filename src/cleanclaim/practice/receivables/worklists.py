"""The patients who owe, with what stands on each account: a fixed number of queries however many there are."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, Sum

from cleanclaim.ledger import Account
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.journal.queries import legs_of_patients
from cleanclaim.practice.receivables import rules
from cleanclaim.practice.receivables.models import Instalment, PatientPayment, PaymentPlan, Refund
from cleanclaim.practice.registration.models import Patient


class OwingRow(NamedTuple):
    """An account that owes: in all, kept off statements for review, in credit, with insurance, with collections, due now."""

    account: str
    owed_cents: int
    held_cents: int
    credit_cents: int
    insurance_cents: int
    collections_cents: int
    due_now_cents: int


def owing_accounts(practice_id: int, *, on: date, limit: int = 100) -> list[OwingRow]:
    """Return the accounts that owe the most: registered patients with their aliases, and claims that were taken over without one."""
    owing = Claim.objects.of(practice_id).filter(patient_balance_cents__gt=0)
    sums = owing.exclude(patient="").values_list("patient").annotate(cents=Sum("patient_balance_cents")).order_by("-cents")
    ids = [row[0] for row in sums[: limit * 2]]
    alone = list(
        owing.filter(patient="").order_by("-patient_balance_cents").values_list("public_id", "patient_balance_cents", "holds_statement", "insurance_balance_cents")[:limit]
    )  # fmt: skip
    account_of = _accounts(practice_id, ids)
    every = {alias for alias, account in account_of.items()} | set(ids)
    parts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    claims = Claim.objects.of(practice_id).exclude(patient="").filter(patient__in=every)
    for patient, owed, held, insurance in (
        claims.values_list("patient")
        .annotate(
            owed=Sum("patient_balance_cents", filter=Q(patient_balance_cents__gt=0), default=0),
            held=Sum("patient_balance_cents", filter=Q(patient_balance_cents__gt=0, holds_statement=True), default=0),
            insurance=Sum("insurance_balance_cents", default=0),
        )
        .order_by()
    ):
        kept = parts[account_of.get(patient, patient)]
        kept["owed"] += int(owed)
        kept["held"] += int(held)
        kept["insurance"] += int(insurance)
    for claim, owed, held, insurance in alone:
        parts[claim] = {"owed": int(owed), "held": int(owed) if held else 0, "insurance": int(insurance)}
    own_claims = [row[0] for row in alone]
    _add_books(practice_id, parts, account_of, every, own_claims)
    plans = _plans(practice_id, list(parts), on)
    made = [_row(account, kept, plans.get(account)) for account, kept in parts.items()]
    return sorted((row for row in made if row.owed_cents > 0), key=lambda row: -row.due_now_cents)[:limit]


def _accounts(practice_id: int, ids: list[str]) -> dict[str, str]:
    """Return the account of each registration, and of every alias merged into one of them."""
    merged = dict(
        Patient.objects.of(practice_id).filter(merged_into__isnull=False).values_list("public_id", "merged_into__public_id")
    )

    def top(name: str) -> str:
        while name in merged:
            name = merged[name]
        return name

    tops = {top(name) for name in ids}
    return {name: top(name) for name in {*ids, *(alias for alias in merged if top(alias) in tops), *tops}}


def _add_books(practice_id: int, parts: Any, account_of: dict[str, str], patients: set[str], own_claims: list[str]) -> None:
    rows = legs_of_patients(practice_id, [*patients, *own_claims])
    of_patients = rows.values_list("patient", "account").annotate(cents=Sum("cents")).order_by()
    for patient, account, cents in of_patients:
        name = account_of.get(patient, patient)
        if account == Account.UNAPPLIED_PATIENT.value:
            parts[name]["credit"] = parts[name].get("credit", 0) - int(cents)
        elif account == Account.COLLECTIONS_RECEIVABLE.value:
            parts[name]["collections"] = parts[name].get("collections", 0) + int(cents)


def _plans(practice_id: int, accounts: list[str], on: date) -> dict[str, tuple[int, int]]:
    """Return for each account with a plan what it asks for now and what is left of it."""
    plans = {plan.pk: plan for plan in PaymentPlan.objects.of(practice_id).filter(patient__in=accounts, is_active=True)}
    parts: dict[int, list[rules.Part]] = defaultdict(list)
    for row in Instalment.objects.of(practice_id).filter(plan__in=list(plans)).order_by("number"):
        parts[row.plan_id].append(rules.Part(row.number, row.due_on, row.cents))
    paid: dict[str, list[tuple[Any, int]]] = defaultdict(list)
    payments = PatientPayment.objects.of(practice_id).filter(
        patient__in=[plan.patient for plan in plans.values()], returned_on__isnull=True
    )
    for patient, made_at, cents in payments.values_list("patient", "created_at", "cents"):
        paid[patient].append((made_at, int(cents)))
    found = {}
    for key, plan in plans.items():
        since = sum(cents for made_at, cents in paid[plan.patient] if made_at >= plan.created_at)
        found[plan.patient] = (rules.due_under_plan(parts[key], since, on), max(0, plan.cents - since))
    return found


def _row(account: str, kept: Any, plan: tuple[int, int] | None) -> OwingRow:
    collections, credit, held = kept.get("collections", 0), kept.get("credit", 0), kept.get("held", 0)
    owed = kept.get("owed", 0) - collections
    billable = max(0, owed - held - max(0, credit))
    due = min(billable, plan[0] + max(0, billable - plan[1])) if plan else billable
    return OwingRow(account, owed, held, credit, kept.get("insurance", 0), collections, due)


def refunds_of(practice_id: int, accounts: tuple[str, ...]) -> list[Refund]:
    """Return an account's refunds, newest first."""
    return list(Refund.objects.of(practice_id).filter(patient__in=accounts).order_by("-id"))


def refund(practice_id: int, refund_id: str) -> Refund | None:
    """Return one refund."""
    found: Refund | None = Refund.objects.of(practice_id).filter(public_id=refund_id).first()
    return found


def recent_refunds(practice_id: int, *, limit: int = 100) -> list[Refund]:
    """Return refunds that were paid, refused or acknowledged, newest first."""
    rows = Refund.objects.of(practice_id).exclude(state__in=[Refund.State.ASKED, Refund.State.APPROVED])
    return list(rows.order_by("-id")[:limit])


def credit_claims(practice_id: int, *, limit: int = 200) -> list[Claim]:
    """Return claims on which a payer has paid too much, the most first."""
    rows = Claim.objects.of(practice_id).filter(insurance_balance_cents__lt=0)
    return list(rows.select_related("payer").order_by("insurance_balance_cents", "id")[:limit])


def asked_by_claim(practice_id: int, claim_ids: list[str]) -> dict[str, Refund]:
    """Return the open refund that was asked for on each of some claims."""
    rows = Refund.objects.of(practice_id).filter(claim__in=claim_ids, state__in=[Refund.State.ASKED, Refund.State.APPROVED])
    return {row.claim: row for row in rows}
