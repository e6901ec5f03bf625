"""The columns of how a term of the tabular list is written: what of it, where, how surely, and which phrases stand at the same words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

from cleanclaim.encoder.casereports.finding import Term
from cleanclaim.encoder.casereports.lexicon import Lexicon
from cleanclaim.encoder.casereports.phrase_rows import Around, enclosing, is_unenclosed
from cleanclaim.encoder.casereports.phrases import Places
from cleanclaim.encoder.casereports.pull import Pull
from cleanclaim.encoder.casereports.words import Reading

COLUMNS: Final = (
    "term_share", "term_weight", "term_words", "term_kind", "term_other", "term_sharing", "term_spread", "term_sentences",
    "term_unenclosed", "term_rival", "term_at", "term_negated", "term_rank", "term_places", "term_verbatim", "term_verbatim_weight",
    "term_strength", "term_category_support", "term_stem_support", "term_category_near", "term_gap", "term_cases", "term_confirmed",
    "term_near", "term_rarest_cases", "term_inside", "term_inside_least", "term_before", "term_after", "term_beside",
)  # fmt: skip
_VERBATIM: Final = 0.99
_STRONG: Final = 0.3
_SHARED: Final = 0.6
"""The part of a term's words that a phrase must share with it to speak for the same thing."""


class Entry(NamedTuple):
    """The best term of the tabular list that names the code."""

    term: Term
    kind: int
    is_other: bool
    sharing: int
    strength: float
    unenclosed: bool


def entries_of(terms: list[Term], shares: dict[Places, dict[str, float]], lexicon: Lexicon, pull: Pull) -> dict[str, Entry]:
    """Return the best term for each code that a term of the text names."""
    strong = [places for places, row in shares.items() if max(row.values()) > _STRONG]
    written = [term.places for term in terms if term.verbatim > _VERBATIM and lexicon.sizes[term.term] > 1]
    by_place = enclosing([*strong, *written])
    best: dict[str, tuple[float, int, Term, bool, int, bool]] = {}
    for term in terms:
        unenclosed = is_unenclosed(term.places, len(term.places), by_place)
        pulls = pull.of_term(term, unenclosed=unenclosed)
        codes = pull.named(term.term)
        for code, kind, is_other, adds in codes:
            strength = pulls + adds
            known = best.get(code)
            if known is None or strength > known[0] or (strength == known[0] and kind < known[1]):
                best[code] = (strength, kind, term, is_other, len(codes), unenclosed)
    return {
        code: Entry(term, kind, is_other, sharing, strength, unenclosed)
        for code, (strength, kind, term, is_other, sharing, unenclosed) in best.items()
    }


def strongest_by_place(entries: Iterable[Entry]) -> dict[Places, float]:
    """Return the strongest pull of any code at each stretch."""
    found: dict[Places, float] = {}
    for entry in entries:
        places = entry.term.places
        if entry.strength > found.get(places, float("-inf")):
            found[places] = entry.strength
    return found


class _Stretch(NamedTuple):
    """The shares of one stretch's codes: the two highest, and those of each category."""

    first: float
    code: str
    second: float
    by_category: dict[str, list[tuple[str, float]]]


class Stretches:
    """The stretches where phrases stand, with the shares of their codes."""

    def __init__(self, shares: dict[Places, dict[str, float]]) -> None:
        self._shares: Final = shares
        self._by_place: Final[dict[int, list[Places]]] = defaultdict(list)
        for places in shares:
            for place in places:
                self._by_place[place].append(places)
        self._known: Final[dict[Places, _Stretch]] = {}
        self._beside: Final[dict[Places, list[tuple[bool, _Stretch]]]] = {}

    def rivals(self, code: str, places: Places) -> tuple[float, float, float, float]:
        """Return the highest share of another code at a term's words, what codes of the category and of the stem have there, and what codes of the
        category have where only some of the words stand.
        """
        rival = support = stem = near = 0.0
        category, begins = code[:3], code[:5]
        for is_same, stretch in self._at(places):
            siblings = stretch.by_category.get(category, ())
            if not is_same:
                near = max(near, sum([share for _, share in siblings]))
                continue
            rival = max(rival, stretch.second if stretch.code == code else stretch.first)
            if siblings:
                others = [(other, share) for other, share in siblings if other != code]
                support = max(support, sum([share for _, share in others]))
                stem = max(stem, sum([share for other, share in others if other[:5] == begins]))
        return rival, support, stem, near

    def _at(self, places: Places) -> list[tuple[bool, _Stretch]]:
        """Return the stretches that share words with a term's, and whether they share most of them."""
        known = self._beside.get(places)
        if known is None:
            own = set(places)
            touching = {stretch for place in places for stretch in self._by_place.get(place, ())}
            known = [(len(own.intersection(one)) >= _SHARED * len(own), self._stretch(one)) for one in touching]
            self._beside[places] = known
        return known

    def _stretch(self, places: Places) -> _Stretch:
        known = self._known.get(places)
        if known is None:
            by_category: dict[str, list[tuple[str, float]]] = defaultdict(list)
            row = self._shares[places]
            for code, share in row.items():
                by_category[code[:3]].append((code, share))
            best = max(row, key=row.__getitem__)
            second = max((share for code, share in row.items() if code != best), default=0.0)
            known = self._known[places] = _Stretch(row[best], best, second, by_category)
        return known


def row(
    code: str,
    entry: Entry,
    rank: int,
    at_place: dict[Places, float],
    stretches: Stretches,
    lexicon: Lexicon,
    reading: Reading,
    negated: frozenset[int],
    around: Around,
) -> tuple[float, ...]:
    """Return the columns of a code that a term names."""
    term = entry.term
    at, places, roots = term.term, term.places, reading.roots
    rival, support, stem, near = stretches.rivals(code, places)
    return (
        term.share, lexicon.totals[at], lexicon.sizes[at], entry.kind, entry.is_other, entry.sharing, term.width / len(places), term.sentences,
        entry.unenclosed, rival, places[0] / max(1, len(roots)), places[0] in negated, rank, len(places), term.verbatim, lexicon.verbatim_totals[at],
        entry.strength, support, stem, near, at_place[places] - entry.strength, lexicon.cases[at], lexicon.confirmed[at], lexicon.near[at],
        min([lexicon.rarest.get(roots[place], 0) for place in places]), *around.of(places),
    )  # fmt: skip
