"""What a line should be paid: Medicare's formula, contracts, variances and the patient's share, to the cent."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim import codesets
from cleanclaim.documents import Adjustment, Amount, ClaimPayment, ServiceLine, ServicePayment
from cleanclaim.fees import (
    Benefits,
    Terms,
    allowed_by,
    expected,
    medicare_price,
    patient_share,
    ranked_reductions,
    sliding_fee,
    variances,
)
from cleanclaim.kernel.errors import InvalidValue

DAY = date(2026, 8, 3)
ALABAMA = {"carrier": "10112", "locality": "00"}


@pytest.fixture(scope="module")
def store():
    return codesets.open_store()


def line(number, code, cents, **changes):
    return ServiceLine(number, code, cents, Decimal(1), **{"served_on": DAY, "control_number": str(number), **changes})


def test_medicare_price_is_the_published_formula(store):
    # 99213 of the packaged schedule: work 1.30, office expense 1.33, malpractice 0.10; Alabama 2026: 1.000, 0.875, 0.566; factor 33.4009
    price = medicare_price(store, "99213", on=DAY, **ALABAMA)
    exact = (Decimal("1.30") * 1 + Decimal("1.33") * Decimal("0.875") + Decimal("0.10") * Decimal("0.566")) * Decimal("33.4009")
    assert price.cents == round(exact * 100) == 8418
    at_hospital = medicare_price(store, "99213", on=DAY, place_of_service="22", **ALABAMA)
    assert at_hospital.cents == round(
        (Decimal("1.30") + Decimal("0.56") * Decimal("0.875") + Decimal("0.0566")) * Decimal("33.4009") * 100
    )


def test_medicare_has_no_price_for_what_it_does_not_pay(store):
    assert medicare_price(store, "36415", on=DAY, **ALABAMA) is None
    assert medicare_price(store, "99999", on=DAY, **ALABAMA) is None
    assert medicare_price(store, "99213", on=DAY, carrier="00000", locality="77") is None


def test_halves_have_their_own_row_and_both_sides_pay_half_as_much_again(store):
    whole, technical, reading = (
        medicare_price(store, "71046", modifiers, on=DAY, **ALABAMA).cents for modifiers in ((), ("TC",), ("26",))
    )
    assert abs(whole - technical - reading) <= 1  # each is rounded on its own
    one, both = (medicare_price(store, "20610", modifiers, on=DAY, **ALABAMA) for modifiers in ((), ("50",)))
    assert both.cents == int((Decimal(one.cents) * Decimal("1.5")).quantize(1, rounding="ROUND_HALF_UP"))


def test_the_dearest_procedure_of_a_session_is_whole_and_the_others_are_halved():
    assert [cents for cents, _ in ranked_reductions([("2", 4000), ("0", 9000), ("2", 6001), ("2", 4000)])] == [
        2000,
        9000,
        6001,
        2000,
    ]
    assert ranked_reductions([("2", 4000), ("0", 100)]) == ((4000, ""), (100, ""))


def test_a_fee_schedule_prices_by_modifier_first_and_never_above_the_charge(store):
    terms = Terms.from_json(
        {"method": "fee_schedule", "rates": {"99213": 11000, "71046-26": 2100, "71046": 5000}, "otherwise_percent": "60"}
    )
    got = expected(
        [line(1, "99213", 10000), line(2, "71046", 9000, modifiers=("26",)), line(3, "87880", 4500)], terms, store, on=DAY
    )
    assert [item.allowed_cents for item in got] == [10000, 2100, 2700]
    assert got[2].method == "percent_of_charge"


def test_percent_of_medicare_with_carve_out_by_date(store):
    terms = Terms.from_json({
        "method": "percent_of_medicare", "percent": "120", "carrier": "10112", "locality": "00",
        "carve_outs": [{"codes": ["90686"], "method": "fee_schedule", "rates": {"90686": 2500}, "from": "2026-09-01"}],
    })  # fmt: skip
    got = expected([line(1, "99213", 20000), line(2, "90686", 4000)], terms, store, on=DAY)
    assert got[0].allowed_cents == 10102  # 120% of 84.18
    assert got[1].allowed_cents is None  # before the carve-out nothing is agreed: not guessed
    later = expected([line(1, "90686", 4000, served_on=date(2026, 9, 1))], terms, store, on=DAY)
    assert later[0].allowed_cents == 2500


def test_a_case_rate_pays_once_for_its_day(store):
    terms = Terms.from_json({"method": "percent_of_charge", "percent": "50", "case_rates": [{"codes": ["45378"], "cents": 90000}]})
    got = expected(
        [line(1, "45378", 80000), line(2, "88305", 20000), line(3, "99213", 10000, served_on=date(2026, 8, 4))],
        terms,
        store,
        on=DAY,
    )
    assert [item.allowed_cents for item in got] == [90000, 0, 5000]


@pytest.mark.parametrize("facts", [{}, {"method": "guess"}, {"method": "percent_of_charge", "percent": 0.5}, {"method": "fee_schedule", "rates": {"99213": "1.00"}},
                                   {"method": "fee_schedule", "case_rates": [{"cents": 1}]}])  # fmt: skip
def test_terms_that_cannot_be_are_refused(facts):
    with pytest.raises(InvalidValue):
        Terms.from_json(facts)


def paid(cents, *adjustments, number="1", code="99213", charge=20000, **changes):
    return ServicePayment(code, charge, cents, adjustments=adjustments, line_control_number=number, **changes)


def test_an_underpaid_line_is_listed_with_its_cents(store):
    """Scenario 43: contract 120.00, allowed 100.00: a variance of 20.00."""
    terms = Terms.from_json({"method": "fee_schedule", "rates": {"99213": 12000}})
    agreed = expected([line(1, "99213", 20000)], terms, store, on=DAY)
    answer = ClaimPayment("1", "1", 20000, 8000, lines=(paid(8000, Adjustment("CO", "45", 10000), Adjustment("PR", "2", 2000)),))
    (found,) = variances(agreed, answer)
    assert (found.expected_cents, found.allowed_cents, found.cents, found.is_underpaid) == (12000, 10000, 2000, True)
    over = ClaimPayment("1", "1", 20000, 13000, lines=(paid(13000, Adjustment("CO", "45", 7000)),))
    assert variances(agreed, over)[0].cents == -1000
    assert variances(agreed, answer._replace(status="22")) == ()


def test_allowed_keeps_sequestration_and_leaves_refusals_out():
    # scenario 41: 100.00 - 18.40 - 16.32 -> 65.28, less 2% (1.31) = 63.97
    assert (
        allowed_by(
            paid(6397, Adjustment("CO", "45", 1840), Adjustment("PR", "2", 1632), Adjustment("CO", "253", 131), charge=10000)
        )
        == 8160
    )
    assert allowed_by(paid(0, Adjustment("CO", "16", 20000))) is None
    assert allowed_by(paid(0, Adjustment("PR", "1", 9000), Adjustment("CO", "45", 11000))) == 9000
    assert allowed_by(paid(0, Adjustment("CO", "45", 11000), amounts=(Amount("B6", 9000),))) == 9000


def test_the_share_in_the_usual_cases():
    share = patient_share(12000, Benefits(deductible_left_cents=5000, coinsurance=Decimal("0.2")))
    assert (share.deductible_cents, share.coinsurance_cents, share.insurance_cents) == (5000, 1400, 5600)
    assert patient_share(12000, Benefits(copay_cents=3000, deductible_left_cents=5000)).patient_cents == 3000
    assert patient_share(12000, Benefits(copay_cents=3000, deductible_left_cents=5000, copay_replaces=False)).patient_cents == 8000
    assert patient_share(12000, Benefits(deductible_left_cents=5000, is_preventive=True)).patient_cents == 0
    assert patient_share(12000, Benefits(is_covered=False)).not_covered_cents == 12000
    assert patient_share(12000, Benefits(deductible_left_cents=9000, out_of_pocket_left_cents=2500)).patient_cents == 2500


@given(
    st.integers(0, 10**7),
    st.integers(0, 10**6),
    st.integers(0, 100),
    st.integers(0, 10**5),
    st.none() | st.integers(0, 10**6),
    st.booleans(),
)
def test_the_share_always_adds_up_to_the_allowed_amount(allowed, deductible, percent, copay, limit, replaces):
    share = patient_share(allowed, Benefits(deductible, Decimal(percent) / 100, copay, limit, replaces))
    assert share.patient_cents + share.insurance_cents == allowed
    assert min(share) >= 0
    assert limit is None or share.patient_cents <= limit


def test_a_sliding_fee_takes_its_tier_by_income():
    tiers = ((100, Decimal(0)), (150, Decimal("0.25")), (200, Decimal("0.5")))
    facts = {"guideline_first_cents": 1_600_000, "guideline_each_cents": 560_000, "tiers": tiers}
    assert sliding_fee(10000, income_cents=1_600_000, household=1, **facts)[0] == 0
    assert sliding_fee(10000, income_cents=3_000_000, household=2, **facts)[0] == 2500
    assert sliding_fee(10000, income_cents=9_000_000, household=2, **facts)[0] == 10000
