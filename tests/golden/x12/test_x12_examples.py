"""A folder is a test: `input.x12`, what is expected of it, and why."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from x12_cases import CASES, outcome


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_example_is_answered_as_written(case):
    folder = HERE / case.name
    found = outcome((folder / "input.x12").read_bytes())
    assert found == json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    rules = [finding[0] for finding in found["findings"]]
    assert sorted(rules) == sorted(case.rules), "the findings are those that the case was made for, and no other"


def test_every_folder_is_a_case():
    assert sorted(path.name for path in HERE.iterdir() if path.is_dir() and path.name[:2].isdigit()) == [
        case.name for case in CASES
    ]
