"""Money: whole cents, no float, no cent lost."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.money import Money


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("125.5", 12550),
        ("125", 12500),
        ("-0.05", -5),
        (".5", 50),
        ("12.500", 1250),
        ("0", 0),
        ("5.", 500),
        ("+3.10", 310),
        (" 7 ", 700),
    ],
)
def test_amounts_as_payers_write_them(text, cents):
    assert Money.parse(text) == cents


@pytest.mark.parametrize("text", ["0.005", "", ".", "-", "1,000", "1e3", "NaN", "12.3.4", "١٢", "9" * 17, "--5", "$5"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(InvalidValue):
        Money.parse(text)


@pytest.mark.parametrize("value", [1.0, "5", None, Decimal(5), True])
def test_only_whole_cents_get_in(value):
    with pytest.raises(InvalidValue):
        Money(value)


def test_a_float_cannot_be_mixed_in():
    for mix in (
        lambda: Money(1) + 0.5,
        lambda: Money(1) * 1.5,
        lambda: Money(1) / 2,
        lambda: Money(1) - 0.1,
    ):
        with pytest.raises(InvalidValue):
            mix()


def test_rounding_is_half_up_away_from_zero():
    assert Money.rounded(Decimal("1.305")) == 131
    assert Money.rounded(Decimal("1.3049")) == 130
    assert Money.rounded(Decimal("-1.305")) == -131
    assert Money.parse("65.28").times(Decimal("0.02")) == 131


def test_a_plan_of_three_carries_the_odd_cent_first():
    assert [str(part) for part in Money(10000).split(3)] == ["33.34", "33.33", "33.33"]


def test_money_prints_as_people_read_it():
    assert f"{Money(-123450):$}" == "-$1,234.50"
    assert str(Money(5)) == "0.05"
    assert repr(Money(-5)) == "Money('-0.05')"


@given(st.integers(-(10**15), 10**15))
def test_what_is_printed_reads_back(cents):
    assert Money.parse(str(Money(cents))) == cents


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(sum))
def test_parts_add_up_and_none_is_off_by_a_cent_or_more(cents, weights):
    parts = Money(cents).allocate(weights)
    assert sum(parts) == cents
    for part, weight in zip(parts, weights, strict=True):
        assert abs(int(part) * sum(weights) - cents * weight) < sum(weights)


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [-1, 3]])
def test_money_is_not_divided_by_nothing(weights):
    with pytest.raises(InvalidValue):
        Money(100).allocate(weights)
