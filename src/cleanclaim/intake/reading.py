"""What was read from a document: pages, lines, and words with their place and confidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from cleanclaim.kernel.errors import UnreadableInput

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the upright page."""

NOT_READ: Final = "[not-read]"
"""Stands in a reading where ink was seen and no word was read; somebody types what it says, or strikes it."""
ORIGINS: Final = ("text", "read")


class Word(NamedTuple):
    """A word, how sure the reading is of all its letters (0 to 1), and where it stands."""

    text: str
    confidence: float
    box: Box

    def __repr__(self) -> str:
        return f"Word({len(self.text)} letters, {self.confidence:.2f})"


class Line(NamedTuple):
    """Words that stand on one line, from left to right."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words with one space between."""
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """As sure as of its least sure word."""
        return min((word.confidence for word in self.words), default=0.0)

    @property
    def box(self) -> Box:
        """The box around its words."""
        return around(tuple(word.box for word in self.words))

    def __repr__(self) -> str:
        return f"Line({len(self.words)} words)"


class Page(NamedTuple):
    """One side of paper, upright: its number from 1, its size in pixels, its lines in reading order, and where the letters come from."""

    number: int
    width: int
    height: int
    lines: tuple[Line, ...]
    origin: str = "read"
    turned: float = 0.0
    """How many degrees counter-clockwise the picture was turned to stand upright."""


class Span(NamedTuple):
    """Where a word stands in the reading's text, and on which page."""

    start: int
    end: int
    page: int
    word: Word


class Reading(NamedTuple):
    """A document's pages as they were read."""

    pages: tuple[Page, ...]
    engine: str = ""

    def text(self) -> str:
        """Return the words: a line each, an empty line between pages."""
        return "\n\n".join("\n".join(line.text for line in page.lines) for page in self.pages)

    def spans(self) -> Iterator[Span]:
        """Yield each word with its place in `text()`."""
        at = 0
        for number, page in enumerate(self.pages):
            at += 2 * (number > 0)
            for row, line in enumerate(page.lines):
                at += row > 0
                for place, word in enumerate(line.words):
                    at += place > 0
                    yield Span(at, at + len(word.text), page.number, word)
                    at += len(word.text)

    def as_json(self) -> dict[str, Any]:
        """Return plain values; `from_json` reads them back."""
        return {
            "engine": self.engine,
            "pages": [
                {"page": page.number, "width": page.width, "height": page.height, "origin": page.origin, "turned": page.turned,
                 "lines": [[[word.text, word.confidence, *word.box] for word in line.words] for line in page.lines]}
                for page in self.pages
            ],
        }  # fmt: skip


def from_json(given: dict[str, Any]) -> Reading:
    """Return the reading that `as_json` wrote. Raises UnreadableInput for anything else."""
    try:
        pages = tuple(
            Page(
                int(page["page"]), int(page["width"]), int(page["height"]),
                tuple(Line(tuple(Word(str(text), float(sure), (int(a), int(b), int(c), int(d))) for text, sure, a, b, c, d in line))
                      for line in page["lines"]),
                str(page["origin"]), float(page["turned"]),
            )
            for page in given["pages"]
        )  # fmt: skip
        return Reading(pages, str(given["engine"]))
    except (KeyError, TypeError, ValueError):
        raise UnreadableInput("A stored reading is damaged: read the document again.") from None


def around(boxes: tuple[Box, ...]) -> Box:
    """Return the box around boxes; of none, an empty one."""
    if not boxes:
        return (0, 0, 0, 0)
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
