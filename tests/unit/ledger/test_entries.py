"""An entry that is out by a cent does not exist."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.ledger import Account, Entry, Posting, UnbalancedEntry, age_balances

DAY = date(2026, 11, 20)


def entry(*legs, source="s"):
    return Entry.of(source=source, kind="k", on=DAY, says="", postings=tuple(Posting(account, cents) for account, cents in legs))


def test_out_by_a_cent_is_refused_and_says_by_how_much():
    with pytest.raises(UnbalancedEntry, match="out by 1 cents"):
        entry((Account.CASH, 100), (Account.PATIENT_RECEIVABLE, -99))


@pytest.mark.parametrize(
    "legs", [(), ((Account.CASH, 0),), ((Account.CASH, 1.0), (Account.CASH, -1.0)), (("cash", 1), ("cash", -1))]
)
def test_what_moves_nothing_or_no_cents_is_refused(legs):
    with pytest.raises(InvalidValue):
        entry(*legs)


@given(st.lists(st.tuples(st.sampled_from(list(Account)), st.integers(-(10**9), 10**9)), min_size=1, max_size=8))
def test_an_entry_and_its_reversal_leave_nothing(legs):
    total = sum(cents for _, cents in legs)
    legs = [*legs, (Account.CASH, -total)]
    if not any(cents for _, cents in legs):
        return
    made = entry(*legs)
    undone = made.reversed(source="s:undone", on=DAY, says="")
    sums = {}
    for posting in made.postings + undone.postings:
        sums[posting.account] = sums.get(posting.account, 0) + posting.cents
    assert set(sums.values()) == {0}


@given(st.lists(st.tuples(st.dates(date(2020, 1, 1), date(2027, 1, 1)), st.integers(-(10**9), 10**9))))
def test_aging_buckets_sum_to_the_balance(balances):
    buckets = age_balances(balances, as_of=DAY)
    assert sum(bucket.cents for bucket in buckets) == sum(cents for _, cents in balances)
    assert [bucket.from_days for bucket in buckets] == [0, 31, 61, 91, 121]


def test_the_thirtieth_day_is_still_current():
    buckets = age_balances([(date(2026, 10, 21), 100), (date(2026, 10, 20), 7)], as_of=DAY)
    assert (buckets[0].cents, buckets[1].cents) == (100, 7)
