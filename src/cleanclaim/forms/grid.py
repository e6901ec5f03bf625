"""A plain grid of numbered boxes: how the data of a paper claim form is shown for proof, without anybody's artwork.

The form designs belong to the NUCC (CMS-1500) and the NUBC (UB-04). Here stand the box numbers, our own short labels and the data.
"""

from __future__ import annotations

from typing import NamedTuple

from cleanclaim.forms.page import GREY, INK, MARGIN, PAPER_WIDTH, RULE_GREY, Pen


class Cell(NamedTuple):
    """A box: its number and label, its data, and its share of the row's width."""

    label: str
    value: str = ""
    share: float = 1.0


def draw_row(pen: Pen, cells: tuple[Cell, ...], *, height: float = 24.0) -> None:
    """Draw one row of boxes across the page."""
    width = PAPER_WIDTH - 2 * MARGIN + 24
    left = MARGIN - 12
    total = sum(cell.share for cell in cells)
    for cell in cells:
        wide = width * cell.share / total
        pen.box(left, pen.y - height, wide, height, stroke=RULE_GREY)
        pen.text(left + 2.5, pen.y - 7, pen.fit(cell.label, wide - 4, 5.8), size=5.8, colour=GREY)
        size = 8.5 if height >= 20 else 7.5
        lines = cell.value.split("\n") if height > 30 else [cell.value.replace("\n", " ")]
        for index, line in enumerate(lines[: max(1, int((height - 8) // (size + 1.5)))]):
            pen.mono(left + 3, pen.y - 9 - size - index * (size + 1.5) + 1, line, size=size, width=wide - 5)
        left += wide
    pen.y -= height


def draw_table(
    pen: Pen, columns: tuple[tuple[str, float], ...], rows: tuple[tuple[str, ...], ...], *, least: int, height: float = 15.0
) -> None:
    """Draw a table of typewritten rows under small headings, padded with empty rows to `least`."""
    width = PAPER_WIDTH - 2 * MARGIN + 24
    total = sum(share for _, share in columns)
    padded = (*rows, *(("",) * len(columns) for _ in range(least - len(rows))))
    for number, row in enumerate((tuple(label for label, _ in columns), *padded)):
        left = MARGIN - 12
        for (_, share), value in zip(columns, row, strict=True):
            wide = width * share / total
            pen.box(left, pen.y - height, wide, height, stroke=RULE_GREY)
            if number == 0:
                pen.text(left + 2.5, pen.y - 9, pen.fit(value, wide - 4, 5.8), size=5.8, colour=GREY)
            else:
                pen.mono(left + 2.5, pen.y - height + 4.5, value, size=7.8, width=wide - 4)
            left += wide
        pen.y -= height


def heading(pen: Pen, form: str, says: str) -> None:
    """Name the form and the page's part, with a word that this is a proof."""
    pen.text(MARGIN - 12, pen.y + 8, form, size=12, bold=True, colour=INK)
    pen.text_right(PAPER_WIDTH - MARGIN + 12, pen.y + 8, says, size=7.5, colour=GREY)
    pen.y -= 2
