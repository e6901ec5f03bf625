"""Every key figure brings its records: on both sides they add up to what the formula divides, over a practice where everything happens."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim import codesets
from cleanclaim.codesets.opening import default_path
from cleanclaim.documents import CodedFact, DateFact, Diagnosis, Party
from cleanclaim.kernel.errors import InvalidValue, NotAllowed
from cleanclaim.kernel.money import Rate
from cleanclaim.ledger import Account, Entry, Posting
from cleanclaim.practice.charges.actions import price_charges
from cleanclaim.practice.charges.models import Charge
from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.claims.queries import claim_numbered
from cleanclaim.practice.denials.actions import appeal_denial, decide_appeal, open_denials, write_off_denial
from cleanclaim.practice.journal import actions as journal
from cleanclaim.practice.receivables import actions, key_figures
from cleanclaim.practice.receivables.costs import costs, enter_cost
from cleanclaim.practice.scheduling.actions import book_appointment
from golden.money.writing import claim, claims_file
from practice.visit_cast import clinic, coded_visit, coverage, patient, signed_visit
from web.desk_cast import open_claim, pay

pytestmark = pytest.mark.django_db


def stay(number, drg, bill="11", ended=date(2026, 10, 9)):
    facts = (CodedFact("DR", drg),) if drg else ()
    made = claim(
        number, [("", 500000)], kind="837I", facility_code=bill, facility_qualifier="A", admission_type="1", admission_source="1", discharge_status="01",
        coded_facts=facts, dates=(DateFact("434", date(2026, 10, 5), ended),),
    )  # fmt: skip
    attending = Party("71", True, "OKAFOR", "ADAEZE", id_qualifier="XX", id="1234567893")
    lines = tuple(
        line._replace(revenue_code="0120", served_on=None, procedure="", pointers=(), unit="DA", quantity=Decimal(4))
        for line in made.lines
    )
    return made._replace(lines=lines, diagnoses=(Diagnosis("J189", "ABK", "Y"),), providers=(attending,))


@pytest.fixture
def weights():
    """Two weights of fiscal year 2027, as an imported table 5 leaves them."""
    codesets.open_store()
    rows = [("871", "1.8663"), ("470", "1.9003")]
    with sqlite3.connect(default_path()) as connection:
        for drg, weight in rows:
            connection.execute("INSERT INTO drg VALUES (?, 2027, '', '', 'A group', ?, '', '', '', '')", (drg, weight))
    yield
    with sqlite3.connect(default_path()) as connection:
        connection.execute("DELETE FROM drg WHERE year = 2027")


@pytest.fixture
def period(system):
    return {"first": system.today - timedelta(days=80), "last": system.today}


@pytest.fixture
def busy(system, actor, weights):
    place = clinic(system)
    for number in ("1001", "1002", "1003", "1004"):
        open_claim(system, number)
    pay(system, "1001", cas=(("CO", "45", 6000), ("PR", "2", 2000)))
    pay(system, "1002", paid=0, cas=(("CO", "197", 20000),), status="4", trace="C2", file_name="c2")
    pay(system, "1003", paid=20000, cas=(), trace="C3", file_name="c3")
    pay(system, "1004", paid=0, cas=(("CO", "197", 20000),), status="4", trace="C4", file_name="c4")
    open_claim(system, "1005")
    claims = Claim.objects.of(system.practice_id)
    claims.filter(patient_control_number="1005").update(served_on=date(2026, 1, 5), status="held")
    denial = open_denials(claim_id=claim_numbered(system.practice_id, "1002").public_id, by=system)[0]
    appeal = appeal_denial(denial_id=denial.public_id, argument="It was authorised.", by=system)
    decide_appeal(appeal_id=appeal.public_id, outcome="overturned", by=system)
    lost = open_denials(claim_id=claim_numbered(system.practice_id, "1004").public_id, by=system)[0]
    write_off_denial(denial_id=lost.public_id, reason="Not worth it.", by=system)
    one = claim_numbered(system.practice_id, "1001").public_id
    actions.take_payment(patient_id=one, cents=500, method="cash", by=system)
    actions.take_payment(patient_id=one, cents=700, method="card", reference="pi_1", is_prepaid=True, by=system)
    actions.write_off_balance(patient_id=one, why="bad-debt", reason="Moved away.", cents=300, by=system)
    actions.write_off_balance(patient_id=one, why="charity", reason="Hardship.", cents=400, by=system)
    who = patient(system)
    ahead = system.later(system.at - timedelta(days=9))
    coverage(ahead, who, place.granite)
    start = system.at - timedelta(days=2)
    book_appointment(
        patient_id=who.public_id, provider_id=place.provider.public_id, site_id=place.site.public_id, starts_at=start, ends_at=start + timedelta(minutes=20),
        by=ahead,
    )  # fmt: skip
    signed_visit(system, place, who)
    price_charges(encounter_id=coded_visit(system, place, who).public_id, by=system)
    Charge.objects.of(system.practice_id).filter(line=1).update(is_late=True)
    import_claims(
        content=claims_file(
            stay("S1", "871"), stay("S2", "470"), stay("S3", "999"), stay("S4", ""), stay("S5", "871", bill="13"), number=77
        ),
        by=system,
    )
    enter_cost(month=date(2026, 10, 1), cents=125000, by=system)
    legs = (Posting(Account.CASH, 100, claim=one), Posting(Account.INSURANCE_RECEIVABLE, -100, claim=one))
    journal.post(
        Entry.of(source="paid-twice", kind="adjustment", on=system.today, says="A payer paid twice.", postings=legs), by=system
    )


def test_the_records_of_every_figure_add_up_to_both_its_sides(system, busy, period):
    figures = key_figures.all_figures(system.practice_id, **period)
    empty = set()
    for figure in figures:
        for side, part in (("above", figure.above), ("below", figure.below)):
            rows = list(part.rows())
            assert sum(row[-1] for row in rows) == part.amount, (figure.name, side)
            assert all(len(row) == len(part.names) for row in rows), (figure.name, side)
            if not rows:
                empty.add((figure.name, side))
    assert len({figure.slug for figure in figures}) == len(figures) == 30
    assert empty <= {("Cost to collect", "below"), ("Insurance verification rate", "above")}, (
        "the practice of this test leaves nothing unseen"
    )


def test_earlier_days_are_told_as_they_stood(system, busy, period):
    before = {"first": period["first"], "last": system.today - timedelta(days=1)}
    for figure in key_figures.all_figures(system.practice_id, **before):
        for part in (figure.above, figure.below):
            assert sum(row[-1] for row in part.rows()) == part.amount, figure.name
    found = {figure.name: figure for figure in key_figures.all_figures(system.practice_id, **before)}
    assert found["A/R over 30 days"].below.amount == 0, "nothing was booked by then"


def test_the_case_mix_says_what_it_leaves_out(system, busy, period):
    figure = next(row for row in key_figures.all_figures(system.practice_id, **period) if row.name == "Case-mix index")
    assert (figure.above.amount, figure.below.amount, figure.value) == (Decimal("3.7666"), 2, Rate("1.8833"))
    assert "1 without a DRG left out" in figure.formula
    assert "999 of FY2027" in figure.formula
    assert [row[0] for row in figure.above.rows()] == ["S2", "S1"]


def test_the_cost_to_collect_counts_whole_months_with_a_cost(system, busy, period, actor):
    def figure(**days):
        return next(row for row in key_figures.all_figures(system.practice_id, **days) if row.name == "Cost to collect")

    enter_cost(month=date(2026, 9, 17), cents=50000, says="Wages", by=system)
    whole = figure(first=date(2026, 9, 1), last=date(2026, 10, 31))
    assert (whole.above.amount, whole.below.amount) == (175000, 0)
    assert figure(first=date(2026, 9, 2), last=date(2026, 10, 30)).above.amount == 0
    assert "no cost is entered" in figure(first=date(2026, 9, 2), last=date(2026, 10, 30)).formula
    pay_day = system.today
    enter_cost(month=date(2026, 10, 2), cents=60000, by=system)
    assert [row.cents for row in costs(system.practice_id)] == [60000, 50000]
    for month, cents in ((pay_day, 100), (date(2026, 10, 1), 0)):
        with pytest.raises(InvalidValue):
            enter_cost(month=month, cents=cents, by=system)
    with pytest.raises(NotAllowed):
        enter_cost(month=date(2026, 9, 1), cents=100, by=actor("biller"))


def test_cost_to_collect_divides_by_the_cash_of_its_months(system, busy, period):
    later = system.later(system.at + timedelta(days=20))
    enter_cost(month=date(2026, 11, 1), cents=8000, by=later)
    figure = next(
        row
        for row in key_figures.all_figures(system.practice_id, first=date(2026, 11, 1), last=date(2026, 11, 30))
        if row.name == "Cost to collect"
    )
    assert figure.below.amount == sum(row[-1] for row in figure.below.rows()) > 0
    assert figure.value == (Rate(8000) * 100 / Rate(figure.below.amount)).quantize(Rate("0.01"))
