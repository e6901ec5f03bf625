"""A page put upright, its stretches of text joined to lines, its lines in the order in which people read."""

from __future__ import annotations

import math
import statistics
from typing import Final

from PIL import Image

from cleanclaim.intake.reading import Box, Line, Page, Word, around
from cleanclaim.intake.recognition import Corners, Engine, Stretch
from cleanclaim.intake.unread import lines_not_read

_SAMPLE: Final = 6
_SURE_ENOUGH: Final = 0.80
"""A sample of lines read less surely than this makes the page suspect of standing on its head."""
_LEAST_SLOPE: Final = 0.15
"""Degrees below which nobody sees that a page is askew."""


def read_page(picture: Image.Image, number: int, engine: Engine) -> tuple[Page, Image.Image]:
    """Return what stands on a page, and the page upright: its words' boxes are places on that."""
    image, places, turned = _upright(picture, engine)
    stretches = engine.read(image, places)
    askew = _slope([stretch.corners for stretch in stretches])
    if abs(askew) < _LEAST_SLOPE:
        askew, straight = 0.0, image
    else:
        straight = image.rotate(askew, Image.Resampling.BICUBIC, expand=True, fillcolor=(255, 255, 255))
    lines = _boxed(stretches, image.size, straight.size, askew)
    lines += lines_not_read(straight, lines)
    return Page(number, *straight.size, lines_of(lines), "read", round((turned + askew) % 360, 2)), straight


def text_page(words: tuple[Word, ...], number: int, size: tuple[int, int]) -> Page:
    """Return a page from the words of a PDF's text layer: they stand in the order of reading, a line ends where the next word is lower."""
    lines: list[list[Word]] = []
    for word in words:
        last = lines[-1][-1] if lines else None
        middle = (word.box[1] + word.box[3]) / 2
        if last is not None and last.box[1] <= middle <= last.box[3] and word.box[0] >= last.box[0]:
            lines[-1].append(_within(word, size))
        else:
            lines.append([_within(word, size)])
    return Page(number, *size, tuple(Line(tuple(line)) for line in lines), "text")


def _upright(picture: Image.Image, engine: Engine) -> tuple[Image.Image, list[Corners], float]:
    """Return the picture turned by quarters until its text runs from left to right, where text stands on it, and the turn."""
    image, turned = picture, 0.0
    places = engine.find(image)
    long = [place for place in places if max(_sides(place)) > 2 * min(_sides(place))]
    if len(long) >= 3 and sum(_sides(place)[1] > _sides(place)[0] for place in long) > len(long) / 2:
        image, turned = image.transpose(Image.Transpose.ROTATE_90), 90.0
        places = engine.find(image)
    sample = sorted(places, key=lambda place: -_sides(place)[0])[:_SAMPLE]
    if len(sample) < 3:
        return image, places, turned
    sure = _sureness(engine.read(image, sample))
    if sure < _SURE_ENOUGH:
        over = image.transpose(Image.Transpose.ROTATE_180)
        width, height = image.size
        others = [_on_its_head(place, width, height) for place in sample]
        if _sureness(engine.read(over, others)) > sure + 0.1:
            return over, engine.find(over), (turned + 180) % 360
    return image, places, turned


def _sureness(stretches: list[Stretch]) -> float:
    known = [word.confidence for stretch in stretches for word in stretch.words]
    return statistics.fmean(known) if known else 0.0


def _on_its_head(place: Corners, width: int, height: int) -> Corners:
    a, b, c, d = ((width - x, height - y) for x, y in (place[2], place[3], place[0], place[1]))
    return a, b, c, d


def _sides(place: Corners) -> tuple[float, float]:
    return math.dist(place[0], place[1]), math.dist(place[0], place[3])


def _slope(places: list[Corners]) -> float:
    """Return by how many degrees the page's lines fall to the right, as most of their length has it."""
    angles = [
        (math.degrees(math.atan2(p[1][1] - p[0][1], p[1][0] - p[0][0])), _sides(p)[0])
        for p in places
        if _sides(p)[0] > 4 * _sides(p)[1]
    ]
    if not angles:
        return 0.0
    half, passed = sum(width for _, width in angles) / 2, 0.0
    for angle, width in sorted(angles):
        passed += width
        if passed >= half:
            return angle if abs(angle) < 30 else 0.0
    return 0.0


def _boxed(stretches: list[Stretch], old: tuple[int, int], new: tuple[int, int], askew: float) -> list[Line]:
    """Return each stretch as a line of words with upright boxes on the straightened page."""
    turn = math.radians(askew)
    cos, sin = math.cos(turn), math.sin(turn)
    found = []
    for stretch in stretches:
        words = []
        for word in stretch.words:
            points = [
                (
                    (x - old[0] / 2) * cos + (y - old[1] / 2) * sin + new[0] / 2,
                    -(x - old[0] / 2) * sin + (y - old[1] / 2) * cos + new[1] / 2,
                )
                for x, y in word.corners
            ]
            box = (
                int(min(x for x, _ in points)),
                int(min(y for _, y in points)),
                int(max(x for x, _ in points)) + 1,
                int(max(y for _, y in points)) + 1,
            )
            words.append(_within(Word(word.text, round(word.confidence, 4), box), new))
        if words:
            found.append(Line(tuple(words)))
    return found


def _within(word: Word, size: tuple[int, int]) -> Word:
    left, top, right, bottom = word.box
    left, top = min(max(left, 0), size[0] - 1), min(max(top, 0), size[1] - 1)
    return word._replace(box=(left, top, min(max(right, left + 1), size[0]), min(max(bottom, top + 1), size[1])))


def lines_of(stretches: list[Line]) -> tuple[Line, ...]:
    """Return stretches joined to lines in reading order: columns of prose one after the other, everything else from the top, left to right."""
    halves = _columns(stretches)
    if halves is not None:
        above, left, right, below = halves
        return lines_of(above) + lines_of(left) + lines_of(right) + lines_of(below)
    rows: list[list[Line]] = []
    for stretch in sorted(stretches, key=lambda line: (line.box[1] + line.box[3]) / 2):
        middle = (stretch.box[1] + stretch.box[3]) / 2
        row = next(
            (row for row in reversed(rows[-3:]) if _beside(around(tuple(item.box for item in row)), stretch.box, middle)), None
        )
        if row is None:
            rows.append([stretch])
        else:
            row.append(stretch)
    return tuple(Line(tuple(word for item in sorted(row, key=lambda line: line.box[0]) for word in item.words)) for row in rows)


def _beside(row: Box, box: Box, middle: float) -> bool:
    """Say whether a stretch stands on the row: they share most of their height."""
    shared = min(row[3], box[3]) - max(row[1], box[1])
    return row[1] < middle < row[3] and shared > 0.5 * min(row[3] - row[1], box[3] - box[1])


def _columns(stretches: list[Line]) -> tuple[list[Line], list[Line], list[Line], list[Line]] | None:
    """Return what stands above two columns of prose, the left, the right, and what stands below; None when there are none.

    Rows of a form have a gap in the middle too, but short pieces beside it: only lines of some length make a column.
    """
    prose = [line for line in stretches if line.box[2] - line.box[0] > 9 * (line.box[3] - line.box[1])]
    if len(prose) < 8:
        return None
    first, last = min(line.box[0] for line in prose), max(line.box[2] for line in prose)
    for middle in range(int(first + 0.35 * (last - first)), int(first + 0.65 * (last - first)), 12):
        crossing = [line for line in prose if line.box[0] < middle < line.box[2]]
        left, right = [line for line in prose if line.box[2] <= middle], [line for line in prose if line.box[0] >= middle]
        if min(len(left), len(right)) < 4 or len(crossing) > 0.25 * len(prose):
            continue
        top = min(line.box[1] for line in left + right)
        low = max(line.box[3] for line in left + right)
        if any(top < (line.box[1] + line.box[3]) / 2 < low for line in crossing):
            continue
        parts: tuple[list[Line], list[Line], list[Line], list[Line]] = ([], [], [], [])
        for line in stretches:
            height = (line.box[1] + line.box[3]) / 2
            parts[0 if height < top else 3 if height > low else 1 if (line.box[0] + line.box[2]) / 2 < middle else 2].append(line)
        return parts
    return None
