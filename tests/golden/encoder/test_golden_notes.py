"""Each folder is a note of an invented patient with the codes that a coder reports, what is not coded and why, and nothing that must not be."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cleanclaim import encoder
from cleanclaim.documents.coding import Note, NoteContext, Suggestions

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/expected.json"))


def _answer(case: Path, text: str | None = None) -> tuple[Suggestions, dict[str, Any]]:
    expected = json.loads((case / "expected.json").read_text("utf-8"))
    note = Note((case / "note.txt").read_text("utf-8") if text is None else text)
    return encoder.suggest(note, NoteContext(date(2026, 11, 2), setting=expected["setting"])), expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_codes_of_a_golden_note_are_suggested_with_their_words(case: Path) -> None:
    answer, expected = _answer(case)
    shown = {one.code for one in answer.suggestions if one.band != "hint"}
    assert set(expected["codes"]) <= shown
    assert set(expected["services"]) <= shown
    assert not shown & set(expected["not_suggested"])
    text = (case / "note.txt").read_text("utf-8")
    for one in answer.suggestions:
        assert one.reasons
        assert all(text[span.start : span.end] == span.text for span in one.evidence)
    if "level" in expected:
        assert answer.em is not None
        assert answer.em.level == expected["level"]
    for code, indicator in expected.get("poa", {}).items():
        assert {one.poa for one in answer.suggestions if one.code == code} == {indicator}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_golden_note_tempts_to_is_refused_with_its_reason(case: Path) -> None:
    answer, expected = _answer(case)
    why = {one.code: one.why for one in answer.not_coded}
    for code, words in expected["not_coded"].items():
        assert words in why[code]


def test_a_note_is_read_the_same_whatever_its_file_is_called_and_in_any_order() -> None:
    forwards = [_answer(case)[0] for case in CASES[:6]]
    backwards = [_answer(case)[0] for case in reversed(CASES[:6])]
    assert forwards == backwards[::-1]
