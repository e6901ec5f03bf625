"""A pen over reportlab's canvas: letter paper, margins, text that fits, rules, boxes, a QR code; pages numbered at the end."""

from __future__ import annotations

import io
from datetime import date
from typing import Final

import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from cleanclaim.documents import Address

PAPER_WIDTH: Final = float(letter[0])
PAPER_HEIGHT: Final = float(letter[1])
MARGIN: Final = 48.0
INK: Final = HexColor("#1a1f27")
GREY: Final = HexColor("#5b6472")
RULE_GREY: Final = HexColor("#c4cad3")
SHADE: Final = HexColor("#eef1f5")
_FIRST_BASELINE: Final = PAPER_HEIGHT - 54


def day(on: date | None) -> str:
    """Write a date as patients read it: 11/22/2026."""
    return f"{on.month:02d}/{on.day:02d}/{on.year:04d}" if on else ""


def address_lines(address: Address | None) -> tuple[str, ...]:
    """The lines of a postal address, empty ones left out, the ZIP code with its hyphen."""
    if address is None:
        return ()
    zip_code = f"{address.zip[:5]}-{address.zip[5:]}" if len(address.zip) == 9 else address.zip
    last = " ".join(
        part for part in (f"{address.city}," if address.city and address.state else address.city, address.state, zip_code) if part
    )
    return tuple(line for line in (address.line1, address.line2, last) if line)


def printable(text: str) -> str:
    """Keep what the standard fonts can print (Windows-1252); anything else becomes a question mark."""
    return text.encode("cp1252", "replace").decode("cp1252").replace("\n", " ")


class Pen:
    """Draws down a page; `y` is the baseline of what comes next, `need` starts a new page when too little is left."""

    bottom = 58.0

    def __init__(self, title: str, *, footer: str = "", author: str = "Cleanclaim") -> None:
        self._out = io.BytesIO()
        # invariant: the same statement is the same bytes, so a stored one can be compared by its digest
        self.canvas = Canvas(self._out, pagesize=letter, pageCompression=1, invariant=1)
        self.canvas.setTitle(printable(title))
        self.canvas.setAuthor(author)
        self.footer = printable(footer)
        self.page = 1
        self.y = _FIRST_BASELINE

    def text(
        self, x: float, y: float, text: str, *, size: float = 9, bold: bool = False, italic: bool = False, colour: Color = INK
    ) -> None:
        """Write from the left."""
        self.canvas.setFont(_font(bold=bold, italic=italic), size)
        self.canvas.setFillColor(colour)
        self.canvas.drawString(x, y, printable(text))

    def text_right(
        self, x: float, y: float, text: str, *, size: float = 9, bold: bool = False, italic: bool = False, colour: Color = INK
    ) -> None:
        """Write up to the right edge x."""
        self.canvas.setFont(_font(bold=bold, italic=italic), size)
        self.canvas.setFillColor(colour)
        self.canvas.drawRightString(x, y, printable(text))

    def mono(self, x: float, y: float, text: str, *, size: float = 9, width: float = 0) -> None:
        """Write typewriter letters, as form printers do, cut to a width where one is given."""
        kept = printable(text)
        while width and kept and stringWidth(kept, "Courier", size) > width:
            kept = kept[:-1]
        self.canvas.setFont("Courier", size)
        self.canvas.setFillColor(INK)
        self.canvas.drawString(x, y, kept)

    def rule(self, left: float, y: float, right: float, *, colour: Color = RULE_GREY, weight: float = 0.6) -> None:
        """Draw a line across."""
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(weight)
        self.canvas.line(left, y, right, y)

    def dashes(self, left: float, y: float, right: float) -> None:
        """Draw the line to cut along."""
        self.canvas.saveState()
        self.canvas.setDash(4, 3)
        self.rule(left, y, right, colour=GREY)
        self.canvas.restoreState()

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: Color | None = None,
        stroke: Color | None = None,
        weight: float = 0.5,
    ) -> None:
        """Draw a rectangle from its lower left corner."""
        if fill is not None:
            self.canvas.setFillColor(fill)
        if stroke is not None:
            self.canvas.setStrokeColor(stroke)
            self.canvas.setLineWidth(weight)
        self.canvas.rect(x, y, width, height, stroke=int(stroke is not None), fill=int(fill is not None))

    def qr(self, text: str, x: float, y: float, size: float) -> None:
        """Draw a QR code of a text."""
        picture = io.BytesIO()
        segno.make(text, error="m", micro=False).save(picture, kind="png", scale=6, border=2)
        picture.seek(0)
        self.canvas.drawImage(ImageReader(picture), x, y, size, size)

    def wrap(self, text: str, width: float, size: float) -> list[str]:
        """Break a text into lines that fit a width."""
        lines: list[str] = []
        current = ""
        for word in printable(text).split():
            trial = f"{current} {word}".strip()
            if current and stringWidth(trial, "Helvetica", size) > width:
                lines.append(current)
                trial = word
            current = trial
        return [*lines, current] if current or not lines else lines

    def fit(self, text: str, width: float, size: float) -> str:
        """Cut a text to a width, with three dots where something is lost."""
        kept = printable(text)
        if stringWidth(kept, "Helvetica", size) <= width:
            return kept
        while kept and stringWidth(f"{kept}...", "Helvetica", size) > width:
            kept = kept[:-1]
        return f"{kept.rstrip()}..."

    def need(self, height: float) -> None:
        """Start a new page when less than this height is left."""
        if self.y - height < self.bottom:
            self.new_page()

    def new_page(self) -> None:
        """End the page with its footer and start the next one."""
        self._foot()
        self.canvas.showPage()
        self.page += 1
        self.y = _FIRST_BASELINE

    def finish(self) -> bytes:
        """End the document and return its bytes."""
        self._foot()
        self.canvas.save()
        return self._out.getvalue()

    def _foot(self) -> None:
        if self.footer:
            self.text(MARGIN, 34, self.footer, size=7.5, colour=GREY)
            self.text_right(PAPER_WIDTH - MARGIN, 34, f"Page {self.page}", size=7.5, colour=GREY)


def _font(*, bold: bool, italic: bool) -> str:
    if bold:
        return "Helvetica-Bold"
    return "Helvetica-Oblique" if italic else "Helvetica"
