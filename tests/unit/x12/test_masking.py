"""A masked file names nobody, adds up to the same and is as valid as before, whatever its set."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cleanclaim import x12

EXAMPLES = Path(__file__).resolve().parents[2] / "golden" / "x12"
VALID = sorted(path for path in EXAMPLES.iterdir() if re.match(r"(0\d|1[0-5]|36|38|40)-", path.name))


@pytest.mark.parametrize("folder", VALID, ids=lambda folder: folder.name)
def test_masked_example_stays_valid_and_names_nobody(folder):
    content = (folder / "input.x12").read_bytes()
    masked = b"".join(x12.mask(content, b"a key"))
    before, after = x12.check(content), x12.check(masked)
    assert after.is_valid == before.is_valid is True
    assert [item[4:] for item in after.transactions] == [item[4:] for item in before.transactions]
    for name in (b"FICTION", b"MAPLE", b"HELPER", b"EXAMPLE HEALTH", b"ABC123456", b"1234567893", b"555555"):
        assert name not in masked
    assert len(masked) == len(content) or b"MASKED" in masked


def test_the_same_person_is_masked_the_same_way_in_claim_and_remittance():
    claim = b"".join(x12.mask((EXAMPLES / "01-professional-claim" / "input.x12").read_bytes(), b"k"))
    advice = b"".join(x12.mask((EXAMPLES / "05-remittance" / "input.x12").read_bytes(), b"k"))
    sent = next(x12.read_claims(claim))
    paid = next(x12.read_remittances(advice)).claims[0]
    assert sent.patient_control_number == paid.patient_control_number
    assert sent.subscriber.party.last_name == paid.patient.last_name


def test_what_the_grammar_does_not_know_is_hidden_too():
    content = (EXAMPLES / "01-professional-claim" / "input.x12").read_bytes()
    claim = content.index(b"CLM*")
    terminator = content[105:106]
    strange = content[:claim] + b"NM1*QC*1*PRIVATE*ANNA****MI*ZZTOP99*01*X2X*OFF*SURPLUS88" + terminator
    strange += (
        b"DTP*472*D8*2026-11-03"
        + terminator
        + b"DTP*434*RD8*20261103-SOON"
        + terminator
        + b"SV1*HC:99213:::::TOLD:MORE:OVERFLOW77*1*UN*1"
        + terminator
    )
    strange += content[claim:]
    masked = b"".join(x12.mask(b"PREAMBLE of Nora\n" + strange + b"\nTRAILER 078051120\n", b"a key"))
    for word in (b"SURPLUS", b"2026-11-03", b"20261103", b"OVERFLOW", b"PREAMBLE", b"Nora", b"TRAILER", b"078051120", b"PRIVATE"):
        assert word not in masked, word
    assert len(x12.check(masked).interchanges) == 1


def test_what_is_no_x12_comes_out_unreadable():
    for content in (b"Anna Private, 078051120", "Anna Private".encode("utf-16"), "Änne Privat".encode()):
        masked = b"".join(x12.mask(content, b"a key"))
        assert len(masked) == len(content)
        for word in (b"nna", b"rivat", b"0780", b"r\0i\0v", "Ä".encode(), b"nne"):
            assert word not in masked
