"""A letter on the practice's head: to a payer (appeal, request) or to a patient. The text is handed in; the page is drawn here."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cleanclaim.documents import Address
from cleanclaim.forms.page import GREY, MARGIN, PAPER_WIDTH, Pen, address_lines, day


class LetterData(NamedTuple):
    """A letter: sender, recipient, a list of facts (`Claim`, `123`), paragraphs of plain text, who signs, and what is enclosed."""

    practice_name: str
    practice_address: Address
    practice_phone: str
    written_on: date
    recipient_name: str
    recipient_address: Address
    subject: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    salutation: str = "To whom it may concern:"
    closing: str = "Sincerely,"
    signed_by: str = ""
    signed_as: str = ""
    enclosures: tuple[str, ...] = ()


def letter_pdf(data: LetterData) -> bytes:
    """Draw a letter of as many pages as its paragraphs take."""
    pen = Pen(data.subject, footer=f"{data.practice_name} · {data.practice_phone}")
    width = PAPER_WIDTH - 2 * MARGIN
    pen.text(MARGIN, pen.y, data.practice_name, size=14, bold=True)
    pen.y -= 14
    pen.text(MARGIN, pen.y, " · ".join((*address_lines(data.practice_address), data.practice_phone)), size=8.5, colour=GREY)
    pen.y -= 8
    pen.rule(MARGIN, pen.y, PAPER_WIDTH - MARGIN)
    pen.y -= 36
    for line in (data.recipient_name, *address_lines(data.recipient_address)):
        pen.text(MARGIN, pen.y, line, size=10)
        pen.y -= 13
    pen.y -= 14
    pen.text(MARGIN, pen.y, day(data.written_on), size=10)
    pen.y -= 26
    for line in pen.wrap(data.subject, width * 0.9, 11):
        pen.text(MARGIN, pen.y, line, size=11, bold=True)
        pen.y -= 15
    pen.y -= 4
    for label, value in data.facts:
        pen.need(14)
        pen.text(MARGIN, pen.y, label, size=9.5, colour=GREY)
        pen.text(MARGIN + 150, pen.y, pen.fit(value, width - 150, 9.5), size=9.5)
        pen.y -= 13
    pen.y -= 12
    for paragraph in (data.salutation, *data.paragraphs):
        for line in pen.wrap(paragraph, width, 10):
            pen.need(14)
            pen.text(MARGIN, pen.y, line, size=10)
            pen.y -= 14
        pen.y -= 8
    pen.need(90)
    pen.text(MARGIN, pen.y, data.closing, size=10)
    pen.y -= 46
    for line in (data.signed_by, data.signed_as):
        if line:
            pen.text(MARGIN, pen.y, line, size=10)
            pen.y -= 13
    if data.enclosures:
        pen.y -= 10
        pen.need(14 * (len(data.enclosures) + 1))
        pen.text(MARGIN, pen.y, "Enclosed", size=9, bold=True)
        for enclosure in data.enclosures:
            pen.y -= 12
            pen.need(12)
            pen.text(MARGIN + 10, pen.y, f"· {enclosure}", size=9)
    return pen.finish()
