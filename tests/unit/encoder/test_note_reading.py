"""How notes are read: sections, problems, assertions, and offsets that never move."""

from __future__ import annotations

from datetime import date

from cleanclaim.documents.coding import Note, NoteContext
from cleanclaim.encoder.patterns import compiled, may_match
from cleanclaim.encoder.reading import read

CONTEXT = NoteContext(date(2026, 11, 2))


def test_offsets_are_those_of_the_note_as_written() -> None:
    text = "CC:\tHe’s tired…\r\nASSESSMENT\r\n1. Gout – left foot.\r\n"
    reading = read(Note(text), CONTEXT)
    assert len(reading.text) == len(text)
    assert [text[problem.start : problem.end] for problem in reading.problems] == ["Gout"]


def test_headings_are_found_in_the_ways_notes_write_them() -> None:
    kinds = [
        section.kind
        for section in read(Note("CC: cough\nHPI\nwell\n\nPHYSICAL EXAM:\nclear\nA/P: URI. RTC prn.\n"), CONTEXT).sections.items
    ]
    assert kinds == ["complaint", "hpi", "exam", "assessment_plan"]


def test_a_plan_that_repeats_a_heading_speaks_of_the_same_problem() -> None:
    reading = read(Note("ASSESSMENT\n- Gout\n- Asthma\n\nPLAN\nAsthma\nContinue albuterol.\n"), CONTEXT)
    asthma = next(problem for problem in reading.problems if problem.heading == "Asthma")
    assert any("albuterol" in sentence.text for sentence in asthma.sentences)


def test_cues_govern_their_own_clause() -> None:
    reading = read(Note("HPI\nDenies fever, chills or cough but has a sore throat.\n"), CONTEXT)
    sentence = reading.sentences[0]
    at = {
        word: reading.assertion(sentence, reading.text.index(word), reading.text.index(word) + len(word))[0]
        for word in ("cough", "sore throat")
    }
    assert at == {"cough": "absent", "sore throat": "present"}


def test_the_shortcut_before_a_pattern_never_hides_a_match() -> None:
    for pattern, text in (
        (r"\b(?:ekg|ecg)\b[^.\n]{0,9}read", "ecg was read"),
        (r"(?:a|b)c?", "b"),
        (r"x-?rays?", "xray"),
        (r"(?:\d+ )?well[- ]child", "well child"),
    ):
        assert compiled(pattern).expression.search(text)
        assert may_match(compiled(pattern).needed, text)
