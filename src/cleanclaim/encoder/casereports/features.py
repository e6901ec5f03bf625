"""The codes that a text may support, each with what is known for and against it, as a row of numbers for the trees."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cleanclaim.encoder.casereports import phrase_rows, term_rows
from cleanclaim.encoder.casereports.lexicon import Lexicon, TermCode
from cleanclaim.encoder.casereports.phrase_rows import ANY_SHARE, STANDINGS_LOOKED_AT, Around, Spoken
from cleanclaim.encoder.casereports.phrases import Key, PhraseTable, Places
from cleanclaim.encoder.casereports.pull import Pull
from cleanclaim.encoder.casereports.surroundings import Surroundings
from cleanclaim.encoder.casereports.term_rows import Entry, Stretches
from cleanclaim.encoder.casereports.words import Reading, negated_places

FEATURES: Final = (
    *phrase_rows.COLUMNS,
    *term_rows.COLUMNS,
    "code_cases", "category_cases", "chapter_cases", "chapter", "title_words", "title_unspecified", "title_other", "category_lead",
    "category_terms", "code_length", "untitled", "text_words", "category_here", "chapter_here", "side",
)  # fmt: skip
"""The columns, in order: what coders made of the phrases that stand in the text, how a term of the tabular list is written, the code itself. An
absent part (no phrase, no term) is not a number.
"""
_PHRASE_COLUMNS: Final = len(phrase_rows.COLUMNS)
_CODE_COLUMNS: Final = _PHRASE_COLUMNS + len(term_rows.COLUMNS)
TERM_AT_LEAST: Final = 0.55
"""The share of a term's weight that must be written."""
_TERMS_KEPT: Final = 60
"""The codes that only terms name and that are ranked: those of the strongest pull."""
_TERMS_READ: Final = 200
"""The terms of a text that are looked at closely."""
_SIDE_WITHIN: Final = 5
_BOTH: Final = 3
_UNTOLD: Final = 4
_SIDE_WORDS: Final = {"right": 1, "left": 2, "bilateral": 3, "both": 3, "od": 1, "oi": 2, "os": 2, "ou": 3}

Floats = npt.NDArray[np.float32]


class Candidate(NamedTuple):
    """A code that the text may support: its row of features and the words that speak for it, the best first."""

    code: str
    row: Floats
    standings: tuple[Places, ...]


class Learned(NamedTuple):
    """What the annotated cases taught: phrases, terms, and which words surround a mention."""

    table: PhraseTable
    lexicon: Lexicon
    surroundings: Surroundings
    pull: Pull


def learned_of(table: PhraseTable, lexicon: Lexicon, surroundings: Surroundings, weights: dict[str, float]) -> Learned:
    """Return what was learned, with the pull of terms by its weights."""
    return Learned(table, lexicon, surroundings, Pull(weights, lexicon, table, surroundings))


class _Text(NamedTuple):
    """What stands in the text: phrases, the shares of their codes by stretch, negations, sides and surroundings."""

    reading: Reading
    found: dict[Key, list[Places]]
    shares: dict[Places, dict[str, float]]
    negated: frozenset[int]
    sides: tuple[tuple[int, int], ...]
    around: Around


def find_candidates(reading: Reading, learned: Learned) -> list[Candidate]:
    """Return the codes that the text may support, in the order of their names."""
    text = _read(reading, learned)
    spoken = phrase_rows.spoken_for(text.found, learned.table, reading, text.negated, text.around)
    ranking = (learned.pull.of_terms, learned.pull.per_share)
    terms = learned.lexicon.find(reading, TERM_AT_LEAST, _TERMS_READ, ranking)
    entries = term_rows.entries_of(terms, text.shares, learned.lexicon, learned.pull)
    ranks = {code: rank for rank, code in enumerate(sorted(entries, key=lambda code: (-entries[code].strength, code)))}
    phrase_at = {code: at for at, code in enumerate(spoken.codes)}
    codes = sorted(phrase_at.keys() | {code for code in entries if ranks[code] < _TERMS_KEPT})
    if not codes:
        return []
    standings = [_standings(code, phrase_at, spoken, entries) for code in codes]
    values = np.full((len(codes), len(FEATURES)), np.nan)
    of_phrase = [at for at, code in enumerate(codes) if code in phrase_at]
    values[of_phrase, :_PHRASE_COLUMNS] = spoken.rows
    of_term = [at for at, code in enumerate(codes) if code in entries]
    if of_term:
        stretches = Stretches(text.shares)
        at_place = term_rows.strongest_by_place(entries.values())
        values[of_term, _PHRASE_COLUMNS:_CODE_COLUMNS] = [
            term_rows.row(codes[at], entries[codes[at]], ranks[codes[at]], at_place, stretches, learned.lexicon, reading, text.negated, text.around)
            for at in of_term
        ]  # fmt: skip
    values[:, _CODE_COLUMNS:] = _code_rows(codes, spoken, phrase_at, entries, standings, text, learned)
    rows = values.astype(np.float32)
    return [Candidate(code, row, stood) for code, row, stood in zip(codes, rows, standings, strict=True)]


def _code_rows(
    codes: list[str],
    spoken: Spoken,
    phrase_at: dict[str, int],
    entries: dict[str, Entry],
    standings: list[tuple[Places, ...]],
    text: _Text,
    learned: Learned,
) -> list[tuple[float, ...]]:
    """Return the columns of the codes themselves, and of what else of their category and chapter the phrases speak for."""
    shares = spoken.rows[:, ANY_SHARE].tolist()
    strongest: dict[str, float] = defaultdict(float)
    topics: dict[str, float] = defaultdict(int)
    for at in np.argsort(spoken.rows[:, phrase_rows.RANK], kind="stable").tolist():
        code, share = spoken.codes[at], shares[at]
        strongest[code[:3]] = max(strongest[code[:3]], share)
        topics[code[:3]] += share
        topics[code[:1]] += share
    verbatim = Counter(code[:3] for code, entry in entries.items() if entry.term.verbatim > 0.99)
    words = len(text.reading.roots)
    rows: list[tuple[float, ...]] = []
    for code, stood in zip(codes, standings, strict=True):
        category = code[:3]
        own = shares[phrase_at[code]] if code in phrase_at else 0.0
        cases, categories, chapters, letter, long, unspecified, other, length, untitled = learned.pull.facts_of(code)
        side = _side(learned.lexicon.facts.get(code, (0, 0))[1] >> 2, stood, text)
        rows.append((
            cases, categories, chapters, letter, long, unspecified, other, strongest[category] - own, verbatim[category], length, untitled, words,
            topics[category] - own, topics[code[:1]] - own, side,
        ))  # fmt: skip
    return rows


def pull_rows(reading: Reading, learned: Learned) -> list[tuple[str, tuple[float, ...]]]:
    """Return, for each code that a term names and no counted case had, the row that weights of the pull are learned from."""
    text = _read(reading, learned)
    entries = term_rows.entries_of(learned.lexicon.find(reading, TERM_AT_LEAST), text.shares, learned.lexicon, learned.pull)
    return [
        (code, learned.pull.row(entry.term, TermCode(code, entry.kind, entry.is_other), unenclosed=entry.unenclosed))
        for code, entry in sorted(entries.items())
        if code not in learned.table.codes
    ]


def _read(reading: Reading, learned: Learned) -> _Text:
    found = learned.table.find(reading)
    shares = _shares(found, learned.table)
    sides = tuple((at, _SIDE_WORDS[root]) for at, root in enumerate(reading.roots) if root in _SIDE_WORDS)
    return _Text(reading, found, shares, negated_places(reading), sides, Around(learned.surroundings, reading))


def as_rows(candidates: Iterable[Candidate]) -> Floats:
    """Return the rows of candidates as one array."""
    return np.array([candidate.row for candidate in candidates], np.float32).reshape(-1, len(FEATURES))


def _shares(found: dict[Key, list[Places]], table: PhraseTable) -> dict[Places, dict[str, float]]:
    """For each stretch where a phrase stands: the share of its cases in which it was the whole mention of each code."""
    shares: dict[Places, dict[str, float]] = {}
    for key, standings in found.items():
        phrase = table.phrases[key]
        whole = [(given.code, given.whole / (phrase.cases + 1.3)) for given in phrase.given if given.whole]
        if not whole:
            continue
        for places in standings:
            row = shares.setdefault(places, {})
            for code, share in whole:
                if share > row.get(code, 0.0):
                    row[code] = share
    return shares


def _side(told: int, standings: tuple[Places, ...], text: _Text) -> float:
    """Return 1 where the side in a code's title is written near its words, -1 where another side is, 0 where none is or the title has none."""
    if not told or not standings:
        return 0.0
    sentences = text.reading.sentences
    written = 0
    for places in standings[:STANDINGS_LOOKED_AT] if text.sides else ():
        first, last, sentence = places[0] - _SIDE_WITHIN, places[-1] + _SIDE_WITHIN, sentences[places[0]]
        for at, side in text.sides:
            if first <= at <= last and sentences[at] == sentence:
                written |= side
    if not written:
        return 0.5 if told == _UNTOLD else -0.5
    return 1.0 if told == written or (told != _UNTOLD and told & written and told == _BOTH) or told & written else -1.0


def _standings(code: str, phrase_at: dict[str, int], spoken: Spoken, entries: dict[str, Entry]) -> tuple[Places, ...]:
    """The stretches that speak for a code: those of its best phrase, longest first, or else of the term."""
    at = phrase_at.get(code)
    standings = spoken.standings[at] if at is not None else ()
    entry = entries.get(code)
    if entry is not None and (at is None or not spoken.is_whole[at]):
        return (entry.term.places, *(places for places in standings if places != entry.term.places))
    return standings


def column(name: str) -> int:
    """Return the place of a feature in a row."""
    return FEATURES.index(name)


def unlearned(row: Any) -> Any:
    """Return a row as it would be had no case had the code: what the trees must see to judge codes never seen."""
    changed = np.array(row, np.float32)
    cases = changed[..., column("code_cases")].copy()
    changed[..., :_PHRASE_COLUMNS] = np.nan
    changed[..., column("category_cases")] -= cases
    changed[..., column("chapter_cases")] -= cases
    changed[..., column("code_cases")] = 0
    return changed
