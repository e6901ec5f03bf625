"""What the annotated cases teach about any word, whatever the code: how often it stands inside a coded mention, and how often right before one.

A term whose code no case had is judged by its surroundings: "diagnosed with" leads to a mention, "ruled out" seldom does; a word that
usually is part of a mention, left standing beside the term, says that the term is only a piece of what the coder read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from cleanclaim.encoder.casereports.phrases import Example, Places
from cleanclaim.encoder.casereports.words import Reading

_SMOOTH: Final = 4.0
"""Standings added with the usual share, so that a word seen once says little."""
_LEAST_STANDINGS: Final = 3


class Surroundings:
    """For each root the share of its standings inside a mention, right before one, and right after one."""

    def __init__(self, arrays: dict[str, Any]) -> None:
        """Take `roots`, and `shares`: a row (inside, before, after) in 255ths for each root and one more, the usual shares, at the end."""
        self.arrays: Final = arrays
        rows = [tuple(share / 255 for share in row) for row in arrays["shares"].tolist()]
        self._usual: Final[tuple[float, ...]] = rows[-1] if rows else (0.0, 0.0, 0.0)
        self._of: Final[dict[str, tuple[float, ...]]] = dict(zip(arrays["roots"], rows, strict=False))

    def inside(self, root: str) -> float:
        """Return how often a root stands inside a coded mention."""
        return self._of.get(root, self._usual)[0]

    def row(self, reading: Reading, places: Places) -> tuple[float, float, float, float, float]:
        """Return for a stretch: how usual its words are in mentions (mean, least), how usual the words around it are before and after a mention,
        and how usual the closest words outside it are inside one.
        """
        roots, sentences, of, usual = reading.roots, reading.sentences, self._of, self._usual
        inside = [of.get(roots[place], usual)[0] for place in places]
        first, last = places[0], places[-1]
        before = after = beside = 0.0
        if first and sentences[first - 1] == sentences[first]:
            shares = of.get(roots[first - 1], usual)
            before, beside = shares[1], shares[0]
        if last + 1 < len(roots) and sentences[last + 1] == sentences[last]:
            shares = of.get(roots[last + 1], usual)
            after, beside = shares[2], max(beside, shares[0])
        return sum(inside) / len(inside), min(inside), before, after, beside


def learn_surroundings(examples: Iterable[Example]) -> dict[str, Any]:
    """Return the arrays of what the examples teach."""
    standings: Counter[str] = Counter()
    counts: tuple[Counter[str], Counter[str], Counter[str]] = (Counter(), Counter(), Counter())
    for example in examples:
        roots = example.reading.roots
        coded = {place for code, places in example.mentions if code in example.gold for place in places}
        standings.update(roots)
        counts[0].update(roots[place] for place in coded)
        counts[1].update(roots[place - 1] for place in coded if place and place - 1 not in coded)
        counts[2].update(roots[place + 1] for place in coded if place + 1 < len(roots) and place + 1 not in coded)
    total = max(1, standings.total())
    usual = [count.total() / total for count in counts]
    known = sorted(root for root, number in standings.items() if number >= _LEAST_STANDINGS)
    shares = [
        [(count[root] + _SMOOTH * share) / (standings[root] + _SMOOTH) for count, share in zip(counts, usual, strict=True)]
        for root in known
    ]
    rows = np.array([*shares, usual], np.float64).reshape(-1, len(counts))
    return {"roots": known, "shares": np.minimum(255, np.round(rows * 255)).astype(np.uint8)}
