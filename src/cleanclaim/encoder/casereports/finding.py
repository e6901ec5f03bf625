"""Finds the terms of a lexicon in a text, all sentences at once, over arrays.

A term is found where the written words carry a share of its weight. So either one word carries it alone, or the two rarest words written are
such that the rest could still carry it: only these words and pairs are posted (prefix filtering, Chaudhuri et al. 2006). Sums are added in the order of the text, so that
the same text gives the same figures to the last bit.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cleanclaim.encoder.casereports.phrases import Places
from cleanclaim.encoder.casereports.words import Reading

Integers = npt.NDArray[np.int64]
Floats64 = npt.NDArray[np.float64]
Sure = tuple[tuple[int, float], ...]
_SAFE: Final = 1 - 1e-4
"""What could carry the share but for rounding is posted too."""
_NONE_WRITTEN: Final = -1
_MOST_SORTED_FAST: Final = 32_000
"""Rows up to here fit into two bytes, which are sorted by counting."""
_PER_WORD_AWAY: Final = 0.02


class Term(NamedTuple):
    """A term found in a text: how much of it is written (as learned, and to the letter), its words, and where."""

    term: int
    share: float
    verbatim: float
    places: Places
    width: int
    sentences: int


class Written(NamedTuple):
    """What a text writes or means of a lexicon's roots: one row a root and sentence, in the order of the text.

    `standings` are a row's places, each with how surely it means the root; `rows` finds a sentence's row of a root.
    """

    sentence: Integers
    root: Integers
    strength: Floats64
    is_single: npt.NDArray[np.bool_]
    standings: list[list[tuple[int, float]]]
    rows: list[dict[int, int]]


def read_written(reading: Reading, meanings: dict[str, Sure], weight: Floats64) -> Written | None:
    """Return what a text writes of the roots, or None where it writes none of them."""
    sentence: list[int] = []
    root: list[int] = []
    best: list[float] = []
    standings: list[list[tuple[int, float]]] = []
    rows: list[dict[int, int]] = []
    last = -1
    here: dict[int, int] = {}
    sentences = reading.sentences
    telling = [(place, meanings[word]) for word, places in reading.places.items() if word in meanings for place in places]
    for place, meant in sorted(telling):
        if sentences[place] != last:
            last = sentences[place]
            here = {}
            rows.append(here)
        for which, sure in meant:
            row = here.get(which)
            if row is None:
                here[which] = len(root)
                sentence.append(len(rows) - 1)
                root.append(which)
                best.append(sure)
                standings.append([(place, sure)])
            else:
                standings[row].append((place, sure))
                best[row] = max(best[row], sure)
    if not root:
        return None
    roots = np.array(root, np.int64)
    single = np.array([len(standing) == 1 for standing in standings])
    return Written(np.array(sentence, np.int64), roots, weight[roots] * np.array(best), single, standings, rows)


def expanded(first: Integers, many: Integers) -> tuple[Integers, Integers]:
    """Return, for stretches of so many rows from a first one, every row, and of which stretch each is."""
    ends = np.cumsum(many)
    of = np.repeat(np.arange(len(many)), many)
    return np.repeat(first - ends + many, many) + np.arange(len(of)), of


def distinct(values: Integers) -> Integers:
    """Return each value once, in order."""
    ordered = np.sort(values)
    once: Integers = ordered[np.concatenate((ordered[:1] == ordered[:1], ordered[1:] != ordered[:-1]))]
    return once


class Weights(NamedTuple):
    """What each root weighs as learned and to the letter, and what each term weighs in all and how many words it has."""

    root: Floats64
    telling: Floats64
    total: Floats64
    verbatim_total: Floats64
    sizes: Integers


class Postings:
    """Which terms can reach a share of their weight: by the one word that alone carries it, or by the two rarest that a sentence writes of them."""

    def __init__(self, flat: Integers, weights: Weights, at_least: float) -> None:
        sizes = weights.sizes
        usual = np.bincount(flat, minlength=len(weights.root))
        self._rarity: Final = np.empty(len(usual), np.int64)
        self._rarity[np.argsort(usual, kind="stable")] = np.arange(len(usual))
        owner = np.repeat(np.arange(len(sizes)), sizes)
        rarity = self._rarity[flat]
        order = np.argsort(owner * len(usual) + rarity)
        rarity, carried = rarity[order], weights.root[flat[order]]
        sums = np.cumsum(carried)
        rest = np.repeat(sums[np.cumsum(sizes) - 1], sizes) - sums + carried
        needed = np.repeat(at_least * _SAFE * weights.total, sizes)
        alone = carried >= needed
        keys, terms = [rarity[alone]], [owner[alone]]
        for apart in range(1, int(sizes.max())):
            first = np.nonzero((owner[:-apart] == owner[apart:]) & ~alone[:-apart])[0]
            first = first[carried[first] + rest[first + apart] >= needed[first]]
            keys.append((rarity[first] + 1) * len(usual) + rarity[first + apart])
            terms.append(owner[first])
        key = np.concatenate(keys)
        self._keys, self._many = np.unique(key, return_counts=True)
        self._first = np.cumsum(self._many) - self._many
        self._terms: Final = np.concatenate(terms)[np.argsort(key, kind="stable")].astype(np.int32)

    def pairs(self, written: Written, terms: int) -> tuple[Integers, Integers]:
        """Return the terms worth weighing with their sentences, in the order of sentences and terms."""
        rarity = self._rarity[written.root]
        rows = np.arange(len(rarity))
        until = np.searchsorted(written.sentence, written.sentence, side="right")
        other, one = expanded(rows + 1, until - rows - 1)
        first, second = np.minimum(rarity[one], rarity[other]), np.maximum(rarity[one], rarity[other])
        asked = np.concatenate((rarity, (first + 1) * len(self._rarity) + second))
        sentence = np.concatenate((written.sentence, written.sentence[one]))
        at = np.minimum(np.searchsorted(self._keys, asked), len(self._keys) - 1)
        known = np.nonzero(self._keys[at] == asked)[0]
        posting, row = expanded(self._first[at[known]], self._many[at[known]])
        keys = distinct(sentence[known][row] * terms + self._terms[posting])
        sentence, term = np.divmod(keys, terms)
        return term, sentence


class Members(NamedTuple):
    """The written words of pairs of term and sentence: for each its pair and its row in `Written`, in the order of the term's words."""

    pair: Integers
    row: Integers


class Layout:
    """The words of each term, as they lie in the lexicon's arrays."""

    def __init__(self, flat: Integers, starts: Integers, sizes: Integers, roots: int) -> None:
        self._flat: Final = flat
        self._starts: Final = starts
        self._sizes: Final = sizes
        self._local: Final = np.zeros(roots, np.int64)

    def members(self, term: Integers, sentence: Integers, written: Written) -> Members:
        """Return which rows of a text carry each pair of term and sentence."""
        here = distinct(written.root)
        self._local[here] = np.arange(1, len(here) + 1)
        rows = np.full((len(written.rows), len(here) + 1), _NONE_WRITTEN, np.int64)
        rows[written.sentence, self._local[written.root]] = np.arange(len(written.root))
        at, pair = expanded(self._starts[term], self._sizes[term])
        row = rows[sentence[pair], self._local[self._flat[at]]]
        self._local[here] = 0
        standing = np.nonzero(row != _NONE_WRITTEN)[0]
        return Members(pair[standing], row[standing])


def weigh(members: Members, written: Written, pairs: int) -> Floats64:
    """Return the weight of each pair's written words, added in the order in which the text writes them."""
    row = members.row if len(written.root) > _MOST_SORTED_FAST else members.row.astype(np.int16)
    order = np.argsort(row, kind="stable")
    weights: Floats64 = np.bincount(members.pair[order], written.strength[members.row[order]], minlength=pairs)  # type: ignore[assignment]
    return weights


def closest(term: Integers, members: Members, written: Written, weights: Weights) -> list[Term]:
    """Return each pair as a term found, with those of its words that stand closest together."""
    found = _single(term, members, written, weights)
    several = np.nonzero(np.bincount(members.pair, ~written.is_single[members.row], minlength=len(term)))[0]
    first = np.searchsorted(members.pair, several).tolist()
    last = np.searchsorted(members.pair, several, side="right").tolist()
    root = written.root[members.row]
    rows, strength = members.row.tolist(), written.strength[members.row].tolist()
    weight, telling = weights.root[root].tolist(), weights.telling[root].tolist()
    for at, begin, end in zip(several.tolist(), first, last, strict=True):
        words = [
            _Word(written.standings[rows[member]], strength[member], weight[member], telling[member])
            for member in range(begin, end)
        ]
        found[at] = _nearest(int(term[at]), words, weights)
    return found


def _single(term: Integers, members: Members, written: Written, weights: Weights) -> list[Term]:
    """Return the terms found, as they are where each written word stands once in its sentence."""
    pair, row = members
    ones = [standing[0] for standing in written.standings]
    place, sure = np.array([one[0] for one in ones])[row], np.array([one[1] for one in ones])[row]
    strength = written.strength[row]
    starts = np.searchsorted(pair, np.arange(len(term)))
    strongest = np.nonzero(strength == np.maximum.reduceat(strength, starts)[pair])[0][::-1]
    anchor = np.empty(len(term), np.int64)
    anchor[pair[strongest]] = place[strongest]
    near = np.abs(place - anchor[pair]) <= (2 * weights.sizes[term] + 3)[pair]
    root = written.root[row]
    share = np.bincount(pair, np.where(near, weights.root[root] * sure, 0.0), minlength=len(term)) / weights.total[term]
    telling = np.where(near & (sure == 1.0), weights.telling[root], 0.0)
    verbatim = np.bincount(pair, telling, minlength=len(term)) / weights.verbatim_total[term]
    alone = weights.sizes[term] == 1
    share[alone] = sure[starts[alone]]
    verbatim[alone] = sure[starts[alone]] == 1.0
    chosen: list[set[int]] = [set() for _ in range(len(term))]
    for which, at in zip(pair[near].tolist(), place[near].tolist(), strict=True):
        chosen[which].add(at)
    places = [tuple(sorted(one)) for one in chosen]
    return [
        Term(which, of_share, of_verbatim, at, at[-1] - at[0] + 1, 1)
        for which, of_share, of_verbatim, at in zip(term.tolist(), share.tolist(), verbatim.tolist(), places, strict=True)
    ]


class _Word(NamedTuple):
    """One written word of a term: where it stands in the sentence, and what it weighs."""

    standing: list[tuple[int, float]]
    strength: float
    weight: float
    telling: float


def _nearest(term: int, words: list[_Word], weights: Weights) -> Term:
    """Return a term found where some of its words stand more than once in the sentence: around the strongest word's best place."""
    size = int(weights.sizes[term])
    if size == 1:
        place, sure = max(words[0].standing, key=_sureness)
        return Term(term, sure, 1.0 if sure == 1.0 else 0.0, (place,), 1, 1)
    total, verbatim_total = float(weights.total[term]), float(weights.verbatim_total[term])
    width = 2 * size + 3
    best: Term | None = None
    for start, _ in max(words, key=_strength).standing:
        share = verbatim = 0.0
        chosen: list[int] = []
        for standing, _, weight, telling in words:
            place, sure = _beside(start, standing, width)
            if place >= 0:
                share += weight * sure
                verbatim += telling if sure == 1.0 else 0.0
                chosen.append(place)
        if best is None or share / total >= best.share:
            spread = max(chosen) - min(chosen) + 1
            here = Term(term, share / total, verbatim / verbatim_total, tuple(sorted(set(chosen))), spread, 1)
            if best is None or (here.share, -here.width) > (best.share, -best.width):
                best = here
    assert best is not None
    return best


def _strength(word: _Word) -> float:
    return word.strength


def _beside(start: int, standing: list[tuple[int, float]], width: int) -> tuple[int, float]:
    """Return the place nearest to another, a surer word counting as nearer; -1 where none is near enough."""
    nearest, found = -1.0, (-1, 0.0)
    for place, sure in standing:
        away = abs(place - start)
        near = sure - _PER_WORD_AWAY * away
        if away <= width and near > nearest:
            nearest, found = near, (place, sure)
    return found


def _sureness(standing: tuple[int, float]) -> float:
    return standing[1]


def summed(found: list[Any]) -> Term:
    """Return the best standing of a term, with the number of sentences where as much of it is written."""
    if len(found) == 1:
        only: Term = found[0]
        return only
    best: Term = max(found, key=lambda term: (term.share + 0.3 * term.verbatim, -term.width))
    return best._replace(sentences=sum(term.share >= best.share - 1e-6 for term in found))
