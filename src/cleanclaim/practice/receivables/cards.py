"""Card payments through a port: a hosted page takes the card, we learn only that it paid. No card number ever reaches this program.

`CardDesk` is the port; `StripePage` stands behind it with Stripe's hosted checkout. Its webhook is believed only with a valid signature made within five
minutes (Stripe, "Check the webhook signatures"), and the same payment announced twice is one payment.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol

from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.kernel.money import Money
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.foundation.transactions import transaction_for
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.receivables import queries
from cleanclaim.practice.receivables.actions import take_payment
from cleanclaim.practice.receivables.models import PatientPayment

TOLERANCE_SECONDS: Final = 300
LEAST_CENTS: Final = 50
"""The card networks' least payment in dollars, as Stripe enforces it."""
_STAMP: Final = re.compile(r"[0-9]{1,12}")
"""Seconds since 1970 as the service writes them; what is longer is no time and no number that can be reckoned with."""
_REQUEST: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_request_id() -> str:
    """Return the name of one opened page, under which it asks the service once."""
    return secrets.token_urlsafe(18)


class PaidByCard(NamedTuple):
    """What a hosted page announces: whose account, how much, and its own number of the payment."""

    account: str
    cents: int
    reference: str


class CardDesk(Protocol):
    """What takes cards for the practice."""

    def payment_page(self, *, account: str, cents: int, description: str, request_id: str, paid_to: str, left_to: str) -> str:
        """Return the address of a page where this amount can be paid; the same request twice is the same page."""

    def read_webhook(self, *, body: bytes, signature: str, at: datetime) -> PaidByCard | None:
        """Return a payment that an announcement proves; None for other announcements. Raises Refused for one that proves nothing."""


Post = Callable[[str, Mapping[str, str], Mapping[str, str]], Mapping[str, Any]]
"""Sends a form to an address with headers and returns the answer's JSON; handed in, so that nothing here opens a connection by itself."""


class StripePage:
    """Stripe's hosted checkout behind the port."""

    ADDRESS: Final = "https://api.stripe.com"
    PAGES: Final = "https://checkout.stripe.com"
    """Where the hosted pages stand: the one other place to which our forms may lead."""

    def __init__(self, *, secret_key: str, webhook_secret: str, post: Post, address: str = ADDRESS) -> None:
        if not secret_key or not webhook_secret:
            raise InvalidValue("Card payments need the secret key and the webhook's secret.")
        self._secret_key = secret_key
        self._webhook_secret = webhook_secret.encode()
        self._post = post
        self._address = address.rstrip("/") + "/v1/checkout/sessions"

    def payment_page(self, *, account: str, cents: int, description: str, request_id: str, paid_to: str, left_to: str) -> str:
        """Return the address of a hosted page for one amount. The description names no service and no patient.

        `request_id` was made when our own page was shown: a double click asks for the same page again, while the next payment of the same
        amount on the same day is a page of its own.
        """
        if cents < LEAST_CENTS:
            raise InvalidValue(f"A card payment is at least {Money(LEAST_CENTS):$}.")
        if not _REQUEST.fullmatch(request_id):
            raise InvalidValue("This page was changed on its way. Open it again.")
        form = {
            "mode": "payment", "payment_method_types[0]": "card", "success_url": paid_to, "cancel_url": left_to, "client_reference_id": account,
            "line_items[0][quantity]": "1", "line_items[0][price_data][currency]": "usd",
            "line_items[0][price_data][unit_amount]": str(cents), "line_items[0][price_data][product_data][name]": description[:80],
        }  # fmt: skip
        headers = {
            "Authorization": f"Bearer {self._secret_key}",
            "Idempotency-Key": hashlib.sha256(json.dumps([request_id, form]).encode()).hexdigest(),
        }
        answer = self._post(self._address, headers, form)
        address = str(answer.get("url", ""))
        if not address.startswith("https://"):
            raise Refused("The card service gave no payment page.")
        return address

    def read_webhook(self, *, body: bytes, signature: str, at: datetime) -> PaidByCard | None:
        """Return the payment of a completed checkout. Raises Refused for a signature that is wrong or too old."""
        parts = [part.partition("=") for part in signature.split(",")]
        stamps = [value for name, _, value in parts if name.strip() == "t"]
        stamp = stamps[0] if stamps else ""
        if not _STAMP.fullmatch(stamp) or abs(at.timestamp() - int(stamp)) > TOLERANCE_SECONDS:
            raise Refused("The announcement's signature is missing or too old.")
        wanted = hmac.new(self._webhook_secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        if not any(
            hmac.compare_digest(wanted.encode(), value.encode("utf-8", "replace"))
            for name, _, value in parts
            if name.strip() == "v1"
        ):
            raise Refused("The announcement's signature is wrong.")
        try:
            event = json.loads(body)
            session = event["data"]["object"]
            if event["type"] != "checkout.session.completed" or session["payment_status"] != "paid":
                return None
            return PaidByCard(str(session["client_reference_id"]), int(session["amount_total"]), str(session["payment_intent"]))
        except (ValueError, KeyError, TypeError):
            raise Refused("The announcement cannot be read.") from None


def open_card_page(
    *, desk: CardDesk, patient_id: str, cents: int, request_id: str, paid_to: str, left_to: str, by: Actor, link: str = ""
) -> str:
    """Open a hosted page for an amount on a patient's account and return its address. Nothing is booked: only an announcement is money."""
    require(by, "front_desk", "biller", "manager")
    account = queries.account_id(by.practice_id, patient_id)
    practice = Practice.objects.get(pk=by.practice_id)
    address = desk.payment_page(
        account=account, cents=cents, description=f"Account balance, {practice.name}", request_id=request_id, paid_to=paid_to, left_to=left_to
    )  # fmt: skip
    with transaction_for(by):
        record(by, "open_card_page", account, cents=cents, link=link)
    return address


def take_card_payment(*, desk: CardDesk, body: bytes, signature: str, by: Actor) -> PatientPayment | None:
    """Post what a hosted page announces, once however often it is announced; announcements of other things change nothing."""
    paid = desk.read_webhook(body=body, signature=signature, at=by.at)
    if paid is None:
        return None
    return take_payment(
        patient_id=paid.account, cents=paid.cents, method=PatientPayment.Method.CARD, reference=paid.reference, by=by
    )
