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
