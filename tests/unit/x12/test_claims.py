"""Claims go out as 837 and come back as what they were; pyx12 accepts what we write."""

from __future__ import annotations

import pytest

import x12_samples as samples
from cleanclaim import x12
from cleanclaim.documents import Claim
from cleanclaim.kernel.errors import Refused
from x12_judge import complaints


def bare(claim: Claim) -> Claim:
    return claim._replace(place=None, submitter=None, receiver=None)


@pytest.mark.parametrize("name", ["professional", "dependent", "secondary", "institutional", "dental"])
def test_claim_comes_back_as_it_was_written(name):
    claim = getattr(samples, name)()
    written = x12.write_claims([claim], samples.ENVELOPE)
    assert [bare(read) for read in x12.read_claims(written)] == [claim]


@pytest.mark.parametrize("name", ["professional", "dependent", "secondary", "institutional"])
def test_outside_judge_accepts_our_claims(name):
    assert complaints(x12.write_claims([getattr(samples, name)()], samples.ENVELOPE)) == []


def test_outside_judge_is_awake():
    written = x12.write_claims([samples.professional()], samples.ENVELOPE)
    assert complaints(written.replace(b"BHT*0019", b"BHT*0018"))


def test_claim_whose_lines_do_not_add_up_is_refused():
    with pytest.raises(Refused, match="add up"):
        x12.write_claims([samples.professional(charge_cents=1)], samples.ENVELOPE)


def test_delimiter_inside_data_is_refused():
    with pytest.raises(Refused, match="delimiter"):
        x12.write_claims([samples.professional(patient_control_number="A*B")], samples.ENVELOPE)


def test_many_claims_share_their_loops_and_split_into_transactions():
    claims = [samples.professional(patient_control_number=str(number)) for number in range(5003)]
    written = x12.write_claims(claims, samples.ENVELOPE)
    assert written.count(b"~ST*837*") == 2
    assert written.count(b"~HL*") == 1 + 50 + 1 + 1
    assert x12.check(written).findings == ()
    assert [claim.patient_control_number for claim in x12.read_claims(written)] == [
        claim.patient_control_number for claim in claims
    ]


def test_unreadable_amount_is_named_not_guessed():
    written = x12.write_claims([samples.professional()], samples.ENVELOPE).replace(b"CLM*1001*175.5", b"CLM*1001*17S.5")
    assert [claim.unreadable for claim in x12.read_claims(written)] == [("17S.5",)]
