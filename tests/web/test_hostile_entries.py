"""What nobody means to type: numbers and days that cannot be, other people's charts, cells that would be formulas."""

from __future__ import annotations

import csv
import html
import io
import logging
import logging.config

import pytest
from django.conf import settings
from django.urls import reverse
from openpyxl import load_workbook

from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.encounters.actions import attach
from cleanclaim.practice.receivables.exports import csv_of, xlsx_of
from cleanclaim.practice.receivables.pay_links import make_link, revoke_links, token_of
from cleanclaim.practice.registration.actions import correct_patient
from cleanclaim.practice.remittance import queries
from cleanclaim.practice.remittance.posting import post_remittance_file
from cleanclaim.web.addresses import ClaimNumber
from golden.money.writing import advice, claim, claims_file, paid_line, person, remittance_file
from golden.money.writing import answer as answer_to
from practice import visit_cast as cast

pytestmark = pytest.mark.django_db(transaction=True)
HUGE = "9" * 4400


@pytest.fixture
def place(system):
    return cast.clinic(system)


@pytest.fixture
def who(system, place):
    return cast.patient(system)


@pytest.fixture
def visit(system, place, who):
    return cast.signed_visit(system, place, who)


def test_numbers_in_addresses_that_cannot_be_fall_back(desk):
    manager = desk("manager")
    for address in (f"/claims/?older={HUGE}", "/claims/?queue=patient&after=--5.5", f"/claims/?queue=patient&after={HUGE}.1", f"/audit/?before={HUGE}"):  # fmt: skip
        assert manager.get(address).status_code == 200
    for day in ("0001-01-01", "9999-12-31"):
        assert manager.get(f"/schedule/?day={day}").status_code == 200


def test_nobody_is_booked_in_a_year_that_was_mistyped(desk, place, who):
    front = desk("front_desk")
    given = {
        "patient_id": who.public_id,
        "provider": place.provider.public_id,
        "site": place.site.public_id,
        "at": "10:00",
        "minutes": "20",
    }
    for day in ("0202-11-30", "9999-12-31"):
        answer = front.post(f"/patients/{who.public_id}/book/", {**given, "day": day})
        assert answer.status_code == 400
        assert day.encode() in answer.content
    assert front.post(f"/patients/{who.public_id}/book/", {**given, "day": "2026-11-30"}).status_code == 302


def test_units_and_places_that_cannot_be_are_said_at_the_coding_desk(desk, visit):
    coder, path = desk("coder"), f"/coding/{visit.public_id}"
    assert coder.post(f"{path}/add/", {"system": "icd10cm", "code": "J20.9"}).status_code == 200
    assert coder.post(f"{path}/add/", {"system": "cpt", "code": "99213"}).status_code == 200
    line = {"system": "cpt", "code": "99213", "place": "1"}
    for units in ("NaN", "Infinity", "1e999999", HUGE, "100000", "0"):
        assert coder.post(f"{path}/edit/", {**line, "units": units}).status_code == 422
    assert coder.post(f"{path}/edit/", {**line, "units": "1", "pointers": HUGE}).status_code == 422
    assert coder.post(f"{path}/edit/", {**line, "units": "1", "place": HUGE}).status_code == 422
    assert coder.post(f"{path}/pend/", {"reason": "waits for the lab", "days": "99999999999"}).status_code == 302


def test_the_note_of_a_restricted_chart_is_not_read_past_the_question_why(desk, system, visit, who):
    correct_patient(patient_id=who.public_id, changes={"is_restricted": True}, by=system)
    path, asks = f"/coding/{visit.public_id}/", f"/patients/{who.public_id}/open/"
    biller = desk("biller")
    for answer in (biller.get(path), desk("provider", name="Ada").post(f"{path}suggest/"), desk("auditor", name="Ann").get(path)):
        assert (answer.status_code, answer["Location"]) == (302, asks)
    assert b"wheezes" not in biller.get(path, follow=True).content
    assert desk("coder", name="Cody").get(path).status_code == 200  # the coder sees the record, not the person
    biller.post(asks, {"reason": "appeal of the claim"})
    assert biller.get(path).status_code == 200


def test_a_filed_document_is_not_filed_again_to_another_chart(desk, system, visit, who):
    kept = attach(
        content=b"%PDF-1.4 x", file_name="scan.pdf", media_type="application/pdf", by=system, encounter_id=visit.public_id
    )
    other = cast.patient(system, last_name="Zeller", first_name="Otto", phone="", is_somebody_new=True)
    front, path = desk("front_desk"), f"/documents/{kept.public_id}/file/"
    assert front.post(path, {"chart": str(other.chart_number)}).status_code == 422
    kept.refresh_from_db()
    assert kept.patient_id == who.pk


def test_amounts_and_days_that_a_slip_of_the_keyboard_makes_do_not_reach_the_books(desk, who):
    front, path = desk("front_desk"), f"/patients/{who.public_id}/statement"
    for amount in ("9999999999999999", "100000000", "-1", "0.001", "0"):
        answer = front.post(f"{path}/pay/", {"amount": amount, "method": "cash"})
        assert answer.status_code == 422
        assert amount.encode() in answer.content
    for day in ("0001-01-01", "9999-12-31"):
        assert front.post(f"{path}/plan/", {"parts": "24", "first_on": day}).status_code == 422
    noted = {"trace_number": "1", "amount": "5", "received_on": "0001-01-01"}
    assert desk("biller").post("/payments/deposits/note/", noted).status_code == 422


def test_cells_of_payers_and_patients_are_never_formulas_nor_break_the_workbook():
    names, row = ("name", "note", "amount_cents", "figure"), ("-2+3+cmd|' /C calc'!A0", "\t=1+1\x07", -150, "-12.5")
    written = list(csv.reader(io.StringIO(csv_of(names, [row]))))[1]
    assert written == ["'-2+3+cmd|' /C calc'!A0", " =1+1 ", "-1.50", "-12.5"]
    book = load_workbook(io.BytesIO(xlsx_of(names, [row])))
    assert [cell.value for cell in next(book.worksheets[0].iter_rows(min_row=2))] == written


def test_words_that_are_too_long_to_look_for_are_refused(desk, place):
    manager = desk("manager", "biller")
    for address in ("/payments/eob/?claim=", "/reports/entries/?q=", "/audit/?q=", "/patients/?q="):
        assert manager.get(address + "x" * 70_000).status_code == 400
        assert manager.get(address + "x" * 2_000).status_code in {200, 422}


def test_a_nul_is_refused_wherever_it_stands(desk, visit, who):
    manager = desk("manager", "coder", "provider", "biller", "front_desk")
    for address in ("/claims/%00/", "/patients/?q=a%00b", "/codes/?q=%00", "/audit/?q=%00", "/payments/rem_%00/"):
        assert manager.get(address).status_code == 400, address
    for path, given in (
        (f"/visits/{visit.public_id}/void/", {"reason": "a\x00b"}), (f"/coding/{visit.public_id}/ask/", {"question": "a\x00b", "choices": "x"}),
        (f"/visits/{visit.public_id}/add/", {"text": "a\x00b"}), (f"/patients/{who.public_id}/open/", {"reason": "a\x00b"}),
    ):  # fmt: skip
        answer = manager.post(path, given)
        assert (answer.status_code, b"NUL" in answer.content) == (400, True), path


def test_a_file_with_nul_in_its_names_is_posted_and_taken_over(system):
    """PostgreSQL keeps no NUL; the file itself is kept as it came."""
    content = claims_file(
        claim("10\x0001", [("99214", 20000)], insured=person("OKA\x00FOR", "ROSALIND"), who=("GRANITE\x00PLAN", "GRAN1", "CI"))
    )
    assert import_claims(content=content, by=system).claims == ("10 01",)
    paid = remittance_file(
        advice(
            [answer_to("10@01", [paid_line("99214", 20000, 12000, [("CO", "45", 8000)])], insured=person("OKA@FOR"))], trace="T@1"
        )
    )
    made = post_remittance_file(content=paid.replace(b"@", b"\x00"), file_name="a.835", by=system)
    assert len(made.remittances) == 1
    assert queries.posted_totals(system.practice_id, list(made.remittances)).deposit_cents == 12000


def test_the_log_names_no_payment_link_and_no_claim(desk, system, who):
    written, secret = io.StringIO(), token_of(make_link(patient_id=who.public_id, by=system))
    logging.config.dictConfig({**settings.LOGGING, "loggers": {"django.request": {"level": "WARNING", "handlers": ["stderr"]}}})
    handler = next(
        handler for handler in logging.getLogger("django.request").handlers if isinstance(handler, logging.StreamHandler)
    )
    handler.setStream(written)
    try:
        assert desk("biller").post(f"/pay/{secret}/", {"cents": "5"}).status_code in {200, 409}
        assert desk("biller", name="Bea").get("/payments/rem_nosuch/").status_code == 404
        assert desk("biller", name="Bob").get("/claims/SECRETNUMBER/").status_code == 404
        revoke_links(patient_id=who.public_id, by=system)
        assert desk("biller", name="Ben").get(f"/pay/{secret}/").status_code == 410
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    assert "/payments/rem_nosuch/" in written.getvalue()
    assert "Gone: /pay/.../" in written.getvalue()
    assert secret not in written.getvalue()
    assert "SECRETNUMBER" not in written.getvalue()


@pytest.mark.parametrize("number", ["send", "collect", "takeover", "unanswered", "..", "a/b", "=1+1", "%2e"])
def test_every_claim_number_has_a_page_of_its_own(number, desk, system):
    import_claims(content=claims_file(claim(number, [("99214", 20000)])), by=system)
    answered = desk("biller").get(reverse("claim", args=[number]))
    assert answered.status_code == 200
    assert f"Claim {number}" in html.unescape(answered.content.decode())


@pytest.mark.parametrize("number", ["A~1", "~3", "~3send", "~~", "~2", "~/.", "send~", "/", "."])
def test_a_claim_number_is_read_back_from_its_address(number):
    assert ClaimNumber().to_python(ClaimNumber().to_url(number)) == number
