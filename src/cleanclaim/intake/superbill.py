"""A practice's own superbill: the form as it is printed, and what was ticked and written on it when it comes back as a scan or photo.

The form has a black square in each corner, so that every box is found again however the page lay, and a number that says which form it
is. A box is ticked, empty or unclear; what is unclear waits for a person, and so does everything written by hand that is weighty.
"""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cleanclaim.intake import caution
from cleanclaim.intake.reading import NOT_READ, Box, Line, Page, Reading, Word, around
from cleanclaim.kernel.errors import InvalidValue, UnreadableInput

WIDTH, HEIGHT = 612.0, 792.0
"""US Letter in points; places on the form are points from the upper left."""
MARK: Final = 15.0
MARKS: Final = ((36.0, 36.0), (576.0, 36.0), (576.0, 756.0), (36.0, 756.0))
"""The middles of the corner squares, clockwise."""
BOX: Final = 11.0
MOST_CHOICES: Final = 84
EMPTY_BELOW, TICKED_FROM, STRUCK_FROM = 0.05, 0.14, 0.80
"""Shares of a box's inside that are ink: a clean box has none or a speck, a tick a seventh or more; one filled over may be a correction."""
_BARE_INK: Final = 4.0
"""A written line with more points of ink across than this that no word covers was not read whole; specks of a scan cover less."""
WRITTEN: Final = (("patient", "Patient", 36.0, 96.0, 300.0), ("born", "Born", 312.0, 96.0, 420.0), ("served", "Date of service", 432.0, 96.0, 576.0),
                  ("diagnosis_1", "Other diagnosis", 36.0, 690.0, 300.0), ("diagnosis_2", "Other diagnosis", 312.0, 690.0, 576.0),
                  ("remarks", "Remarks", 36.0, 722.0, 480.0))  # fmt: skip
"""Lines to write on: name, label, left, base line, right."""


class Choice(NamedTuple):
    """A printed line with a box: its section, code and the practice's own words."""

    section: str
    code: str
    label: str


class Placed(NamedTuple):
    """A choice with the upper left corner of its box."""

    choice: Choice
    left: float
    top: float


class Form(NamedTuple):
    """A superbill as a practice prints it."""

    title: str
    choices: tuple[Choice, ...]

    @property
    def number(self) -> str:
        """Eight digits that change with anything that moves a box or its meaning."""
        digest = hashlib.sha256(repr(self).encode()).digest()
        return f"{int.from_bytes(digest[:6], 'big') % 10**8:08d}"

    def places(self) -> tuple[Placed, ...]:
        """Return where each choice's box stands: three columns, a heading where a section begins."""
        found, column, top, section = [], 0, 128.0, ""
        for choice in self.choices:
            needed = 17.0 + (20.0 if choice.section != section else 0.0)
            if top + needed > 672.0:
                column, top, section = column + 1, 128.0, ""
                needed = 37.0
            if choice.section != section:
                section, top = choice.section, top + 20.0
            found.append(Placed(choice, 44.0 + 180.0 * column, top))
            top += 17.0
        return tuple(found)

    def as_json(self) -> dict[str, Any]:
        """Return plain values; `form_from_json` reads them back."""
        return {"title": self.title, "choices": [list(choice) for choice in self.choices]}


class Field(NamedTuple):
    """What stands in one place of a filled form: its name and label, the value, how sure, where on the page, and why it waits, if it does.

    A box's value is `ticked`, `empty` or `unclear`; a written line's is its words.
    """

    name: str
    label: str
    value: str
    confidence: float
    box: Box
    why: str = ""


class Filled(NamedTuple):
    """A filled form: every box and every written line."""

    number: str
    page: Page
    fields: tuple[Field, ...]

    def waiting(self) -> tuple[Field, ...]:
        """Return the fields that a person must look at."""
        return tuple(field for field in self.fields if field.why)


def form(title: str, choices: tuple[Choice, ...]) -> Form:
    """Return a form. Raises InvalidValue for one that has no choice, too many, or the same code twice."""
    if not choices or len(choices) > MOST_CHOICES:
        raise InvalidValue(f"A superbill has 1 to {MOST_CHOICES} lines with a box.")
    codes = [choice.code for choice in choices]
    if len(set(codes)) < len(codes):
        raise InvalidValue("A code stands twice on the superbill.")
    made = Form(title[:60], tuple(choices))
    if made.places()[-1].left > 44.0 + 180.0 * 2:
        raise InvalidValue("The lines do not fit on one page: leave out codes that are rarely used.")
    return made


def form_from_json(given: dict[str, Any]) -> Form:
    """Return the form that `as_json` wrote. Raises InvalidValue for anything else."""
    try:
        return form(str(given["title"]), tuple(Choice(str(a), str(b), str(c)) for a, b, c in given["choices"]))
    except (KeyError, TypeError, ValueError):
        raise InvalidValue("A stored superbill is damaged: make it again.") from None


def draw(made: Form) -> bytes:
    """Return the form as a PDF to print."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    page = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
    for x, y in MARKS:
        page.rect(x - MARK / 2, HEIGHT - y - MARK / 2, MARK, MARK, stroke=0, fill=1)
    page.setFont("Helvetica-Bold", 13)
    page.drawCentredString(WIDTH / 2, HEIGHT - 42, made.title)
    page.setFont("Helvetica", 9)
    page.drawCentredString(WIDTH / 2, HEIGHT - 58, f"Form {made.number}. Tick inside the boxes; write on the lines.")
    for _, label, left, base, right in WRITTEN:
        page.setFont("Helvetica", 7)
        page.drawString(left, HEIGHT - base - 9, label)
        page.line(left, HEIGHT - base, right, HEIGHT - base)
    section = ""
    for number, place in enumerate(made.places()):
        if place.choice.section != section or (number and place.top < made.places()[number - 1].top):
            section = place.choice.section
            page.setFont("Helvetica-Bold", 9)
            page.drawString(place.left, HEIGHT - place.top + 5, section[:34])
        page.rect(place.left, HEIGHT - place.top - BOX, BOX, BOX)
        page.setFont("Helvetica-Bold", 8)
        page.drawString(place.left + BOX + 5, HEIGHT - place.top - 8.5, place.choice.code)
        page.setFont("Helvetica", 7)
        page.drawString(place.left + BOX + 46, HEIGHT - place.top - 8.5, place.choice.label[:28])
    page.showPage()
    page.save()
    return out.getvalue()


def number_on(page: Page) -> str:
    """Return the number of the form that a page says it is; nothing when it says none."""
    for line in page.lines:
        found = re.search(r"[Ff]orm\s*(\d{8})\b", line.text)
        if found:
            return found[1]
    return ""


def read(made: Form, page: Page, picture: bytes) -> Filled:
    """Return what was ticked and written on a form, from its page as `read_document` gave it. Raises UnreadableInput for another form."""
    if number_on(page) != made.number:
        raise UnreadableInput("This page is not that superbill, or its number cannot be read.")
    with Image.open(io.BytesIO(picture)) as opened:
        grey = np.asarray(opened.convert("L"), dtype=np.float32)
    found = _corners(grey)
    if found is None:
        raise UnreadableInput("The four corner squares of the superbill were not found: scan the whole page, flat.")
    onto = _mapping(found)
    fields = [_box(grey, onto, place) for place in made.places()]
    fields += [_written(page, grey, onto, *line) for line in WRITTEN]
    return Filled(made.number, page, tuple(fields))


def as_reading(filled: Filled) -> Reading:
    """Return a filled form as lines for the review: what was written, then what was ticked, unclear boxes as words that nobody is sure of."""
    lines = []
    for field in filled.fields:
        if field.value not in {"ticked", "empty", "unclear"} and (field.value or field.why):
            words = [
                Word(part, min(field.confidence, 0.5) if field.why else field.confidence, field.box) for part in field.value.split()
            ]
            if field.confidence == 0.0 and field.why:
                words.append(Word(NOT_READ, 0.0, field.box))
            lines.append(Line((Word(f"{field.label}:", 1.0, field.box), *words)))
    for field in filled.fields:
        if field.value in {"ticked", "unclear"}:
            sure = field.confidence if field.value == "ticked" and not field.why else min(field.confidence, 0.5)
            mark = "Ticked:" if field.value == "ticked" else "Unclear:"
            lines.append(Line((Word(mark, sure, field.box), Word(field.name, sure, field.box),
                               *(Word(part, 1.0, field.box) for part in field.label.split()))))  # fmt: skip
    return Reading((filled.page._replace(lines=tuple(lines)),), "superbill")


def _corners(grey: NDArray[np.float32]) -> tuple[tuple[float, float], ...] | None:
    """Return the middles of the four corner squares on the page, clockwise from the upper left; None when one is missing."""
    from scipy import ndimage

    height, width = grey.shape
    dark = grey < 0.5 * float(np.percentile(grey, 90))
    names, count = ndimage.label(dark)
    candidates = []
    for number, place in enumerate(ndimage.find_objects(names), 1):
        if place is None or count > 50_000:
            continue
        high, wide = place[0].stop - place[0].start, place[1].stop - place[1].start
        if not (0.012 * width < wide < 0.05 * width and 0.6 < high / wide < 1.7):
            continue
        if (names[place] == number).mean() > 0.72:
            candidates.append(((place[1].start + place[1].stop) / 2, (place[0].start + place[0].stop) / 2))
    found = []
    for x, y in ((0, 0), (width, 0), (width, height), (0, height)):
        near = min(candidates, key=lambda spot: (spot[0] - x) ** 2 + (spot[1] - y) ** 2, default=None)
        if near is None or abs(near[0] - x) > 0.3 * width or abs(near[1] - y) > 0.3 * height:
            return None
        found.append(near)
    return tuple(found) if len(set(found)) == 4 else None


def _mapping(corners: tuple[tuple[float, float], ...]) -> NDArray[np.float64]:
    """Return the projection that takes places on the form to places on the page."""
    rows, known = [], []
    for (u, v), (x, y) in zip(MARKS, corners, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]]
        known += [x, y]
    try:
        solved = np.linalg.solve(np.array(rows), np.array(known))
    except np.linalg.LinAlgError:
        raise UnreadableInput("The corner squares of the superbill do not make a page: scan it flat.") from None
    return np.append(solved, 1.0).reshape(3, 3)


def _onto(mapping: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    moved = np.column_stack([points, np.ones(len(points))]) @ mapping.T
    return np.asarray(moved[:, :2] / moved[:, 2:])


def _ink(grey: NDArray[np.float32], mapping: NDArray[np.float64], left: float, top: float, right: float, bottom: float) -> float:
    """Return the share of a place on the form that is darker than the paper around it."""
    across, down = np.meshgrid(np.linspace(left, right, 28), np.linspace(top, bottom, 28))
    places = np.rint(_onto(mapping, np.column_stack([across.ravel(), down.ravel()]))).astype(int)
    columns, rows = np.clip(places[:, 0], 0, grey.shape[1] - 1), np.clip(places[:, 1], 0, grey.shape[0] - 1)
    around_it = grey[max(rows.min() - 20, 0) : rows.max() + 20, max(columns.min() - 20, 0) : columns.max() + 20]
    return float((grey[rows, columns] < 0.72 * float(np.percentile(around_it, 85))).mean())


def _box(grey: NDArray[np.float32], mapping: NDArray[np.float64], place: Placed) -> Field:
    edge = 0.2 * BOX
    share = _ink(grey, mapping, place.left + edge, place.top + edge, place.left + BOX - edge, place.top + BOX - edge)
    beside = _ink(grey, mapping, place.left - 8, place.top + 1, place.left - 2.5, place.top + BOX - 1)
    where = _where(mapping, place.left, place.top, place.left + 160, place.top + BOX)
    choice = place.choice
    if share >= STRUCK_FROM:
        return Field(choice.code, choice.label, "unclear", 0.5, where, "the box is filled over")
    if share >= TICKED_FROM:
        return Field(choice.code, choice.label, "ticked", round(min(1.0, 0.9 + (share - TICKED_FROM)), 3), where)
    if share >= EMPTY_BELOW:
        return Field(choice.code, choice.label, "unclear", 0.5, where, "a faint or partial mark")
    if beside >= 0.12:
        return Field(choice.code, choice.label, "unclear", 0.5, where, "a mark beside the box")
    return Field(choice.code, choice.label, "empty", round(1.0 - share, 3), where)


def _written(
    page: Page,
    grey: NDArray[np.float32],
    mapping: NDArray[np.float64],
    name: str,
    label: str,
    left: float,
    base: float,
    right: float,
) -> Field:
    """Return what stands on a written line. Ink that no word covers waits: the recogniser may have found nothing where somebody wrote."""
    where = _where(mapping, left, base - 19, right, base + 1)
    words = [word for line in page.lines for word in line.words if _inside(word.box, where) and word.text.strip("_-. ")]
    words = [word for word in words if word.text.strip(":") not in label.split()]
    bare = _bare_ink(grey, mapping, (left, base - 17, right, base - 3), [word.box for word in words])
    value = " ".join(word.text for word in words)
    if bare > _BARE_INK:
        return Field(name, label, value, 0.0, where, "something stands here that was not read")
    if not words:
        return Field(name, label, "", round(1.0 - bare / 100, 3), where)
    sure = min(word.confidence for word in words)
    whys = [why for why in (caution.why_it_waits(word.text, word.confidence, 0.0) for word in words) if why]
    return Field(name, label, value, sure, around(tuple(word.box for word in words)), whys[0] if whys else "")


def _bare_ink(
    grey: NDArray[np.float32], mapping: NDArray[np.float64], place: tuple[float, float, float, float], read_boxes: list[Box]
) -> float:
    """Return over how many points of a line's width there is ink that no word that was read covers."""
    left, top, right, bottom = place
    across, down = np.meshgrid(np.linspace(left, right, int((right - left) * 2)), np.linspace(top, bottom, 24))
    spots = np.rint(_onto(mapping, np.column_stack([across.ravel(), down.ravel()]))).astype(int)
    columns, rows = np.clip(spots[:, 0], 0, grey.shape[1] - 1), np.clip(spots[:, 1], 0, grey.shape[0] - 1)
    dark = (grey[rows, columns] < 0.62 * float(np.percentile(grey[rows, columns], 85))).reshape(across.shape)
    inked = dark.sum(axis=0) >= 2
    middle = columns.reshape(across.shape)[0]
    for box in read_boxes:
        inked &= ~((middle >= box[0] - 6) & (middle <= box[2] + 6))
    return float(inked.sum()) / 2


def _where(mapping: NDArray[np.float64], left: float, top: float, right: float, bottom: float) -> Box:
    points = _onto(mapping, np.array([(left, top), (right, top), (right, bottom), (left, bottom)]))
    low, high = points.min(axis=0), points.max(axis=0)
    return max(int(low[0]), 0), max(int(low[1]), 0), max(int(high[0]), 1), max(int(high[1]), 1)


def _inside(box: Box, where: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return where[0] <= x <= where[2] and where[1] <= y <= where[3]
