"""Refunds and credits: what was asked for, approved by a second person, paid; payers' overpayments with their sixty days."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import NotFound
from cleanclaim.kernel.money import Money
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.payers import queries as payers
from cleanclaim.practice.receivables import actions, queries, worklists
from cleanclaim.practice.receivables.models import Refund
from cleanclaim.practice.registration import queries as registration
from cleanclaim.web.access import for_roles
from cleanclaim.web.desk_forms import DeskForm, MoneyField, NoEntries
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.work import Asked, Given, Work, attempt, shown

DESK = ("biller", "manager", "auditor")


class ReasonForm(DeskForm):
    """Why it is turned down."""

    reason = forms.CharField(label="Why", max_length=80)


class PaidForm(DeskForm):
    """How it went out."""

    reference = forms.CharField(label="Check or card reference", max_length=80, required=False)

    def prepare(self) -> None:
        """A card is refunded where it was charged; what is booked here must have happened there."""
        if self.subject.method == "card":
            self.fields["reference"].required = True
            self.fields["reference"].label = "The card service's number of the refund"
            self.fields[
                "reference"
            ].help_text = "Refund the card on the card service's own page first: this program does not move the money."


class PayerRefundForm(DeskForm):
    """A payer's overpayment on a claim."""

    claim = forms.CharField(label="Claim number", max_length=40)
    amount = MoneyField(label="Amount")
    reason = forms.CharField(label="Why", max_length=190)


def _approve(by: Actor, found: Refund, _given: Given) -> str:
    actions.approve_refund(refund_id=found.public_id, by=by)
    return f"{Money(found.cents):$} is approved; it is owed from now on."


def _refuse(by: Actor, found: Refund, given: Given) -> str:
    actions.refuse_refund(refund_id=found.public_id, reason=given["reason"], by=by)
    return "The refund is turned down; the credit stays."


def _pay(by: Actor, found: Refund, given: Given) -> str:
    actions.pay_refund(refund_id=found.public_id, reference=given["reference"], by=by)
    return f"{Money(found.cents):$} is paid."


def _ask(by: Actor, _subject: Any, given: Given) -> str:
    number = given["claim"].strip()
    found = claims.claim(by.practice_id, number) if number.startswith("clm_") else claims.claim_numbered(by.practice_id, number)
    made = actions.ask_refund(cents=given["amount"], reason=given["reason"], claim_id=found.public_id, by=by)
    return "The refund is asked for; a manager who did not ask approves it." + (
        f" It is due by {made.due_on:%m/%d/%Y}." if made.due_on else ""
    )


WORKS: Final = {
    "approve": Work("Approve", _approve, NoEntries, ("manager",)),
    "refuse": Work("Turn down", _refuse, ReasonForm, ("manager",)),
    "pay": Work("Paid", _pay, PaidForm, ("biller", "manager"), button="It was paid"),
}  # fmt: skip
ASKS: Final = {
    "ask": Work(
        "Give a payer's money back",
        _ask,
        PayerRefundForm,
        button="Ask for the refund",
        says="For a claim on which the payer has paid too much.",
    )
}


@for_roles(*DESK)
def page(request: HttpRequest) -> HttpResponse:
    """Show the refunds that wait, and the claims that are in credit."""
    return _show(request)


def _show(request: HttpRequest, asked: Asked | None = None, refund_id: str = "") -> HttpResponse:
    by = actor_of(request)
    waiting = queries.open_refunds(by.practice_id)
    done = worklists.recent_refunds(by.practice_id, limit=50)
    credits_ = worklists.credit_claims(by.practice_id)
    names = registration.cards_by_id(by.practice_id, [row.patient for row in (*waiting, *done) if row.patient.startswith("pat_")])
    payer_names = {row.public_id: row.name for row in payers.payers(by.practice_id, active_only=False)}
    asked_for = worklists.asked_by_claim(by.practice_id, [row.public_id for row in credits_])

    def whose(row: Refund) -> str:
        if row.payer:
            return payer_names.get(row.payer, "a payer")
        card = names.get(row.patient)
        return card.name if card else "a patient of an earlier system"

    facts = {
        "waiting": [
            (row, whose(row), shown(by, _fitting(row), row, lambda how, row=row: reverse("refund-act", args=[row.public_id, how]), asked if row.public_id == refund_id else None))  # type: ignore[misc]
            for row in waiting
        ],
        "done": [(row, whose(row)) for row in done], "credits": [(row, asked_for.get(row.public_id)) for row in credits_], "today": by.today,
        "works": shown(by, ASKS, None, lambda how: reverse("refund-ask", args=[how]), asked if not refund_id else None),
    }  # fmt: skip
    return render(request, "receivables/refunds.html", facts)


def _fitting(row: Refund) -> dict[str, Work]:
    names = ("approve", "refuse") if row.state == Refund.State.ASKED else ("pay",)
    return {name: WORKS[name] for name in names}


@for_roles("biller", "manager")
@require_POST
def act(request: HttpRequest, refund_id: str, how: str) -> HttpResponse:
    """Approve, turn down or pay a refund."""
    by = actor_of(request)
    found = worklists.refund(by.practice_id, refund_id)
    if found is None:
        raise NotFound("There is no such refund in this practice.")
    return attempt(request, how, WORKS, found, show=lambda asked: _show(request, asked, refund_id), back=reverse("refunds"))


@for_roles("biller", "manager")
@require_POST
def ask(request: HttpRequest, how: str) -> HttpResponse:
    """Ask for a payer's money to be given back."""
    return attempt(request, how, ASKS, None, show=lambda asked: _show(request, asked), back=reverse("refunds"))
