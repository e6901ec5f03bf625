"""Deposits: what the bank reports, which remittance explains it, and whether each day ties to the books."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.kernel.money import Money
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.remittance import deposits, queries
from cleanclaim.web.access import for_roles
from cleanclaim.web.desk_forms import DayField, DeskForm, MoneyField
from cleanclaim.web.downloads import table_answer, wanted_table
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.periods import Period, period_of
from cleanclaim.web.remittance.desk_tabs import payment_tabs
from cleanclaim.web.work import Asked, Given, Work, attempt, shown

DESK = ("biller", "manager", "auditor")


class DepositForm(DeskForm):
    """A line of the bank statement."""

    trace_number = forms.CharField(label="Trace or check number", max_length=50)
    amount = MoneyField(label="Amount")
    received_on = DayField(label="Received on")
    payer_identifier = forms.CharField(label="Payer's id at the bank, if shown", max_length=30, required=False)

    def prepare(self) -> None:
        """Today unless told otherwise."""
        self.fields["received_on"].initial = self.by.today


class TieForm(DeskForm):
    """Which deposit and which remittance are one payment."""

    deposit = forms.ChoiceField(label="The bank's deposit")
    remittance = forms.ChoiceField(label="The remittance that explains it")

    def prepare(self) -> None:
        """Offer what has no counterpart yet."""
        loose = queries.deposits_without_remittance(self.by.practice_id)[:200]
        open_rows = queries.remittances_without_deposit(self.by.practice_id)[:200]
        self.offer(
            "deposit",
            [(row.public_id, f"{row.trace_number} {Money(row.amount_cents):$} {row.received_on:%m/%d/%Y}") for row in loose],
        )
        self.offer(
            "remittance", [(row.public_id, f"{row.payer.name} {row.trace_number} {Money(row.paid_cents):$}") for row in open_rows]
        )


class UntieForm(DeskForm):
    """Which deposit was tied wrongly."""

    deposit = forms.CharField(max_length=40, widget=forms.HiddenInput)


def _note(by: Actor, _subject: Any, given: Given) -> str:
    made = deposits.note_deposit(
        trace_number=given["trace_number"], amount_cents=given["amount"], payer_identifier=given["payer_identifier"],
        received_on=given["received_on"], by=by,
    )  # fmt: skip
    return "A remittance explains it." if made.remittance_id else "No remittance explains it yet: it waits below."


def _tie(by: Actor, _subject: Any, given: Given) -> str:
    deposits.tie_deposit(deposit_id=given["deposit"], remittance_id=given["remittance"], by=by)
    return "The deposit and the remittance are one payment now."


def _untie(by: Actor, _subject: Any, given: Given) -> str:
    deposits.untie_deposit(deposit_id=given["deposit"], by=by)
    return "The tie is taken back."


WORKS: Final = {
    "note": Work("Note a deposit", _note, DepositForm, button="Note it", says="Remittances with the same trace number and amount find it by themselves."),
    "tie": Work("Tie by hand", _tie, TieForm, button="They are one payment", says="For a deposit whose trace number the payer wrote differently; the amounts must agree."),
    "untie": Work("Untie", _untie, UntieForm),
}  # fmt: skip


@for_roles(*DESK)
def page(request: HttpRequest) -> HttpResponse:
    """Show the daily tie-out and what has no counterpart."""
    by = actor_of(request)
    period = period_of(request, by.today, days=31)
    wanted = wanted_table(request)
    if wanted:
        rows = deposits.cash_days(by.practice_id, first=period.first, last=period.last)
        names = ("day", "posted_cents", "banked_cents", "gap_cents", "patients_cents", "journal_cents")
        table = [
            (row.day.isoformat(), row.posted_cents, row.banked_cents, row.gap_cents, row.patients_cents, row.journal_cents)
            for row in rows
        ]
        return table_answer(wanted, names, table, name=f"deposits-{period.first}-{period.last}", title="Daily deposits")
    return _show(request, period)


def _show(request: HttpRequest, period: Period, asked: Asked | None = None) -> HttpResponse:
    by = actor_of(request)
    facts = {
        "days": deposits.cash_days(by.practice_id, first=period.first, last=period.last), "period": period, "tabs": payment_tabs(by, "deposits"),
        "loose": queries.deposits_without_remittance(by.practice_id), "unbanked": [(row, _age(row.posted_on, by.today)) for row in queries.remittances_without_deposit(by.practice_id)],
        "tied": deposits.tied_deposits(by.practice_id, limit=50), "works": shown(by, WORKS, None, lambda how: reverse("deposit-act", args=[how]), asked),
    }  # fmt: skip
    return render(request, "remittance/deposits.html", facts)


def _age(day: date, today: date) -> int:
    return (today - day).days


@for_roles("biller", "manager")
@require_POST
def act(request: HttpRequest, how: str) -> HttpResponse:
    """Note, tie or untie a deposit."""
    today = actor_of(request).today
    period = Period(today - timedelta(days=30), today)
    return attempt(request, how, WORKS, None, show=lambda asked: _show(request, period, asked), back=reverse("deposits"))
