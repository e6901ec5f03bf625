"""Sentences and tokens of a note, with the offsets of the text as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from cleanclaim.encoder.reading.sections import Section, Sections

_LEAD: Final = re.compile(
    r"[\s•*·>–-]*(?:(?:\d{1,2}|[a-z])[.)]\s+|#\s?\d{1,2}[.:)]?\s*|#\s?(?=[A-Za-z]{2})|\d\s(?=[a-zA-Z]{3})(?!(?:mo|month|week|wk|year|yr|day|hour|hr|min|pack|drink|tab|cc|mg|ml|cm|mm|view|lesion|of)s?\b))?[\s•*·-]*"
)
_NUMBERED: Final = re.compile(
    r"\s*[•*·-]*\s*(?:\d{1,2}[.)]\s+|#\s?(?:\d{1,2}|(?=[A-Za-z]{2}))|\d\s(?=[a-zA-Z]{3})(?!(?:mo|month|week|wk|year|yr|day|hour|hr|min|pack|drink|tab|cc|mg|ml|cm|mm|view|lesion|of)s?\b))",
    re.IGNORECASE,
)
_BULLET: Final = re.compile(r"\s*[•*·-]\s*")
_STOP: Final = re.compile(r"(?<=[a-z0-9)+%\"'A-Z])[.!?]+(?=\s+[A-Z\"'(#•\d]|\s*$)|;\s")
_FIRST: Final = re.compile(r"\b1[.)]\s")
_INLINE_NUMBER: Final = re.compile(r"(?<=[.;:,\w)])\s+(?=(?:\d{1,2}[.)]|#\d{1,2})\s+[A-Za-z])")
LONGEST: Final = 1200
"""Characters of the longest sentence; dictation without a full stop is cut there."""
_NO_STOP: Final = frozenset("dr mr mrs ms vs st no approx e.g i.e jr sr hx fx pt dept appt wt ht min max inc est".split())
_TOKEN: Final = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\d+(?:[./]\d+)*(?:[a-e](?![A-Za-z]))?|[^\sA-Za-z\d]")


class Sentence(NamedTuple):
    """One sentence or list item. `item` tells a numbered or bulleted line's first sentence from the rest; `line` counts the note's lines."""

    start: int
    end: int
    text: str
    section: Section
    item: str = ""
    line: int = 0


class Token(NamedTuple):
    """One word as it stands and as it is compared."""

    start: int
    end: int
    key: str


def find_sentences(text: str, sections: Sections) -> tuple[Sentence, ...]:
    """Divide the note into sentences; a line of a list is a sentence of its own."""
    return tuple(_sentences(text, sections))


def _sentences(text: str, sections: Sections) -> Iterator[Sentence]:
    number = 0
    for section in sections.items:
        at = section.body
        while at < section.end:
            stop = text.find("\n", at, section.end)
            stop = section.end if stop < 0 else stop
            number += 1
            for start, end in _inline_items(text, at, stop):
                yield from _of_line(text, start, end, section, number)
            at = stop + 1


def _inline_items(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    line = text[start:end]
    if _NUMBERED.match(text, start, end) or (("1." in line or "1)" in line) and _FIRST.search(line)):
        for cut in _INLINE_NUMBER.finditer(text, start, end):
            yield at, cut.start()
            at = cut.end()
    yield at, end


def _of_line(text: str, start: int, end: int, section: Section, line: int) -> Iterator[Sentence]:
    lead = _LEAD.match(text, start, end)
    item = "number" if _NUMBERED.match(text, start, end) else "bullet" if _BULLET.match(text, start, end) else ""
    at = lead.end() if lead else start
    for stop in _STOP.finditer(text, at, end):
        word = text[at : stop.start()].rsplit(None, 1)[-1:] or [""]
        if word[0].lower().strip("(") in _NO_STOP and text[stop.start()] == ".":
            continue
        if text[at : stop.start()].strip():
            for piece in _in_pieces(text, at, stop.end()):
                yield _sentence(text, *piece, section, item, line)
            item = ""
        at = stop.end()
    if text[at:end].strip():
        for piece in _in_pieces(text, at, end):
            yield _sentence(text, *piece, section, item, line)


def _in_pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a stretch in pieces that are short enough to be read as sentences; only a text without stops has longer ones."""
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = cut if cut > start else start + LONGEST
        yield start, cut
        start = cut
    yield start, end


def _sentence(text: str, start: int, end: int, section: Section, item: str, line: int) -> Sentence:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Sentence(start, end, text[start:end], section, item, line)


_IRREGULAR: Final = {
    "vertebrae": "vertebra", "metastases": "metastasis", "diagnoses": "diagnosis", "feet": "foot", "teeth": "tooth", "women": "woman", "men": "man",
    "toes": "toe", "calculi": "calculus", "nevi": "nevus", "fractured": "fracture", "fx": "fracture", "fxs": "fracture", "sprained": "sprain",
    "strained": "strain", "anaemia": "anemia", "oedema": "edema", "haemorrhoid": "hemorrhoid", "haemorrhoids": "hemorrhoid", "diarrhoea": "diarrhea",
    "tumour": "tumor", "oesophagitis": "esophagitis", "ischaemic": "ischemic", "haematuria": "hematuria", "leukaemia": "leukemia", "lt": "left",
    "rt": "right", "bilat": "bilateral", "bilaterally": "bilateral", "r": "right", "l": "left", "hypertensive": "hypertensive",
    "diabetes": "diabetes", "herpes": "herpes", "pus": "pus", "pelvis": "pelvis", "bursitis": "bursitis", "lens": "lens", "abscess": "abscess",
    "w": "with", "wo": "without", "ou": "bilateral",
}  # fmt: skip


@lru_cache(maxsize=50_000)
def key_of(word: str) -> str:
    """Return the form in which a word is compared: lower case, singular, American spelling."""
    word = word.lower()
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    word = word.removesuffix("'s").replace("'", "")
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "as", "os")):
        if word.endswith("ies") and len(word) > 4:
            return word[:-3] + "y"
        return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]
    return word


def words_in(text: str, start: int, end: int) -> list[re.Match[str]]:
    """Return the words, figures and marks of a stretch of text as they stand."""
    return list(_TOKEN.finditer(text, start, end))


def tokens_of(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Return the tokens of a stretch of text."""
    return [
        Token(match.start(), match.end(), key_of(match.group()))
        for match in _TOKEN.finditer(text, start, len(text) if end is None else end)
    ]
