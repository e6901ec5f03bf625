"""837/835 pairs in the manner of different vendors and payers, worked by hand: a folder each, with files, steps and cents, and the reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from golden.money.steps import Desk

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/case.json"))


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_pair(folder, system, tmp_path):
    from cleanclaim.practice.workflow.proof import claims_proof, verify

    desk = Desk(folder, system, tmp_path)
    for step in json.loads((folder / "case.json").read_text(encoding="utf-8")):
        desk.take(step)
        broken = [name for name, count in claims_proof(desk.practice) if count]
        assert not broken, f"after {step}: {broken}"
    assert not [name for name, count in verify(desk.practice).invariants if count]


def test_every_pair_says_why():
    assert CASES
    for folder in CASES:
        assert (folder / "why.md").read_text(encoding="utf-8").strip()
