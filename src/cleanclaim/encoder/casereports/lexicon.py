"""The terms of the tabular list as phrases, weighted by what coders' wording drops and translated by what it says instead.

A code that no annotated case had is reached here. From the annotated cases two things are learned about the wording of titles: how often
a title's word is really written (`malignant` seldom, `fracture` nearly always), and which written words stand for which title words
(carcinoma for malignant neoplasm), by IBM model 1 between mentions and titles.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cleanclaim.encoder.casereports.finding import Layout, Postings, Sure, Term, Weights, closest, read_written, summed, weigh
from cleanclaim.encoder.casereports.phrases import Key
from cleanclaim.encoder.casereports.words import PLAIN_WORDS, Reading

Floats = npt.NDArray[np.float32]
Floats64 = npt.NDArray[np.float64]
SIDES: Final = ("left", "right", "bilateral")
_ROUNDS: Final = 5
_STANDS_FOR: Final = 0.12


class TermCode(NamedTuple):
    """A code that a term names. `kind`: 0 title, 1 inclusion term, 2 heading above it, 3 inclusion term of the heading."""

    code: str
    kind: int
    is_other: bool


class Lexicon:
    """Terms, the codes they name, and the learned weights of their words."""

    def __init__(self, arrays: dict[str, Any]) -> None:
        """Take the arrays of `terms.lay_terms` with, once learned, `kept` (a chance for each root) and `stands_for` (triples)."""
        self.arrays: Final = arrays
        roots: list[str] = arrays["roots"]
        self._at: Final = {root: at for at, root in enumerate(roots)}
        sizes = arrays["term_sizes"].astype(np.int64)
        self.flat: Final[npt.NDArray[np.int64]] = arrays["term_roots"].astype(np.int64)
        self.starts: Final = np.cumsum(sizes) - sizes
        self.sizes: Final[list[int]] = sizes.tolist()
        terms_of_root = np.bincount(self.flat, minlength=len(roots))
        self.telling: Final[Floats] = np.log(len(sizes) / np.maximum(terms_of_root, 1)).astype(np.float32)
        for side in SIDES:
            if side in self._at:
                self.telling[self._at[side]] = min(1.0, float(self.telling[self._at[side]]))
        self.verbatim_total: Final[Floats] = np.add.reduceat(self.telling[self.flat], self.starts).astype(np.float32)
        self._code_ends: Final[list[int]] = np.cumsum(arrays["term_codes"].astype(np.int64)).tolist()
        kept = arrays.get("kept")
        chance = kept.astype(np.float32) / 255 if kept is not None else np.full(len(roots), 0.45, np.float32)
        weight: Floats = self.telling * (0.08 + chance)
        for side in SIDES:
            if side in self._at:
                weight[self._at[side]] = min(0.5, float(weight[self._at[side]]))
        self.total: Final[Floats] = np.add.reduceat(weight[self.flat], self.starts).astype(np.float32)
        self._meanings: Final = self._meanings_of(arrays)
        self.cases: Final[list[int]] = _counts(arrays, "term_cases", len(sizes))
        self.confirmed: Final[list[int]] = _counts(arrays, "term_confirmed", len(sizes))
        self.near: Final[list[int]] = _counts(arrays, "term_near", len(sizes))
        root_cases = _counts(arrays, "root_cases", len(roots))
        self.rarest: Final[dict[str, int]] = dict(zip(roots, root_cases, strict=True))
        self._weights: Final = Weights(
            weight.astype(np.float64), self.telling.astype(np.float64), self.total.astype(np.float64), self.verbatim_total.astype(np.float64), sizes
        )  # fmt: skip
        self._layout: Final = Layout(self.flat, self.starts, sizes, len(roots))
        self._postings: Final[dict[float, Postings]] = {}
        self.totals: Final[list[float]] = self.total.tolist()
        self.verbatim_totals: Final[list[float]] = self.verbatim_total.tolist()
        self._codes: Final[dict[int, tuple[TermCode, ...]]] = {}
        self.facts: Final[dict[str, tuple[int, int]]] = dict(
            zip(arrays["codes"], zip(arrays["title_words"].tolist(), arrays["title_flags"].tolist(), strict=True), strict=True)
        )

    def _meanings_of(self, arrays: dict[str, Any]) -> dict[str, Sure]:
        """Return which roots of the lexicon a written root is or means, and how surely; plain words mean nothing."""
        means: dict[str, list[tuple[int, float]]] = {root: [(at, 1.0)] for root, at in self._at.items()}
        stands_for = arrays.get("stands_for")
        for written, meant, share in stands_for.tolist() if stands_for is not None else ():
            means.setdefault(arrays["written"][written], []).append((meant, share / 255))
        return {root: tuple(meant) for root, meant in means.items() if root not in PLAIN_WORDS}

    def codes(self, term: int) -> tuple[TermCode, ...]:
        """Return the codes that a term names."""
        known = self._codes.get(term)
        if known is not None:
            return known
        first = self._code_ends[term - 1] if term else 0
        rows = self.arrays["code_of_term"][first : self._code_ends[term]].tolist()
        kinds = self.arrays["kind_of_term"][first : self._code_ends[term]].tolist()
        codes: list[str] = self.arrays["codes"]
        named = self._codes[term] = tuple(TermCode(codes[row], kind % 4, kind >= 4) for row, kind in zip(rows, kinds, strict=True))
        return named

    def find(self, reading: Reading, at_least: float, most: int = 0, ranking: tuple[Floats64, float] | None = None) -> list[Term]:
        """Return the terms of which at least a share is written within one sentence. `most` and `ranking` (what each term is worth, and what its
        share written is) keep those that are worth most.
        """
        written = read_written(reading, self._meanings, self._weights.root) if self.sizes else None
        if written is None:
            return []
        term, sentence = self._postings_for(at_least).pairs(written, len(self.sizes))
        gathered = weigh(self._layout.members(term, sentence, written), written, len(term))
        hit = gathered >= at_least * self.total[term]
        term, sentence, gathered = term[hit], sentence[hit], gathered[hit]
        if ranking is not None and len(term) > most:
            of_terms, per_share = ranking
            worth = of_terms[term] + per_share * np.minimum(gathered / self.total[term], 1.0)
            chosen = np.sort(np.argsort(-worth, kind="stable")[:most])
            term, sentence = term[chosen], sentence[chosen]
        if not len(term):
            return []
        best: dict[int, list[Term]] = defaultdict(list)
        for found in closest(term, self._layout.members(term, sentence, written), written, self._weights):
            if found.share >= at_least - 1e-6:
                best[found.term].append(found)
        return [summed(found) for found in best.values()]

    def _postings_for(self, at_least: float) -> Postings:
        if at_least not in self._postings:
            self._postings[at_least] = Postings(self.flat, self._weights, at_least)
        return self._postings[at_least]


def _counts(arrays: dict[str, Any], name: str, length: int) -> list[int]:
    found: list[int] = arrays[name].tolist() if name in arrays else [0] * length
    return found


class Standing(NamedTuple):
    """Which terms stand to the letter in an annotated case, which of them name one of its codes or its categories, and the roots it writes."""

    terms: frozenset[int]
    confirmed: frozenset[int]
    near: frozenset[int]
    roots: frozenset[str]


def standing_terms(lexicon: Lexicon, reading: Reading, gold: frozenset[str]) -> Standing:
    """Return the terms that stand in a case: what was written often and never coded is seldom coded."""
    terms = frozenset(term.term for term in lexicon.find(reading, 0.99) if term.verbatim > 0.99)
    confirmed = frozenset(term for term in terms if any(named.code in gold for named in lexicon.codes(term)))
    categories = {code[:3] for code in gold}
    near = frozenset(term for term in terms if any(named.code[:3] in categories for named in lexicon.codes(term)))
    return Standing(terms, confirmed, near, frozenset(reading.places))


def count_standing(arrays: dict[str, Any], standing: Iterable[Standing]) -> dict[str, Any]:
    """Return the arrays with the number of cases in which each term and root stood, and in which the term was coded."""
    cases = np.zeros(len(arrays["term_sizes"]), np.uint16)
    confirmed = np.zeros(len(arrays["term_sizes"]), np.uint16)
    near = np.zeros(len(arrays["term_sizes"]), np.uint16)
    roots: Counter[str] = Counter()
    for one in standing:
        cases[list(one.terms)] += 1
        confirmed[list(one.confirmed)] += 1
        near[list(one.near)] += 1
        roots.update(one.roots)
    root_cases = np.array([roots[root] for root in arrays["roots"]], np.uint16)
    return arrays | {"term_cases": cases, "term_confirmed": confirmed, "term_near": near, "root_cases": root_cases}


def learn_wording(arrays: dict[str, Any], phrases: Iterable[tuple[str, Key]]) -> dict[str, Any]:
    """Return the arrays with what the phrases of annotated cases, given as (code, key), teach about the wording of titles."""
    roots: list[str] = arrays["roots"]
    at = {root: number for number, root in enumerate(roots)}
    titles = dict(zip(arrays["codes"], arrays["titles"], strict=True))
    pairs = [(key, titles[code]) for code, key in sorted(set(phrases)) if titles.get(code)]
    chance: dict[str, dict[str, float]] = {}
    for key, title in pairs:
        for meant in title:
            for written in key:
                chance.setdefault(meant, {})[written] = 1.0 if written == meant else 0.1
    seen = Counter(written for key, _ in pairs for written in key)
    for _ in range(_ROUNDS):
        counts: dict[str, dict[str, float]] = {meant: dict.fromkeys(row, 0.0) for meant, row in chance.items()}
        for key, title in pairs:
            for meant in title:
                row = chance[meant]
                total = sum(row[written] for written in key) + 0.05
                for written in key:
                    counts[meant][written] += row[written] / total
        chance = {
            meant: {written: count / (seen[written] + 1.0) for written, count in row.items()} for meant, row in counts.items()
        }
    kept = _kept(pairs)
    triples = sorted(
        (written, at[meant], min(230, round(share * 255)))
        for meant, row in chance.items()
        for written, share in row.items()
        if written != meant and share > _STANDS_FOR and meant in at
    )
    words = sorted({written for written, _, _ in triples})
    word_at = {word: number for number, word in enumerate(words)}
    return arrays | {
        "kept": np.array([round(255 * kept.get(root, 0.45)) for root in roots], np.uint8),
        "written": words,
        "stands_for": np.array([(word_at[written], meant, share) for written, meant, share in triples], np.uint16).reshape(-1, 3),
    }


def _kept(pairs: list[tuple[Key, Key]]) -> dict[str, float]:
    """How often each title word is written in the mention, seen from one half as prior with the weight of four mentions."""
    times: Counter[str] = Counter()
    written: Counter[str] = Counter()
    for key, title in pairs:
        for meant in title:
            times[meant] += 1
            written[meant] += meant in key
    return {meant: (written[meant] + 2) / (count + 4) for meant, count in times.items()}
