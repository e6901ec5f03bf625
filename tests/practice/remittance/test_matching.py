"""Which claim and which line an answer means: numbers first, never against the patient, the charge or the day."""

from datetime import date

from cleanclaim.documents import ServicePayment
from cleanclaim.practice.remittance.matching import agreement, match_claim, match_lines
from cleanclaim.practice.remittance.shapes import Identity, OpenClaim, OpenLine, PayerTurn, Problem
from golden.money.writing import answer, paid_line

DAY = date(2026, 10, 5)
ANN, BOB = Identity("n:ann", "l:x", frozenset({"m:1"})), Identity("n:bob", "l:y", frozenset({"m:2"}))


def line(number=1, code="99214", cents=20000, modifiers=(), day=DAY, control=""):
    return OpenLine(number, code, cents, modifiers, None, day, control, "", (("pay_1", cents),))


def claim(name="clm_1", number="1001", lines=(), identity=ANN, icn=""):
    lines = lines or (line(),)
    turns = (PayerTurn("P", "pay_1", icn),)
    return OpenClaim(
        name, number, sum(row.charge_cents for row in lines), tuple(lines), turns, frozenset({number}), "", identity, DAY, DAY
    )


def found(payment, claims, identity=ANN):
    return match_claim(payment, identity, claims, frozenset({"pay_1"}))


def test_names_and_members_tell_people_apart():
    assert agreement(ANN, ANN) == 2
    assert agreement(ANN, BOB) == -1
    assert agreement(ANN, Identity("n:annie", "l:x")) == 1
    assert agreement(ANN, Identity("n:annie", "l:x", frozenset({"m:9"}))) == -1
    assert agreement(ANN, Identity()) == 0


def test_the_control_number_wins_when_nothing_contradicts_it():
    payment = answer("1001", [paid_line("99214", 20000, 20000)])
    assert found(payment, [claim()]).by == "control-number"
    assert found(payment, [claim()], BOB).problem is Problem.OTHER_PATIENT


def test_a_mistaken_day_of_a_sure_patient_does_not_lose_the_claim():
    payment = answer("1001", [paid_line("99214", 20000, 20000, served=date(2026, 10, 6))])
    assert found(payment, [claim()]).claim is not None
    assert found(payment, [claim(), claim("clm_2")]).claim is None


def test_the_payers_number_finds_a_claim_whose_own_number_was_lost():
    payment = answer("GONE", [paid_line("99214", 20000, 20000)], icn="ICN9")
    match = found(payment, [claim(icn="ICN9"), claim("clm_2", "1002")])
    assert (match.claim.claim_id, match.by) == ("clm_1", "payer-number")


def test_patient_day_and_charge_suffice_only_for_one_claim():
    payment = answer("GONE", [paid_line("99214", 20000, 20000)])
    assert found(payment, [claim()]).by == "patient-date-charge"
    assert found(payment, [claim(), claim("clm_2", "1002")]).problem is Problem.DOUBTFUL_MATCH


def test_lines_are_told_by_control_number_then_code_modifiers_and_charge():
    lines = [line(1, "99214", 20000, ("25",)), line(2, "93000", 5000), line(3, "93000", 5000)]
    answers = [
        paid_line("93000", 5000, 1),
        paid_line("93000", 5000, 2),
        ServicePayment("99214", 20000, 3, modifiers=("25",), served_on=DAY),
    ]
    assert match_lines(lines, answers).numbers == (2, 3, 1)
    named = [paid_line("93000", 5000, 1, control="C3")]
    assert match_lines([*lines[:2], line(3, "93000", 5000, control="C3")], named).numbers == (3,)


def test_the_number_of_a_line_may_stand_for_its_control_number():
    lines = [line(1, "93000", 5000), line(2, "93000", 5000)]
    assert match_lines(lines, [paid_line("93000", 5000, 1, control="2"), paid_line("93000", 5000, 1, control="1")]).numbers == (
        2,
        1,
    )


def test_what_the_payer_changed_is_told_by_what_was_submitted():
    changed = ServicePayment("99213", 20000, 9000, submitted_procedure="99214", served_on=DAY)
    assert match_lines([line(), line(2, "93000", 5000)], [changed]).numbers == (1,)


def test_parts_of_a_split_line_are_joined_and_a_stranger_is_not_matched():
    parts = [paid_line("99214", 12000, 1), paid_line("99214", 8000, 1)]
    assert match_lines([line()], parts).numbers == (1, 1)
    assert match_lines([line()], [paid_line("80053", 700, 1)]).numbers == (None,)
