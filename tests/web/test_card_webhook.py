"""The card service's announcements over HTTP: signed ones post once, everything else changes nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import UTC, datetime

import pytest
from django.test import Client

from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.receivables.models import PatientPayment
from cleanclaim.practice.receivables.queries import credit_cents
from web.desk_cast import open_claim

pytestmark = pytest.mark.django_db
SECRET = "whsec_of_this_test"


@pytest.fixture
def address(system, practice, settings):
    settings.STRIPE_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_1", SECRET
    return f"/cards/{practice.public_id}/announced/"


@pytest.fixture
def account(system):
    open_claim(system, "1001")
    return Claim.objects.of(system.practice_id).get().public_id


def sent(address, account, *, cents=2400, secret=SECRET, at=None, kind="checkout.session.completed"):
    facts = {"payment_status": "paid", "client_reference_id": account, "amount_total": cents, "payment_intent": "pi_1"}
    body = json.dumps({"type": kind, "data": {"object": facts}}).encode()
    stamp = str(int(time.time() if at is None else at))
    signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    client = Client(enforce_csrf_checks=True)
    return client.post(address, body, content_type="application/json", headers={"Stripe-Signature": f"t={stamp},v1={signature}"})


def test_a_signed_announcement_is_one_payment_however_often_it_comes(system, address, account):
    first, second = sent(address, account), sent(address, account)
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert credit_cents(system.practice_id, account) == 2400


def test_the_same_number_with_another_amount_is_a_conflict(system, address, account):
    assert sent(address, account).status_code == 200
    assert sent(address, account, cents=2500).status_code == 409
    assert credit_cents(system.practice_id, account) == 2400


@pytest.mark.parametrize("wrong", [{"secret": "another"}, {"at": 1}])
def test_a_wrong_or_old_signature_posts_nothing(address, account, wrong):
    assert sent(address, account, **wrong).status_code == 400
    assert not PatientPayment.objects.across_practices().exists()


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "t=",
        "v1=0",
        "t=" + "9" * 5000 + ",v1=0",
        "t=" + "9" * 400 + ",v1=0",
        "t={now},v1=\u00e9",
        "t={now},v1=\udce9",
        "t=\u00b2,v1=0",
        ",,,=,t={now}",
    ],
)
def test_a_signature_that_cannot_be_read_is_refused(address, signature):
    now = str(int(datetime.now(UTC).timestamp()))
    headers = {"Stripe-Signature": signature.replace("{now}", now)}
    assert Client().post(address, b"{}", content_type="application/json", headers=headers).status_code == 400


def test_an_announcement_of_something_else_changes_nothing(address, account):
    assert sent(address, account, kind="charge.updated").json() == {"payment": None}
    assert not PatientPayment.objects.across_practices().exists()


def test_an_unknown_account_or_practice_is_not_found(address, account):
    assert sent(address, "clm_nobody").status_code == 404
    assert sent("/cards/prac_nobody/announced/", account).status_code == 404


def test_nothing_is_taken_without_the_secrets_and_nothing_is_read_by_get(system, address, account, settings):
    assert Client().get(address).status_code == 405
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert sent(address, account).status_code == 404


def test_a_huge_body_is_not_read(address):
    assert Client().post(address, b"x" * 300_000, content_type="application/json").status_code == 413
