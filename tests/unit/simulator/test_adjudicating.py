"""The simulated payer decides as payers do, and every decision balances."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.documents import Adjustment, Claim, Diagnosis, LineAdjudication, OtherCoverage, Party, ServiceLine, Subscriber
from cleanclaim.simulator import Memory, Plan, adjudicate, reversal_of

DAY = date(2026, 11, 20)
GRANITE = Plan("GRAN1", "Granite Health", allowed_cents={"99213": 120_00, "71046": 60_00}, deductible_cents=50_00, coinsurance=Decimal("0.2"),
               excluded={"99000": "CO", "S9999": "PR"})  # fmt: skip


def claim(*lines, member="G1", served_on=date(2026, 11, 16), sequence="P", **changes):
    made = tuple(
        ServiceLine(number, code, cents, Decimal(1), served_on=served_on, control_number=f"L{number}", **more)
        for number, (code, cents, more) in enumerate(lines, 1)
    )
    person = Party(entity="IL", is_person=True, last_name="X", id=member)
    facts = {
        "patient_control_number": "A1", "charge_cents": sum(line.charge_cents for line in made), "billing": Party(entity="85"),
        "subscriber": Subscriber(person, Party(entity="PR", id="GRAN1"), sequence), "lines": made, "diagnoses": (Diagnosis("J209", "ABK"),),
    }  # fmt: skip
    return Claim(**{**facts, **changes})


def check(payment):
    for line in payment.lines:
        assert line.charge_cents - sum(item.cents for item in line.adjustments) == line.paid_cents
    assert sum(line.charge_cents for line in payment.lines) == payment.charge_cents
    assert sum(line.paid_cents for line in payment.lines) == payment.paid_cents


def test_allowed_amount_deductible_and_coinsurance():
    payment = adjudicate(claim(("99213", 200_00, {}), ("71046", 90_00, {})), GRANITE, Memory(), on=DAY).payment
    check(payment)
    assert payment.lines[0].adjustments == (
        Adjustment("CO", "45", 80_00),
        Adjustment("PR", "1", 50_00),
        Adjustment("PR", "2", 14_00),
    )
    assert payment.lines[0].paid_cents == 56_00
    assert payment.lines[1].paid_cents == 48_00
    assert payment.patient_responsibility_cents == 50_00 + 14_00 + 12_00


def test_a_deductible_is_met_once_a_year_for_each_member():
    first = adjudicate(claim(("99213", 200_00, {})), GRANITE, Memory(), on=DAY)
    second = adjudicate(claim(("71046", 90_00, {}), served_on=date(2026, 11, 17)), GRANITE, first.memory, on=DAY)
    assert all(item.reason != "1" for item in second.payment.lines[0].adjustments)
    other = adjudicate(claim(("71046", 90_00, {}), member="G2"), GRANITE, first.memory, on=DAY)
    assert any(item.reason == "1" for item in other.payment.lines[0].adjustments)


def test_a_copay_belongs_to_the_visit_and_prevention_costs_nothing():
    plan = GRANITE._replace(copay_cents=30_00, deductible_cents=0)
    payment = adjudicate(claim(("99213", 200_00, {}), ("71046", 90_00, {}), ("99396", 200_00, {})), plan, Memory(), on=DAY).payment
    check(payment)
    assert [(item.reason, item.cents) for item in payment.lines[0].adjustments if item.group == "PR"] == [("3", 30_00)]
    assert all(item.group != "PR" for item in payment.lines[2].adjustments)


@pytest.mark.parametrize(
    ("changes", "group", "reason"),
    [
        ({"lines": (("99213", 200_00, {}),), "served_on": date(2025, 1, 2)}, "CO", "29"),
        ({"lines": (("99000", 10_00, {}),)}, "CO", "96"),
        ({"lines": (("S9999", 10_00, {}),)}, "PR", "204"),
        ({"lines": (("99213", 200_00, {}),), "diagnoses": ()}, "CO", "16"),
        ({"lines": (("99213", 200_00, {}),), "sequence": "S"}, "CO", "22"),
    ],
)
def test_refusals_give_their_reason_and_pay_nothing(changes, group, reason):
    lines = changes.pop("lines")
    payment = adjudicate(claim(*lines, **changes), GRANITE, Memory(), on=DAY).payment
    check(payment)
    assert payment.status == "4"
    assert payment.paid_cents == 0
    assert {(item.group, item.reason) for line in payment.lines for item in line.adjustments} == {(group, reason)}


def test_the_same_original_twice_is_a_duplicate_but_a_replacement_is_not():
    first = adjudicate(claim(("99213", 200_00, {})), GRANITE, Memory(), on=DAY)
    again = adjudicate(claim(("99213", 200_00, {})), GRANITE, first.memory, on=DAY)
    assert again.payment.lines[0].adjustments[0].reason == "18"
    corrected = adjudicate(claim(("99213", 200_00, {}), frequency="7"), GRANITE, first.memory, on=DAY)
    assert corrected.payment.paid_cents > 0


def second_claim(pr_cents, plan):
    decided = LineAdjudication(
        "GRAN1", 96_00, "99213", adjustments=(Adjustment("CO", "45", 104_00 - pr_cents), Adjustment("PR", "2", pr_cents))
    )
    before = OtherCoverage(Subscriber(Party(entity="IL"), Party(entity="PR", id="GRAN1")), paid_cents=96_00)
    made = claim(("99213", 200_00, {"adjudications": (decided,)}), sequence="S", other_coverages=(before,))
    return adjudicate(made, plan, Memory(), on=DAY).payment


def test_a_second_payer_pays_what_the_first_left_to_the_patient():
    payment = second_claim(24_00, GRANITE)
    check(payment)
    assert payment.paid_cents == 24_00
    assert payment.lines[0].adjustments == (Adjustment("OA", "23", 176_00),)


def test_a_first_payer_pays_first_though_the_claim_names_the_second():
    waiting = OtherCoverage(Subscriber(Party(entity="IL"), Party(entity="PR", id="VTMCD"), "S"))
    payment = adjudicate(claim(("99213", 200_00, {}), other_coverages=(waiting,)), GRANITE, Memory(), on=DAY).payment
    assert all(item.group != "OA" for item in payment.lines[0].adjustments)
    assert payment.status == "1"


def test_medicaid_never_pays_more_than_its_own_allowed_amount():
    payment = second_claim(24_00, GRANITE._replace(second="lesser-of", allowed_cents={"99213": 100_00}))
    check(payment)
    assert payment.paid_cents == 4_00
    assert payment.lines[0].adjustments == (Adjustment("OA", "23", 176_00), Adjustment("CO", "45", 20_00))


def test_sequestration_comes_last():
    plan = Plan("MEDB", "Medicare", allowed_cents={"99213": 81_60}, coinsurance=Decimal("0.2"), sequestration=Decimal("0.02"))
    payment = adjudicate(claim(("99213", 100_00, {})), plan, Memory(), on=DAY).payment
    check(payment)
    assert payment.paid_cents == 63_97
    assert ("CO", "253", 1_31) in {(item.group, item.reason, item.cents) for item in payment.lines[0].adjustments}


@given(
    st.lists(st.tuples(st.sampled_from(["99213", "71046", "99000", "J1100", "99396"]), st.integers(1, 10**6)), min_size=1, max_size=8),
    st.integers(0, 10**5), st.integers(0, 10**4), st.decimals(0, 1, places=3), st.decimals(0, 1, places=3),
)  # fmt: skip
def test_every_decision_balances_and_its_reversal_cancels_it(lines, deductible, copay, coinsurance, rate):
    plan = GRANITE._replace(deductible_cents=deductible, copay_cents=copay, coinsurance=coinsurance, allowed_rate=rate)
    payment = adjudicate(claim(*((code, cents, {}) for code, cents in lines)), plan, Memory(), on=DAY).payment
    check(payment)
    assert all(line.paid_cents >= 0 for line in payment.lines)
    undone = reversal_of(payment)
    check(undone)
    assert undone.paid_cents == -payment.paid_cents


def test_memory_is_kept_and_read_again():
    memory = adjudicate(claim(("99213", 200_00, {})), GRANITE, Memory(), on=DAY).memory
    assert Memory.from_json(memory.as_json()) == memory
