"""A patient's account: payments, credit, refunds by two people, returned checks, write-offs, collections, plans, estimates."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cleanclaim.practice.charges.models import GoodFaithEstimate
from cleanclaim.practice.claims.queries import claim_numbered
from cleanclaim.practice.receivables import queries, worklists
from cleanclaim.practice.receivables.models import PatientPayment, PaymentPlan, Refund
from cleanclaim.practice.workflow.proof import verify
from practice import visit_cast as cast
from web.desk_cast import open_claim, pay, sign_in

pytestmark = pytest.mark.django_db


def holds(system):
    return not [name for name, broken in verify(system.practice_id).invariants if broken]


@pytest.fixture
def account(system):
    """A claim that was taken over without a registration: its patient owes 24.00."""
    cast.clinic(system)
    open_claim(system)
    pay(system, paid=9600, cas=(("CO", "45", 8000), ("PR", "2", 2400)))
    return claim_numbered(system.practice_id, "1001").public_id


def path(account, how=""):
    return f"/patients/{account}/statement/" + (f"{how}/" if how else "")


def test_a_claim_without_registration_has_an_account(system, account):
    biller = sign_in(system, "biller")
    page = biller.get(path(account)).content.decode()
    assert "taken over from another system" in page
    assert "$24.00" in page
    assert "Claim 1001" in biller.get("/receivables/").content.decode()
    assert biller.get(path(account, "preview")).content.startswith(b"%PDF")
    assert not queries.statements_of(system.practice_id, account), "a preview keeps nothing"


def test_too_much_is_credit_and_is_given_back_by_two_people(system, account):
    ruth, mina, lena = sign_in(system, "biller"), sign_in(system, "manager", name="Mina"), sign_in(system, "manager", name="Lena")
    assert ruth.post(path(account, "pay"), {"amount": "30.00", "method": "check", "reference": "771"}).status_code == 302
    assert ruth.post(path(account, "refund"), {"amount": "7.00", "reason": "Too much", "method": "check"}).status_code == 422
    assert mina.post(path(account, "refund"), {"amount": "6.00", "reason": "Paid twice", "method": "check"}).status_code == 302
    asked = Refund.objects.of(system.practice_id).get()
    assert b"Paid twice" in ruth.get("/receivables/refunds/").content
    assert ruth.post(f"/receivables/refunds/{asked.public_id}/approve/").status_code == 403
    own = mina.post(f"/receivables/refunds/{asked.public_id}/approve/")
    assert own.status_code == 422
    assert "Somebody else" in own.content.decode()
    assert ruth.post(f"/receivables/refunds/{asked.public_id}/pay/", {"reference": ""}).status_code == 422
    assert lena.post(f"/receivables/refunds/{asked.public_id}/approve/").status_code == 302
    assert ruth.post(f"/receivables/refunds/{asked.public_id}/pay/", {"reference": "CK9"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.approved_by) == ("paid", "Lena")
    assert holds(system)


def test_a_refund_is_turned_down_and_the_credit_stays(system, account):
    mina = sign_in(system, "manager", name="Mina")
    mina.post(path(account, "pay"), {"amount": "30.00", "method": "cash"})
    mina.post(path(account, "refund"), {"amount": "6.00", "reason": "Paid twice", "method": "cash"})
    asked = Refund.objects.of(system.practice_id).get()
    assert mina.post(f"/receivables/refunds/{asked.public_id}/refuse/", {"reason": ""}).status_code == 422
    assert mina.post(f"/receivables/refunds/{asked.public_id}/refuse/", {"reason": "Another visit is open"}).status_code == 302
    assert queries.credit_cents(system.practice_id, account) == 600
    assert b"Another visit is open" in mina.get("/receivables/refunds/").content


def test_a_bounced_check_is_owed_again(system, account):
    biller = sign_in(system, "biller")
    biller.post(path(account, "pay"), {"amount": "24.00", "method": "check", "reference": "771"})
    payment = PatientPayment.objects.of(system.practice_id).get()
    given = {"payment": payment.public_id, "reason": "Insufficient funds", "fee": "15.00"}
    assert biller.post(path(account, "return"), {**given, "fee": "x"}).status_code == 422
    assert biller.post(path(account, "return"), given).status_code == 302
    assert queries.owed_cents(system.practice_id, account) == 2400
    assert b"came back" in biller.get(path(account)).content
    assert holds(system)


@pytest.mark.parametrize(
    ("how", "given"),
    [("write-off", {"why": "small-balance", "reason": "Costs more to bill", "amount": "", "claim": ""}),
     ("sliding", {"income": "10000", "poverty_level": "15000", "scale": "100=100"})],
)  # fmt: skip
def test_a_manager_gives_a_balance_up(how, given, system, account):
    assert sign_in(system, "biller").post(path(account, how), given).status_code == 403
    assert sign_in(system, "manager", name="Mina").post(path(account, how), given).status_code == 302
    assert queries.owed_cents(system.practice_id, account) == 0
    assert holds(system)


@pytest.mark.parametrize(
    ("how", "given", "says"),
    [
        ("write-off", {"why": "charity", "reason": "x", "amount": "25.00", "claim": ""}, "does not owe as much"),
        ("sliding", {"income": "1", "poverty_level": "1", "scale": "half"}, "A scale reads like"),
        ("sliding", {"income": "99000", "poverty_level": "15000", "scale": "100=100"}, "no discount"),
        ("collections", {}, "required"),
        ("plan", {"parts": "1"}, "greater than or equal to 2"),
        ("plan", {"parts": "3", "amount": "99"}, "about what the patient owes"),
        ("end-plan", {"reason": "x"}, "no plan"),
        ("use-credit", {}, "nothing that the credit"),
        ("free-credit", {}, "Nothing is overpaid"),
        ("pay", {"amount": "1", "method": "shells"}, "not one of the available choices"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_on_the_page(how, given, says, system, account):
    answer = sign_in(system, "manager", name="Mina").post(path(account, how), given)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert holds(system)


def test_collections_take_a_visit_and_give_it_back(system, account):
    mina = sign_in(system, "manager", name="Mina")
    assert mina.post(path(account, "collections"), {"claims": [account]}).status_code == 302
    assert queries.account_summary(system.practice_id, account, on=system.today).collections_cents == 2400
    assert b"With collections" in mina.get(path(account)).content
    assert mina.post(path(account, "recall"), {"claims": [account]}).status_code == 302
    assert queries.owed_cents(system.practice_id, account) == 2400


def test_a_plan_is_agreed_and_ended(system, account):
    desk = sign_in(system, "front_desk")
    assert desk.post(path(account, "plan"), {"parts": "3", "first_on": "2026-12-01", "amount": ""}).status_code == 302
    assert b"Payment plan" in desk.get(path(account)).content
    assert desk.post(path(account, "end-plan"), {"reason": "Paid"}).status_code == 302
    assert not PaymentPlan.objects.of(system.practice_id).get().is_active


def test_the_list_of_patients_who_owe_says_what_each_account_says(system, account):
    place = cast.clinic(system)
    del place
    open_claim(system, "1002")
    pay(system, "1002", paid=9600, cas=(("CO", "45", 8000), ("PR", "2", 2400)), trace="C2", file_name="c2")
    biller = sign_in(system, "biller")
    biller.post(path(account, "plan"), {"parts": "2", "first_on": "2026-11-20"})
    rows = {row.account: row for row in worklists.owing_accounts(system.practice_id, on=system.today)}
    assert len(rows) == 2
    for one, row in rows.items():
        summary = queries.account_summary(system.practice_id, one, on=system.today)
        assert (row.owed_cents, row.credit_cents, row.due_now_cents, row.insurance_cents) == (
            summary.owed_cents, summary.credit_cents, summary.due_now_cents, summary.insurance_cents,
        )  # fmt: skip


def test_the_list_asks_the_database_as_often_for_many_as_for_few(system, account):
    biller = sign_in(system, "biller")

    def count():
        with CaptureQueriesContext(connection) as seen:
            assert biller.get("/receivables/").status_code == 200
        return len(seen)

    count()
    few = count()
    for number in range(2001, 2009):
        open_claim(system, str(number))
        pay(system, str(number), paid=9600, cas=(("CO", "45", 8000), ("PR", "2", 2400)), trace=f"T{number}", file_name=f"f{number}")
    assert count() <= few


def test_an_estimate_is_drafted_printed_and_given(system):
    cast.clinic(system)
    who = cast.patient(system)
    desk = sign_in(system, "front_desk")
    base = f"/patients/{who.public_id}/estimates/"
    given = {"served_on": "2026-12-20", "services": "99213\nJ1100 4", "diagnoses": "J20.9", "is_requested": "on"}
    for bad, says in (
        ({"services": "99213 x"}, "no number"),
        ({"services": ""}, "required"),
        ({"services": "99999"}, "99999"),
        ({"served_on": ""}, "required"),
    ):
        answer = desk.post(f"{base}draft/", {**given, **bad})
        assert answer.status_code == 422
        assert says in answer.content.decode()
    assert desk.post(f"{base}draft/", given).status_code == 302
    made = GoodFaithEstimate.objects.of(system.practice_id).get()
    assert made.cents == 155_00
    assert b"Carvalho" in desk.get("/patients/estimates/").content
    assert desk.get(f"/patients/estimates/{made.public_id}/letter.pdf").content.startswith(b"%PDF")
    assert desk.post(f"/patients/estimates/{made.public_id}/give/").status_code == 302
    assert b"Every estimate was given" in desk.get("/patients/estimates/").content
