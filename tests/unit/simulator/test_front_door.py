"""Files in, files out: what the payer writes balances, takes back what is replaced, and carries a negative check forward."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cleanclaim import x12
from cleanclaim.documents import (
    Address,
    Claim,
    ClaimStatusRequest,
    Diagnosis,
    EligibilityRequest,
    Party,
    ServiceLine,
    Subscriber,
)
from cleanclaim.kernel.errors import InvalidValue, UnreadableInput
from cleanclaim.kernel.identifiers import Npi
from cleanclaim.simulator import (
    FolderPayer,
    Memory,
    Payer,
    PayerState,
    Plan,
    answer_eligibility,
    answer_status,
    default_plans,
    plan_from_json,
)

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SERVED = date(2026, 11, 16)
HOME = Address("12 Elm Street", "", "Barre", "VT", "05641")
PERSON = Party("IL", True, "Carvalho", "Ines", id_qualifier="MI", id="GH123456", address=HOME, born_on=date(1988, 4, 2), sex="F")
PAYER = Party("PR", last_name="Granite Health", id_qualifier="PI", id="GRAN1")
BILLING = Party("85", last_name="Maple Hill", id_qualifier="XX", id=Npi.from_first_nine("155555555"), tax_id="031234567",
                tax_id_qualifier="EI", address=Address("12 Main St", "", "Barre", "VT", "056410001"), taxonomy="207Q00000X")  # fmt: skip
SENDER = Party("41", last_name="Maple Hill", id_qualifier="46", id="MAPLE", contact_name="Billing", phone="8025550100")
PLAN = Plan(
    "GRAN1", "Granite Health", allowed_cents={"99213": 120_00, "99214": 160_00}, deductible_cents=50_00, coinsurance=Decimal("0.2")
)


def claim(code="99213", cents=200_00, **changes):
    line = ServiceLine(1, code, cents, Decimal(1), pointers=(1,), served_on=SERVED, place_of_service="11", control_number="1001-1")
    facts = {
        "patient_control_number": "1001", "charge_cents": cents, "billing": BILLING, "lines": (line,), "diagnoses": (Diagnosis("J209", "ABK"),),
        "subscriber": Subscriber(PERSON, PAYER, "P", "18", claim_filing="CI"),
    }  # fmt: skip
    return Claim(**{**facts, **changes})


def file_of(*claims, number=1):
    envelope = x12.Envelope(
        "MAPLE",
        "SIMPAYER",
        AT,
        number,
        number,
        1,
        submitter=SENDER,
        receiver=Party("40", last_name="Sim", id_qualifier="46", id="SIM"),
    )
    return x12.write_claims(claims, envelope)


def advice_of(content):
    (advice,) = x12.read_remittances(content)
    header = advice.header
    assert header.paid_cents == sum(item.paid_cents for item in advice.claims) - sum(
        item.cents for item in advice.provider_adjustments
    )
    for item in advice.claims:
        assert item.charge_cents - sum(a.cents for line in item.lines for a in line.adjustments) == item.paid_cents
    return advice


def test_a_claim_is_acknowledged_and_paid():
    payer = Payer([PLAN])
    answers = payer.answer(file_of(claim()), at=AT)
    assert answers.claim_acknowledgements
    assert answers.functional
    assert answers.ta1
    advice = advice_of(answers.remittances[0])
    assert advice.claims[0].paid_cents == 56_00
    acks = [item for item in x12.read_acknowledgements(answers.claim_acknowledgements) if hasattr(item, "is_accepted")]
    assert acks[0].is_accepted
    assert acks[0].payer_claim_control_number == advice.claims[0].payer_claim_control_number


def test_a_replacement_takes_the_first_decision_back_and_pays_again():
    payer = Payer([PLAN])
    first = payer.answer(file_of(claim()), at=AT).decisions[0]
    replaced = claim("99214", 250_00, frequency="7", payer_claim_control_number=first.payer_claim_control_number)
    answers = payer.answer(file_of(replaced, number=2), at=AT)
    advice = advice_of(answers.remittances[0])
    assert [item.status for item in advice.claims] == ["22", "1"]
    assert [item.paid_cents for item in advice.claims] == [-56_00, 88_00]
    assert advice.header.paid_cents == 32_00
    assert payer.memories["GRAN1"].deductible_met == {"GH123456:2026": 50_00}  # met once, not twice
    assert first.payer_claim_control_number not in payer.memories["GRAN1"].decided


def test_a_void_is_a_reversal_and_its_negative_check_goes_forward():
    payer = Payer([PLAN])
    first = payer.answer(file_of(claim()), at=AT).decisions[0]
    void = claim(frequency="8", payer_claim_control_number=first.payer_claim_control_number)
    advice = advice_of(payer.answer(file_of(void, number=2), at=AT).remittances[0])
    assert [item.status for item in advice.claims] == ["22"]
    assert (advice.header.paid_cents, advice.header.method) == (0, "NON")
    assert [(item.reason, item.cents) for item in advice.provider_adjustments] == [("FB", -56_00)]
    third = payer.answer(file_of(claim("99214", 250_00, patient_control_number="1002"), number=3), at=AT)
    advice = advice_of(third.remittances[0])
    assert [(item.reason, item.cents) for item in advice.provider_adjustments] == [("FB", 56_00)]
    assert advice.header.paid_cents == 88_00 - 56_00
    assert payer.memories["GRAN1"].forward_cents == 0


def test_the_same_files_give_the_same_answers():
    assert Payer([PLAN]).answer(file_of(claim()), at=AT) == Payer([PLAN]).answer(file_of(claim()), at=AT)


def test_an_unknown_payer_and_a_bad_npi_are_rejected_in_the_277ca():
    bad = claim(patient_control_number="1002", billing=BILLING._replace(id="1234567890"))
    elsewhere = claim(patient_control_number="1003", subscriber=Subscriber(PERSON, PAYER._replace(id="OTHER"), claim_filing="CI"))
    answers = Payer([PLAN]).answer(file_of(claim(), bad, elsewhere), at=AT)
    assert set(answers.rejected) == {"1002", "1003"}
    assert [item.patient_control_number for item in answers.decisions] == ["1001"]


def test_memory_and_state_survive_being_written_down(tmp_path):
    payer = Payer([PLAN])
    payer.answer(file_of(claim()), at=AT)
    state = PayerState.of(payer)
    state.write(tmp_path / "payer.json")
    again = PayerState.read(tmp_path / "payer.json")
    assert again.control_number == state.control_number > 0
    assert again.memories["GRAN1"].as_json() == state.memories["GRAN1"].as_json()
    (tmp_path / "broken.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(UnreadableInput):
        PayerState.read(tmp_path / "broken.json")


def test_a_folder_is_served_once(tmp_path):
    (tmp_path / "outbox").mkdir()
    (tmp_path / "outbox" / "batch-1.x12").write_bytes(file_of(claim()))
    written = FolderPayer(tmp_path, [PLAN]).serve(at=AT)
    assert [path.name for path in written] == ["batch-1.ta1", "batch-1.999", "batch-1.277ca", "batch-1.1.835"]
    assert FolderPayer(tmp_path, [PLAN]).serve(at=AT) == []
    (tmp_path / "outbox" / "batch-2.x12").write_bytes(file_of(claim(), number=2))
    FolderPayer(tmp_path, [PLAN]).serve(at=AT)
    (again,) = x12.read_remittances((tmp_path / "inbox" / "batch-2.1.835").read_bytes())
    assert again.claims[0].lines[0].adjustments[0].reason == "18"  # the payer remembers across runs


def test_eligibility_says_what_is_left_of_the_deductible():
    request = EligibilityRequest(PAYER, BILLING, PERSON, "T1", date(2026, 11, 20))
    plan = PLAN._replace(copay_cents=20_00, member_prefixes=("GH",))
    answer = answer_eligibility(request, plan, Memory(deductible_met={"GH123456:2026": 30_00}))
    assert answer.is_active
    assert [(item.information, item.period, item.cents) for item in answer.benefits if item.information == "C"] == [
        ("C", "23", 50_00),
        ("C", "29", 20_00),
    ]
    assert answer_eligibility(request, None, Memory()).rejections == ("42",)
    assert answer_eligibility(request._replace(subscriber=PERSON._replace(id="X")), plan, Memory()).rejections == ("75",)
    assert answer_eligibility(request._replace(subscriber=PERSON._replace(born_on=None)), plan, Memory()).rejections == ("58",)


def test_status_finds_a_claim_by_either_number():
    payer = Payer([PLAN])
    decided = payer.answer(file_of(claim()), at=AT).decisions[0]
    memory = payer.memories["GRAN1"]
    ask = ClaimStatusRequest(PAYER, BILLING, PERSON, "T1", "1001", charge_cents=200_00)
    answer = answer_status(ask, memory, on=AT.date())
    assert (answer.statuses[0].category, answer.paid_cents) == ("F1", 56_00)
    by_payer_number = ask._replace(patient_control_number="", payer_claim_control_number=decided.payer_claim_control_number)
    assert answer_status(by_payer_number, memory, on=AT.date()).patient_control_number == "1001"
    assert answer_status(ask._replace(charge_cents=1), memory, on=AT.date()).statuses[0].category == "A4"


def test_plans_are_read_with_exact_rates_and_refused_when_they_cannot_be():
    plan = plan_from_json({"payer_id": "X1", "coinsurance": "0.2", "allowed_cents": {"99213": 9000}})
    assert (plan.coinsurance, plan.name) == (Decimal("0.2"), "X1")
    for wrong in (
        {"name": "x"},
        {"payer_id": "1", "colour": 2},
        {"payer_id": "1", "coinsurance": 0.2},
        {"payer_id": "1", "copay_cents": -5},
    ):
        with pytest.raises(InvalidValue):
            plan_from_json(wrong)
    assert [plan.payer_id for plan in default_plans(file_of(claim()))] == ["GRAN1"]


def test_the_command_writes_the_answers(tmp_path, capsys):
    from cleanclaim.cli.main import main

    path = tmp_path / "out.837"
    path.write_bytes(file_of(claim()))
    assert main(["simulate", str(path), "-o", str(tmp_path / "answers"), "--on", "2026-11-20", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["claims"][0]["patient_control_number"] == "1001"
    assert len(answer["written"]) == 4
    path.write_bytes(b"nothing of the kind")
    assert main(["simulate", str(path), "-o", str(tmp_path / "answers")]) == 2


def test_questions_in_files_are_answered_in_files():
    payer = Payer([PLAN])
    payer.answer(file_of(claim()), at=AT)
    envelope = x12.Envelope("MAPLE", "SIMPAYER", AT, 7, 7, 1)
    question = x12.write_eligibility_requests(
        [EligibilityRequest(PAYER, BILLING._replace(entity="1P"), PERSON, "T1", date(2026, 11, 20))], envelope
    )
    (told,) = x12.read_eligibility_responses(payer.answer(question, at=AT).eligibility)
    assert told.is_active
    assert [item.cents for item in told.benefits if (item.information, item.period) == ("C", "29")] == [0]  # the claim has met it
    ask = ClaimStatusRequest(PAYER, BILLING, PERSON, "T2", "1001", charge_cents=200_00, served_on=SERVED, served_to=SERVED)
    (status,) = x12.read_statuses(payer.answer(x12.write_status_requests([ask], envelope), at=AT).statuses)
    assert (status.statuses[0].category, status.paid_cents, status.patient_control_number) == ("F1", 56_00, "1001")
