"""Any text gets a plain answer in bounded time: pieces of notes in any order, cut anywhere, repeated without end."""

from __future__ import annotations

import time
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim import encoder
from cleanclaim.documents.coding import Note, NoteContext, Suggestions

CONTEXT = NoteContext(date(2026, 11, 2))
PIECES = (
    "ASSESSMENT\n", "A/P: ", "1. ", "PLAN\n", "Dx: ", "asthma", "right knee pain", "laceration", "2.2 cm", "0 cm", "excised diameter 1.7 cm", "closed with", "kenalog 40 mg", "0 mg/ml", "IM L deltoid",
    "LN2, 6 of 6 treated", "99 minutes total time", "fracture", "metacarpal", "left", "index finger", "denies", "possible", "mother has", ", ", ". ", "; ", " - ", "\n", "\r\n", "•", "12/31/26", "est pt 40F",
    "vaccines given: MMR, Tdap", "counseled", "EKG read by me", "x-ray 3 views here", "spirometry", "diabetes", "ckd stage 3b", "Medicare", "video visit", "TCM", "day 0 after discharge", "²³½", "\ud83e\udd12", "é",
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_pieces_of_notes_in_any_order_are_answered(pieces: list[str]) -> None:
    text = "".join(pieces)
    answer = encoder.suggest(Note(text), CONTEXT)
    assert isinstance(answer, Suggestions)
    for one in answer.suggestions:
        assert all(text[span.start : span.end] == span.text for span in one.evidence)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_characters_are_answered(text: str) -> None:
    assert isinstance(encoder.suggest(Note(text), CONTEXT), Suggestions)


def test_endless_texts_are_answered_in_bounded_time() -> None:
    for text in (
        "punch biopsy of lesion 4 mm, " * 40_000,
        "asthma " * 100_000,
        "no " * 300_000,
        "ASSESSMENT\n1. Asthma\n" * 50_000,
        "x" * 3_000_000,
    ):
        begun = time.perf_counter()
        encoder.suggest(Note(text), CONTEXT)
        assert time.perf_counter() - begun < 20
