"""Prices, drugs, late changes, the price file, estimates: the pure side of charges."""

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.kernel.errors import InvalidValue, UnreadableInput
from cleanclaim.kernel.money import Rate
from cleanclaim.practice.charges import estimate_rules, rules
from cleanclaim.practice.charges.price_file import read_price_file
from cleanclaim.practice.charges.rules import OldCharge, PriceItem, Service, normal_ndc, plan_charges, price_services
from practice.visit_cast import VISIT_DAY, prices

JAN = date(2026, 1, 1)


def service(code, modifiers=(), units="1", day=VISIT_DAY, **more):
    return Service("cpt" if code[0].isdigit() else "hcpcs", code, modifiers, Rate(units), (1,), day, **more)


def test_the_price_that_names_the_modifiers_wins():
    priced = price_services((service("71046"), service("71046", ("26",)), service("71046", ("RT", "26"))), prices())
    assert [line.cents for line in priced.lines] == [9000, 3000, 3000]
    assert priced.cents == 15000


def test_a_part_at_the_price_of_the_whole_is_said():
    assert {finding.rule for finding in price_services((service("71046", ("TC",)),), prices()).findings} == {"CHARGE_GLOBAL_PRICE"}


def test_the_price_is_that_of_the_day_of_service():
    items = (PriceItem("cpt", "99213", 100_00, JAN, date(2026, 6, 30)), PriceItem("cpt", "99213", 120_00, date(2026, 7, 1)))
    for day, cents in ((date(2026, 6, 30), 100_00), (date(2026, 7, 1), 120_00)):
        assert price_services((service("99213", day=day),), items).lines[0].cents == cents
    assert price_services((service("99213", day=date(2025, 12, 31)),), items).findings[0].rule == "CHARGE_NO_PRICE"


def test_units_multiply_and_a_drug_brings_its_code_and_quantity():
    (line,) = price_services((service("J1100", units="4"),), prices()).lines
    assert (line.cents, line.service.national_drug_code, line.service.drug_unit, line.service.drug_quantity) == (
        5_00,
        "00641036725",
        "ML",
        Rate("1.00"),
    )
    (half,) = price_services((service("99213", units="0.5"),), prices()).lines
    assert half.cents == 75_00


def test_a_drug_without_its_code_is_warned_and_a_bad_one_stops():
    items = (
        PriceItem("hcpcs", "J3490", 10_00, JAN),
        PriceItem("hcpcs", "J1885", 10_00, JAN, national_drug_code="123", drug_unit="XX"),
    )
    assert [finding.rule for finding in price_services((service("J3490"),), items).findings] == ["NDC_MISSING"]
    assert [finding.rule for finding in price_services((service("J1885"),), items).findings] == [
        "NDC_SHAPE",
        "NDC_UNIT",
        "NDC_QUANTITY",
    ]


@pytest.mark.parametrize(("printed", "on_the_claim"), [
    ("0641-0367-25", "00641036725"), ("64764-123-30", "64764012330"), ("12345-6789-1", "12345678901"), ("12345-6789-01", "12345678901"),
    ("NDC 00641-0367-25", "00641036725"), ("00641036725", "00641036725"),
])  # fmt: skip
def test_a_drug_code_gets_its_zero_where_it_belongs(printed, on_the_claim):
    assert normal_ndc(printed) == on_the_claim


@pytest.mark.parametrize("printed", ["0641036725", "1-2-3", "", "abcde-fghi-jk", "123456789012"])
def test_a_drug_code_that_leaves_the_zero_open_is_refused(printed):
    with pytest.raises(InvalidValue):
        normal_ndc(printed)


def test_anaesthesia_is_counted_in_minutes():
    assert [rules.line_unit(code) for code in ("00100", "01999", "99213", "J1100", "00099")] == ["MJ", "MJ", "UN", "UN", "UN"]


def old(code, number, cents, modifiers=(), pointers=(1,)):
    return OldCharge(f"chg_{number}", number, code, modifiers, Rate(1), pointers, cents, VISIT_DAY)


def test_a_line_that_is_the_same_keeps_its_charge():
    standing = (old("99213", 1, 150_00), old("94640", 2, 45_00))
    plan = plan_charges(standing, price_services((service("99213"), service("94640")), prices()).lines, is_billed=True)
    assert plan.changes_nothing
    assert not plan.needs_review
    plan = plan_charges(standing, price_services((service("99214"), service("94640")), prices()).lines, is_billed=True)
    assert (plan.kept, [line.service.code for line in plan.added], plan.voided, plan.needs_review) == (
        ("chg_2",),
        ["99214"],
        ("chg_1",),
        True,
    )
    assert "99214" in rules.review_says(plan)


@given(
    st.lists(st.sampled_from(["99213", "99214", "94640", "71046"]), max_size=6),
    st.lists(st.sampled_from(["99213", "94640", "71046"]), max_size=6),
)
def test_a_plan_loses_no_charge_and_invents_no_line(before, after):
    cents = {item.code: item.cents for item in prices() if not item.modifiers}
    standing = tuple(old(code, number, cents[code]) for number, code in enumerate(before, 1))
    lines = price_services(tuple(service(code) for code in after), prices()).lines
    plan = plan_charges(standing, lines, is_billed=False)
    assert set(plan.kept) | set(plan.voided) == {charge.charge_id for charge in standing}
    assert not set(plan.kept) & set(plan.voided)
    assert len(plan.kept) + len(plan.added) == len(lines)
    kept = sum(charge.cents for charge in standing if charge.charge_id in plan.kept)
    assert kept + sum(line.cents for line in plan.added) == sum(line.cents for line in lines)


FILE = b"""Procedure Code;Mod;Description;Fee;NDC;NDC Unit;NDC Qty
99213;;Visit;"$1,150.00";;;
71046;26;Film;30;;;
J1100;;Drug;1.25;0641-0367-25;ml;0.25
"""


def test_a_price_file_is_read_by_its_headings():
    read = read_price_file(FILE, valid_from=JAN)
    assert read.errors == ()
    assert [(item.code, item.modifiers, item.cents) for item in read.items] == [
        ("99213", (), 115000),
        ("71046", ("26",), 3000),
        ("J1100", (), 125),
    ]
    assert read.items[2].national_drug_code == "00641036725"


def test_every_bad_row_is_named():
    read = read_price_file(b"code,price\n99213,abc\n99213,1.005\nXYZ,1\n99214,-5\n99215,1\n99215,2\n\n", valid_from=JAN)
    assert [error.split(":")[0] for error in read.errors] == ["Row 2", "Row 3", "Row 4", "Row 5", "Row 7"]


@pytest.mark.parametrize(("content", "word"), [
    (b"PK\x03\x04rest", "spreadsheet"), (b"<html>", "web page"), (b"", "no rows"), (b"a,b\n1,2\n", "no column for the code"),
    (b"code,name\n99213,x\n", "no column for the price"), (b'code,price\n"99213,1\n', "quotation"), (b"code,price\n\x00,1\n", "not text"),
    (b"code,price\n\n", "no prices"), (b"\xff\xfe\x00\x01", "not text"),
])  # fmt: skip
def test_what_is_no_price_file_is_one_plain_sentence(content, word):
    with pytest.raises(UnreadableInput, match=word):
        read_price_file(content, valid_from=JAN)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    with contextlib.suppress(UnreadableInput):
        assert read_price_file(b"code,price\n" + content, valid_from=JAN)


@pytest.mark.parametrize(("booked", "served", "due"), [
    (date(2026, 11, 2), date(2026, 11, 16), date(2026, 11, 5)),   # ten business days ahead
    (date(2026, 11, 2), date(2026, 11, 13), date(2026, 11, 3)),   # nine
    (date(2026, 11, 2), date(2026, 11, 5), date(2026, 11, 3)),    # three
    (date(2026, 11, 2), date(2026, 11, 4), None),                 # two
    (date(2026, 11, 6), date(2026, 11, 11), date(2026, 11, 9)),   # over a weekend
])  # fmt: skip
def test_an_estimate_is_due_by_how_far_ahead_the_visit_was_booked(booked, served, due):
    assert estimate_rules.estimate_due_on(scheduled_on=booked, served_on=served) == due


def test_a_holiday_is_no_business_day():
    thanksgiving = frozenset({date(2026, 11, 26)})
    assert estimate_rules.estimate_on_request_due_on(requested_on=date(2026, 11, 24), holidays=thanksgiving) == date(2026, 11, 30)


def test_a_bill_of_400_above_its_estimate_may_be_disputed_for_120_days():
    on = date(2026, 11, 20)
    under = estimate_rules.compare_with_estimate(estimate_cents=100_00, billed_cents=499_99, billed_on=on)
    over = estimate_rules.compare_with_estimate(estimate_cents=100_00, billed_cents=500_00, billed_on=on)
    assert (under.may_dispute, over.may_dispute, over.over_cents, over.until) == (False, True, 400_00, on + timedelta(days=120))
    assert estimate_rules.compare_with_estimate(estimate_cents=2, billed_cents=1, billed_on=on).over_cents == 0
