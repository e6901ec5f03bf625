"""Carry the annotators' Spanish spans over to the English translation.

Sentences are paired by a dynamic programme (Gale and Church 1993, with likeness of words instead of length alone), words by IBM model 1
(Brown et al. 1993) with a preference for the diagonal and for words that look alike (brucelosis, brucellosis).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cleanclaim.encoder.casereports.corpus import Case
from cleanclaim.encoder.casereports.words import WORD, bare

Matrix = npt.NDArray[np.float64]
_SPANISH_END: Final = re.compile(r"(?<=[.?!;:])\s+(?=[^a-z])|\n+")
_MOVES: Final = ((1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (1, 0), (0, 1))
_LONGEST: Final = 120
_DIAGONAL: Final = 4.0
_ROUNDS: Final = 5


class Sentence(NamedTuple):
    """The words of a sentence: their text in lower case and their spans; `first` is the place of its first word in the whole text."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    first: int


class Carried(NamedTuple):
    """A mention carried over: its kind, its code, and the places of the English words that stand for it (none if they were lost)."""

    kind: str
    code: str
    places: tuple[int, ...]


class _Block(NamedTuple):
    case: int
    spanish: tuple[Sentence, ...]
    english: tuple[Sentence, ...]


def carry_mentions(cases: Iterable[Case]) -> list[tuple[Carried, ...]]:
    """Return, for each case, its mentions carried over to the English text."""
    texts = tuple(cases)
    blocks = _pair_all(texts, {})
    blocks = _pair_all(texts, _dictionary(_learn(_lay_cells(blocks))))
    links = _link_words(blocks)
    carried: list[tuple[Carried, ...]] = []
    for number, case in enumerate(texts):
        linked = links.get(number, {})
        words = [span for sentence in _sentences(case.spanish, _spanish_stretches(case.spanish)) for span in sentence.spans]
        found: list[Carried] = []
        for mention in case.mentions:
            places: set[int] = set()
            for place, (start, end) in enumerate(words):
                if any(start < last and end > first for first, last in mention.spans):
                    places.update(linked.get(place, ()))
            found.append(Carried(mention.kind, mention.code, tuple(sorted(places))))
        carried.append(tuple(found))
    return carried


def _pair_all(cases: tuple[Case, ...], dictionary: dict[str, dict[str, float]]) -> list[_Block]:
    blocks: list[_Block] = []
    for number, case in enumerate(cases):
        spanish = _sentences(case.spanish, _spanish_stretches(case.spanish))
        english = _sentences(case.english, _lines(case.english))
        blocks.extend(_Block(number, *pair) for pair in _pair_sentences(spanish, english, dictionary))
    return blocks


def _spanish_stretches(text: str) -> list[tuple[int, int]]:
    stretches: list[tuple[int, int]] = []
    start = 0
    for end in _SPANISH_END.finditer(text):
        stretches.append((start, end.start()))
        start = end.end()
    stretches.append((start, len(text)))
    return stretches


def _lines(text: str) -> list[tuple[int, int]]:
    stretches: list[tuple[int, int]] = []
    start = 0
    for line in text.split("\n"):
        stretches.append((start, start + len(line)))
        start += len(line) + 1
    return stretches


def _sentences(text: str, stretches: list[tuple[int, int]]) -> list[Sentence]:
    found: list[Sentence] = []
    first = 0
    for start, end in stretches:
        words = list(WORD.finditer(text, start, end))
        if words:
            found.append(Sentence(tuple(word.group().lower() for word in words), tuple(word.span() for word in words), first))
            first += len(words)
    return found


def _likeness() -> Callable[[Iterable[str], Iterable[str]], Matrix]:
    """Return a function that says how alike words are: twice the shared three-letter stretches over all of theirs (Dice)."""
    known: dict[str, frozenset[str]] = {}

    def grams(word: str) -> frozenset[str]:
        found = known.get(word)
        if found is None:
            marked = f"#{bare(word)}#"
            found = known[word] = (
                frozenset(marked[at : at + 3] for at in range(len(marked) - 2)) if len(word) > 3 else frozenset({marked})
            )
        return found

    def compare(ones: Iterable[str], others: Iterable[str]) -> Matrix:
        left, right = [grams(word) for word in ones], [grams(word) for word in others]
        columns: dict[str, int] = {}
        for gram_set in left:
            for gram in gram_set:
                columns.setdefault(gram, len(columns))
        one = np.zeros((len(left), len(columns)), np.float32)
        other = np.zeros((len(right), len(columns)), np.float32)
        for matrix, gram_sets in ((one, left), (other, right)):
            for row, gram_set in enumerate(gram_sets):
                matrix[row, [columns[gram] for gram in gram_set if gram in columns]] = 1
        sizes = np.array([len(found) for found in left])[:, None] + np.array([len(found) for found in right])[None, :]
        return np.asarray(2.0 * (one @ other.T) / sizes, np.float64)

    return compare


def _pair_sentences(
    spanish: list[Sentence], english: list[Sentence], dictionary: dict[str, dict[str, float]]
) -> list[tuple[tuple[Sentence, ...], tuple[Sentence, ...]]]:
    if not spanish or not english:
        return []
    gains = _gains(spanish, english, dictionary)
    rows, columns = len(spanish), len(english)
    lengths = [len(sentence.words) for sentence in spanish]
    widths = [len(sentence.words) for sentence in english]
    ratio = sum(widths) / sum(lengths)
    best = np.full((rows + 1, columns + 1), -1e9)
    best[0, 0] = 0.0
    came: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(rows + 1):
        for column in range(columns + 1):
            here = best[row, column]
            if here < -1e8 or (min(rows, columns) > 5 and abs((row + 0.5) / rows - (column + 0.5) / columns) > 0.3):
                continue
            for down, across in _MOVES:
                if row + down > rows or column + across > columns:
                    continue
                score = here - 0.8
                if down and across:
                    width, length = sum(widths[column : column + across]), sum(lengths[row : row + down]) * ratio
                    gain = sum(gains[at][row : row + down].max(axis=0).sum() for at in range(column, column + across))
                    unequal = 0.05 * max(width, length) * abs(math.log((width + 2) / (length + 2)))
                    score = here + gain - unequal - 0.25 * (down + across - 2) - 0.12 * width
                if score > best[row + down, column + across]:
                    best[row + down, column + across] = score
                    came[row + down, column + across] = (row, column)
    if (rows, columns) not in came:
        return [(tuple(spanish), tuple(english))]
    return _walk_back(spanish, english, came)


def _gains(spanish: list[Sentence], english: list[Sentence], dictionary: dict[str, dict[str, float]]) -> list[Matrix]:
    """For each English sentence: how well each of its words is matched by each Spanish sentence, by the dictionary or, before there is
    one, by likeness.
    """
    ones = sorted({word for sentence in spanish for word in sentence.words})
    others = sorted({word for sentence in english for word in sentence.words})
    row_of = {word: at for at, word in enumerate(ones)}
    column_of = {word: at for at, word in enumerate(others)}
    if dictionary:
        alike = np.zeros((len(ones), len(others)))
        for column, other in enumerate(others):
            for one, chance in dictionary.get(other, {}).items():
                if one in row_of:
                    alike[row_of[one], column] = min(1.0, 2 * chance)
    else:
        alike = _COMPARE(ones, others) ** 2
    by_sentence = np.stack([alike[[row_of[word] for word in sentence.words]].max(axis=0) for sentence in spanish])
    return [by_sentence[:, [column_of[word] for word in sentence.words]] for sentence in english]


def _walk_back(
    spanish: list[Sentence], english: list[Sentence], came: dict[tuple[int, int], tuple[int, int]]
) -> list[tuple[tuple[Sentence, ...], tuple[Sentence, ...]]]:
    pairs: list[tuple[tuple[Sentence, ...], tuple[Sentence, ...]]] = []
    row, column = len(spanish), len(english)
    while (row, column) != (0, 0):
        above, before = came[row, column]
        if row > above and column > before:
            pairs.append((tuple(spanish[above:row]), tuple(english[before:column])))
        row, column = above, before
    return pairs[::-1]


class _Cells(NamedTuple):
    """Every (English word, Spanish word) of every block, flat: the pair's number, its weight by the diagonal, the English word's row."""

    pair: npt.NDArray[np.int64]
    near: Matrix
    row: npt.NDArray[np.int64]
    pairs: dict[tuple[str, str], int]
    spanish_of_pair: npt.NDArray[np.int64]
    likeness: Matrix
    shapes: list[tuple[int, int, int]]


def _lay_cells(blocks: list[_Block]) -> _Cells:
    pairs: dict[tuple[str, str], int] = {}
    spanish_words: dict[str, int] = {}
    owner: list[int] = []
    likeness: list[float] = []
    pair: list[npt.NDArray[np.int64]] = []
    near: list[Matrix] = []
    shapes: list[tuple[int, int, int]] = []
    for number, block in enumerate(blocks):
        ones = [word for sentence in block.spanish for word in sentence.words]
        others = [word for sentence in block.english for word in sentence.words]
        if len(ones) >= _LONGEST or len(others) >= _LONGEST:
            continue
        alike = _COMPARE(ones, others)
        numbers = np.empty((len(others), len(ones)), np.int64)
        for row, other in enumerate(others):
            for column, one in enumerate(ones):
                found = pairs.get((other, one))
                if found is None:
                    found = pairs[other, one] = len(pairs)
                    owner.append(spanish_words.setdefault(one, len(spanish_words)))
                    likeness.append(float(alike[column, row]))
                numbers[row, column] = found
        across = np.arange(len(ones)) / max(1, len(ones) - 1)
        down = np.arange(len(others)) / max(1, len(others) - 1)
        pair.append(numbers.ravel())
        near.append(np.exp(-_DIAGONAL * np.abs(across[None, :] - down[:, None])).ravel())
        shapes.append((number, len(others), len(ones)))
    widths = [width for _, height, width in shapes for _ in range(height)]
    row_of = np.repeat(np.arange(len(widths)), widths)
    empty = [np.zeros(0, np.int64)]
    return _Cells(
        np.concatenate(pair or empty),
        np.concatenate(near or [np.zeros(0)]),
        row_of,
        pairs,
        np.array(owner),
        np.array(likeness),
        shapes,
    )


def _learn(cells: _Cells) -> tuple[_Cells, Matrix]:
    """Return the cells and the chance of each English word given each Spanish word."""
    rows = len(cells.row) and int(cells.row[-1]) + 1
    table = 0.05 + np.where(cells.likeness > 0.4, 3 * cells.likeness**2, 0.0)
    bonus = np.where(cells.likeness > 0.5, 0.5 * cells.likeness**2, 0.0)
    for _ in range(_ROUNDS):
        weight = _shares(cells, table, rows, 0.02)
        counts = np.bincount(cells.pair, weight, len(table))
        totals = np.bincount(cells.spanish_of_pair, counts)
        table = (counts + bonus) / (totals[cells.spanish_of_pair] + 0.5)
    return cells, table


def _shares(cells: _Cells, table: Matrix, rows: int, rest: float) -> Matrix:
    weight = table[cells.pair] * cells.near
    return np.asarray(weight / (np.bincount(cells.row, weight, rows) + rest)[cells.row])


def _dictionary(learned: tuple[_Cells, Matrix]) -> dict[str, dict[str, float]]:
    cells, table = learned
    found: dict[str, dict[str, float]] = {}
    for (other, one), number in cells.pairs.items():
        if table[number] > 0.02:
            found.setdefault(other, {})[one] = float(table[number])
    return found


def _link_words(blocks: list[_Block]) -> dict[int, dict[int, list[int]]]:
    """Return, for each case, the English places linked with each Spanish place."""
    cells, table = _learn(_lay_cells(blocks))
    if not cells.shapes:
        return {}
    weight = _shares(cells, table, int(cells.row[-1]) + 1, 0.01)
    links: dict[int, dict[int, list[int]]] = {}
    at = 0
    for number, height, width in cells.shapes:
        block = blocks[number]
        share = weight[at : at + height * width].reshape(height, width)
        at += height * width
        ones = [sentence.first + place for sentence in block.spanish for place in range(len(sentence.words))]
        others = [sentence.first + place for sentence in block.english for place in range(len(sentence.words))]
        linked = links.setdefault(block.case, {})
        for down, across in zip(*np.nonzero(share > 0.25), strict=True):
            linked.setdefault(ones[across], []).append(others[down])
    return links


_COMPARE: Final[Any] = _likeness()
