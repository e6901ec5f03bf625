"""What can be done on a patient's account: payments, credits, plans, refunds, write-offs, collections, statements."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from django import forms

from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.kernel.money import Money
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.receivables import actions, queries
from cleanclaim.practice.receivables.models import PatientPayment
from cleanclaim.practice.receivables.pay_links import ShownLink
from cleanclaim.practice.receivables.rules import SlidingFee
from cleanclaim.practice.receivables.statements import produce_statement
from cleanclaim.web.desk_forms import DayField, DeskForm, MoneyField, NoEntries
from cleanclaim.web.receivables.card_settings import pay_address, statement_pays_at
from cleanclaim.web.work import Given, Work

_DESK: Final = ("front_desk", "biller", "manager")
_BILLERS: Final = ("biller", "manager")


class AccountSubject(NamedTuple):
    """The account that the page is about, as it stands."""

    patient_id: str
    account: str
    summary: queries.AccountSummary
    credit_cents: int
    overpaid_cents: int
    owed: tuple[tuple[str, str, int], ...]
    with_agency: tuple[tuple[str, str, int], ...]
    held: tuple[tuple[str, str], ...]
    payments: tuple[PatientPayment, ...]
    plan: queries.PlanStanding | None
    links: tuple[ShownLink, ...] = ()


class PaymentForm(DeskForm):
    """Money that a patient hands over."""

    amount = MoneyField(label="Amount")
    method = forms.ChoiceField(label="Paid by", choices=PatientPayment.Method.choices)
    reference = forms.CharField(label="Check or receipt number", max_length=60, required=False)
    claim = forms.ChoiceField(label="For", required=False)

    def prepare(self) -> None:
        """Offer the visits that are owed for."""
        named = [(claim, f"claim {number}, owes {Money(cents):$}") for claim, number, cents in self.subject.owed]
        self.offer("claim", [("", "The oldest first"), *named])


class PlanForm(DeskForm):
    """Monthly parts."""

    parts = forms.IntegerField(label="Monthly parts", min_value=2, max_value=24, initial=3)
    first_on = DayField(label="First part due on")
    amount = MoneyField(label="Amount, if not everything owed", required=False)

    def prepare(self) -> None:
        """Today unless told otherwise."""
        self.fields["first_on"].initial = self.by.today
        self.fields["first_on"].required = False


class ReasonForm(DeskForm):
    """Why."""

    reason = forms.CharField(label="Why", max_length=110)


class RefundForm(DeskForm):
    """Credit to give back."""

    amount = MoneyField(label="Amount")
    reason = forms.CharField(label="Why", max_length=190)
    method = forms.ChoiceField(
        label="Given back by", choices=[("check", "Check"), ("card", "Card"), ("cash", "Cash")],
        help_text="Back onto a card: somebody does it on the card service's own page and notes its number here. This program moves no card money.",
    )  # fmt: skip

    def prepare(self) -> None:
        """All of the credit unless told otherwise."""
        if self.subject.credit_cents > 0:
            self.fields["amount"].initial = str(Money(self.subject.credit_cents))


class ReturnForm(DeskForm):
    """A payment that came back."""

    payment = forms.ChoiceField(label="Payment")
    reason = forms.CharField(label="Why", max_length=110, initial="Insufficient funds")
    fee = MoneyField(label="The bank's fee", required=False)

    def prepare(self) -> None:
        """Offer what may still come back."""
        rows = [row for row in self.subject.payments if row.returned_on is None and row.method != "cash"]
        self.offer(
            "payment",
            [(row.public_id, f"{row.received_on:%m/%d/%Y} {row.method} {Money(row.cents):$} {row.reference}") for row in rows],
        )


class WriteOffForm(DeskForm):
    """What is given up, and why."""

    why = forms.ChoiceField(
        label="Kind",
        choices=[("small-balance", "Small balance"), ("charity", "Charity"), ("bad-debt", "Bad debt"), ("other", "Other")],
    )
    amount = MoneyField(label="Amount, if not everything owed", required=False)
    claim = forms.ChoiceField(label="On", required=False)
    reason = forms.CharField(label="Why", max_length=150)

    def prepare(self) -> None:
        """Offer the visits that are owed for."""
        self.offer(
            "claim",
            [("", "Every visit"), *((claim, f"claim {number}, {Money(cents):$}") for claim, number, cents in self.subject.owed)],
        )


class SlidingForm(DeskForm):
    """Income against the poverty level of the household."""

    income = MoneyField(label="Yearly income of the household")
    poverty_level = MoneyField(label="Poverty level for a household of this size", help_text="From this year's HHS guidelines.")
    scale = forms.CharField(
        label="Scale: percent of the poverty level = discount", initial="100=100, 150=75, 200=50", max_length=120
    )


class ClaimsForm(DeskForm):
    """The visits that are meant."""

    claims = forms.MultipleChoiceField(label="Visits", widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        """Offer what is owed at the practice."""
        self.offer("claims", [(claim, f"claim {number}, {Money(cents):$}") for claim, number, cents in self.subject.owed])


class RecallForm(ClaimsForm):
    """The visits that come back from the agency."""

    def prepare(self) -> None:
        """Offer what is with the agency."""
        self.offer("claims", [(claim, f"claim {number}, {Money(cents):$}") for claim, number, cents in self.subject.with_agency])


class HeldForm(DeskForm):
    """The visit whose balance was looked at."""

    claim = forms.ChoiceField(label="Visit")

    def prepare(self) -> None:
        """Offer what is kept off statements."""
        self.offer("claim", [(claim, f"claim {number}") for claim, number in self.subject.held])


def _produce(by: Actor, subject: AccountSubject, _given: Given) -> str:
    made = produce_statement(patient_id=subject.account, by=by, pay_at=pay_address if statement_pays_at() else None)
    return f"Statement {made.number} asks for {Money(made.due_now_cents):$}."


def _pay(by: Actor, subject: AccountSubject, given: Given) -> str:
    claims = [given["claim"]] if given["claim"] else []
    actions.take_payment(
        patient_id=subject.account,
        cents=given["amount"],
        method=given["method"],
        reference=given["reference"],
        claim_ids=claims,
        by=by,
    )
    return f"{Money(given['amount']):$} taken."


def _use(by: Actor, subject: AccountSubject, _given: Given) -> str:
    cents = actions.use_credit(patient_id=subject.account, by=by)
    if not cents:
        raise Refused("There is nothing that the credit could pay.")
    return f"{Money(cents):$} of the credit is applied."


def _free(by: Actor, subject: AccountSubject, _given: Given) -> str:
    cents = actions.release_credits(patient_id=subject.account, by=by)
    if not cents:
        raise Refused("Nothing is overpaid on a visit.")
    return f"{Money(cents):$} moved from visits into the patient's credit."


def _plan(by: Actor, subject: AccountSubject, given: Given) -> str:
    actions.agree_plan(
        patient_id=subject.account, parts=given["parts"], first_on=given["first_on"] or by.today, cents=given["amount"] or 0, by=by
    )
    return f"The balance is paid in {given['parts']} monthly parts."


def _end_plan(by: Actor, subject: AccountSubject, given: Given) -> str:
    if subject.plan is None:
        raise Refused("There is no plan.")
    actions.end_plan(plan_id=subject.plan.plan_id, reason=given["reason"], by=by)
    return "The plan is ended; what is left is due at once."


def _refund(by: Actor, subject: AccountSubject, given: Given) -> str:
    actions.ask_refund(cents=given["amount"], reason=given["reason"], patient_id=subject.account, method=given["method"], by=by)
    return "The refund is asked for; a manager who did not ask approves it."


def _return(by: Actor, _subject: AccountSubject, given: Given) -> str:
    made = actions.return_payment(payment_id=given["payment"], reason=given["reason"], fee_cents=given["fee"] or 0, by=by)
    return f"{Money(made.cents):$} came back; what it had paid is owed again."


def _write_off(by: Actor, subject: AccountSubject, given: Given) -> str:
    claims = [given["claim"]] if given["claim"] else []
    cents = actions.write_off_balance(
        patient_id=subject.account, why=given["why"], reason=given["reason"], cents=given["amount"] or 0, claim_ids=claims, by=by
    )
    return f"{Money(cents):$} is written off."


def _sliding(by: Actor, subject: AccountSubject, given: Given) -> str:
    cents = actions.give_sliding_fee(
        patient_id=subject.account,
        income_cents=given["income"],
        poverty_level_cents=given["poverty_level"],
        scale=scale_of(given["scale"]),
        by=by,
    )
    if not cents:
        raise Refused("The scale gives no discount for this income, or nothing is owed.")
    return f"{Money(cents):$} is given by the sliding fee scale."


def scale_of(text: str) -> tuple[SlidingFee, ...]:
    """Read `100=100, 200=50`: up to 100 percent of the poverty level all is given, up to 200 a half. Raises InvalidValue."""
    steps = []
    for piece in text.replace(";", ",").split(","):
        percent, _, discount = piece.partition("=")
        try:
            share = Decimal(discount.strip().rstrip("%")) / 100
            steps.append(SlidingFee(int(percent.strip().rstrip("%")), share))
        except (ValueError, InvalidOperation):
            raise InvalidValue("A scale reads like 100=100, 150=75, 200=50.") from None
        if not share.is_finite() or not 0 <= share <= 1 or steps[-1].up_to_percent <= 0:
            raise InvalidValue("A discount lies between 0 and 100 percent.")
    return tuple(steps)


def _collections(by: Actor, subject: AccountSubject, given: Given) -> str:
    cents = actions.send_to_collections(patient_id=subject.account, claim_ids=given["claims"], by=by)
    return f"{Money(cents):$} is with the collection agency now."


def _recall(by: Actor, subject: AccountSubject, given: Given) -> str:
    cents = actions.send_to_collections(patient_id=subject.account, claim_ids=given["claims"], by=by, recall=True)
    return f"{Money(cents):$} is back from the collection agency."


def _held(by: Actor, _subject: AccountSubject, given: Given) -> str:
    actions.release_statement(claim_id=given["claim"], by=by)
    return "The visit may stand on a statement again."


WORKS: Final = {
    "produce": Work("Produce a statement", _produce, NoEntries, _DESK),
    "pay": Work("Take a payment", _pay, PaymentForm, _DESK, button="Take"),
    "use-credit": Work("Use the credit", _use, NoEntries, _DESK, button="Apply it to what is owed", when=lambda it: it.credit_cents > 0 and it.summary.owed_cents > 0),
    "free-credit": Work("Free overpayments", _free, NoEntries, _DESK, button="Move them into the credit", when=lambda it: it.overpaid_cents > 0,
                        says="Visits on which the patient has paid more than is owed."),
    "plan": Work("Agree a payment plan", _plan, PlanForm, _DESK, button="Agree", when=lambda it: it.plan is None and it.summary.owed_cents > 0),
    "end-plan": Work("End the plan", _end_plan, ReasonForm, _DESK, ask="End this plan?", when=lambda it: it.plan is not None),
    "refund": Work("Ask for a refund", _refund, RefundForm, _BILLERS, button="Ask", when=lambda it: it.credit_cents > 0),
    "release": Work("Free a visit for statements", _held, HeldForm, _BILLERS, button="It may be billed", when=lambda it: bool(it.held),
                    says="A payer took money back after the patient had paid: look before it is billed."),
    "return": Work("A payment came back", _return, ReturnForm, _BILLERS, button="Book it as returned", ask="Book this payment as returned?",
                   when=lambda it: any(row.returned_on is None and row.method != "cash" for row in it.payments), says="A check that bounced or a card payment that was charged back."),
    "write-off": Work("Write off", _write_off, WriteOffForm, ("manager",), ask="Give this amount up?", when=lambda it: it.summary.owed_cents > 0),
    "sliding": Work("Sliding fee", _sliding, SlidingForm, ("manager",), button="Give the discount", when=lambda it: it.summary.owed_cents > 0),
    "collections": Work("Hand to collections", _collections, ClaimsForm, ("manager",), button="Hand over", ask="Hand these visits to the collection agency?", when=lambda it: bool(it.owed)),
    "recall": Work("Recall from collections", _recall, RecallForm, ("manager",), button="Take back", when=lambda it: bool(it.with_agency)),
}  # fmt: skip
"""In the order in which the page offers them."""
