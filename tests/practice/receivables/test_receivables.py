"""Patients' money: shared out oldest first, planned to the cent, given back only with approval; figures say how they were counted."""

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from cleanclaim.documents import Address
from cleanclaim.kernel.errors import Conflict, NotAllowed, Refused
from cleanclaim.kernel.money import Rate
from cleanclaim.practice.charges.actions import price_charges
from cleanclaim.practice.claims.actions import build_claim
from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.receivables import actions, exports, key_figures, queries, rules
from cleanclaim.practice.receivables.statements import content_of, open_visits, produce_statement
from cleanclaim.practice.registration.actions import name_guarantor
from cleanclaim.practice.remittance.posting import post_remittance_file
from cleanclaim.practice.workflow.proof import verify
from golden.money.writing import MEDICARE, advice, answer, claim, claims_file, paid_line, remittance_file
from practice import visit_cast as cast

DAY = date(2026, 11, 20)


def owed(claim_id, cents, days):
    return rules.Owed(claim_id, 1, cents, DAY - timedelta(days=days))


def test_money_pays_named_claims_first_then_the_oldest():
    rows = [owed("b", 1000, 10), owed("a", 500, 90), owed("c", 700, 1)]
    assert [(row.claim, row.cents) for row in rules.share_out(1300, rows)] == [("a", 500), ("b", 800)]
    assert [(row.claim, row.cents) for row in rules.share_out(1300, rows, first=["c"])] == [("c", 700), ("a", 500), ("b", 100)]


def test_a_plan_adds_up_to_the_cent():
    assert [part.cents for part in rules.plan_parts(10000, 3, DAY)] == [3334, 3333, 3333]
    assert [part.due_on.month for part in rules.plan_parts(10000, 3, DAY)] == [11, 12, 1]


def test_a_sliding_fee_follows_the_households_income():
    scale = (rules.SlidingFee(100, Rate(1)), rules.SlidingFee(200, Rate("0.5")))
    assert rules.sliding_discount(1_000_000, 1_500_000, scale) == 1
    assert rules.sliding_discount(2_500_000, 1_500_000, scale) == Rate("0.5")
    assert rules.sliding_discount(9_000_000, 1_500_000, scale) == 0


def test_a_federal_overpayment_is_due_back_in_sixty_days():
    assert rules.overpayment_due_on(date(2026, 11, 20)) == date(2027, 1, 19)


@pytest.fixture
def account(system, db):
    import_claims(content=claims_file(claim("1001", [("99214", 20000)], MEDICARE)), by=system)
    line = paid_line("99214", 20000, 9600, [("CO", "45", 8000), ("PR", "2", 2400)], "1001L1")
    post_remittance_file(content=remittance_file(advice([answer("1001", [line])], who=MEDICARE)), file_name="a", by=system)
    return Claim.objects.of(system.practice_id).get().public_id


def test_the_same_reference_is_the_same_payment(system, account):
    first = actions.take_payment(patient_id=account, cents=2400, method="check", reference="771", by=system)
    assert actions.take_payment(patient_id=account, cents=2400, method="check", reference="771", by=system).pk == first.pk
    with pytest.raises(Conflict):
        actions.take_payment(patient_id=account, cents=2500, method="check", reference="771", by=system)
    assert queries.owed_cents(system.practice_id, account) == 0


def test_a_refund_needs_another_person_to_approve_it(system, actor, account):
    actions.take_payment(patient_id=account, cents=3000, method="cash", by=system)
    asked = actions.ask_refund(cents=600, reason="Paid too much", patient_id=account, by=actor("manager", name="Ruth"))
    with pytest.raises(Refused, match="Somebody else"):
        actions.approve_refund(refund_id=asked.public_id, by=actor("manager", name="Ruth"))
    with pytest.raises(NotAllowed):
        actions.approve_refund(refund_id=asked.public_id, by=actor("biller", name="Owen"))
    with pytest.raises(Refused, match="approved"):
        actions.pay_refund(refund_id=asked.public_id, by=system)
    actions.approve_refund(refund_id=asked.public_id, by=actor("manager", name="Lena"))
    assert actions.pay_refund(refund_id=asked.public_id, by=system).state == "paid"
    assert not [name for name, broken in verify(system.practice_id).invariants if broken]


def test_collections_and_recall_leave_the_balance_whole(system, account):
    assert actions.send_to_collections(patient_id=account, claim_ids=[account], by=system) == 2400
    assert queries.owed_cents(system.practice_id, account) == 0
    assert queries.account_summary(system.practice_id, account, on=DAY).collections_cents == 2400
    assert actions.send_to_collections(patient_id=account, claim_ids=[account], by=system, recall=True) == 2400
    assert not [name for name, broken in verify(system.practice_id).invariants if broken]


def test_what_is_with_the_agency_is_not_asked_for_again(system, account):
    actions.send_to_collections(patient_id=account, claim_ids=[account], by=system)
    assert open_visits(system.practice_id, account) == []
    with pytest.raises(Refused, match="Nothing is due"):
        produce_statement(patient_id=account, by=system)


def test_a_statement_is_kept_as_it_was_given(system, account):
    assert content_of(produce_statement(patient_id=account, by=system)).startswith(b"%PDF")


def test_a_childs_statement_goes_to_the_guarantor(system):
    place = cast.clinic(system)
    home = Address("12 Elm Street", "", "Barre", "VT", "05641")
    child = cast.patient(system, first_name="Bea", last_name="Carvalho", born_on=date(2018, 1, 1), address=home)
    name_guarantor(
        patient_id=child.public_id, relationship="33", last_name="Sousa", first_name="Rui", valid_from=date(2026, 1, 1), by=system
    )
    visit = cast.coded_visit(system, place, child, is_self_pay=True)
    price_charges(encounter_id=visit.public_id, by=system)
    build_claim(encounter_id=visit.public_id, by=system)
    (page,) = PdfReader(io.BytesIO(content_of(produce_statement(patient_id=child.public_id, by=system)))).pages
    lines = page.extract_text().splitlines()
    where = lines.index("Rui Sousa")
    assert lines[where + 1] == "12 Elm Street", "a guarantor without an address of their own lives with the patient"
    assert "Bea Carvalho" in page.extract_text()


def test_aging_sums_to_the_balance_and_figures_show_their_formula(system, account):
    rows = queries.aging(system.practice_id, on=system.today)
    assert sum(row.total_cents for row in rows) == 2400
    assert all(sum(bucket.cents for bucket in row.buckets) == row.total_cents for row in rows)
    found = {figure.name: figure for figure in key_figures.all_figures(system.practice_id, first=system.today, last=system.today)}
    assert found["Net collection rate"].value == Rate("80.00")
    assert "charges" in found["Days in A/R"].formula


def test_exports_write_dollars_and_disarm_formulas():
    assert exports.csv_of(("name", "paid_cents"), [("=1+1", 12345)]).splitlines() == ["name,paid", "'=1+1,123.45"]
    assert exports.xlsx_of(("name", "paid_cents"), [("a", 1)]).startswith(b"PK")
