"""The payments desk: exceptions are worked to the cent, a typed EOB obeys the rules of an 835, the bank is told from the books."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cleanclaim.practice.claims.queries import claim_numbered
from cleanclaim.practice.remittance.models import BankDeposit, PostingException, Remittance
from cleanclaim.practice.workflow.proof import verify
from practice import visit_cast
from web.desk_cast import open_claim, pay, sign_in

pytestmark = pytest.mark.django_db


def holds(system):
    return not [name for name, broken in verify(system.practice_id).invariants if broken]


@pytest.fixture
def doubtful(system):
    open_claim(system, "1001")
    open_claim(system, "1002")
    pay(system, "7777", trace="CHK9")
    return PostingException.objects.of(system.practice_id).get()


def test_an_answer_is_posted_to_the_claim_that_a_person_chooses(system, doubtful):
    biller = sign_in(system, "biller")
    assert b"7777" in biller.get("/payments/exceptions/").content
    page = biller.get(f"/payments/exceptions/{doubtful.public_id}/").content.decode()
    assert "1001" in page
    assert "1002" in page
    assert "same patient, same day, same charge" in page
    assert "Above the fee schedule" in page
    done = biller.post(f"/payments/exceptions/{doubtful.public_id}/post/", {"claim": "1002"})
    assert done.status_code == 302
    assert claim_numbered(system.practice_id, "1002").insurance_paid_cents == 12000
    assert claim_numbered(system.practice_id, "1001").insurance_paid_cents == 0
    assert b"Nothing waits" in biller.get("/payments/exceptions/").content
    assert holds(system)


@pytest.mark.parametrize(
    ("how", "given", "says"),
    [
        ("post", {"claim": "NOSUCH"}, "No one claim bears this number"),
        ("post", {"claim": ""}, "required"),
        ("book", {"where": "refund", "reason": ""}, "required"),
        ("book", {"where": "dismiss", "reason": "no"}, "not one of the available choices"),
        ("retry", {}, "still fits no claim"),
        ("nonsense", {}, "does not know"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(how, given, says, system, doubtful):
    answer = sign_in(system, "biller").post(f"/payments/exceptions/{doubtful.public_id}/{how}/", given)
    assert answer.status_code in {422, 404}
    assert says in answer.content.decode()
    doubtful.refresh_from_db()
    assert doubtful.state == "open"
    assert holds(system)


@pytest.mark.parametrize("where", ["refund", "keep", "earlier-books", "interest"])
def test_money_of_nobody_is_booked_with_a_reason(where, system, doubtful):
    biller = sign_in(system, "biller")
    answer = biller.post(
        f"/payments/exceptions/{doubtful.public_id}/book/", {"where": where, "reason": "Paid to the wrong practice"}
    )
    assert answer.status_code == 302
    doubtful.refresh_from_db()
    assert (doubtful.state, "wrong practice" in doubtful.resolution) == ("settled", True)
    assert holds(system)
    assert b"wrong practice" in biller.get("/payments/exceptions/?state=settled").content


def test_an_entry_that_is_refused_comes_back(system, doubtful):
    given = {"where": "refund", "reason": "x" * 200}
    page = sign_in(system, "biller").post(f"/payments/exceptions/{doubtful.public_id}/book/", given).content.decode()
    assert "x" * 200 in page


def test_an_auditor_reads_and_does_nothing(system, doubtful):
    auditor = sign_in(system, "auditor")
    page = auditor.get(f"/payments/exceptions/{doubtful.public_id}/")
    assert page.status_code == 200
    assert b"Post here" not in page.content
    assert auditor.post(f"/payments/exceptions/{doubtful.public_id}/retry/").status_code == 403


def test_the_queue_asks_the_database_as_often_for_many_as_for_few(system):
    open_claim(system, "1001")
    open_claim(system, "1002")
    biller = sign_in(system, "biller")

    def count():
        biller.get("/payments/exceptions/")
        with CaptureQueriesContext(connection) as seen:
            assert biller.get("/payments/exceptions/").status_code == 200
        return len(seen)

    pay(system, "7001", trace="A1", file_name="1")
    few = count()
    for number in range(12):
        pay(system, f"71{number:02}", trace=f"B{number}", file_name=f"f{number}")
    assert PostingException.objects.of(system.practice_id).count() == 13
    assert count() <= few


@pytest.fixture
def typed(system):
    visit_cast.clinic(system)
    open_claim(system)
    payer = claim_numbered(system.practice_id, "1001").payer.public_id
    return {
        "payer": payer, "trace": "EOB77", "method": "CHK", "paid_on": "2026-11-10", "paid": "120.00", "c0-number": "1001", "c0-status": "1",
        "c0-icn": "ICN1", "c0-l1-paid": "$120.00", "c0-l1-0-group": "CO", "c0-l1-0-reason": "45", "c0-l1-0-amount": "80", "step": "post",
    }  # fmt: skip


def test_a_typed_eob_posts_once(system, typed):
    biller = sign_in(system, "biller")
    page = biller.post("/payments/eob/", {"step": "add", "add": "1001", "method": "CHK"}).content.decode()
    assert 'name="c0-l1-paid"' in page
    assert f'value="{typed["payer"]}" selected' in page
    assert biller.post("/payments/eob/", typed).status_code == 302
    claim = claim_numbered(system.practice_id, "1001")
    assert (claim.insurance_paid_cents, claim.contractual_cents) == (12000, 8000)
    assert Remittance.objects.of(system.practice_id).get().is_manual
    again = biller.post("/payments/eob/", typed)
    assert again.status_code == 422
    assert "posted before" in again.content.decode()
    assert holds(system)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"trace": ""}, "number of the check"),
        ({"paid": ""}, "amount of the check"),
        ({"paid": "119.99"}, "differs from its claims"),
        ({"c0-l1-0-amount": "79.99"}, "out of balance"),
        ({"c0-l1-0-amount": "abc"}, "digits with at most one decimal"),
        ({"c0-l1-0-reason": ""}, "no reason number"),
        ({"c0-l1-0-amount": ""}, "has no amount"),
        ({"payer": ""}, "Choose the payer"),
        ({"c0-number": ""}, "names no claim"),
        ({"step": "add", "add": "NOSUCH"}, "No claim"),
        ({"step": "add", "add": "1001"}, "on the EOB already"),
        ({"p-0-amount": "5"}, "no reason"),
        ({"paid_on": "yesterday"}, "date"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_typed_eob_is_said_and_its_entries_stay(changes, says, system, typed):
    answer = sign_in(system, "biller").post("/payments/eob/", {**typed, **changes})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    if changes.get("c0-number") is None:
        assert 'value="$120.00"' in page
    assert not Remittance.objects.of(system.practice_id).exists()


def test_the_enter_key_adds_a_claim_and_removes_none(system, typed):
    biller = sign_in(system, "biller")
    open_claim(system, "1002")
    page = biller.post("/payments/eob/", {**typed, "step": "enter", "add": "1002"}).content.decode()
    assert 'name="c1-l1-paid"' in page
    page = biller.post("/payments/eob/", {**typed, "step": "enter", "add": ""}).content.decode()
    assert 'name="c0-l1-paid"' in page
    assert page.index('value="enter"') < page.index('value="remove-0"'), "the first button is the one that Enter presses"
    assert not Remittance.objects.of(system.practice_id).exists()


def test_the_balance_is_told_while_typing(system, typed):
    biller = sign_in(system, "biller")
    assert b"ties" in biller.post("/payments/eob/balance/", typed).content
    assert b"out by $0.01" in biller.post("/payments/eob/balance/", {**typed, "c0-l1-0-amount": "79.99"}).content
    assert b"not yet" in biller.post("/payments/eob/balance/", {**typed, "c0-l1-paid": "x"}).content


def test_a_typed_eob_carries_money_outside_claims(system, typed):
    given = {
        **typed,
        "paid": "118.50",
        "p-0-reason": "WO",
        "p-0-group": "OLD1",
        "p-0-amount": "5.00",
        "p-1-reason": "L6",
        "p-1-group": "",
        "p-1-amount": "-3.50",
    }
    biller = sign_in(system, "biller")
    assert biller.post("/payments/eob/", given).status_code == 302
    page = biller.get("/payments/provider-level/").content.decode()
    assert "OLD1" in page
    assert "Interest income" in page
    assert holds(system)
    assert biller.get("/payments/provider-level/?as=csv")["Content-Type"].startswith("text/csv")


def test_a_deposit_finds_its_remittance_by_trace_number_or_by_hand(system):
    open_claim(system, "1001")
    open_claim(system, "1002")
    pay(system, "1001", trace="EFT1", file_name="1")
    pay(system, "1002", trace="EFT2", file_name="2")
    biller = sign_in(system, "biller")
    note = {"trace_number": "EFT1", "amount": "120.00", "received_on": "2026-11-20", "payer_identifier": ""}
    assert biller.post("/payments/deposits/note/", note).status_code == 302
    assert BankDeposit.objects.of(system.practice_id).get().remittance is not None
    biller.post("/payments/deposits/note/", {**note, "trace_number": "BANKREF"})
    loose = BankDeposit.objects.of(system.practice_id).get(remittance__isnull=True)
    page = biller.get("/payments/deposits/").content.decode()
    assert "BANKREF" in page
    other = Remittance.objects.of(system.practice_id).get(trace_number="EFT2")
    tie = {"deposit": loose.public_id, "remittance": other.public_id}
    assert biller.post("/payments/deposits/tie/", tie).status_code == 302
    assert b"Every deposit is explained" in biller.get("/payments/deposits/").content
    assert biller.post("/payments/deposits/untie/", {"deposit": loose.public_id}).status_code == 302
    for bad in ({"amount": "0"}, {"amount": "x"}, {"received_on": "2999-01-01"}, {"trace_number": ""}):
        assert biller.post("/payments/deposits/note/", {**note, **bad}).status_code == 422


def test_amounts_that_differ_are_not_one_payment(system):
    open_claim(system)
    pay(system, trace="EFT1")
    biller = sign_in(system, "biller")
    biller.post("/payments/deposits/note/", {"trace_number": "Z", "amount": "1.00", "received_on": "2026-11-20"})
    loose = BankDeposit.objects.of(system.practice_id).get()
    given = {"deposit": loose.public_id, "remittance": Remittance.objects.of(system.practice_id).get().public_id}
    answer = biller.post("/payments/deposits/tie/", given)
    assert answer.status_code == 422
    assert "not the same payment" in answer.content.decode()


def test_a_claim_number_with_a_slash_has_a_page(system):
    open_claim(system, "A/1.")
    biller = sign_in(system, "biller")
    assert biller.get("/claims/?queue=waiting").status_code == 200
    number = claim_numbered(system.practice_id, "A/1.")
    assert biller.get("/claims/A~11./").status_code == 200
    assert biller.get(f"/claims/{number.public_id}/").status_code == 200


def test_stuck_steps_are_shown_with_their_reason_and_tried_again(system):
    from cleanclaim.practice.foundation.events import emit
    from cleanclaim.practice.workflow.actions import drain
    from cleanclaim.practice.workflow.queries import failed_events

    emit(system, "charges-priced", "enc_nosuch")
    drain(by=system)
    assert len(failed_events(system.practice_id)) == 1
    biller = sign_in(system, "biller")
    page = biller.get("/payments/files/").content.decode()
    assert failed_events(system.practice_id)[0].failure[:20] in page
    assert b"still stuck" in biller.post("/payments/files/retry/", follow=True).content
    assert sign_in(system, "auditor").post("/payments/files/retry/").status_code == 403


def test_the_home_page_leads_a_biller_to_every_queue(system, doubtful):
    page = sign_in(system, "biller").get("/").content.decode()
    for path in (
        "/payments/exceptions/",
        "/denials/",
        "/payments/deposits/",
        "/receivables/refunds/",
        "/charges/",
        "/charges/reviews/",
        "/claims/unanswered/",
        "/payments/files/",
    ):
        assert f'href="{path}"' in page, path


def test_the_file_stays_as_it_came_and_a_second_post_is_a_managers(system):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from golden.money.writing import advice, answer, paid_line, remittance_file

    open_claim(system)
    content = remittance_file(advice([answer("1001", [paid_line("99214", 20000, 12000, [("CO", "45", 8000)], "1001L1")])]))
    biller = sign_in(system, "biller")

    def post(client, **more):
        return client.post("/payments/post/", {"files": SimpleUploadedFile("a.835", content), **more}, follow=True)

    assert b"$120.00 posted" in post(biller).content
    row = Remittance.objects.of(system.practice_id).get()
    assert biller.get(f"/payments/{row.public_id}/file/").content == content
    assert b"Nothing was posted" in post(biller).content
    post(biller, override="on")
    assert Remittance.objects.of(system.practice_id).count() == 1
    post(sign_in(system, "manager", name="Mina"), override="on")
    assert Remittance.objects.of(system.practice_id).count() == 2
    assert holds(system)
