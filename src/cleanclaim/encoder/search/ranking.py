"""From an understood query to ranked codes: find terms that share its words, then choose under each heading the code that is meant.

A candidate is a term (title, inclusion term, index path, own entry) and a code at or below the term's owner. Its score is the weight of the
query's slots that term and code fill, over that weight plus what stays unfilled plus what the code says that nobody asked for: a side,
a sequela, an open fracture. What is said by default (unspecified, initial, closed) costs nothing, so a plain query ends at the plain code.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from cleanclaim.encoder.search import words
from cleanclaim.encoder.search.index import KINDS, UNSAID, SystemIndex
from cleanclaim.encoder.search.understanding import Slot, Understood
from cleanclaim.encoder.search.wordlists import wordlists


class Weights(NamedTuple):
    """What the score is made of; tuned on open query sets by `bench/search/tune.py`."""

    unfilled: float = 0.85
    unasked: float = 0.48
    letters: float = 0.06
    rest: float = 0.15
    rest_from: float = 0.35
    aside: float = 0.1
    heading: float = 0.99
    named_heading: float = 1.012
    title_reach: float = 0.95
    above_reach: float = 0.7
    first_norm: float = 0.45
    own: float = 1.0
    inclusion: float = 1.0
    book_index: float = 0.99
    short: float = 0.97
    drug: float = 1.02
    harmless: float = 0.75


class Candidate(NamedTuple):
    """A code that may be meant, through the term that led to it."""

    node: int
    term: int
    score: float
    filled: tuple[float, ...]


_COSTS: Final = {
    "unspecified": -0.05, "initial": -0.01, "closed": 0.0, "encounter": 0.0, "right": 0.3, "left": 0.3, "bilateral": 0.35, "subsequent": 0.6, "sequela": 0.6,
    "open": 0.35, "other": 0.14, "specified": 0.06, "displaced": 0.03, "nondisplaced": 0.3, "female": 0.05, "male": 0.2, "adult": 0.05, "accidental": 0.0,
    "unintentional": 0.0, "intentional": 0.3, "self": 0.2, "harm": 0.2, "assault": 0.3, "undetermined": 0.25, "underdosing": 0.3, "adverse": 0.2,
    "intractable": 0.3, "uncomplicated": 0.01, "first": 0.3, "second": 0.3, "third": 0.3, "essential": 0.0, "primary": 0.1, "newborn": 0.5, "pregnancy": 0.5,
    "postpartum": 0.5, "congenital": 0.4, "complicating": 0.4, "drug-induced": 0.4, "recurrent": 0.2, "therapeutically": 0.5, "equivalent": 0.5,
}  # fmt: skip
"""What a word of a code costs when nobody said it; other words cost by their rarity."""
_DRUG_HEADING: Final = re.compile(r"T(3[6-9]|4\d|50)")
_LEAVES: Final = 4
_ANCHORS: Final = 40
_RARE: Final = 24


class Ranker:
    """Ranks within one system; keeps the scratch arrays that a query needs."""

    def __init__(self, index: SystemIndex, weights: Weights | None = None) -> None:
        self.index = index
        self.weights = weights or Weights()
        size = len(index.vocabulary)
        self.cost = np.clip(0.1 + 0.6 * index.idf, 0.0, 0.6).astype("f4")
        for stem in UNSAID:
            self._set_cost(stem, 0.03)
        negated = np.char.startswith(index.vocabulary, b"no:")
        self.cost[negated] = 0.03
        for word, cost in _COSTS.items():
            for stem in wordlists().of(word):
                self._set_cost(stem, cost)
        if index.name == "icd10pcs":  # the open approach goes without saying; that a procedure was diagnostic does not
            for stem in wordlists().of("open approach"):
                self._set_cost(stem, 0.0)
            for stem in wordlists().of("diagnostic hand-assisted"):
                self._set_cost(stem, 0.4)
        self._other, self._unspecified = index.stem_id(words.stem("other")), index.stem_id(words.stem("unspecified"))
        self._sides = {index.stem_id(stem) for stem in wordlists().of("right left bilateral")}
        self._harms = {index.stem_id(stem) for stem in wordlists().of("poisoning adverse effect underdosing")}
        self._gain = np.zeros(size, dtype="f4")
        self._cost = self.cost.copy()
        factors = np.ones(len(KINDS), dtype="f4")
        for kind in ("own", "inclusion", "index", "short", "drug"):
            factors[KINDS.index(kind)] = getattr(self.weights, "book_index" if kind == "index" else kind)
        self._factor = factors
        self._over_norm = self.weights.first_norm / (index.term_norm + 0.25)
        self._scratch = np.zeros(len(index.term_node), dtype="f4")

    def _set_cost(self, stem: str, cost: float) -> None:
        number = self.index.stem_id(stem)
        if number >= 0:
            self.cost[number] = cost

    def rank(
        self, query: Understood, day: int, *, most: int = 200, allowed: NDArray[np.bool_] | None = None, billable_only: bool = False
    ) -> list[Candidate]:
        """The codes that a query may mean, best first; `allowed` and `billable_only` narrow them."""
        best: dict[int, Candidate] = {}
        valid = self.index.valid_nodes(day)
        if allowed is not None:
            valid = valid & allowed
        for term in self._anchors(query, valid, is_narrowed=allowed is not None):
            for found in self._below(int(term), query, valid):
                if billable_only and not self.index.billable[found.node]:
                    continue
                known = best.get(found.node)
                if known is None or found.score > known.score:
                    best[found.node] = found
        return sorted(best.values(), key=lambda c: -c.score)[:most]

    def _anchors(self, query: Understood, valid: NDArray[np.bool_], *, is_narrowed: bool) -> NDArray[Any]:
        sums = np.zeros(len(self.index.term_node), dtype="f4")
        for slot in query.slots:
            self._pour(slot, sums)
        rough = sums * (1.0 / query.total + self._over_norm)
        if is_narrowed:  # what a filter leaves out is no measure of what it leaves
            rough[~valid[self.index.term_node]] = 0.0
        top = float(rough.max()) if len(rough) else 0.0
        if top <= 0.0:
            return np.zeros(0, dtype="i8")
        likely: NDArray[Any] = np.flatnonzero(rough > 0.45 * top)
        likely = likely[valid[self.index.term_node[likely]]]
        if len(likely) > _ANCHORS:
            part = np.argpartition(-rough[likely], _ANCHORS)[:_ANCHORS]
            likely = likely[part]
        return np.unique(np.concatenate([likely, *self._by_rare_words(query, valid)]))

    def _by_rare_words(self, query: Understood, valid: NDArray[np.bool_]) -> list[NDArray[Any]]:
        """Terms of headings that a rare word names, such as a medicine: the rest of the query may be printed only below them."""
        index = self.index
        found: list[NDArray[Any]] = []
        for slot in query.slots if len(query.slots) > 1 else ():
            for reading in slot.readings[:2]:
                terms = index.terms_with(min((stem for stem, _ in reading.shares), key=lambda stem: int(index.seen[stem])))
                if len(terms) <= _RARE:
                    nodes = index.term_node[terms]
                    found.append(terms[valid[nodes] & ~index.billable[nodes]][:4])
        return found

    def _pour(self, slot: Slot, sums: NDArray[np.float32]) -> None:
        """Add to each term what it fills of a slot: the best of its readings."""
        if not slot.readings:
            return
        if len(slot.readings) == 1:
            for stem, share in slot.readings[0].shares:
                sums[self.index.terms_with(stem)] += slot.weight * share
            return
        scratch = self._scratch
        touched: list[NDArray[Any]] = []
        for reading in slot.readings:
            if len(reading.shares) == 1:
                stem, share = reading.shares[0]
                rows = self.index.terms_with(stem)
                scratch[rows] = np.maximum(scratch[rows], share * reading.trust)
                touched.append(rows)
                continue
            parts = [self.index.terms_with(stem) for stem, _ in reading.shares]
            rows, places = np.unique(np.concatenate(parts), return_inverse=True)
            fill = np.repeat(
                np.array([share * reading.trust for _, share in reading.shares], dtype="f4"), [len(part) for part in parts]
            )
            scratch[rows] = np.maximum(scratch[rows], np.bincount(places, weights=fill))
            touched.append(rows)
        rows = np.unique(np.concatenate(touched))
        sums[rows] += slot.weight * scratch[rows]
        scratch[rows] = 0.0

    def _below(self, term: int, query: Understood, valid: NDArray[np.bool_]) -> list[Candidate]:
        """The best codes at or below the owner of a term."""
        index, weights = self.index, self.weights
        node = int(index.term_node[term])
        heading = index.stems_of(node).tolist()
        printed = list(zip(index.stems_of(term).tolist(), index.asides_of(term).tolist(), strict=True))
        if not index.billable[node]:  # the side is chosen below, not by the term
            printed = [(stem, aside) for stem, aside in printed if stem not in self._sides or stem in heading]
        own = [stem for stem, _ in printed]
        if _DRUG_HEADING.match(index.code(node)) and not index.billable[node]:
            heading = [
                stem for stem in heading if stem not in self._harms
            ]  # its title names every harm; the codes below tell them apart
            reach = dict.fromkeys(own, 1.0)
        else:
            reach = self._reach(node, own, heading)
        filled = tuple(_fill(slot, reach) for slot in query.slots)
        gained = sum(slot.weight * part for slot, part in zip(query.slots, filled, strict=True))
        asked = {stem for slot in query.slots for reading in slot.readings for stem, _ in reading.shares}
        missing = 1.0 - gained / query.total
        unasked = self._rest(own, missing) + float(
            sum(self.cost[stem] * (weights.aside if aside else 1.0) for stem, aside in printed if stem not in asked)
        )
        kind = KINDS[int(index.term_kind[term])]
        factor = (
            float(self._factor[index.term_kind[term]])
            * (weights.harmless if kind == "drug" and not query.tells_harm and index.code(node).startswith("T") else 1.0)
            * (1.0 - weights.letters * (1.0 - self._letters(query, own)))
        )
        if index.billable[node] or index.run_end[node] == node + 1:
            score = self._score(gained, query.total, unasked) * factor
            return [Candidate(node, term, score, filled)]
        leaves = self._leaves(node, term, query, valid, filled, gained, unasked, factor, {*own, *heading}, asked)
        if gained > 0.85 * query.total and unasked < 0.25:
            named = weights.heading
            if (
                query.in_book_words
                and gained > 0.995 * query.total
                and unasked < 0.05
                and leaves
                and not self._goes_without_saying(node, leaves[0].node)
            ):
                named = weights.named_heading  # the heading itself was typed, and nothing below it goes without saying
            leaves.append(Candidate(node, term, self._score(gained, query.total, unasked) * factor * named, filled))
        return leaves

    def _goes_without_saying(self, heading: int, leaf: int) -> bool:
        """Whether each step from a heading down to a code is the one taken when nothing is said."""
        index = self.index
        while leaf != heading:
            above = int(index.parent[leaf])
            only_child = int(index.run_end[above]) == int(index.run_end[leaf]) and leaf == above + 1
            said, title = index.title(above).lower(), index.title(leaf).lower()
            is_plain = title == said or ("unspecified" in title and "unspecified" not in said) or "initial encounter" in title
            if not only_child and not is_plain:
                return False
            leaf = above
        return True

    def _rest(self, stems: list[int], missing: float) -> float:
        """What was said but is printed nowhere is specified elsewhere: the more stays unfilled, the likelier an "other specified" code."""
        if missing < self.weights.rest_from:
            return 0.0
        shift = self.weights.rest * missing
        return (shift if self._unspecified in stems else 0.0) - (shift if self._other in stems else 0.0)

    def _letters(self, query: Understood, own: list[int]) -> float:
        words = " ".join([bytes(self.index.vocabulary[stem]).decode() for stem in own])
        return max(fuzz.ratio(query.plain, words), fuzz.ratio(query.said, words)) / 100.0

    def _score(self, gained: float, total: float, unasked: float) -> float:
        return gained / max(gained + self.weights.unfilled * (total - gained) + self.weights.unasked * unasked, 0.05)

    def _reach(self, node: int, own: list[int], heading: list[int]) -> dict[int, float]:
        index, weights = self.index, self.weights
        reach: dict[int, float] = {}
        above = int(index.parent[node])
        while above >= 0:
            reach.update(dict.fromkeys(index.stems_of(above).tolist(), weights.above_reach))
            above = int(index.parent[above])
        reach.update(dict.fromkeys(heading, weights.title_reach))
        reach.update(dict.fromkeys(own, 1.0))
        return reach

    def _leaves(
        self, node: int, term: int, query: Understood, valid: NDArray[np.bool_], filled: tuple[float, ...],
        gained: float, unasked: float, factor: float, said: set[int], asked: set[int],
    ) -> list[Candidate]:  # fmt: skip
        index = self.index
        rows = np.arange(node + 1, int(index.run_end[node]))
        rows = rows[index.billable[rows] & valid[rows]]
        if not len(rows):
            return []
        gain, cost = self._gain, self._cost
        touched: list[int] = []
        for slot, part in zip(query.slots, filled, strict=True):
            if part < 0.99:
                for reading in slot.readings:
                    for stem, share in reading.shares:
                        if stem not in said:
                            gain[stem] = max(gain[stem], slot.weight * share * reading.trust * (1.0 - part))
                            touched.append(stem)
        quiet = list(said | asked)
        cost[quiet] = 0.0
        missing = 1.0 - gained / query.total
        if missing >= self.weights.rest_from:
            cost[self._unspecified] += self.weights.rest * missing
            cost[self._other] -= self.weights.rest * missing
        starts, ends = index.stems_at[rows], index.stems_at[rows + 1]
        lengths = ends - starts
        offsets = np.zeros(len(rows), dtype="i8")
        np.cumsum(lengths[:-1], out=offsets[1:])
        if int(ends[-1] - starts[0]) == int(lengths.sum()):
            flat = index.term_stems[int(starts[0]) : int(ends[-1])]
        else:
            flat = index.term_stems[np.repeat(starts - offsets, lengths) + np.arange(int(lengths.sum()))]
        more = np.add.reduceat(gain[flat], offsets)
        extra = np.add.reduceat(cost[flat], offsets) + unasked
        gain[touched] = 0.0
        cost[quiet] = self.cost[quiet]
        cost[[self._unspecified, self._other]] = self.cost[[self._unspecified, self._other]]
        total = np.minimum(gained + more, query.total)
        scores = total / np.maximum(
            total + self.weights.unfilled * (query.total - total) + self.weights.unasked * np.maximum(extra, -0.2), 0.05
        )
        order = np.argsort(-scores, kind="stable")[:_LEAVES]
        return [Candidate(int(rows[at]), term, float(scores[at]) * factor, filled) for at in order]


def _fill(slot: Slot, reach: dict[int, float]) -> float:
    best = 0.0
    for reading in slot.readings:
        part = reading.trust * sum(share * reach.get(stem, 0.0) for stem, share in reading.shares)
        best = max(best, part)
    return best
