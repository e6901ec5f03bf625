"""Ink on a page that no word covers: what the recogniser did not find at all must not vanish without a word.

Measured on drawn pages (a word's box taken away at random): words of four letters and more were found, some of two and three were not;
nothing was marked on pages that were read whole. docs/decisions/0060-reading-paper.md has the figures.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image
from scipy import ndimage

from cleanclaim.intake.reading import NOT_READ, Box, Line, Word

_MOST: Final = 20
"""A page with more places than this is a drawing or a form: marking all of it would hide what matters."""
_STEP: Final = 8


def lines_not_read(image: Image.Image, lines: list[Line]) -> list[Line]:
    """Return a line for each place with ink as high as letters and wider than one, which no word covers; its word says `[not-read]`."""
    words = [word for line in lines for word in line.words]
    if not words:
        return []
    return [Line((Word(NOT_READ, 0.0, box),)) for box in places(image, [word.box for word in words])]


def places(image: Image.Image, covered: list[Box]) -> list[Box]:
    """Return the places with ink of the size of letters outside the boxes; none when there are too many to mean anything."""
    height = float(np.median([box[3] - box[1] for box in covered]))
    dark = _dark(image)
    across = int(0.35 * height)
    for left, top, right, bottom in covered:
        dark[max(top - across // 2, 0) : bottom + across // 2, max(left - across, 0) : right + across] = False
    letters = np.zeros_like(dark)
    names, _ = ndimage.label(ndimage.binary_dilation(dark))
    for number, place in enumerate(ndimage.find_objects(names), 1):
        high, wide = place[0].stop - place[0].start, place[1].stop - place[1].start
        if 0.3 * height <= high <= 2.2 * height and wide <= 6 * height:  # no speck, no rule across the page, no logo
            letters[place] |= names[place] == number
    reach = int(0.6 * height) | 1
    names, _ = ndimage.label(ndimage.binary_dilation(letters, structure=np.ones((3, reach))))
    found = [(place[1].start, place[0].start, place[1].stop, place[0].stop) for place in ndimage.find_objects(names)]
    found = [box for box in found if box[2] - box[0] > 0.9 * height + reach]
    return found if len(found) <= _MOST else []


def _dark(image: Image.Image) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return where the page is much darker than the paper around, so that a shadow is no ink."""
    grey = np.asarray(image.convert("L"), dtype=np.float32)
    paper = ndimage.percentile_filter(grey[::_STEP, ::_STEP], 85, size=15)
    paper = np.kron(paper, np.ones((_STEP, _STEP), dtype=np.float32))[: grey.shape[0], : grey.shape[1]]
    return np.asarray(grey < 0.6 * paper)
