"""The columns of what coders made of the phrases that stand in a text: one row a code, over arrays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cleanclaim.encoder.casereports.finding import distinct, expanded
from cleanclaim.encoder.casereports.phrases import Key, PhraseTable, Places
from cleanclaim.encoder.casereports.surroundings import Surroundings
from cleanclaim.encoder.casereports.words import Reading

COLUMNS: Final = (
    "whole_share", "whole_cases", "phrase_cases", "phrase_words", "unenclosed_share", "second_share", "any_share", "phrases",
    "together_share", "together_cases", "part_share", "part_cases", "part_words", "standings", "first_at", "negated", "best_unenclosed",
    "any_unenclosed", "category_gap", "rank", "words_covered", "last_at", "whole_total",
    "phrase_inside", "phrase_inside_least", "phrase_before", "phrase_after", "phrase_beside",
)  # fmt: skip
ANY_SHARE: Final = COLUMNS.index("any_share")
RANK: Final = COLUMNS.index("rank")
SMOOTH: Final = 1.3
"""Cases added to every count, so that one case is no certainty."""
_LEAST_WHOLE: Final = 0.03
_LEAST_TOGETHER: Final = 0.05
STANDINGS_LOOKED_AT: Final = 4
_STRONG: Final = 0.15
"""From this share of its cases on, what a phrase encloses is part of it."""

Floats64 = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Around:
    """The surroundings of the stretches of one text, each looked up once."""

    def __init__(self, surroundings: Surroundings, reading: Reading) -> None:
        self._surroundings: Final = surroundings
        self._reading: Final = reading
        self._known: Final[dict[Places, tuple[float, float, float, float, float]]] = {}

    def of(self, places: Places) -> tuple[float, float, float, float, float]:
        """Return the surroundings of a stretch."""
        known = self._known.get(places)
        if known is None:
            known = self._known[places] = self._surroundings.row(self._reading, places)
        return known

    def best(self, standings: Iterable[Places]) -> tuple[float, float, float, float, float]:
        """Return the surroundings of the standing that looks most like a mention."""
        return max(map(self.of, standings), key=_likeness)


def _likeness(row: tuple[float, float, float, float, float]) -> float:
    return row[2] + row[3] - row[4]


class Spoken(NamedTuple):
    """The codes that phrases speak for, by name, with their columns; for each the stretches of the phrase that most often was all of its
    mention, and whether that ever was.
    """

    codes: list[str]
    rows: Floats64
    standings: list[tuple[Places, ...]]
    is_whole: list[bool]


class _Uses(NamedTuple):
    """Which phrase speaks for which code, code by code: a row each, with where the rows of each code begin and which code each row is of."""

    key: Integers
    whole: Integers
    part: Integers
    together: Integers
    cases: Integers
    usual: Floats64
    begin: Integers
    segment: Integers
    codes: Integers


class _Phrases(NamedTuple):
    """The phrases that stand in a text: their keys, words and places, and how many of their standings no longer phrase encloses."""

    keys: list[Key]
    sizes: Integers
    standings: list[list[Places]]
    many: Integers
    open: Integers


def enclosing(stretches: Iterable[Places]) -> dict[int, list[frozenset[int]]]:
    """Return the stretches of more than one word by each place in them."""
    by_place: dict[int, list[frozenset[int]]] = defaultdict(list)
    for places in {frozenset(stretch) for stretch in stretches}:
        if len(places) > 1:
            for place in places:
                by_place[place].append(places)
    return by_place


def is_unenclosed(places: Places, size: int, by_place: dict[int, list[frozenset[int]]]) -> bool:
    """Tell whether no stretch of more words holds this one."""
    return not any(len(stretch) > size and stretch.issuperset(places) for stretch in by_place.get(places[0], ()))


def spoken_for(
    found: dict[Key, list[Places]], table: PhraseTable, reading: Reading, negated: frozenset[int], around: Around
) -> Spoken:
    """Return the codes that the phrases of a text speak for; those that hardly any phrase speaks for are left out."""
    uses = _uses(list(found), table)
    if uses is None:
        return Spoken([], np.zeros((0, len(COLUMNS))), [], [])
    phrases = _phrases(found, set(uses.key.tolist()), table)
    rows, best = _rows(uses, phrases)
    rows[:, 20] = _covered(uses, phrases)
    _tell_standings(rows, best, phrases, reading, negated, around)
    codes = [table.given.codes[code] for code in uses.codes.tolist()]
    _tell_rivals(rows, codes)
    rank = np.array([table.given.at[key] for key in phrases.keys])[uses.key]
    surest = np.lexsort((rank, -phrases.sizes[uses.key], -uses.whole / (uses.cases + SMOOTH), uses.segment))[uses.begin]
    keys = uses.key[surest].tolist()
    told = {at: tuple(dict.fromkeys(phrases.standings[at])) for at in set(keys)}
    return Spoken(codes, rows, [told[at] for at in keys], (uses.whole[surest] > 0).tolist())


def _uses(keys: list[Key], table: PhraseTable) -> _Uses | None:
    given = table.given
    which = np.array([given.at[key] for key in keys], np.int64)
    at, key = expanded(given.first[which], given.many[which])
    code, whole, part, together = given.rows[at].T
    cases, usual = given.cases[which][key], given.usual[code]
    least = cases + SMOOTH
    speaks = (whole + usual >= _LEAST_WHOLE * least) | (together + usual >= _LEAST_TOGETHER * least)
    is_spoken_for = np.zeros(len(given.codes), np.bool_)
    is_spoken_for[code[speaks]] = True
    kept = np.nonzero(is_spoken_for[code])[0]
    if not len(kept):
        return None
    kept = kept[np.argsort(code[kept], kind="stable")]
    changes = np.concatenate(([True], code[kept][1:] != code[kept][:-1]))
    begin = np.nonzero(changes)[0]
    return _Uses(
        key[kept],
        whole[kept],
        part[kept],
        together[kept],
        cases[kept],
        usual[kept],
        begin,
        np.cumsum(changes) - 1,
        code[kept][begin],
    )


def _phrases(found: dict[Key, list[Places]], used: set[int], table: PhraseTable) -> _Phrases:
    keys, standings = list(found), list(found.values())
    known = [table.phrases[key] for key in keys]
    given = table.given
    whole = given.wholes[np.array([given.at[key] for key in keys])].tolist()
    strong = (at for at, phrase in enumerate(known) if whole[at] / (phrase.cases + 1) > _STRONG)
    by_place = enclosing(places for at in strong for places in standings[at])
    unenclosed = np.zeros(len(keys), np.int64)
    for at in used:
        size = len(keys[at])
        unenclosed[at] = sum(is_unenclosed(places, size, by_place) for places in standings[at])
    sizes, many = np.array([len(key) for key in keys]), np.array([len(one) for one in standings])
    return _Phrases(keys, sizes, standings, many, unenclosed)


def _first_most(values: Floats64, uses: _Uses) -> Integers:
    """Return the first row of each code that has its highest value."""
    most = np.maximum.reduceat(values, uses.begin)[uses.segment]
    rows = np.nonzero(values == most)[0][::-1]
    first = np.empty(len(uses.begin), np.int64)
    first[uses.segment[rows]] = rows
    return first


def _rows(uses: _Uses, phrases: _Phrases) -> tuple[Floats64, list[int]]:
    """Return the columns that counts tell, and for each code the phrase whose mention it was most often (not enclosed, where two are as good)."""
    begin, segment = uses.begin, uses.segment
    smooth = uses.cases + SMOOTH
    shares = (uses.whole + uses.usual) / smooth
    together = (uses.together + uses.usual) / smooth
    parts = (uses.part + uses.whole + uses.usual) / smooth
    is_open = phrases.open[uses.key] > 0
    many = np.diff(np.append(begin, len(segment)))
    falling = np.lexsort((-shares, segment))
    missed = 1.0 - np.minimum(0.99, shares)
    beside, parted = _first_most(together, uses), _first_most(parts, uses)
    highest = shares[falling[begin]]
    best = _first_most((shares == highest[segment]) * (1.0 + is_open), uses)
    key = uses.key[best]
    rows = np.zeros((len(begin), len(COLUMNS)))
    rows[:, 0] = highest
    rows[:, 1], rows[:, 2], rows[:, 3] = uses.whole[best], uses.cases[best], phrases.sizes[key]
    rows[:, 4] = phrases.open[key] / phrases.many[key]
    rows[:, 5] = np.where(many > 1, shares[falling[np.minimum(begin + 1, len(segment) - 1)]], 0.0)
    rows[:, 6] = 1.0 - np.multiply.reduceat(missed[falling], begin)
    rows[:, 7] = many
    rows[:, 8], rows[:, 9] = together[beside], uses.cases[beside]
    rows[:, 10], rows[:, 11], rows[:, 12] = parts[parted], uses.cases[parted], phrases.sizes[uses.key[parted]]
    rows[:, 13] = phrases.many[key]
    rows[:, 16] = np.maximum.reduceat(np.where(is_open, shares, 0.0), begin)
    rows[:, 17] = 1.0 - np.multiply.reduceat(np.where(is_open, missed, 1.0), begin)
    rows[:, 22] = np.add.reduceat(uses.whole, begin)
    return rows, key.tolist()


def _covered(uses: _Uses, phrases: _Phrases) -> Integers:
    """Return on how many places the phrases of each code stand."""
    places = [[place for stretch in standings for place in stretch] for standings in phrases.standings]
    lengths = np.array([len(one) for one in places])
    flat = np.array([place for one in places for place in one])
    at, use = expanded((np.cumsum(lengths) - lengths)[uses.key], lengths[uses.key])
    wide = int(flat.max()) + 1
    return np.bincount(distinct(uses.segment[use] * wide + flat[at]) // wide, minlength=len(uses.begin))


def _tell_standings(
    rows: Floats64, best: list[int], phrases: _Phrases, reading: Reading, negated: frozenset[int], around: Around
) -> None:
    """Fill the columns that depend on where the best phrase stands."""
    words = max(1, len(reading.roots))
    told: dict[int, tuple[float, ...]] = {}
    for at in set(best):
        standings = phrases.standings[at]
        share = sum(places[0] in negated for places in standings) / len(standings)
        surroundings = around.best(standings[:STANDINGS_LOOKED_AT])
        told[at] = (standings[0][0] / words, share, standings[-1][0] / words, *surroundings)
    rows[:, (14, 15, 21, 23, 24, 25, 26, 27)] = [told[at] for at in best]


def _tell_rivals(rows: Floats64, codes: list[str]) -> None:
    """Fill the columns that compare codes: how far the best other code of the category is away, and the rank."""
    any_share = rows[:, ANY_SHARE].tolist()
    by_category: dict[str, list[float]] = defaultdict(list)
    order = sorted(range(len(codes)), key=lambda at: (-any_share[at], codes[at]))
    for at in order:
        by_category[codes[at][:3]].append(any_share[at])
    for rank, at in enumerate(order):
        others = by_category[codes[at][:3]]
        rival = others[0] if others[0] > any_share[at] else others[1] if len(others) > 1 else None
        rows[at, 18] = rival - any_share[at] if rival is not None else -1.0
        rows[at, 19] = rank
