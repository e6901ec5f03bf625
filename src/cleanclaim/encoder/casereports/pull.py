"""How strongly a term of the text pulls for the code that it names: what decides which of hundreds of terms are looked at closely.

A linear score, learned from codes that the counted cases did not have, so that it judges rare codes by what is true of any term: how much
of it is written, how seldom it stands uncoded, how usual its words are in mentions. What depends on the term alone is summed once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cleanclaim.encoder.casereports.finding import Term
from cleanclaim.encoder.casereports.lexicon import Lexicon, TermCode
from cleanclaim.encoder.casereports.phrases import PhraseTable
from cleanclaim.encoder.casereports.surroundings import Surroundings

STATIC: Final = (
    "weight",
    "words",
    "cases",
    "confirmed",
    "confirmed share",
    "near",
    "rarest word",
    "inside",
    "least inside",
    "sharing",
)
"""What is known of a term wherever it stands."""
STANDING: Final = ("share", "full", "verbatim", "spread", "sentences", "unenclosed")
"""What depends on where it stands."""
NAMED: Final = (
    "inclusion",
    "heading",
    "heading inclusion",
    "other",
    "title words",
    "unspecified",
    "category cases",
    "chapter cases",
)
"""What depends on the code that it names."""
_RIDGE: Final = 3.0
_ROUNDS: Final = 60
_LONGEST_STEP: Final = 2.0
_BEFORE: Final = {"share": 6.0, "verbatim": 2.0, "weight": 0.4}
"""The weights before any are learned."""


class Pull:
    """The weights, and the sums that a lexicon's terms and a table's codes have of them."""

    def __init__(self, weights: dict[str, float], lexicon: Lexicon, table: PhraseTable, surroundings: Surroundings) -> None:
        self.weights: Final = weights
        self._lexicon: Final = lexicon
        self._table: Final = table
        self._columns: Final = _static_columns(lexicon, surroundings)
        self.of_terms: Final[npt.NDArray[np.float64]] = self._columns @ np.array([weights.get(name, 0.0) for name in STATIC])
        self._of_term: Final[list[float]] = self.of_terms.tolist()
        self._standing: Final = tuple(weights.get(name, 0.0) for name in STANDING)
        self._named: Final = np.array([weights.get(name, 0.0) for name in NAMED])
        self._named_by: Final[dict[int, tuple[tuple[str, int, bool, float], ...]]] = {}
        self._facts: Final[dict[str, tuple[int, ...]]] = {}
        self.per_share: Final[float] = weights.get("share", 0.0) + weights.get("verbatim", 0.0)

    def of_term(self, term: Term, *, unenclosed: bool) -> float:
        """Return what a term pulls where it stands."""
        share, full, verbatim, spread, sentences, open_ = self._standing
        return (
            self._of_term[term.term]
            + share * term.share
            + full * (term.share > 0.999)
            + verbatim * term.verbatim
            + spread * min(3.0, term.width / len(term.places))
            + sentences * math.log(term.sentences)
            + open_ * unenclosed
        )

    def named(self, term: int) -> tuple[tuple[str, int, bool, float], ...]:
        """Return the codes that a term names as (code, kind, is other, what naming it adds)."""
        known = self._named_by.get(term)
        if known is None:
            known = self._named_by[term] = tuple(
                (*named, float(np.dot(self._named, self._named_row(named)))) for named in self._lexicon.codes(term)
            )
        return known

    def facts_of(self, code: str) -> tuple[int, ...]:
        """Return what is known of a code whatever the text: cases of it, its category and its chapter, its letter, the words of its title, whether
        that says unspecified or other, the length of the code, and whether it has no title.
        """
        known = self._facts.get(code)
        if known is None:
            table, facts = self._table, self._lexicon.facts
            words, flags = facts.get(code, (0, 0))
            known = self._facts[code] = (
                table.codes.get(code, 0), table.categories[code[:3]], table.chapters[code[:1]], ord(code[0]), words, flags & 1, flags >> 1 & 1,
                len(code), code not in facts,
            )  # fmt: skip
        return known

    def row(self, term: Term, named: TermCode, *, unenclosed: bool) -> tuple[float, ...]:
        """Return the features of a term for a code it names, in the order of STATIC, STANDING, NAMED: what the weights are learned from."""
        return (
            *self._columns[term.term].tolist(),
            term.share, float(term.share > 0.999), term.verbatim, min(3.0, term.width / len(term.places)), math.log(term.sentences), float(unenclosed),
            *self._named_row(named),
        )  # fmt: skip

    def _named_row(self, named: TermCode) -> tuple[float, ...]:
        words, flags = self._lexicon.facts.get(named.code, (0, 0))
        return (
            float(named.kind == 1), float(named.kind == 2), float(named.kind == 3), float(named.is_other), min(words, 15) / 5, float(flags & 1),
            math.log1p(self._table.categories[named.code[:3]]), math.log1p(self._table.chapters[named.code[:1]]),
        )  # fmt: skip


def unlearned_weights() -> dict[str, float]:
    """Return the weights to begin with."""
    return dict(_BEFORE)


def learn_pull(rows: Iterable[tuple[float, ...]], is_right: Iterable[bool]) -> dict[str, float]:
    """Return weights by a ridge-penalised logistic regression (Newton's method), rounded so that the same rows give the same bytes."""
    values = np.array(list(rows), np.float64)
    right = np.array(list(is_right), np.float64)
    names = (*STATIC, *STANDING, *NAMED)
    if not right.any():
        return unlearned_weights()
    matrix = np.hstack([values, np.ones((len(values), 1))])
    ridge = np.full(matrix.shape[1], _RIDGE)
    ridge[-1] = 1e-6
    weights = np.zeros(matrix.shape[1])
    for _ in range(_ROUNDS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(matrix @ weights, -30, 30)))
        gradient = matrix.T @ (right - chance) - ridge * weights
        curvature = (matrix * (chance * (1 - chance))[:, None]).T @ matrix + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        weights = weights + step * min(1.0, _LONGEST_STEP / float(np.abs(step).max() + 1e-12))
        if float(np.abs(step).max()) < 1e-7:
            break
    return {name: round(float(weight), 3) for name, weight in zip(names, weights[:-1], strict=True)}


def _static_columns(lexicon: Lexicon, surroundings: Surroundings) -> npt.NDArray[np.float64]:
    if not lexicon.sizes:
        return np.zeros((0, len(STATIC)))
    flat, starts = lexicon.flat, lexicon.starts
    roots: list[str] = lexicon.arrays["roots"]
    inside = np.array([surroundings.inside(root) for root in roots])[flat]
    rarest = np.array([lexicon.rarest[root] for root in roots], np.float64)[flat]
    sizes = np.array(lexicon.sizes, np.float64)
    cases, confirmed, near = (np.array(counts, np.float64) for counts in (lexicon.cases, lexicon.confirmed, lexicon.near))
    columns: tuple[Any, ...] = (
        np.minimum(np.array(lexicon.verbatim_totals), 25.0) / 5, sizes, np.log1p(cases), np.log1p(confirmed),
        np.log((confirmed + 0.1) / (cases + 0.5)), np.log1p(near), np.log1p(np.minimum.reduceat(rarest, starts)),
        np.add.reduceat(inside, starts) / sizes, np.minimum.reduceat(inside, starts), np.log1p(lexicon.arrays["term_codes"].astype(np.float64)),
    )  # fmt: skip
    return np.column_stack(columns)
