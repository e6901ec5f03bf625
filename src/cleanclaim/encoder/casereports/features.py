"""The codes that a text may support, each with what is known for and against it, as a row of numbers for the trees."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cleanclaim.encoder.casereports.lexicon import Lexicon, Term, TermCode
from cleanclaim.encoder.casereports.phrases import Given, Key, PhraseTable, Places
from cleanclaim.encoder.casereports.pull import Pull
from cleanclaim.encoder.casereports.surroundings import Surroundings
from cleanclaim.encoder.casereports.words import Reading, negated_places

FEATURES: Final = (
    # what coders made of the phrases that stand in the text
    "whole_share", "whole_cases", "phrase_cases", "phrase_words", "unenclosed_share", "second_share", "any_share", "phrases",
    "together_share", "together_cases", "part_share", "part_cases", "part_words", "standings", "first_at", "negated", "best_unenclosed",
    "any_unenclosed", "category_gap", "rank", "words_covered", "last_at", "whole_total",
    "phrase_inside", "phrase_inside_least", "phrase_before", "phrase_after", "phrase_beside",
    # how a term of the tabular list is written
    "term_share", "term_weight", "term_words", "term_kind", "term_other", "term_sharing", "term_spread", "term_sentences",
    "term_unenclosed", "term_rival", "term_at", "term_negated", "term_rank", "term_places", "term_verbatim", "term_verbatim_weight",
    "term_strength", "term_category_support", "term_stem_support", "term_category_near", "term_gap", "term_cases", "term_confirmed",
    "term_near", "term_rarest_cases", "term_inside", "term_inside_least", "term_before", "term_after", "term_beside",
    # the code itself
    "code_cases", "category_cases", "chapter_cases", "chapter", "title_words", "title_unspecified", "title_other", "category_lead",
    "category_terms", "code_length", "untitled", "text_words", "category_here", "chapter_here", "side",
)  # fmt: skip
"""The columns, in order. An absent part (no phrase, no term) is not a number."""
_PHRASE_COLUMNS: Final = FEATURES.index("term_share")
_CODE_COLUMNS: Final = FEATURES.index("code_cases")
TERM_AT_LEAST: Final = 0.55
"""The share of a term's weight that must be written."""
_TERMS_KEPT: Final = 60
"""The codes that only terms name and that are ranked: those of the strongest pull."""
_TERMS_READ: Final = 200
"""The terms of a text that are looked at closely."""
_SMOOTH: Final = 1.3
"""Cases added to every count, so that one case is no certainty."""
_LEAST_WHOLE: Final = 0.03
_LEAST_TOGETHER: Final = 0.05
_STANDINGS_LOOKED_AT: Final = 4
_SIDE_WITHIN: Final = 5
_BOTH: Final = 3
_UNTOLD: Final = 4
_SIDE_WORDS: Final = {"right": 1, "left": 2, "bilateral": 3, "both": 3, "od": 1, "oi": 2, "os": 2, "ou": 3}
_ABSENT: Final = math.nan


class Candidate(NamedTuple):
    """A code that the text may support: its row of features and the words that speak for it, the best first."""

    code: str
    row: tuple[float, ...]
    standings: tuple[Places, ...]


class _Use(NamedTuple):
    """One phrase of the text that some case gave the code for."""

    key: Key
    given: Given
    cases: int
    standings: list[Places]


class _Entry(NamedTuple):
    """The best term of the tabular list that names the code."""

    term: Term
    kind: int
    is_other: bool
    sharing: int
    strength: float
    unenclosed: bool


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
    """What stands in the text: phrases with the shares of their codes, by place, and the stretches that enclose shorter ones."""

    reading: Reading
    table: PhraseTable
    lexicon: Lexicon
    surroundings: Surroundings
    pull: Pull
    shares: dict[Places, dict[str, float]]
    by_place: dict[int, list[Places]]
    negated: frozenset[int]
    sides: tuple[tuple[int, int], ...]
    around: dict[Places, tuple[float, float, float, float, float]]

    def surrounded(self, places: Places) -> tuple[float, float, float, float, float]:
        """Return the surroundings of a stretch."""
        known = self.around.get(places)
        if known is None:
            known = self.around[places] = self.surroundings.row(self.reading, places)
        return known


def find_candidates(reading: Reading, learned: Learned) -> list[Candidate]:
    """Return the codes that the text may support, in the order of their names."""
    found, text = _read(reading, learned)
    phrases, uses = _phrase_rows(found, text)
    ranking = (learned.pull.of_terms, learned.pull.per_share)
    entries = _entries(learned.lexicon.find(reading, TERM_AT_LEAST, _TERMS_READ, ranking), text)
    ranks = {code: rank for rank, code in enumerate(sorted(entries, key=lambda code: (-entries[code].strength, code)))}
    strongest: dict[str, float] = defaultdict(float)
    topics: Counter[str] = Counter()
    for code, row in phrases.items():
        strongest[code[:3]] = max(strongest[code[:3]], row[6])
        topics[code[:3]] += row[6]  # type: ignore[assignment]  # a weighted count
        topics[code[:1]] += row[6]  # type: ignore[assignment]
    verbatim = Counter(code[:3] for code, entry in entries.items() if entry.term.verbatim > 0.99)
    at_place: dict[Places, float] = {}
    for entry in entries.values():
        at_place[entry.term.places] = max(at_place.get(entry.term.places, entry.strength), entry.strength)
    candidates: list[Candidate] = []
    for code in sorted(set(phrases) | {code for code in entries if ranks[code] < _TERMS_KEPT}):
        phrase = phrases.get(code, (_ABSENT,) * _PHRASE_COLUMNS)
        entry_found = entries.get(code)
        term = (
            _term_row(code, entry_found, ranks.get(code, 0), at_place, text)
            if entry_found
            else (_ABSENT,) * (_CODE_COLUMNS - _PHRASE_COLUMNS)
        )
        lead = strongest[code[:3]] - (phrase[6] if phrase[6] == phrase[6] else 0.0)
        standings = _standings(uses.get(code, ()), entry_found)
        own = phrase[6] if phrase[6] == phrase[6] else 0.0
        here = (topics[code[:3]] - own, topics[code[:1]] - own)
        facts = (*_code_row(code, lead, verbatim[code[:3]], text), *here, _side(code, standings, text))
        candidates.append(Candidate(code, (*phrase, *term, *facts), standings))
    return candidates


def pull_rows(reading: Reading, learned: Learned) -> list[tuple[str, tuple[float, ...]]]:
    """Return, for each code that a term names and no counted case had, the row that weights of the pull are learned from."""
    _, text = _read(reading, learned)
    entries = _entries(learned.lexicon.find(reading, TERM_AT_LEAST), text)
    return [
        (code, learned.pull.row(entry.term, TermCode(code, entry.kind, entry.is_other), unenclosed=entry.unenclosed))
        for code, entry in sorted(entries.items())
        if code not in learned.table.codes
    ]


def _read(reading: Reading, learned: Learned) -> tuple[dict[Key, list[Places]], _Text]:
    found = learned.table.find(reading)
    shares = _shares(found, learned.table)
    by_place: dict[int, list[Places]] = defaultdict(list)
    for places in shares:
        for place in places:
            by_place[place].append(places)
    sides = tuple((at, _SIDE_WORDS[root]) for at, root in enumerate(reading.roots) if root in _SIDE_WORDS)
    return found, _Text(reading, *learned, shares, by_place, negated_places(reading), sides, {})


def as_rows(candidates: Iterable[Candidate]) -> npt.NDArray[np.float32]:
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


def _enclosing(stretches: Iterable[Places]) -> dict[int, list[frozenset[int]]]:
    by_place: dict[int, list[frozenset[int]]] = defaultdict(list)
    for places in {frozenset(stretch) for stretch in stretches}:
        if len(places) > 1:
            for place in places:
                by_place[place].append(places)
    return by_place


def _phrase_rows(found: dict[Key, list[Places]], text: _Text) -> tuple[dict[str, tuple[float, ...]], dict[str, list[_Use]]]:
    table = text.table
    strong = (key for key in found if table.phrases[key].whole / (table.phrases[key].cases + 1) > 0.15)
    enclosing = _enclosing(places for key in strong for places in found[key])
    uses = _uses(found, table)
    unenclosed: dict[Key, int] = {}
    for key in {use.key for of_code in uses.values() for use in of_code}:
        size = len(key)
        unenclosed[key] = sum(
            not any(len(stretch) > size and stretch.issuperset(places) for stretch in enclosing.get(places[0], ()))
            for places in found[key]
        )
    rows = {code: _phrase_row(code, of_code, unenclosed, text) for code, of_code in uses.items()}
    by_category: dict[str, list[float]] = defaultdict(list)
    for code, row in rows.items():
        by_category[code[:3]].append(row[6])
    finished: dict[str, tuple[float, ...]] = {}
    for rank, code in enumerate(sorted(rows, key=lambda code: (-rows[code][6], code))):
        row = rows[code]
        others = sorted(by_category[code[:3]], reverse=True)
        rival = others[0] if others[0] > row[6] else others[1] if len(others) > 1 else None
        row[18] = rival - row[6] if rival is not None else -1.0
        row[19] = float(rank)
        finished[code] = tuple(row)
    return finished, uses


def _uses(found: dict[Key, list[Places]], table: PhraseTable) -> dict[str, list[_Use]]:
    """Return the phrases that speak for each code; codes that hardly any phrase speaks for are left out."""
    spoken: dict[str, list[tuple[Key, Given, int]]] = defaultdict(list)
    for key in found:
        cases, given = table.phrases[key]
        for one in given:
            spoken[one.code].append((key, one, cases))
    uses: dict[str, list[_Use]] = {}
    for code, of_code in spoken.items():
        usual = table.codes.get(code, 0) / table.cases
        if _is_spoken_for(of_code, usual):
            uses[code] = [_Use(key, given, cases, found[key]) for key, given, cases in of_code]
    return uses


def _is_spoken_for(of_code: list[tuple[Key, Given, int]], usual: float) -> bool:
    for _, given, cases in of_code:
        least = cases + _SMOOTH
        if given.whole + usual >= _LEAST_WHOLE * least or given.together + usual >= _LEAST_TOGETHER * least:
            return True
    return False


def _phrase_row(code: str, uses: list[_Use], unenclosed: dict[Key, int], text: _Text) -> list[float]:
    """Return the phrase columns of a code."""
    table, reading = text.table, text.reading
    usual = table.codes.get(code, 0) / table.cases
    shares = [(use.given.whole + usual) / (use.cases + _SMOOTH) for use in uses]
    together = [(use.given.together + usual) / (use.cases + _SMOOTH) for use in uses]
    parts = [(use.given.part + use.given.whole + usual) / (use.cases + _SMOOTH) for use in uses]
    at = max(range(len(uses)), key=lambda place: (shares[place], unenclosed[uses[place].key] > 0))
    beside = max(range(len(uses)), key=together.__getitem__)
    parted = max(range(len(uses)), key=parts.__getitem__)
    best = uses[at]
    wholes = sorted(shares, reverse=True)
    open_shares = [share for use, share in zip(uses, shares, strict=True) if unenclosed[use.key]]
    standings = best.standings
    words = max(1, len(reading.roots))
    negated = sum(places[0] in text.negated for places in standings) / len(standings)
    covered = {place for use in uses for places in use.standings for place in places}
    return [
        wholes[0], best.given.whole, best.cases, len(best.key), unenclosed[best.key] / len(standings),
        wholes[1] if len(wholes) > 1 else 0.0, _any_of(wholes), len(uses), together[beside], uses[beside].cases,
        parts[parted], uses[parted].cases, len(uses[parted].key), len(standings),
        standings[0][0] / words, negated, max(open_shares, default=0.0), _any_of(open_shares), 0.0, 0.0, len(covered),
        standings[-1][0] / words, sum(use.given.whole for use in uses), *_best_surroundings(standings, text),
    ]  # fmt: skip


def _any_of(shares: list[float]) -> float:
    return 1.0 - math.prod(1.0 - min(0.99, share) for share in shares)


def _entries(terms: list[Term], text: _Text) -> dict[str, _Entry]:
    lexicon = text.lexicon
    strong = [places for places, row in text.shares.items() if max(row.values()) > 0.3]
    written = [term.places for term in terms if term.verbatim > 0.99 and lexicon.sizes[term.term] > 1]
    enclosing = _enclosing([*strong, *written])
    entries: dict[str, _Entry] = {}
    for term in terms:
        size = len(term.places)
        unenclosed = not any(
            stretch.issuperset(term.places) and len(stretch) > size for stretch in enclosing.get(term.places[0], ())
        )
        pulls = text.pull.of_term(term, unenclosed=unenclosed)
        codes = lexicon.codes(term.term)
        for named in codes:
            strength = pulls + text.pull.of_code(named)
            known = entries.get(named.code)
            if known is None or (strength, -named.kind) > (known.strength, -known.kind):
                entries[named.code] = _Entry(term, named.kind, named.is_other, len(codes), strength, unenclosed)
    return entries


def _term_row(code: str, entry: _Entry, rank: int, at_place: dict[Places, float], text: _Text) -> tuple[float, ...]:
    term = entry.term
    lexicon = text.lexicon
    rival = support = stem = near = 0.0
    own = set(term.places)
    for places in {places for place in term.places for places in text.by_place.get(place, ())}:
        row = text.shares[places]
        shared = len(own.intersection(places))
        siblings = [(other, share) for other, share in row.items() if other[:3] == code[:3]]
        if shared < 0.6 * len(own):
            near = max(near, sum(share for _, share in siblings))
            continue
        rival = max(rival, max((share for other, share in row.items() if other != code), default=0.0))
        support = max(support, sum(share for other, share in siblings if other != code))
        stem = max(stem, sum(share for other, share in siblings if other != code and other[:5] == code[:5]))
    return (
        term.share, lexicon.totals[term.term], lexicon.sizes[term.term], entry.kind, entry.is_other, entry.sharing,
        term.width / len(term.places), term.sentences, entry.unenclosed, rival, term.places[0] / max(1, len(text.reading.roots)),
        term.places[0] in text.negated, rank, len(term.places), term.verbatim, lexicon.verbatim_totals[term.term],
        entry.strength, support, stem, near, at_place[term.places] - entry.strength, lexicon.cases[term.term],
        lexicon.confirmed[term.term], lexicon.near[term.term], min(lexicon.rarest.get(text.reading.roots[place], 0) for place in term.places),
        *text.surrounded(term.places),
    )  # fmt: skip


def _best_surroundings(standings: list[Places], text: _Text) -> tuple[float, ...]:
    """Return the surroundings of the standing that looks most like a mention."""
    rows = [text.surrounded(places) for places in standings[:_STANDINGS_LOOKED_AT]]
    return max(rows, key=lambda row: row[2] + row[3] - row[4])


def _side(code: str, standings: tuple[Places, ...], text: _Text) -> float:
    """Return 1 where the side in a code's title is written near its words, -1 where another side is, 0 where none is or the title has none."""
    told = text.lexicon.facts.get(code, (0, 0))[1] >> 2
    if not told or not standings:
        return 0.0
    sentences = text.reading.sentences
    written = 0
    for places in standings[:_STANDINGS_LOOKED_AT] if text.sides else ():
        first, last, sentence = places[0] - _SIDE_WITHIN, places[-1] + _SIDE_WITHIN, sentences[places[0]]
        for at, side in text.sides:
            if first <= at <= last and sentences[at] == sentence:
                written |= side
    if not written:
        return 0.5 if told == _UNTOLD else -0.5
    return 1.0 if told == written or (told != _UNTOLD and told & written and told == _BOTH) or told & written else -1.0


def _code_row(code: str, lead: float, verbatim: int, text: _Text) -> tuple[float, ...]:
    table = text.table
    words, flags = text.lexicon.facts.get(code, (0, 0))
    return (
        table.codes.get(code, 0), table.categories[code[:3]], table.chapters[code[:1]], ord(code[0]), words, flags & 1, flags >> 1 & 1,
        lead, verbatim, len(code), code not in text.lexicon.facts, len(text.reading.roots),
    )  # fmt: skip


def _standings(uses: Iterable[_Use], entry: _Entry | None) -> tuple[Places, ...]:
    """The stretches that speak for a code: those of its best phrase, longest first, or else of the term."""
    ranked = sorted(uses, key=lambda use: (-use.given.whole / (use.cases + 1.3), -len(use.key), use.key))
    standings = [places for use in ranked[:1] for places in use.standings]
    if entry is not None and (not ranked or not ranked[0].given.whole):
        standings.insert(0, entry.term.places)
    return tuple(dict.fromkeys(standings))


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
