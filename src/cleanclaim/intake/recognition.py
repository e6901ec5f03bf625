"""The engine that reads pictures: the PP-OCRv6 models of the rapidocr package, their answer decoded letter by letter.

The package itself gives one figure a line, silently drops lines below one half, and leaves spaces out between words. Here every line is
kept, each letter has its probability, only Latin letters can be read, and a likely space makes a gap of two words.
"""

from __future__ import annotations

import functools
import importlib.util
import math
import unicodedata
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cleanclaim.kernel.errors import SettingsError

MISSING: Final = (
    "Reading pictures needs the recogniser of requirements/scan.txt, which is not installed: "
    "run `python3 do.py setup scan` in the program's folder, and start it again."
)
_SPACE_LIKELY: Final = 0.12
"""A probability of a space between two letters from which they are two words; below it they are one word that is less sure."""
_SPACE_IN_NUMBER: Final = 0.5
"""Between two digits a space must be likelier than none."""
_LETTERS_KEPT: Final = 12
"""So many of the likeliest classes of a column are looked at; what is beyond has no weight."""
_FOLDED: Final = {"，": ",", "。": ".", "：": ":", "；": ";", "（": "(", "）": ")", "’": "'", "‘": "'", "“": '"', "”": '"', "—": "-", "–": "-",
                  "×": "x", "〇": "0", "○": "0", "·": ".", "•": "-", "、": ","}  # fmt: skip
_BEYOND_ASCII: Final = frozenset("°µμ±½¼¾≥≤≠→↑↓√§®™²³é")

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


class Piece(NamedTuple):
    """A word that the engine read in one stretch of a line: its letters, its probability, and its corners from the upper left, clockwise."""

    text: str
    confidence: float
    corners: Corners


class Stretch(NamedTuple):
    """A stretch of text that the engine found: its corners and its words."""

    corners: Corners
    words: tuple[Piece, ...]


class Engine(Protocol):
    """What reads a picture of a page."""

    name: str

    def find(self, image: Image.Image) -> list[Corners]:
        """Return where text stands, without reading it."""
        ...

    def read(self, image: Image.Image, places: list[Corners]) -> list[Stretch]:
        """Read the text at those places."""
        ...


def is_installed() -> bool:
    """Say whether pictures can be read here."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


@functools.cache
def engine() -> Engine:
    """Return the engine of this installation. Raises SettingsError naming what to install."""
    if not is_installed():
        raise SettingsError(MISSING)
    return _Rapid()


class _Rapid:
    """PP-OCRv6 small, from the rapidocr package; it loads nothing from anywhere else."""

    name = "rapidocr PP-OCRv6 small"

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        threads = "EngineConfig.onnxruntime.intra_op_num_threads"
        whole: Any = RapidOCR(params={"Global.log_level": "critical", "Global.use_cls": False, threads: 1})
        self._find = whole._load_det_model()  # noqa: SLF001 - the version is pinned; its tests are ours
        self._read = whole._load_rec_model()  # noqa: SLF001
        self._letters = [_folded(letter) for letter in self._read.postprocess_op.character]

    def find(self, image: Image.Image) -> list[Corners]:
        found = self._find(_blue_first(image)).boxes
        return [] if found is None else [_corners(box) for box in found]

    def read(self, image: Image.Image, places: list[Corners]) -> list[Stretch]:
        found = []
        for place in places:
            crop = _blue_first(cut(image, place))
            ratio = max(crop.shape[1] / crop.shape[0], 0.3)
            answer = self._read.session(self._read.resize_norm_img(crop, ratio)[None].astype(np.float32))[0]
            found.append(Stretch(place, tuple(_placed(word, place, len(answer)) for word in decode(answer, self._letters))))
        return found


def cut(image: Image.Image, place: Corners) -> Image.Image:
    """Return the stretch between four corners as an upright strip."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = place
    width = max(math.dist(place[0], place[1]), math.dist(place[3], place[2]))
    height = max(math.dist(place[0], place[3]), math.dist(place[1], place[2]))
    size = max(int(width), 4), max(int(height), 4)
    return image.transform(size, Image.Transform.QUAD, (ax, ay, dx, dy, cx, cy, bx, by), Image.Resampling.BICUBIC)


class _Word(NamedTuple):
    """Letters with their probability and the first and last column where they were read."""

    text: str
    confidence: float
    first: int
    last: int


def decode(answer: NDArray[Any], letters: list[str]) -> list[_Word]:
    """Return the words of one line from the probabilities of each letter in each column (CTC: the first class is 'no letter here').

    A letter's probability sums the classes that look the same (a full-width comma is a comma); classes of other scripts count for nobody,
    so that a reading that hesitates between scripts is unsure.
    """
    columns = []
    for row in answer:
        best = np.argpartition(row, -_LETTERS_KEPT)[-_LETTERS_KEPT:]
        sums: dict[str, float] = {"": float(row[0])}
        for place in best:
            if place and letters[place]:
                sums[letters[place]] = sums.get(letters[place], 0.0) + float(row[place])
        columns.append(sums)
    chosen = [max(sums, key=sums.__getitem__) for sums in columns]
    runs: list[tuple[str, float, int, int]] = []
    for at, letter in enumerate(chosen):
        if letter and at and chosen[at - 1] == letter:
            known = runs[-1]
            runs[-1] = (letter, max(known[1], columns[at][letter]), known[2], at)
        elif letter:
            runs.append((letter, columns[at][letter], at, at))
    return _words(runs, columns)


def _words(runs: list[tuple[str, float, int, int]], columns: list[dict[str, float]]) -> list[_Word]:
    found: list[_Word] = []
    now: _Word | None = None
    doubt = 1.0
    for place, (letter, sure, first, last) in enumerate(runs):
        if letter == " ":
            if now:
                found.append(now)
            now, doubt = None, min(doubt, sure) if sure < 0.5 else 1.0
            continue
        gap = max((columns[at].get(" ", 0.0) for at in range(runs[place - 1][3] + 1, first)), default=0.0) if now else 0.0
        if now is None:
            now = _Word(letter, min(sure, doubt), first, last)
        elif gap >= (_SPACE_IN_NUMBER if now.text[-1].isdigit() and letter.isdigit() else _SPACE_LIKELY):
            found.append(now._replace(confidence=min(now.confidence, max(gap, 1 - gap))))
            now = _Word(letter, min(sure, max(gap, 1 - gap)), first, last)
        else:
            now = _Word(now.text + letter, min(now.confidence, sure, 1 - gap), now.first, last)
    return [*found, now] if now else found


def _folded(letter: str) -> str:
    """Return the letter as it is kept: Latin and what a record needs beside it; nothing for other scripts."""
    letter = _FOLDED.get(letter, letter)
    if letter == "blank" or len(letter) != 1:
        return ""
    plain = unicodedata.normalize("NFKC", letter)
    letter = plain if len(plain) == 1 else letter
    return letter if letter == " " or (letter.isascii() and letter.isprintable()) or letter in _BEYOND_ASCII else ""


def _placed(word: _Word, corners: Corners, columns: int) -> Piece:
    """Return the word with its corners: its share of the stretch's columns, a little wider on both sides."""
    width = max(columns, 1)
    left, right = max(word.first - 0.6, 0) / width, min(word.last + 1.6, width) / width
    (a, b, c, d) = corners
    return Piece(
        word.text, word.confidence, (_between(a, b, left), _between(a, b, right), _between(d, c, right), _between(d, c, left))
    )


def _between(a: tuple[float, float], b: tuple[float, float], share: float) -> tuple[float, float]:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _corners(box: NDArray[Any]) -> Corners:
    a, b, c, d = ((float(x), float(y)) for x, y in box)
    return a, b, c, d


def _blue_first(image: Image.Image) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
