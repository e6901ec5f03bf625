"""Acknowledgements say what is wrong where the standard wants it said, and answers find their claims."""

from __future__ import annotations

from datetime import date

import pytest

import x12_samples as samples
from cleanclaim import x12
from cleanclaim.documents import ClaimAcknowledgement, StatusCode
from x12_judge import complaints


def good() -> bytes:
    return x12.write_claims([samples.professional()], samples.ENVELOPE)


def ta1_of(content: bytes) -> tuple[str, str]:
    answers = list(x12.read_acknowledgements(x12.acknowledge(content, instant=samples.INSTANT).ta1))
    return (answers[0].status, answers[0].note)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (b"", b"", ("A", "000")),
        (b"ISA*00*", b"ISA*99*", ("R", "010")),
        (b"*ZZ*SUB001 ", b"*QQ*SUB001 ", ("R", "005")),
        (b"IEA*1*000000017", b"IEA*2*000000017", ("E", "021")),
        (b"IEA*1*000000017", b"IEA*1*000000018", ("E", "001")),
        (b"GE*1*5~", b"", ("A", "000")),
        (b"GE*1*5~", b"GE*1*6~", ("A", "000")),
        (b"GS*HC*SUB001*", b"GS*HC**", ("E", "024")),
        (b"IEA*1*000000017~", b"", ("R", "023")),
        (b"*261120*1015*^", b"*261320*1015*^", ("R", "014")),
    ],
)
def test_ta1_speaks_of_the_interchange_alone(before, after, expected):
    assert ta1_of(good().replace(before, after, 1) if before else good()) == expected


def functional(content: bytes):
    answer = x12.acknowledge(content, instant=samples.INSTANT)
    assert complaints(answer.functional) == []
    return next(iter(x12.read_acknowledgements(answer.functional)))


def test_good_file_is_accepted():
    answer = functional(good())
    assert (answer.status, answer.included, answer.received, answer.accepted) == ("A", 1, 1, 1)
    assert answer.transactions[0].version == "005010X222A1"


def test_ak203_stands_only_where_st03_does():
    remittance = x12.write_remittances([samples.advice()], samples.ENVELOPE)
    answer = functional(remittance)
    assert (answer.status, answer.transactions[0].set_id, answer.transactions[0].version) == ("A", "835", "")


@pytest.mark.parametrize(
    ("before", "after", "segment", "element"),
    [
        (b"N3*12 MAPLE ST~", b"", ("N3", "3"), None),
        (b"REF*EI*123456789~", b"REF*EI*123456789~REF*EI*123456789~", ("REF", "5"), None),
        (b"HI*ABK", b"XQ*1~HI*ABK", ("XQ", "1"), None),
        (b"CLM*1001*175.5***11:B:1", b"CLM*1001*175.5***11:B:", ("CLM", "8"), (5, "1")),
        (b"DMG*D8*19700501", b"DMG*D8*19701301", ("DMG", "8"), (2, "8")),
        (b"SBR*P*", b"SBR*Q*", ("SBR", "8"), (1, "7")),
        (b"N4*SPRINGFIELD*IL*62702~", b"N4*S*IL*62702~", ("N4", "8"), (1, "4")),
    ],
)
def test_999_names_segment_element_and_code(before, after, segment, element):
    content = good()
    assert before in content
    answer = functional(content.replace(before, after, 1))
    errors = answer.transactions[0].errors
    assert answer.transactions[0].status == "R"
    assert any((error.segment_id, error.segment_code) == segment for error in errors), errors
    if element:
        assert any((error.element, error.element_code) == element for error in errors), errors


def test_group_of_an_unknown_guide_still_gets_its_999():
    answer = functional(good().replace(b"005010X222A1", b"004010X098A1"))
    assert (answer.status, answer.codes) == ("R", ("2",))


def test_acknowledgement_is_not_acknowledged():
    first = x12.acknowledge(good(), instant=samples.INSTANT)
    again = x12.acknowledge(first.functional, instant=samples.INSTANT)
    assert again.functional == b""
    assert x12.acknowledge(first.ta1, instant=samples.INSTANT).together == b""


def test_ta1_stands_before_the_first_group():
    together = x12.acknowledge(good(), instant=samples.INSTANT).together
    assert together.index(b"~TA1*") < together.index(b"~GS*")


def test_partial_acceptance_is_per_transaction():
    claims = [samples.professional(patient_control_number=str(number)) for number in range(5001)]
    content = x12.write_claims(claims, samples.ENVELOPE)
    last = content.rfind(b"HI*ABK")
    answer = x12.acknowledge(content[:last] + b"XX" + content[last + 2 :], instant=samples.INSTANT)
    word = next(iter(x12.read_acknowledgements(answer.functional)))
    assert (word.status, word.received, word.accepted) == ("P", 2, 1)


def test_claims_are_judged_one_by_one_in_a_277ca():
    claims = [samples.professional(), samples.professional(patient_control_number="1002", frequency="7")]
    content = x12.write_claims(claims, samples.ENVELOPE)
    written = x12.acknowledge_claims(content, instant=samples.INSTANT)
    assert complaints(written) == []
    words = {word.patient_control_number: word.is_accepted for word in x12.read_acknowledgements(written)}
    assert words == {"1001": True, "1002": False}


def test_claim_that_nobody_answered_is_named():
    claims = [samples.professional(), samples.professional(patient_control_number="1002")]
    content = x12.write_claims(claims, samples.ENVELOPE)
    sent = x12.sent_claims(content)
    assert [answer.state for answer in x12.match_answers(sent, [])] == ["unanswered", "unanswered"]
    functional_answer = list(x12.read_acknowledgements(x12.acknowledge(content, instant=samples.INSTANT).together))
    assert [answer.state for answer in x12.match_answers(sent, functional_answer)] == ["received", "received"]
    word = ClaimAcknowledgement("1001", (StatusCode("A3", "21"),), date(2026, 11, 21), batch_reference="17-0001")
    assert [answer.state for answer in x12.match_answers(sent, [*functional_answer, word])] == ["refused", "received"]


def test_answers_find_their_claims_over_interchange_group_and_number():
    first = x12.write_claims([samples.professional()], samples.ENVELOPE)
    second = x12.write_claims(
        [samples.professional()], samples.ENVELOPE._replace(interchange_control_number=18, group_control_number=6)
    )
    sent = [*x12.sent_claims(first), *x12.sent_claims(second)]
    cut = second[: second.index(b"~SE*") + 1]
    refused = list(x12.read_acknowledgements(x12.acknowledge(cut, instant=samples.INSTANT).together))
    states = [answer.state for answer in x12.match_answers(sent, refused)]
    assert states == ["unanswered", "rejected"]
    taken = list(x12.read_acknowledgements(x12.acknowledge(first, instant=samples.INSTANT).together))
    assert [answer.state for answer in x12.match_answers(sent, [*refused, *taken])] == ["received", "rejected"]


def test_transaction_is_rejected_though_its_errors_were_too_many_to_keep():
    content = x12.write_claims([samples.professional()], samples.ENVELOPE).replace(b"N3*12 MAPLE ST~", b"")
    checked = x12.check(content, findings_kept=0)
    assert (checked.findings, checked.findings_left_out > 0) == ((), True)
    assert b"IK5*R*5~AK9*R*1*1*0~" in x12.acknowledge(content, instant=samples.INSTANT, checked=checked).functional
