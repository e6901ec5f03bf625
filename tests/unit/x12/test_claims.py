"""Claims go out as 837 and come back as what they were; pyx12 accepts what we write."""

from __future__ import annotations

from decimal import Decimal

import pytest

import x12_samples as samples
from cleanclaim import x12
from cleanclaim.documents import AmbulanceTrip, Attachment, Claim, ConditionIndicator, Repricing
from cleanclaim.kernel.errors import Refused
from x12_judge import complaints


def bare(claim: Claim) -> Claim:
    lines = tuple(line._replace(place=None) for line in claim.lines)
    return claim._replace(place=None, submitter=None, receiver=None, lines=lines)


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


def test_ambulance_claim_carries_its_paperwork_trip_conditions_and_repricing():
    trip = AmbulanceTrip("A", Decimal(12), Decimal(155), "", "UNABLE TO SIT")
    claim = samples.professional(
        attachments=(Attachment("OZ", "BM", "AC100"), Attachment("03", "AA")), ambulance=trip,
        conditions=(ConditionIndicator("07", applies=True, codes=("01", "09")),), fixed_formats=("STATE LINE 1",),
        repricing=Repricing("10", 16000, 1550, "REPRICER1"),
    )  # fmt: skip
    written = x12.write_claims([claim], samples.ENVELOPE)
    for segment in (
        b"PWK*OZ*BM***AC*AC100~",
        b"CR1*LB*155**A*DH*12****UNABLE TO SIT~",
        b"CRC*07*Y*01*09~",
        b"HCP*10*160*15.5*REPRICER1~",
    ):
        assert segment in written
    assert [bare(read) for read in x12.read_claims(written)] == [claim]
    assert x12.check(written).findings == ()
    assert complaints(written) == []


@pytest.mark.parametrize("gap", [b"", b"\n", b"\n  "])
def test_line_says_where_in_the_file_it_stands(gap):
    written = x12.write_claims([samples.professional()], samples.ENVELOPE).replace(b"~", b"~" + gap)
    claim = next(x12.read_claims(written))
    for line in claim.lines:
        text = written[line.place.start : line.place.end]
        assert text.startswith(b"LX*%d~%sSV1*" % (line.number, gap))
        assert written[: line.place.start].count(b"~") + 1 == line.place.segment
    assert written[claim.place.start : claim.place.end].startswith(b"CLM*")
    assert claim.lines[-1].place.end == claim.place.end


@pytest.mark.parametrize("gap", [b"", b"\n", b"\r\n  "])
def test_lines_without_their_number_are_lines(gap):
    written = x12.write_claims([samples.professional()], samples.ENVELOPE)
    unnumbered = written.replace(b"LX*1~", b"").replace(b"LX*2~", b"").replace(b"~", b"~" + gap)
    assert [line.procedure for claim in x12.read_claims(unnumbered) for line in claim.lines] == ["99213", "87880"]
    bare_lines = written.replace(b"LX*1~", b"LX~").replace(b"LX*2~", b"LX~LX~").replace(b"~", b"~" + gap)
    assert [line.procedure for claim in x12.read_claims(bare_lines) for line in claim.lines] == ["99213", "", "87880"]
