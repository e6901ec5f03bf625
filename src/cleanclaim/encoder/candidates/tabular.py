"""The long tail: a problem's heading that the lexicon does not know is looked up among all wordings of the code book.

The book's titles, inclusion terms and index entries are kept as bags of words, built once from the store (about a second, the first time a heading needs
them); rare and never-seen codes are reached this way, by the whole heading only, never by a word of it.
"""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.encoder.candidates.codebook import CodeBook, CodeStore
from cleanclaim.encoder.candidates.gather import Gathered, side_in
from cleanclaim.encoder.candidates.lexicon import FILLERS, QUALIFIERS, SIDES, Concept, fold
from cleanclaim.encoder.patterns import any_case
from cleanclaim.encoder.reading import Problem

_WORD: Final = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\d+[a-z]?")
_LONGEST_TERM: Final = 7
_DOUBT: Final = any_case(
    r"\b(?:possible|probable|likely|suspect\w*|rule out|r/o|vs\.?|versus|concern\w*|consistent with|questionable|due to|secondary to|status post|history of|no|denies)\b|\?"
)
_LOOSE: Final = FILLERS | frozenset({"unspecified", "other", "nos", "specified", "disease", "disorder"}) - {"disease", "disorder"}
_KIND_OF_CHAPTER: Final = {"R": "s", "S": "i", "T": "i", "C": "n", "Z": "z"}
_BAGS: Final[dict[int, dict[tuple[str, ...], str]]] = {}


_COURSE: Final = frozenset(
    "not at goal controlled stable improved improving resolved worse better follow up followup visit today check recheck continue continued discussed doing fine ok okay labs lab "
    "medication refill monitoring plan counseling counselling management and other problem issue concern status needs need due return week month year day days weeks months years "
    "handout handouts none needed reviewed normal negative exam signature signed examination preventative preventive health healthcare maintenance since x re eval evaluation".split()
)


def add_long_tail(gathered: Gathered) -> None:
    """Give headings that no phrase of the lexicon covers the code whose wording they are."""
    book = gathered.book
    if book.store is None:
        return
    for problem in gathered.reading.problems:
        words = [word for word in _words(problem.heading) if word not in _COURSE]
        if not 1 <= len(words) <= _LONGEST_TERM or _DOUBT.search(problem.heading) or not any(len(word) > 3 for word in words):
            continue
        inside = [one for one in gathered.by_code.values() if problem in one.problems]
        covered = max((one.size for one in inside), default=0)
        if covered >= len({word for word in words if word not in SIDES and word not in QUALIFIERS and word not in _COURSE}):
            continue
        code = _look_up(words, problem, book)
        if any(one.code[:-1] == code[:-1] and "unspecified" in book.title(code).lower() for one in inside):
            continue
        if code and code not in gathered.by_code:
            _add(gathered, problem, code, len(words))
            for one in inside:
                if one.code[:3] == code[:3]:
                    one.why_not = f"The note supports the more specific {code} (guideline I.B.2)."


def _words(heading: str) -> list[str]:
    return [word for word in (fold(match.group()) for match in _WORD.finditer(heading)) if word not in _LOOSE]


def _look_up(words: list[str], problem: Problem, book: CodeBook) -> str:
    assert book.store is not None
    bags = _bags_of(book.store, book)
    without_side = [word for word in words if word not in SIDES]
    plain = [word for word in without_side if word not in QUALIFIERS]
    for reading in (words, without_side, plain):
        code = bags.get(tuple(sorted(set(reading))), "") if reading else ""
        if code:
            return _leaf(code, side_in(problem.heading), book)
    return ""


def _bags_of(store: CodeStore, book: CodeBook) -> dict[tuple[str, ...], str]:
    known = _BAGS.get(id(store))
    if known is None:
        known = {}
        for term in store.iter_terms("icd10cm", book.on):
            if term.code[:1] in {"V", "W", "X", "Y", "S", "T"} or len(term.text) > 90 or term.kind == "short":
                continue
            words = {word for word in (fold(match.group()) for match in _WORD.finditer(term.text)) if word not in _LOOSE}
            if 1 <= len(words) <= _LONGEST_TERM and not words <= QUALIFIERS:
                known.setdefault(tuple(sorted(words)), term.code)
        _BAGS.clear()
        _BAGS[id(store)] = known
    return known


def _leaf(code: str, side: str, book: CodeBook) -> str:
    """Return the billable code below a heading of the book: of the side that is named, else the unspecified one."""
    if book.is_billable(code):
        return code
    leaves = _leaves(code, book, 0)
    if side:
        leaves = [one for one in leaves if f"{side} " in f"{one[1].lower()} ".replace(",", " ")] or leaves
    for mark in ("unspecified", "without", ""):
        for found, title in leaves:
            if mark in title.lower():
                return found
    return ""


def _leaves(code: str, book: CodeBook, depth: int) -> list[tuple[str, str]]:
    if book.store is None or depth > 3:
        return []
    found: list[tuple[str, str]] = []
    for child in book.store.children("icd10cm", code, book.on):
        if child.billable:
            found.append((child.code, child.title))
        else:
            found.extend(_leaves(child.code, book, depth + 1))
        if len(found) > 60:
            break
    return found


def _add(gathered: Gathered, problem: Problem, code: str, size: int) -> None:
    made = gathered.ensure(code, Concept(code, _KIND_OF_CHAPTER.get(code[:1], "c"), chronic=True))
    if made is None:
        return
    gathered.cite(made, problem.start, problem.end)
    made.size = size
    if problem not in made.problems:
        made.problems.append(problem)
    made.reasons.append("The heading is a wording of the code book for this code.")
