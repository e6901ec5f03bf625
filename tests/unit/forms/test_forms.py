"""What is printed says every amount, adds up, fits its pages and gives the same bytes each time."""

import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from cleanclaim.documents import (
    Address,
    Claim,
    CodedFact,
    DateFact,
    Diagnosis,
    OtherCoverage,
    Party,
    ServiceLine,
    Subscriber,
)
from cleanclaim.forms import (
    LetterData,
    StatementData,
    StatementLine,
    StatementPlan,
    StatementVisit,
    cms1500_pdf,
    letter_pdf,
    statement_pdf,
    ub04_pdf,
)
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.identifiers import Npi

STREET = Address("100 Maple Street", "", "Barre", "VT", "056410001")
VISIT = StatementVisit(
    date(2026, 7, 14), "Dr. Okafor", "Office visit",
    (StatementLine(date(2026, 7, 14), "Office visit", 240_00), StatementLine(date(2026, 8, 1), "Your insurance paid", -112_00),
     StatementLine(date(2026, 8, 1), "Taken off by agreement with your insurance", -73_00)), 55_00,
)  # fmt: skip
WAITING = StatementVisit(
    date(2026, 9, 2), "Dr. Okafor", "Office visit", (StatementLine(date(2026, 9, 2), "Office visit", 150_00),), 0, 150_00
)
STATEMENT = StatementData(
    "Maple Hill Family Medicine", STREET, "(802) 555-0142", "S-1042", date(2026, 9, 15), date(2026, 10, 15), "Ines Carvalho", STREET,
    "Ines Carvalho", "A-1009", (VISIT, WAITING), pay_url="https://pay.example.test/S-1042",
)  # fmt: skip


def text_of(content):
    assert content.startswith(b"%PDF")
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_a_statement_asks_only_for_what_insurance_has_finished_with():
    (page,) = text_of(statement_pdf(STATEMENT))
    assert STATEMENT.due_now_cents == 55_00
    for words in ("$55.00", "-$112.00", "$150.00 is still with your insurance: do not pay it now.", "10/15/2026", "Cut here"):
        assert words in page


def test_unapplied_money_lowers_what_is_due_and_never_below_zero():
    assert STATEMENT._replace(credit_cents=20_00).due_now_cents == 35_00
    rich = STATEMENT._replace(credit_cents=90_00)
    assert rich.due_now_cents == 0
    assert "You owe nothing now" in text_of(statement_pdf(rich))[0]


def test_under_a_plan_only_the_instalment_is_due():
    plan = StatementPlan(18_34, date(2026, 10, 1), 36_66, 1, 3)
    page = text_of(statement_pdf(STATEMENT._replace(plan=plan)))[0]
    assert "$18.34" in page
    assert "Payment 1 of 3" in page
    assert "10/01/2026" in page


def test_a_statement_that_does_not_add_up_is_refused():
    with pytest.raises(InvalidValue):
        statement_pdf(STATEMENT._replace(visits=(VISIT._replace(due_cents=1),)))


def test_a_long_statement_numbers_its_pages_and_ends_with_the_stub():
    pages = text_of(statement_pdf(STATEMENT._replace(visits=(VISIT, WAITING) * 12)))
    assert len(pages) > 2
    assert [f"Page {number}" in page for number, page in enumerate(pages, 1)] == [True] * len(pages)
    assert "Cut here" in pages[-1]


def test_the_same_statement_is_the_same_bytes():
    assert statement_pdf(STATEMENT) == statement_pdf(STATEMENT)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120), st.text(max_size=60), st.integers(-(10**9), 10**9))
def test_any_text_can_be_printed(words, name, cents):
    visit = StatementVisit(date(2026, 7, 14), name, words, (StatementLine(date(2026, 7, 14), words, cents),), cents)
    assert statement_pdf(STATEMENT._replace(visits=(visit,), patient_name=name, message=words)).startswith(b"%PDF")


def test_a_letter_carries_its_facts_and_enclosures():
    letter = LetterData(
        "Maple Hill Family Medicine", STREET, "(802) 555-0142", date(2026, 9, 15), "Granite Health, Appeals", STREET, "Appeal of claim 26324",
        ("Please look at this claim again. " * 30,) * 6, (("Claim", "26324"),), signed_by="Ruth Adeyemi", enclosures=("The claim",),
    )  # fmt: skip
    pages = text_of(letter_pdf(letter))
    assert len(pages) >= 2
    assert "26324" in pages[0]
    assert "Ruth Adeyemi" in pages[-1]
    assert "The claim" in pages[-1]


PERSON = Party("IL", True, "Carvalho", "Ines", id="GH123456", address=STREET, born_on=date(1988, 4, 2), sex="F")
CLAIM = Claim(
    "1001", 1200_00, Party("85", last_name="Maple Hill", id=Npi.from_first_nine("155555555"), tax_id="031234567", tax_id_qualifier="EI", address=STREET),
    Subscriber(PERSON, Party("PR", last_name="Granite Health", id="GRAN1", address=STREET), claim_filing="CI"),
    tuple(ServiceLine(n, "99213", 150_00, Decimal(1), ("25",), (1, 2), date(2026, 7, 14), revenue_code="0450") for n in range(1, 9)),
    (Diagnosis("J209", "ABK"), Diagnosis("E119")), providers=(Party("82", True, "Okafor", "Adaeze", id=Npi.from_first_nine("123456789")),),
    other_coverages=(OtherCoverage(Subscriber(PERSON, Party("PR", last_name="Second Health"), "S"), paid_cents=20_00),),
)  # fmt: skip


def test_a_paper_claim_of_eight_lines_takes_two_pages_and_totals_each():
    first, second = text_of(cms1500_pdf(CLAIM))
    assert "900.00  CONT." in first
    assert "300.00" in second
    assert "CONT." not in second
    for words in ("J20.9", "E11.9", "AB", "GH123456", "GRANITE HEALTH", "SECOND HEALTH", "YES", "031234567 EIN"):
        assert words in first


def test_a_ub04_shows_bill_type_codes_and_total():
    claim = CLAIM._replace(
        kind="837I", facility_code="13", dates=(DateFact("434", date(2026, 7, 14), date(2026, 7, 15)),), discharge_status="01",
        coded_facts=(CodedFact("BG", "09"), CodedFact("BH", "11", date(2026, 7, 1)), CodedFact("BE", "80", cents=15_00)),
    )  # fmt: skip
    (page,) = text_of(ub04_pdf(claim))
    for words in ("0131", "0450", "0001", "1200.00", "11 07/01/2026", "80 15.00", "J20.9"):
        assert words in page


@pytest.mark.parametrize("make", [cms1500_pdf, ub04_pdf])
def test_an_empty_claim_still_prints(make):
    assert text_of(make(Claim("", 0, Party(), Subscriber(Party(), Party()))))
