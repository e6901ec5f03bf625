"""The claim page: its money in plain words, its papers, and everything a biller may do with it; what is refused keeps its entries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cleanclaim.practice.charges.actions import price_charges
from cleanclaim.practice.claims.actions import build_claim
from cleanclaim.practice.claims.models import Claim, Submission
from cleanclaim.practice.claims.queries import claim_numbered
from cleanclaim.practice.payers.actions import add_contract
from cleanclaim.practice.workflow.proof import verify
from practice import visit_cast as cast
from web.desk_cast import open_claim, pay, sign_in

pytestmark = pytest.mark.django_db


def holds(system):
    return not [name for name, broken in verify(system.practice_id).invariants if broken]


@pytest.fixture
def paid(system):
    open_claim(system)
    pay(system, cas=(("CO", "45", 6000), ("PR", "2", 2000)))
    return claim_numbered(system.practice_id, "1001")


@pytest.fixture
def built(system):
    place = cast.clinic(system)
    who = cast.patient(system)
    cast.coverage(system, who, place.granite)
    visit = cast.coded_visit(system, place, who)
    price_charges(encounter_id=visit.public_id, by=system)
    return build_claim(encounter_id=visit.public_id, by=system)


def test_each_line_says_what_was_paid_and_why_the_rest_was_not(system, paid):
    add_contract(
        payer_id=paid.payer.public_id,
        name="2026",
        terms={"method": "fee_schedule", "rates": {"99214": 15000}},
        valid_from=paid.served_on,
        by=system,
    )
    page = sign_in(system, "biller").get("/claims/1001/").content.decode()
    for words in ("Above the fee schedule", "by contract", "coinsurance", "$120.00", "$150.00", "$140.00", "processed as primary"):
        assert words in page, words


def test_a_held_claim_is_released_only_with_a_reason(system, built):
    biller = sign_in(system, "biller")
    number = built.patient_control_number
    if built.status == "held":
        assert biller.post(f"/claims/{number}/release/", {"despite": ""}).status_code == 422
        biller.post(f"/claims/{number}/release/", {"despite": "Looked at"})
    assert claim_numbered(system.practice_id, number).status == "ready"
    refused = biller.post(f"/claims/{number}/hold/", {"reason": ""})
    assert refused.status_code == 422
    assert biller.post(f"/claims/{number}/hold/", {"reason": "Card missing"}).status_code == 302
    held = claim_numbered(system.practice_id, number)
    assert (held.status, held.hold_reason) == ("held", "Card missing")
    assert b"Card missing" in biller.get(f"/claims/{number}/").content


def test_papers_and_the_837_of_a_claim(system, built, paid):
    biller = sign_in(system, "biller")
    number = built.patient_control_number
    form = biller.get(f"/claims/{number}/form.pdf")
    assert form["Content-Type"] == "application/pdf"
    assert form.content.startswith(b"%PDF")
    page = biller.get(f"/claims/{number}/837/").content.decode()
    assert f"CLM*{number}" in page
    assert biller.get(f"/claims/{number}/837/?as=file").content.startswith(b"ISA")
    assert biller.get("/claims/1001/form.pdf?submission=9").status_code == 404


def test_a_claim_is_corrected_by_hand_with_the_payers_number(system, paid):
    biller = sign_in(system, "biller")
    pay(system, "1001", paid=0, cas=(("CO", "16", 20000),), status="4", trace="CHK2", file_name="b", icn="ICN77")
    page = biller.get("/claims/1001/correct/").content.decode()
    assert 'value="99214"' in page
    given = {"diagnoses": "E11.9 I10", "note": "", "prior_authorization": "A1", "referral_number": "",
             "l1-code": "99213", "l1-modifiers": "25", "l1-units": "1", "l1-pointers": "1 2", "l1-charge": "180.00"}  # fmt: skip
    for bad, says in (({"diagnoses": ""}, "diagnoses"), ({"l1-units": "0"}, "units"), ({"l1-charge": "x"}, "Line 1"), ({"l1-pointers": "3"}, "pointer"), ({"l1-modifiers": "2"}, "modifiers"), ({"l1-code": ""}, "procedure")):  # fmt: skip
        answer = biller.post("/claims/1001/correct/", {**given, **bad})
        assert answer.status_code == 422
        assert says in answer.content.decode()
    assert biller.post("/claims/1001/correct/", given).status_code == 302
    sent = Submission.objects.of(system.practice_id).order_by("-number").first()
    assert (sent.frequency, sent.document["payer_claim_control_number"]) == ("7", "ICN77")
    assert claim_numbered(system.practice_id, "1001").charge_cents == 18000
    assert holds(system)


def test_a_void_needs_a_reason_and_a_voided_claim_nothing_more(system, built):
    biller = sign_in(system, "biller")
    path = f"/claims/{built.patient_control_number}"
    assert biller.post(f"{path}/void/", {"reason": ""}).status_code == 422
    assert biller.post(f"{path}/void/", {"reason": "Wrong patient"}).status_code == 302
    assert claim_numbered(system.practice_id, built.patient_control_number).status == "voided"
    assert biller.post(f"{path}/void/", {"reason": "Again"}).status_code == 422
    assert holds(system)


def test_an_owner_a_day_and_a_note_stand_on_the_timeline(system, paid):
    biller = sign_in(system, "biller")
    biller.post("/claims/1001/assign/", {"owner": "Ruth", "follow_up_on": "2026-12-01", "note": "Called, ask for Ann"})
    page = biller.get("/claims/1001/").content.decode()
    assert "Called, ask for Ann" in page
    assert biller.post("/claims/1001/assign/", {"owner": "Ruth", "follow_up_on": "soon"}).status_code == 422


def test_an_auditor_reads_a_claim_and_may_do_nothing(system, paid):
    auditor = sign_in(system, "auditor")
    page = auditor.get("/claims/1001/")
    assert page.status_code == 200
    assert b"work-void" not in page.content
    assert auditor.post("/claims/1001/void/", {"reason": "x"}).status_code == 403


def test_claims_that_nobody_answers_are_listed(system):
    open_claim(system)
    Claim.objects.of(system.practice_id).update(billed_on="2026-09-01")
    page = sign_in(system, "biller").get("/claims/unanswered/").content.decode()
    assert "1001" in page
    assert sign_in(system, "auditor").get("/claims/unanswered/?as=xlsx").content.startswith(b"PK")


def test_the_page_asks_the_database_as_often_for_many_answers_as_for_few(system, paid):
    biller = sign_in(system, "biller")

    def count():
        with CaptureQueriesContext(connection) as seen:
            assert biller.get("/claims/1001/").status_code == 200
        return len(seen)

    count()
    few = count()
    for number in range(5):
        pay(system, "1001", paid=0, cas=(("CO", "16", 20000),), status="4", trace=f"D{number}", file_name=f"d{number}")
    assert count() <= few + 2, "denials add their own list once"


def test_the_papers_of_a_restricted_chart_ask_for_a_reason_first(system, built):
    from cleanclaim.practice.registration.actions import correct_patient

    correct_patient(patient_id=built.patient, changes={"is_restricted": True}, by=system)
    biller = sign_in(system, "biller")
    for path in (
        f"/claims/{built.patient_control_number}/form.pdf",
        f"/claims/{built.patient_control_number}/837/",
        f"/patients/{built.public_id}/statement/",
    ):
        assert biller.get(path).status_code == 302, path


def test_claims_of_another_system_are_taken_over_and_what_is_not_is_named(system):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from golden.money.writing import claim, claims_file

    biller = sign_in(system, "biller")
    content = claims_file(claim("OLD1", [("99214", 20000)]))
    page = biller.post("/claims/takeover/", {"files": SimpleUploadedFile("open.837", content)})
    assert b"1 claim taken over" in page.content
    assert claim_numbered(system.practice_id, "OLD1").charge_cents == 20000
    strange = biller.post("/claims/takeover/", {"files": SimpleUploadedFile("strange.837", b"nothing")})
    assert strange.status_code == 422
    assert b"strange.837" in strange.content
    assert biller.post("/claims/takeover/").status_code == 422
    assert sign_in(system, "auditor").get("/claims/takeover/").status_code == 403
