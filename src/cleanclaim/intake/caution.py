"""Which words of a reading wait for a person: unsure ones, and what could hurt somebody or change a code unless it is very sure."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from cleanclaim.intake.reading import Page, Reading, Span

SURE: Final = 0.98
SURE_OF_WEIGHTY: Final = 0.999
"""Chosen from bench/intake/run.py on drawn pages; docs/decisions/0060-reading-paper.md has the table."""
FAIR_PAGE: Final = 0.85
"""A page with a smaller share of sure words is handwritten or badly copied: its weighty words wait, all of them."""

NEGATIONS: Final = frozenset({"no", "not", "none", "nor", "never", "denies", "denied", "deny", "denying", "without", "negative", "neg", "absent",
                              "neither", "cannot", "nil", "w/o", "non", "unable", "ruled", "r/o", "free", "resolved"})  # fmt: skip
SIDES: Final = frozenset({"left", "right", "bilateral", "bilaterally", "both", "l", "r", "lt", "rt", "bl", "od", "os", "ou", "ad", "as", "au",
                          "rle", "lle", "rue", "lue", "upper", "lower", "medial", "lateral"})  # fmt: skip
UNITS: Final = frozenset({"mg", "mcg", "ug", "µg", "g", "kg", "ml", "cc", "l", "dl", "units", "unit", "iu", "meq", "mmol", "tab", "tabs", "puffs", "drops",
                          "gtt", "lb", "lbs", "oz", "cm", "mm", "hours", "days", "weeks", "months", "years", "daily", "bid", "tid", "qid", "qd", "qhs", "prn", "once", "twice",
                          "mild", "moderate", "severe", "acute", "chronic", "type", "stage", "new", "old"})  # fmt: skip
_LOOKS_LIKE_A_NUMBER: Final = str.maketrans(
    {"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "S": "5", "s": "5", "B": "8", "Z": "2", "z": "2", "b": "6", "q": "9"}
)
_PLAIN: Final = frozenset({"is", "so", "l", "s", "o", "i", "q", "b", "z"})
_LOOKS_LIKE_A_CODE: Final = frozenset({"alc", "aic", "hba1c", "hbalc", "hbaic"})
_COMMON: Final = frozenset({"for", "leg", "to", "the", "note"})
"""Everyday words one letter away from a weighty one, which would wait on every page."""
_EDGES: Final = re.compile(r"^[^\w%+<>°µ|-]+|[^\w%+<>°µ|]+$")


class Waiting(NamedTuple):
    """A word that waits, with why: `unsure`, or `number`, `negation`, `side`, `dose` for a weighty word that is not very sure."""

    span: Span
    why: str


def weight_of(text: str) -> str:
    """Say what makes a word weighty: number (codes, doses, dates, values), negation, side, dose (units, how often, how bad); else nothing.

    A word one letter away from a short weighty one counts with it: "na" may be a misread "no", "1eft" a misread "left".
    """
    word = _EDGES.sub("", text).casefold()
    if any(letter.isdigit() for letter in word) or word.startswith(("+", "<", ">", "%")) or word.endswith("%"):
        return "number"
    plain = _EDGES.sub("", text)
    if len(plain) <= 5 and plain and plain.translate(_LOOKS_LIKE_A_NUMBER).isdigit() and plain.casefold() not in _PLAIN:
        return "number"
    if word in _LOOKS_LIKE_A_CODE:
        return "number"
    parts = [part for part in re.split(r"[-/.,:;]", word) if part]  # "tenderness.No" is two words without their space
    for kind, words in (("negation", NEGATIONS), ("side", SIDES), ("dose", UNITS)):
        if word in words or any(part in words for part in parts):
            return kind
    if word in _COMMON:
        return ""
    for kind, words, shortest in (("negation", NEGATIONS, 2), ("side", SIDES, 4)):
        if any(len(other) >= shortest and _is_one_letter_away(word, other) for other in words):
            return kind
    return "number" if len(word) == 1 and word.isalpha() and word != "a" else ""  # a letter alone is the rest of something


def _is_one_letter_away(word: str, other: str) -> bool:
    """Say whether one letter was misread, or in longer words left out or added."""
    if len(word) == len(other):
        return sum(a != b for a, b in zip(word, other, strict=True)) == 1
    longer, shorter = (word, other) if len(word) > len(other) else (other, word)
    if len(longer) != len(shorter) + 1 or len(other) < 4:
        return False
    at = next((place for place, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    return longer[at + 1 :] == shorter[at:]


def page_sureness(page: Page) -> float:
    """Return the share of a page's words that are sure: a fair print has nearly all, handwriting far fewer."""
    words = [word.confidence for line in page.lines for word in line.words]
    return sum(sure >= SURE for sure in words) / len(words) if words else 0.0


def waiting(reading: Reading) -> list[Waiting]:
    """Return the words that wait for a person, in reading order."""
    found = []
    sureness = {page.number: page_sureness(page) for page in reading.pages}
    for span in reading.spans():
        why = why_it_waits(span.word.text, span.word.confidence, sureness[span.page])
        if why:
            found.append(Waiting(span, why))
    return found


def why_it_waits(text: str, confidence: float, page_sure: float = 1.0) -> str:
    """Say why a word waits; nothing when it does not. On a page that reads badly every weighty word waits, however sure."""
    if confidence < SURE:
        return weight_of(text) or "unsure"
    return weight_of(text) if confidence < SURE_OF_WEIGHTY or page_sure < FAIR_PAGE else ""
