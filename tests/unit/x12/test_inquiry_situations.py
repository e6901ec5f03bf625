"""Situations of questions to a payer (level 4): a 270 names somebody and asks something, a 276 names a claim that can be found."""

from __future__ import annotations

from datetime import date

import pytest

import x12_samples as samples
from cleanclaim import x12
from cleanclaim.documents import ClaimStatusRequest, EligibilityRequest, Party
from x12_changed import changed

PROVIDER = Party("1P", last_name="MAPLE STREET CLINIC", id_qualifier="XX", id="1234567893")
CHILD = Party("03", True, "FICTION", "TOM", born_on=date(2015, 2, 3), sex="M")
OWN = EligibilityRequest(samples.PAYER, PROVIDER, samples.INSURED, "T1", date(2026, 11, 20), service_types=("30",))
CHILDS = OWN._replace(subscriber=samples.INSURED._replace(address=None), dependent=CHILD, relationship="19")
STATUS = ClaimStatusRequest(
    samples.PAYER, PROVIDER, samples.INSURED._replace(address=None), "S1", "1001", "ICN9", 17550, date(2026, 11, 2)
)


def found(written, *changes):
    return [finding.rule for finding in x12.check(changed(written, *changes)).findings]


def eligibility(*requests):
    return x12.write_eligibility_requests(requests, samples.ENVELOPE)


def test_sound_questions_have_no_situation():
    assert found(eligibility(OWN, CHILDS, OWN)) == []
    assert found(x12.write_status_requests([STATUS, STATUS], samples.ENVELOPE)) == []


NUMBER, BIRTH = (r"\*+MI\*ABC123456", ""), (r"~DMG\*D8\*19700501\*F", "")


def test_a_subscriber_is_found_by_number_or_by_name_and_birth():
    assert found(eligibility(OWN), NUMBER) == []
    assert found(eligibility(OWN), BIRTH) == []
    assert found(eligibility(OWN), NUMBER, BIRTH) == ["PERSON_NOT_FINDABLE"]


def test_a_dependent_is_found_by_name_and_birth():
    assert found(eligibility(CHILDS), (r"~DMG\*D8\*20150203\*M", "")) == ["PERSON_NOT_FINDABLE"]


@pytest.mark.parametrize("request_", [OWN, CHILDS])
def test_something_is_asked_about_each_subscriber(request_):
    assert found(eligibility(request_), (r"~EQ\*30", "")) == ["QUESTION_MISSING"]
    assert found(eligibility(OWN, request_), (r"~EQ\*30", "")) == ["QUESTION_MISSING", "QUESTION_MISSING"]


SECOND = r"\1~HL*4*2*22*0~TRN*1*T2*9000000001~NM1*IL*1*FICTION*BERT****MI*ABC999~DTP*291*D8*20261120"


def test_each_subscriber_of_a_transaction_is_judged_by_itself():
    both = ("(~EQ\\*30)", f"{SECOND}~EQ*30")
    assert found(eligibility(OWN), both) == []
    assert found(eligibility(OWN), ("(~EQ\\*30)", SECOND)) == ["QUESTION_MISSING"]
    assert found(eligibility(OWN), both, ("~EQ\\*30~HL", "~HL")) == ["QUESTION_MISSING"]
    assert found(eligibility(OWN), both, (r"\*+MI\*ABC999", "")) == ["PERSON_NOT_FINDABLE"]


def test_a_claim_is_found_by_the_payers_number_or_its_days():
    written = x12.write_status_requests([STATUS], samples.ENVELOPE)
    number, day = (r"~REF\*1K\*ICN9", ""), (r"~DTP\*472\*[^~]*", "")
    assert found(written, number) == []
    assert found(written, day) == []
    assert found(written, number, day) == ["CLAIM_NOT_FINDABLE"]
