"""The lexicon of conditions: the phrases of notes, each with the code it means and how that code takes a side.

A line of `knowledge/*.txt` is `code | phrase; phrase | flags`. `M25.56{s}` takes the side as its digit (1 right, 2 left, 3 both or, where there
is no such code, both sides' codes; 9 or 0 unspecified); `A/B/C/D` lists right, left, bilateral, unspecified.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

from cleanclaim.encoder.candidates.codebook import CodeBook
from cleanclaim.encoder.reading.sentences import key_of

FILES: Final = ("medical.txt", "body.txt", "status.txt", "specialty.txt")
FILLERS: Final = frozenset(
    "of the a an in to due by for and with on his her their its my is are s , - / ( ) ' mellitus type diagnosis dx known new newly diagnosed found old "
    "presence region area aspect site side joint unspecified nos disease's disorder's patient's complication complicated primary secondary "
    "likely mildly somewhat very quite".split()
) - {"with", "new", "old"} | {"with", "newly"}  # fmt: skip
SIDES: Final = frozenset("right left bilateral both".split())
QUALIFIERS: Final = frozenset(
    "acute chronic severe mild moderate recurrent persistent intermittent stable unstable uncontrolled controlled worsening improving ongoing subacute longstanding "
    "significant slight minor major simple complex current active possible probable intractable generalized localized diffuse new old early late "
    "advanced moderately severely benign essential primary degenerative posttraumatic traumatic nontraumatic classic typical atypical symptomatic "
    "asymptomatic post small large resolved mixed poorly well refractory stage grade left-sided right-sided sided non displaced nondisplaced closed open lower upper".split()
)
_NUMERALS: Final = {"ii": "2", "iii": "3", "iv": "4", "first": "1st", "second": "2nd", "fifth": "5th", "one": "1", "two": "2"}
_WORD: Final = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?[a-z]?")
_SIDE_MARK: Final = re.compile(r"\{s(?:=([^}]*))?\}")


class Concept(NamedTuple):
    """What a phrase of the lexicon means: a code, or how the code is built with a side. `kind` is its flag letter."""

    spec: str
    kind: str
    sex: str = ""
    age: str = ""
    chronic: bool = False


class Lexicon(NamedTuple):
    """Phrases as bags of words, the words that occur in any of them, and for each word those that share a phrase with it."""

    bags: dict[tuple[str, ...], Concept]
    words: frozenset[str]
    longest: int
    beside: dict[str, set[str]]


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Return the form of a word in which lexicon and note meet."""
    key = key_of(word)
    return _NUMERALS.get(key, key)


def bag_of(words: list[str]) -> tuple[str, ...]:
    """Return the words without fillers, in an order that does not depend on theirs."""
    return tuple(sorted({word for word in words if word not in FILLERS}))


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """Read the shipped lexicon once."""
    bags: dict[tuple[str, ...], Concept] = {}
    words: set[str] = set()
    longest = 1
    beside: dict[str, set[str]] = {}
    for name in FILES:
        for line in files("cleanclaim.encoder.knowledge").joinpath(name).read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            spec, phrases, *rest = (part.strip() for part in line.split("|"))
            concept = _concept(spec, rest[0] if rest else "")
            for phrase in phrases.split(";"):
                bag = bag_of([fold(word) for word in _WORD.findall(phrase)])
                if bag:
                    bags.setdefault(bag, concept)
                    words.update(bag)
                    for word in bag:
                        beside.setdefault(word, set()).update(bag)
                    longest = max(longest, len(bag))
    return Lexicon(bags, frozenset(words), longest, beside)


def _concept(spec: str, flags: str) -> Concept:
    kind, sex, age, chronic = "a", "", "", False
    for flag in flags.split():
        if flag.startswith("sex="):
            sex = flag[4:]
        elif flag in {"adult", "child", "fam"}:
            age = flag
        elif flag == "c":
            chronic = True
            kind = "c"
        else:
            kind = flag
    return Concept(spec, kind, sex, age, chronic)


def codes_of(spec: str, side: str, book: CodeBook) -> tuple[str, ...]:
    """Return the codes that a specification means on a side (`right`, `left`, `bilateral` or empty)."""
    at = {"right": 0, "left": 1, "bilateral": 2}.get(side, 3)
    if "/" in spec:
        return tuple(code for part in spec.split("/")[at].split("+") if (code := book.in_force(part)))
    mark = _SIDE_MARK.search(spec)
    if mark is None:
        code = book.in_force(spec)
        return (code,) if code else ()
    before, after = spec[: mark.start()], spec[mark.end() :]
    digits = mark.group(1).split(",") if mark.group(1) is not None else ["1", "2", "3", "9"]
    if at == 2:
        both = before + digits[2] + after
        if digits[2] and (book.store is None or book.is_billable(both)):
            return (both,)
        return tuple(code for digit in digits[:2] if (code := book.in_force(before + digit + after)))
    if at < 2:
        code = before + digits[at] + after
        return (code,) if book.is_billable(code) else codes_of(spec, "", book)
    for digit in (digits[3], "9", "0"):
        if digit and book.is_billable(before + digit + after):
            return (before + digit + after,)
    return ()


def has_side(spec: str) -> bool:
    """Tell whether a code depends on the side of the body."""
    return "/" in spec or "{s" in spec
