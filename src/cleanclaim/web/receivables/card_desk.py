"""Taking a card at the desk: an amount, then the service's hosted page. Offered only where the card service is set up."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from cleanclaim.kernel.money import Money
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.receivables import cards, pay_links
from cleanclaim.web.desk_forms import DeskForm, MoneyField, NoEntries
from cleanclaim.web.receivables.account_works import AccountSubject
from cleanclaim.web.receivables.card_settings import card_desk
from cleanclaim.web.work import Elsewhere, Given, Work

_DESK: Final = ("front_desk", "biller", "manager")


class CardForm(DeskForm):
    """What is to be paid by card."""

    amount = MoneyField(label="Amount")
    request_id = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def prepare(self) -> None:
        """What the patient owes unless told otherwise; the page asks the service under a name of its own."""
        self.fields["request_id"].initial = cards.new_request_id()
        owed = self.subject.summary.owed_cents - max(0, self.subject.credit_cents)
        if owed > 0:
            self.fields["amount"].initial = str(Money(owed))


def works_with_cards(request: HttpRequest, patient_id: str) -> dict[str, Work]:
    """Return what the desk can do with cards on an account; nothing where no card service is set up."""
    desk = card_desk()
    if desk is None:
        return {}
    back = request.build_absolute_uri(reverse("statement", args=[patient_id]))

    def take(by: Actor, subject: AccountSubject, given: Given) -> Elsewhere:
        return Elsewhere(
            cards.open_card_page(
                desk=desk, patient_id=subject.account, cents=given["amount"], request_id=given["request_id"],
                paid_to=f"{back}?{urlencode({'card': 'paid'})}", left_to=f"{back}?{urlencode({'card': 'left'})}", by=by,
            )
        )  # fmt: skip

    made = {
        "card": Work(
            "Take a card", take, CardForm, _DESK, button="Open the card page",
            says="The patient types the card on the card service's page. The payment stands here once the service has announced it.",
        )
    }  # fmt: skip
    if settings.PUBLIC_ADDRESS:
        made["link"] = Work("Payment link", _link, NoEntries, _DESK, button="Make a link", says="An address that the patient opens at home. It shows the practice and the amount due, and no more.")  # fmt: skip
    made["unlink"] = Work("End the payment links", _unlink, NoEntries, _DESK, button="End them", ask="End every payment link of this account, those on statements too?",
                          when=lambda subject: bool(subject.links))  # fmt: skip
    return made


def _link(by: Actor, subject: AccountSubject, _given: Given) -> str:
    link = pay_links.make_link(patient_id=subject.account, by=by)
    return f"The link opens until {link.expires_on:%m/%d/%Y}; it stands below, ready to copy."


def _unlink(by: Actor, subject: AccountSubject, _given: Given) -> str:
    count = pay_links.revoke_links(patient_id=subject.account, by=by)
    return f"{count} payment link{'s' if count != 1 else ''} no longer open{'' if count != 1 else 's'}."
