"""From a reading and what people decided to the words of a note, and from a place in the note back to the place on the page. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from cleanclaim import intake
from cleanclaim.intake import caution
from cleanclaim.kernel.errors import InvalidValue, Refused

KINDS: Final = ("scan", "photo", "fax", "dictation")
MAX_WORD: Final = 200
MAX_TRANSCRIPT: Final = 200_000
PICTURES: Final = ("image/png", "image/jpeg", "image/tiff", "application/pdf")
SOUNDS: Final = ("audio/wav", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/webm", "audio/flac")

Decisions = Mapping[str, str]
"""What people decided about words: the word's number in the reading to what stands there; an empty text strikes the word."""


class Cell(NamedTuple):
    """A word on the review page: its number, what was read, what stands now, why it waits (empty when it does not), place and page."""

    number: int
    read: str
    now: str
    why: str
    is_decided: bool
    confidence: float
    page: int
    box: intake.Box
    ends_line: bool

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.box[3] - self.box[1]

    @property
    def is_waiting(self) -> bool:
        """A person has not looked at it yet."""
        return bool(self.why) and not self.is_decided


class Place(NamedTuple):
    """Where letters of a note came from: their place in the text, the page, and the box on it."""

    start: int
    end: int
    page: int
    box: intake.Box


class Origin(NamedTuple):
    """A document's accepted text with the place of each word."""

    source_id: str
    text: str
    places: tuple[Place, ...]


def origin_of(kind: str, *, is_handwritten: bool) -> str:
    """Say how a note came to be: scanned, handwritten or dictated."""
    return "dictated" if kind == "dictation" else "handwritten" if is_handwritten else "scanned"


def check_files(kind: str, media_types: tuple[str, ...]) -> None:
    """Raises InvalidValue for files that are not of the kind: paper is pictures and PDFs, a dictation is one sound file."""
    if kind not in KINDS:
        raise InvalidValue("A document of a visit is a scan, a photo, a fax or a dictation.")
    if not media_types:
        raise InvalidValue("Choose the pages, or the sound of a dictation.")
    if kind == "dictation":
        if len(media_types) != 1 or media_types[0] not in SOUNDS:
            raise InvalidValue("A dictation is one sound file: WAV, MP3, M4A, OGG, WebM or FLAC.")
    elif not set(media_types) <= set(PICTURES):
        raise InvalidValue("Pages are PNG, JPEG or TIFF pictures, or PDFs.")


def cells(reading: intake.Reading, decisions: Decisions, *, is_handwritten: bool = False) -> list[Cell]:
    """Return the words of a reading with what was decided. What somebody says was written by hand waits like a page that reads badly."""
    sureness = {
        page.number: 0.0 if is_handwritten and page.origin == "read" else caution.page_sureness(page) for page in reading.pages
    }
    ends = set()
    at = -1
    for page in reading.pages:
        for line in page.lines:
            at += len(line.words)
            ends.add(at)
    found = []
    for number, span in enumerate(reading.spans()):
        decided = decisions.get(str(number))
        why = caution.why_it_waits(span.word.text, span.word.confidence, sureness[span.page])
        found.append(Cell(number, span.word.text, span.word.text if decided is None else decided, why, decided is not None,
                          span.word.confidence, span.page, span.word.box, number in ends))  # fmt: skip
    return found


def checked(given: Mapping[str, str], words: int) -> dict[str, str]:
    """Return decisions with their spaces in order. Raises InvalidValue for a word that the reading does not have, or a strange one."""
    found = {}
    for number, text in given.items():
        if not (number.isascii() and number.isdigit() and int(number[:9]) < words and len(number) <= 9):
            raise InvalidValue("This word does not stand in the reading.")
        if len(text) > MAX_WORD or any(ord(letter) < 32 for letter in text.strip()):
            raise InvalidValue(f"What stands for a word has at most {MAX_WORD} letters, on one line.")
        found[str(int(number))] = " ".join(text.split())
    return found


def assembled(words: list[Cell]) -> tuple[str, tuple[Place, ...]]:
    """Return the text as it was decided, a line for each on the page and an empty line between pages, and where each word stands."""
    text, places = "", []
    page, fresh = 0, True
    for cell in words:
        if page and cell.page != page:
            text, fresh = text.rstrip("\n") + "\n\n", True
        page = cell.page
        if cell.now:
            text += "" if fresh else " "
            places.append(Place(len(text), len(text) + len(cell.now), cell.page, cell.box))
            text, fresh = text + cell.now, False
        if cell.ends_line and not fresh:
            text, fresh = text + "\n", True
    return text.rstrip("\n"), tuple(places)


def check_accept(state: str, waiting: int, reason: str, text: str) -> None:
    """Raises Refused when a reading cannot become a draft: not read, nothing in it, or words wait and nobody said why that may be."""
    if state == "accepted":
        raise Refused("This document is in the record already.")
    if state != "read":
        raise Refused("The document has not been read: there is nothing to accept yet.")
    if not text.strip():
        raise Refused("There are no words to accept: type what stands there, or refuse the document.")
    if waiting and not reason.strip():
        raise Refused(f"{waiting} word{'s' if waiting > 1 else ''} still wait{'' if waiting > 1 else 's'} to be looked at. Look at them, or say why the draft is made without.")  # fmt: skip


def trace(note: str, origin: Origin, start: int, end: int) -> list[Place]:
    """Return the places on the page from which letters `start` to `end` of a note came.

    The note may have been changed since the document was accepted: words that stand in both, in the same order, keep their places.
    """
    return [place for place in carried(note, origin) if place.start < end and start < place.end]


def carried(note: str, origin: Origin) -> list[Place]:
    """Return the places of an accepted text's words, where the same words stand in the note now."""
    at = note.find(origin.text) if origin.text else -1
    if at >= 0:
        return [place._replace(start=place.start + at, end=place.end + at) for place in origin.places]
    now = _words(note)
    then = [origin.text[place.start : place.end] for place in origin.places]
    same = SequenceMatcher(None, then, [note[first:last] for first, last in now], autojunk=False).get_matching_blocks()
    return [
        origin.places[block.a + k]._replace(start=now[block.b + k][0], end=now[block.b + k][1])
        for block in same
        for k in range(block.size)
    ]


def _words(text: str) -> list[tuple[int, int]]:
    found, start = [], None
    for at, letter in enumerate(text + " "):
        if letter.isspace():
            if start is not None:
                found.append((start, at))
            start = None
        elif start is None:
            start = at
    return found
