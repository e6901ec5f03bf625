"""What was met before is read and judged from memory: it comes out as if it were met for the first time."""

from __future__ import annotations

import pytest

import x12_samples as samples
from cleanclaim import x12

LINE = b"LX*1~SV1*HC:99213:25*125*UN*1***1~DTP*472*D8*20261102~REF*6R*L1~"
ODD_LINES = {
    "a range of days": LINE.replace(b"D8*20261102", b"RD8*20261102-20261104"),
    "a range that is one day": LINE.replace(b"D8*20261102", b"RD8*20261102"),
    "no such day": LINE.replace(b"20261102", b"20260230"),
    "no control number": LINE.replace(b"REF*6R*L1~", b""),
    "two control numbers": LINE + b"REF*6R*L2~",
    "an element too many": LINE.replace(b"6R*L1", b"6R*L1*X"),
    "a note": LINE + b"NTE*ADD*SEEN TWICE~",
    "an unreadable charge": LINE.replace(b"*125*", b"*12A*"),
    "a number out of order": LINE.replace(b"LX*1", b"LX*7"),
    "a number written with a zero": LINE.replace(b"LX*1", b"LX*01"),
    "another day than that of service": LINE.replace(b"DTP*472", b"DTP*471"),
    "no service": LINE.replace(b"SV1*HC:99213:25*125*UN*1***1~", b""),
    "no number": LINE.replace(b"LX*1~", b"LX~"),
}


def written(claims: list[object]) -> bytes:
    return x12.write_claims(claims, samples.ENVELOPE)


def placeless(claim):
    lines = tuple(line._replace(place=None) for line in claim.lines)
    return claim._replace(place=None, lines=lines, patient_control_number="")


@pytest.mark.parametrize("name", ODD_LINES)
def test_line_reads_alike_before_and_after_a_usual_one(name):
    usual = samples.professional(charge_cents=12500, lines=(samples.line(1),))
    plain = written([usual])
    assert LINE in plain
    odd = plain.replace(LINE, ODD_LINES[name])
    [alone] = x12.read_claims(odd)
    claims = list(x12.read_claims(plain + odd + odd + plain))
    assert [placeless(claim) for claim in claims] == [
        placeless(claim) for claim in (*x12.read_claims(plain), alone, alone, *x12.read_claims(plain))
    ]
    for claim in claims:
        whole = plain + odd + odd + plain
        assert whole[claim.place.start : claim.place.end].startswith(b"CLM*")
        assert all(whole[line.place.start : line.place.end].startswith(b"LX*") for line in claim.lines if line.place)


@pytest.mark.parametrize("name", ODD_LINES)
def test_lines_stand_where_they_stand_whatever_line_breaks_do(name):
    plain = written([samples.professional(charge_cents=12500, lines=(samples.line(1),))]).replace(LINE, ODD_LINES[name])
    broken = plain.replace(b"~", b"~\n").replace(b"REF*X4", b"\nREF*X4")
    [claim], [other] = x12.read_claims(plain), x12.read_claims(broken)
    assert placeless(claim) == placeless(other)
    for line, same in zip(claim.lines, other.lines, strict=True):
        if line.place and same.place:
            text = broken[same.place.start : same.place.end].replace(b"\n", b"")
            assert text == plain[line.place.start : line.place.end]


def test_long_file_is_judged_as_its_parts_are():
    claims = [samples.professional(patient_control_number=f"P{number}") for number in range(1200)]
    data = written(claims)
    data = data.replace(b"CLM*P7*", b"CLM*P7*X").replace(b"CLM*P900*", b"CLM*P900*1").replace(b"HI*ABK", b"HI*ZZZ", 250)
    assert len(data) > 300_000
    whole, pieces = x12.check(data), x12.check(data, chunk_size=700)
    assert whole == pieces
    assert {finding.rule for finding in whole.findings} >= {"SEGMENT_UNEXPECTED", "CLAIM_TOTAL_DIFFERS"}
    for finding in whole.findings:
        if finding.rule == "SEGMENT_UNEXPECTED":
            assert data[finding.start : finding.end].startswith(b"HI*ZZZ")


def test_segment_that_comes_too_often_is_named_each_time():
    data = written([samples.professional()])
    many = data.replace(b"REF*X4*", b"REF*X4*14D0000001~" * 5 + b"REF*X4*")
    found = [finding for finding in x12.check(many).findings if finding.rule == "SEGMENT_TOO_OFTEN"]
    assert [finding.segment for finding in found] == list(range(found[0].segment, found[0].segment + 5))
    assert found[-1].says.startswith("REF X4 comes 6 times")
