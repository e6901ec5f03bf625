"""Taking a card at the desk, and the page behind a payment link: one page per request, no name, links that end."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from card_service_played import KEY, certificate, played_service
from cleanclaim.practice.audit.models import AuditRow
from cleanclaim.practice.claims.queries import claim_numbered
from cleanclaim.practice.receivables import pay_links
from cleanclaim.practice.receivables.models import PatientPayment, PayLink
from cleanclaim.practice.receivables.statements import produce_statement
from practice import visit_cast as cast
from web.desk_cast import open_claim, pay, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()


@pytest.fixture
def service(tmp_path, monkeypatch, settings):
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with played_service(pem) as made:
        settings.STRIPE_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_ADDRESS = KEY, "whsec_1", made.address
        settings.PUBLIC_ADDRESS = "https://pay.example.org"
        yield made


@pytest.fixture
def account(system):
    cast.clinic(system)
    open_claim(system)
    pay(system, paid=9600, cas=(("CO", "45", 8000), ("PR", "2", 2400)))
    return claim_numbered(system.practice_id, "1001").public_id


@pytest.fixture
def now(system):
    return system.later(datetime.now(UTC))


def path(account, how=""):
    return f"/patients/{account}/statement/" + (f"{how}/" if how else "")


def hidden(page, name):
    return re.search(f'name="{name}" value="([^"]*)"', page.content.decode()).group(1)


def test_the_desk_opens_a_page_for_what_is_owed(system, service, account):
    ruth = sign_in(system, "front_desk")
    page = ruth.get(path(account))
    assert 'name="amount" value="24.00"' in page.content.decode()
    assert "form-action 'self' https://checkout.stripe.com" in page["Content-Security-Policy"]
    given = {"amount": "24.00", "request_id": hidden(page, "request_id")}
    first, again = ruth.post(path(account, "card"), given), ruth.post(path(account, "card"), given)
    assert (first.status_code, first["Location"]) == (302, "https://checkout.stripe.com/c/pay/cs_1")
    assert again["Location"] == first["Location"], "a double click is one page"
    form = service.asked[0][1]
    assert (form["client_reference_id"], form["line_items[0][price_data][unit_amount]"]) == (account, "2400")
    assert "ROSALIND" not in json.dumps(form).upper()
    assert form["success_url"].endswith(f"/patients/{account}/statement/?card=paid")
    assert not PatientPayment.objects.across_practices().exists(), "opening a page is no money"
    rows = AuditRow.objects.of(system.practice_id).filter(action="open_card_page")
    assert [json.loads(row.facts)["cents"] for row in rows] == [2400, 2400]
    assert "once the card service has announced it" in ruth.get(path(account) + "?card=paid").content.decode()


def test_two_equal_payments_on_one_day_are_two_pages(system, service, account):
    ruth = sign_in(system, "biller")
    places = []
    for _ in range(2):
        given = {"amount": "12.00", "request_id": hidden(ruth.get(path(account)), "request_id")}
        places.append(ruth.post(path(account, "card"), given)["Location"])
    assert len(set(places)) == 2


def test_what_cannot_be_taken_comes_back_with_its_entries(system, service, account):
    ruth = sign_in(system, "front_desk")
    name = hidden(ruth.get(path(account)), "request_id")
    for amount, says in (("0.10", "at least $0.50"), ("", "required"), ("twelve", "amount")):
        back = ruth.post(path(account, "card"), {"amount": amount, "request_id": name})
        assert back.status_code == 422
        assert says in back.content.decode()
        assert hidden(back, "request_id") == name
    assert ruth.post(path(account, "card"), {"amount": "5.00", "request_id": "short"}).status_code == 422
    service.answers.append((500, {}, b""))
    down = ruth.post(path(account, "card"), {"amount": "24.00", "request_id": name})
    assert (down.status_code, "Nothing was charged" in down.content.decode()) == (422, True)
    assert sign_in(system, "auditor").post(path(account, "card"), {"amount": "1.00"}).status_code == 403


def test_without_a_service_nothing_is_offered(system, account, settings):
    settings.STRIPE_KEY = settings.STRIPE_WEBHOOK_SECRET = ""
    ruth = sign_in(system, "front_desk")
    page = ruth.get(path(account))
    assert "Take a card" not in page.content.decode()
    assert "stripe" not in page["Content-Security-Policy"]
    assert ruth.post(path(account, "card"), {"amount": "24.00"}).status_code == 404
    ruth.post(path(account, "produce"))
    assert not PayLink.objects.across_practices().exists()


def test_a_statement_leads_to_a_page_that_names_nobody(system, service, account, now):
    ruth = sign_in(system, "biller")
    ruth.post(path(account, "produce"))
    link = PayLink.objects.of(system.practice_id).get()
    assert link.statement.due_now_cents == 2400
    address = f"/pay/{pay_links.token_of(link)}/"
    assert f"https://pay.example.org{address}" in ruth.get(path(account)).content.decode()
    patient = Client(enforce_csrf_checks=True)
    page = patient.get(address)
    text = page.content.decode()
    assert page.status_code == 200
    assert "$24.00" in text
    for private in ("OKAFOR", "ROSALIND", "99214", "1001", account, "visit"):
        assert private.lower() not in text.lower()
    assert page["Cache-Control"] == "no-store"
    assert patient.post(address, {"request_id": hidden(page, "request_id"), "cents": "2400"}).status_code == 403, (
        "no token of the page"
    )
    given = {"request_id": hidden(page, "request_id"), "cents": "2400", "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")}
    assert patient.post(address, given)["Location"].startswith("https://checkout.stripe.com/")
    assert service.asked[0][1]["success_url"].endswith(f"{address}?card=paid")
    thanks = patient.get(address + "?card=paid").content.decode()
    assert "Thank you" in thanks
    assert "by card</button>" not in thanks
    assert patient.post(address, given | {"cents": "2300"}).status_code == 409


def test_wrong_old_and_ended_links_say_so(system, service, account, now):
    link = pay_links.make_link(patient_id=account, by=now)
    token = pay_links.token_of(link)
    patient = Client()
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), link.public_id, "x" * 300, token + "/../", "lnk_1.x"):
        assert patient.get(f"/pay/{wrong}/").status_code == 404
    assert "is not known" in patient.get("/pay/nonsense/").content.decode()
    PayLink.objects.of(system.practice_id).update(expires_on=now.today - timedelta(days=1))
    old = patient.get(f"/pay/{token}/")
    assert (old.status_code, "no longer opens" in old.content.decode()) == (410, True)
    assert "$24.00" not in old.content.decode()
    PayLink.objects.of(system.practice_id).update(expires_on=now.today)
    assert patient.get(f"/pay/{token}/").status_code == 200
    ruth = sign_in(system, "front_desk")
    assert ruth.post(path(account, "unlink")).status_code == 302
    assert patient.get(f"/pay/{token}/").status_code == 410
    assert patient.post(f"/pay/{token}/", {"cents": "2400"}).status_code == 410
    assert ruth.post(path(account, "link")).status_code == 302
    assert PayLink.objects.of(system.practice_id).filter(revoked_at__isnull=True).count() == 1


def test_what_is_paid_meanwhile_is_not_asked_for_again(system, service, account, now):
    token = pay_links.token_of(pay_links.make_link(patient_id=account, by=now))
    sign_in(system, "front_desk").post(path(account, "pay"), {"amount": "24.00", "method": "cash"})
    page = Client().get(f"/pay/{token}/").content.decode()
    assert "Nothing is due" in page
    assert Client().post(f"/pay/{token}/", {"cents": "0"}).status_code == 200
    assert service.asked == []


def test_a_service_that_is_down_or_gone_is_said(system, service, account, now, settings):
    token = pay_links.token_of(pay_links.make_link(patient_id=account, by=now))
    service.answers.append((503, {}, b""))
    down = Client().post(f"/pay/{token}/", {"cents": "2400", "request_id": "r" * 20})
    assert (down.status_code, "Nothing was charged" in down.content.decode()) == (502, True)
    settings.STRIPE_KEY = ""
    closed = Client().get(f"/pay/{token}/").content.decode()
    assert "cannot be taken here" in closed
    assert "<button" not in closed


def test_tries_are_counted(system, service, account, now):
    token = pay_links.token_of(pay_links.make_link(patient_id=account, by=now))
    patient = Client()
    codes = [patient.post(f"/pay/{token}/", {"cents": "2400", "request_id": f"{number:020}"}).status_code for number in range(12)]
    assert codes == [302] * 10 + [429] * 2
    wrong = [patient.get("/pay/nonsense/").status_code for _ in range(61)]
    assert wrong == [404] * 60 + [429]
    assert patient.get(f"/pay/{token}/").status_code == 200, "a right link opens all the same"


def test_a_statement_s_code_holds_the_link(system, service, account, now):
    asked = []

    def pay_at(token):
        asked.append(token)
        return f"https://pay.example.org/pay/{token}/"

    made = produce_statement(patient_id=account, by=now, pay_at=pay_at)
    assert asked == [pay_links.token_of(PayLink.objects.of(system.practice_id).get(statement=made))]
    assert account not in asked[0]
