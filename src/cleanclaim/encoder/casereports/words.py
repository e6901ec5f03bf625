"""A text as the case-report engine reads it: words brought to a root, the sentences they stand in, and where each root occurs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources
from typing import Final, NamedTuple

WORD: Final = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_BREAK: Final = re.compile(r"[.;:?!]\s")
_SPELLINGS: Final = (("ph", "f"), ("th", "t"), ("rh", "r"), ("y", "i"), ("ck", "c"), ("k", "c"), ("ch", "c"), ("qu", "c"))
_KEPT_S: Final = ("ss", "us", "is", "as")
_PLURAL_AS: Final = ("omas", "emas", "ias")
PLAIN_WORDS: Final = frozenset(
    "the a an of in with and or to for was were is are be been by on at from that which this these as it its his her he she who had has "
    "have there their than into after before during also but due did does do any all very patient presented showed revealed observed "
    "performed year man woman".split()
)
"""Words that no phrase key keeps."""
NEGATIONS: Final = frozenset(
    {"no", "not", "without", "denied", "absence", "negative", "absent", "normal", "neither", "nor", "denie", "deny"}
)
MOST_WORDS: Final = 12_000
"""A text is read up to this many words: a discharge summary has a tenth of it, and time must stay bounded."""
_LONGEST_SENTENCE: Final = 80


class Reading(NamedTuple):
    """A text read: for each word its root, its sentence and its span; for each root the places where it stands."""

    roots: tuple[str, ...]
    sentences: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    places: dict[str, list[int]]


def bare(word: str) -> str:
    """Return a word in lower case without accents."""
    word = word.lower()
    if word.isascii():
        return word
    return "".join(ch for ch in unicodedata.normalize("NFD", word) if unicodedata.category(ch) != "Mn")


@lru_cache(maxsize=200_000)
def root(word: str) -> str:
    """Return the root that stands for a word: singular, one spelling (oedema, edema), one word a family (renal, kidney)."""
    families = _families()
    single = _singular(bare(word))
    folded = _one_spelling(single)
    return families.get(word) or families.get(single) or families.get(folded) or folded


def read(text: str) -> Reading:
    """Read a text line by line; a line break or a full stop ends a sentence."""
    roots: list[str] = []
    sentences: list[int] = []
    spans: list[tuple[int, int]] = []
    sentence = started = 0
    last = 0
    for word in WORD.finditer(text):
        start, end = word.span()
        gap = text[last:start]
        is_end = gap != " " and ("\n" in gap or _BREAK.search(gap) is not None)
        if roots and (is_end or len(roots) - started >= _LONGEST_SENTENCE):
            sentence += 1
            started = len(roots)
        roots.append(root(text[start:end].lower()))
        sentences.append(sentence)
        spans.append((start, end))
        last = end
        if len(roots) >= MOST_WORDS:
            break
    places: dict[str, list[int]] = {}
    for place, found in enumerate(roots):
        places.setdefault(found, []).append(place)
    return Reading(tuple(roots), tuple(sentences), tuple(spans), places)


def phrase_key(roots: Iterable[str]) -> tuple[str, ...]:
    """Return the key of a phrase: its telling roots, each once, in alphabetical order."""
    return tuple(sorted({found for found in roots if found not in PLAIN_WORDS}))


def negated_places(reading: Reading) -> frozenset[int]:
    """Return the places that a negation stands within six words before, in their sentence."""
    sentences = reading.sentences
    return frozenset(
        after
        for negation in NEGATIONS
        for place in reading.places.get(negation, ())
        for after in range(place + 1, min(len(sentences), place + 7))
        if sentences[after] == sentences[place]
    )


def _singular(word: str) -> str:
    if not word.isalpha() or len(word) < 5:
        return word
    if len(word) > 5:
        word = word.replace("oe", "e").replace("ae", "e")
    if word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith("sses"):
        word = word[:-2]
    elif word.endswith(_PLURAL_AS) or (word.endswith("s") and not word.endswith(_KEPT_S)):
        word = word[:-1]
    return word[:-3] + "or" if word.endswith("our") else word


def _one_spelling(word: str) -> str:
    """Fold what Spanish, British and American spellings tell apart: ph and f, doubled letters, y and i."""
    if len(word) < 6 or not word.isalpha():
        return word
    for written, plain in _SPELLINGS:
        word = word.replace(written, plain)
    return "".join(letter for at, letter in enumerate(word) if not at or letter != word[at - 1])


@cache
def _families() -> dict[str, str]:
    families: dict[str, str] = {}
    lines = (resources.files(__package__) / "families.txt").read_text("utf-8").splitlines()
    for line in lines:
        words = [] if line.startswith("#") else line.split()
        for word in words:
            single = _singular(bare(word))
            families[word] = words[0]
            families.setdefault(single, words[0])
            families.setdefault(_one_spelling(single), words[0])
    return families
