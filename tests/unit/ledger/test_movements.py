"""Every movement balances, tags all its legs with the claim, and leaves the claim's identity whole."""

from datetime import date

import pytest

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.ledger import Account, claim_money
from cleanclaim.ledger import movements as m

DAY = date(2026, 11, 20)
TAG = m.Tag("clm_1", 1, "pat_1", "pay_1")
MINE = TAG._replace(payer="")


def made():
    tags, mine = ((TAG, 500),), ((MINE, 500),)
    return [
        m.charge(source="1", on=DAY, tags=((TAG, 20000),)),
        m.to_patient(source="2", on=DAY, tags=tags),
        m.to_payer(source="3", on=DAY, tags=mine, payer="pay_2"),
        m.apply_credit(source="4", on=DAY, tags=mine),
        m.write_off(source="5", on=DAY, tags=tags, why="denial", says="x"),
        m.write_off(source="6", on=DAY, tags=mine, why="charity", says="x"),
        m.refund_payer(source="7", on=DAY, tags=tags, says="x"),
        m.to_collections(source="8", on=DAY, tags=mine),
        m.to_collections(source="9", on=DAY, tags=mine, recall=True),
        m.takeback(source="10", on=DAY, tag=TAG, reason="WO", cents=700),
    ]


def test_each_movement_leaves_the_claim_whole():
    legs = [leg for entry in made() for leg in entry.postings]
    assert all(leg.claim == "clm_1" for leg in legs)
    money = claim_money(legs)
    assert money.gap_cents == 0
    assert money.charge_cents == 20000
    assert (money.patient_paid_cents, money.other_write_off_cents, money.insurance_paid_cents) == (500, 1000, -1200)


def test_post_then_reverse_is_nothing():
    for entry in made():
        back = entry.reversed(source=f"{entry.source}:undone", on=DAY, says="undone")
        assert claim_money([*entry.postings, *back.postings]) == (0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(("reason", "account"), [("L6", Account.INTEREST_INCOME), ("FB", Account.FORWARD_BALANCE), ("WO", Account.PAYER_RECOUPMENT_DUE),
                                                 ("LE", Account.LEVY), ("ZZ", Account.PROVIDER_LEVEL_ADJUSTMENT)])  # fmt: skip
def test_each_provider_level_reason_has_its_account(reason, account):
    entry = m.provider_adjustment(source="p", on=DAY, payer="pay_1", reason=reason, cents=-325)
    assert {leg.account: leg.cents for leg in entry.postings} == {account: -325, Account.CASH: 325}


def test_a_returned_payment_keeps_the_fee_apart():
    entry = m.chargeback(source="c", on=DAY, patient="pat_1", cents=2400, fee_cents=1500)
    sums = {}
    for leg in entry.postings:
        sums[leg.account] = sums.get(leg.account, 0) + leg.cents
    assert sums == {Account.UNAPPLIED_PATIENT: 2400, Account.CARD_CLEARING: -3900, Account.CHARGEBACK_FEES: 1500}


def test_a_write_off_names_its_reason():
    with pytest.raises(InvalidValue, match="bad-debt"):
        m.write_off(source="w", on=DAY, tags=((MINE, 1),), why="because", says="x")
