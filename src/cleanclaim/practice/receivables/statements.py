"""Statements: each visit's amounts in plain words, what is due now, what insurance still decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from cleanclaim import forms
from cleanclaim.documents import Address, Party
from cleanclaim.kernel.errors import NotFound, Refused
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.claims.intake import patient_of
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.foundation.numbers import next_number
from cleanclaim.practice.foundation.transactions import transaction_for
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.people.queries import billing_provider_on
from cleanclaim.practice.receivables import queries
from cleanclaim.practice.receivables.models import Statement
from cleanclaim.practice.receivables.pay_links import make_link, token_of
from cleanclaim.practice.registration import parties
from cleanclaim.practice.registration import queries as registration

DAYS_TO_PAY = 30


class StatementRow(NamedTuple):
    """One amount of a visit in plain words, signed as it changes what is owed."""

    on: date
    says: str
    cents: int


class StatementVisit(NamedTuple):
    """A visit on a statement; its rows add up to what is due and waiting."""

    claim: str
    served_on: date
    rows: tuple[StatementRow, ...]
    due_cents: int
    waiting_cents: int
    waiting: str


def visit_rows(claim: Claim, *, collections_cents: int = 0) -> StatementVisit:
    """Return a claim as a statement shows it. What insurance still decides is waiting and not due (nothing is due while it decides)."""
    day = claim.served_on or claim.created_at.date()
    rows = [
        StatementRow(day, "Charge of the visit", claim.charge_cents),
        StatementRow(day, "Insurance paid", -claim.insurance_paid_cents),
        StatementRow(day, "Taken off by agreement with the insurance", -claim.contractual_cents),
        StatementRow(day, "You paid", -claim.patient_paid_cents),
        StatementRow(day, "Taken off by the practice", -claim.other_write_off_cents),
        StatementRow(day, "With the collection agency", -collections_cents),
    ]
    waiting = claim.insurance_balance_cents
    due = claim.patient_balance_cents - collections_cents
    says = ""
    if claim.holds_statement:
        waiting, due = waiting + due, 0
        says = "The practice is looking at this visit; nothing is due for it now."
    elif waiting:
        says = "Your insurance is still deciding about this part; nothing is due for it now."
    return StatementVisit(claim.public_id, day, tuple(row for row in rows if row.cents), due, waiting, says)


def open_visits(practice_id: int, account: str) -> list[StatementVisit]:
    """Return the visits of an account on which something is due or waiting, oldest first."""
    if account.startswith("clm_"):
        rows: Sequence[Claim] = [claims.claim(practice_id, account)]
    else:
        ids = queries.account_ids(practice_id, account)
        rows = list(Claim.objects.of(practice_id).exclude(patient="").filter(patient__in=ids).order_by("served_on", "id"))
    agency: dict[str, int] = {}
    for line in queries.collections_lines(practice_id, account):
        agency[line.claim] = agency.get(line.claim, 0) + line.cents
    made = [visit_rows(claim, collections_cents=agency.get(claim.public_id, 0)) for claim in rows]
    return [visit for visit in made if visit.due_cents or visit.waiting_cents]


def account_name(practice_id: int, account: str) -> tuple[str, str]:
    """Return whose account it is and its number, for an account with a registration or a claim that was taken over without one."""
    person, number = _person(practice_id, account)
    return _full_name(person), number


def _full_name(person: Party) -> str:
    return f"{person.first_name} {person.last_name}".strip()


def _address(*people: Party) -> Address:
    """Return the first address that is one: a guarantor without an address of their own lives with the patient."""
    return next((person.address for person in people if person.address is not None and any(person.address)), Address())


def _person(practice_id: int, account: str) -> tuple[Party, str]:
    """Return who the statement is about and the number of the account."""
    if account.startswith("clm_"):
        claim = claims.claim(practice_id, account)
        return patient_of(claims.document_of(claims.latest_submission(claim))), claim.patient_control_number
    patient = registration.account_of(practice_id, account)
    return parties.patient_party(patient), str(patient.chart_number)


def _addressee(practice_id: int, account: str, person: Party, on: date) -> Party:
    """Return who answers for the bill and gets it: the guarantor on file on that day, else the patient."""
    return person if account.startswith("clm_") else registration.guarantor_on(practice_id, account, on)


def produce_statement(*, patient_id: str, by: Actor, pay_at: Callable[[str], str] | None = None) -> Statement:
    """Make the statement of a patient's account and keep its PDF. Raises Refused when nothing is due: no bill while insurance decides.

    Where cards are taken, `pay_at` returns the address of a payment link's token: the statement's code leads there.
    """
    require(by, "biller", "manager", "front_desk")
    with transaction_for(by):
        summary = queries.account_summary(by.practice_id, patient_id, on=by.today)
        if summary.due_now_cents <= 0:
            raise Refused("Nothing is due: insurance is still deciding, or everything is paid.")
        number = f"S{next_number(by.practice_id, 'statement'):07d}"
        due_on = by.today + timedelta(days=DAYS_TO_PAY)
        statement = Statement(
            practice_id=by.practice_id, created_at=by.at, patient=summary.account, number=number, produced_on=by.today, due_on=due_on,
            due_now_cents=summary.due_now_cents, owed_cents=max(0, summary.owed_cents - summary.held_cents - max(0, summary.credit_cents)),
        )  # fmt: skip
        statement.save()
        pay_url = pay_at(token_of(make_link(patient_id=summary.account, by=by, statement=statement))) if pay_at else ""
        statement.blob = blobs.put(_pdf(summary, number, due_on, by, pay_url))
        statement.save(update_fields=["blob"])
        record(by, "produce_statement", statement.public_id, cents=summary.due_now_cents)
    return statement


def preview_statement(*, patient_id: str, by: Actor) -> bytes:
    """Return the statement as it would be produced today; nothing is kept and no number is used."""
    require(by, "biller", "manager", "front_desk")
    summary = queries.account_summary(by.practice_id, patient_id, on=by.today)
    if not open_visits(by.practice_id, summary.account):
        raise Refused("Nothing is open on this account.")
    return _pdf(summary, "PREVIEW", by.today + timedelta(days=DAYS_TO_PAY), by, "")


def _pdf(summary: queries.AccountSummary, number: str, due_on: date, by: Actor, pay_url: str) -> bytes:
    person, account_number = _person(by.practice_id, summary.account)
    practice = Practice.objects.get(pk=by.practice_id)
    address, phone, name = practice_head(by, practice.name)
    plan = queries.plan_standing(by.practice_id, summary.account, on=by.today)
    visits = tuple(
        forms.StatementVisit(
            visit.served_on,
            name,
            "Visit",
            tuple(forms.StatementLine(row.on, row.says, row.cents) for row in visit.rows),
            visit.due_cents,
            visit.waiting_cents,
            visit.waiting,
        )
        for visit in open_visits(by.practice_id, summary.account)
    )
    shown = None
    if plan is not None:
        due = next((part for part in plan.parts if part.due_on <= by.today), plan.parts[0])
        shown = forms.StatementPlan(summary.due_now_cents, due.due_on, plan.left_cents, due.number, len(plan.parts))
    addressee = _addressee(by.practice_id, summary.account, person, by.today)
    data = forms.StatementData(
        practice_name=name, practice_address=address, practice_phone=phone, statement_number=number, produced_on=by.today, due_on=due_on,
        guarantor_name=_full_name(addressee), guarantor_address=_address(addressee, person),
        patient_name=_full_name(person), account_number=account_number,
        visits=visits, credit_cents=max(0, summary.credit_cents), pay_url=pay_url, plan=shown,
    )  # fmt: skip
    return forms.statement_pdf(data)


def practice_head(by: Actor, fallback: str) -> tuple[Address, str, str]:
    """Return the address, the phone and the name under which the practice bills today."""
    try:
        billing = billing_provider_on(by.practice_id, by.today)
    except NotFound:
        return Address(), "", fallback
    return Address(billing.line1, "", billing.city, billing.state, billing.zip), billing.phone, billing.name


def content_of(statement: Statement) -> bytes:
    """Return the PDF of a statement as it was given."""
    return blobs.get(statement.blob)
