"""A hosted page takes the card: only a signed, fresh announcement is believed, and it is one payment however often it comes."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.receivables.cards import StripePage, take_card_payment
from cleanclaim.practice.receivables.queries import credit_cents
from golden.money.writing import claim, claims_file

pytestmark = pytest.mark.django_db


def page(post=lambda _url, _headers, _form: {"url": "https://checkout.example/c/1"}):
    return StripePage(secret_key="sk_test_1", webhook_secret="whsec_1", post=post)


def announced(account, at, cents=2400, secret=b"whsec_1", kind="checkout.session.completed"):
    body = json.dumps(
        {
            "type": kind,
            "data": {
                "object": {
                    "payment_status": "paid",
                    "client_reference_id": account,
                    "amount_total": cents,
                    "payment_intent": "pi_1",
                }
            },
        }
    ).encode()
    stamp = str(int(at.timestamp()))
    signature = hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return body, f"t={stamp},v1={signature}"


@pytest.fixture
def account(system):
    import_claims(content=claims_file(claim("1001", [("99214", 20000)])), by=system)
    return Claim.objects.of(system.practice_id).get().public_id


def test_an_announcement_is_one_payment_however_often_it_comes(system, account):
    body, signature = announced(account, system.at)
    first = take_card_payment(desk=page(), body=body, signature=signature, by=system)
    assert take_card_payment(desk=page(), body=body, signature=signature, by=system).pk == first.pk
    assert credit_cents(system.practice_id, account) == 2400


def test_a_wrong_old_or_missing_signature_is_refused(system, account):
    body, signature = announced(account, system.at, secret=b"other")
    late = announced(account, system.at - timedelta(minutes=6))
    for sent, signed in ((body, signature), late, (body, "")):
        with pytest.raises(Refused):
            take_card_payment(desk=page(), body=sent, signature=signed, by=system)
    assert credit_cents(system.practice_id, account) == 0


def test_other_announcements_change_nothing(system, account):
    body, signature = announced(account, system.at, kind="charge.updated")
    assert take_card_payment(desk=page(), body=body, signature=signature, by=system) is None


def test_the_page_is_asked_for_one_amount_and_names_no_patient():
    asked = []

    def post(address, headers, form):
        asked.append((address, headers, form))
        return {"url": "https://checkout.example/c/9"}

    desk = page(post)
    asked_for = {"account": "pat_1", "description": "Account balance", "paid_to": "https://x/y", "left_to": "https://x/z"}
    assert desk.payment_page(cents=2400, request_id="a" * 20, **asked_for) == "https://checkout.example/c/9"
    assert asked[0][2]["line_items[0][price_data][unit_amount]"] == "2400"
    for request_id, cents in (("a" * 20, 2400), ("b" * 20, 2400), ("b" * 20, 2500)):
        desk.payment_page(cents=cents, request_id=request_id, **asked_for)
    keys = [headers["Idempotency-Key"] for _, headers, _ in asked]
    assert keys[0] == keys[1], "the same page asked for twice"
    assert len(set(keys)) == 3, "another page of the same amount, and another amount, are asked for anew"
    for wrong in (
        {"cents": 10, "request_id": "a" * 20},
        {"cents": 2400, "request_id": "short"},
        {"cents": 2400, "request_id": "a b" * 9},
    ):
        with pytest.raises(InvalidValue):
            desk.payment_page(**asked_for, **wrong)
