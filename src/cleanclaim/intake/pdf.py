"""PDFs: the letters of a page's own text layer when they are sane, else the page drawn as a picture."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from PIL import Image

from cleanclaim.intake import limits
from cleanclaim.intake.pictures import check_number, check_size, paper
from cleanclaim.intake.reading import Box, Word
from cleanclaim.kernel.errors import UnreadableInput

_SANE_SHARE: Final = 0.97
"""This share of a text layer's letters must be printable and be in a script that a US record is written in."""
_FEWEST_LETTERS: Final = 20
"""Less text than this on a page is a stamp or a page number over a picture."""
_PICTURE_SHARE: Final = 0.15
"""A picture over more of the page than this may hold words (a scan); a smaller one is a logo or a stamp."""


class PdfPage(NamedTuple):
    """A page drawn as a picture, with the words of its text layer; none when it has no sane one."""

    image: Image.Image
    words: tuple[Word, ...]


def pages(content: bytes) -> Iterator[PdfPage]:
    """Yield the pages of a PDF. Raises UnreadableInput for what is no PDF, is locked, or has too many pages."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as wrong:
        locked = "password" in str(wrong).casefold()
        says = "The PDF is locked with a password: save it without one." if locked else "The PDF cannot be opened: it is damaged."
        raise UnreadableInput(says) from None
    try:
        check_number(len(document) - 1)
        if len(document) == 0:
            raise UnreadableInput("The PDF has no page.")
        for number in range(len(document)):
            yield _page(document, number)
    except pypdfium2.PdfiumError:
        raise UnreadableInput("The PDF cannot be read: a page of it is damaged.") from None
    finally:
        document.close()


def _page(document: Any, number: int) -> PdfPage:
    page = document[number]
    width, height = page.get_size()
    scale = min(limits.PDF_DOTS_AN_INCH / 72, limits.WORKING_SIDE / max(width, height, 1))
    check_size(width * scale, height * scale)
    image = paper(page.render(scale=scale).to_pil())
    words = _words(page, image.width / width, image.height / height)
    covered = _holds_a_scan(page, width * height)
    return PdfPage(image, words if is_sane("".join(word.text for word in words), over_picture=covered) else ())


def is_sane(letters: str, *, over_picture: bool = False) -> bool:
    """Say whether a text layer can be trusted: enough letters, printable, Latin. One laid over a scan is another program's reading.

    Such a layer gives no confidence, so the picture is read anew.
    """
    if over_picture or len(letters) < _FEWEST_LETTERS:
        return False
    good = sum((letter.isascii() and letter.isprintable()) or _is_latin(letter) for letter in letters)
    words = sum(letter.isalnum() for letter in letters)
    return good >= _SANE_SHARE * len(letters) and words >= len(letters) / 2


def _is_latin(letter: str) -> bool:
    return unicodedata.category(letter) in {"Pd", "Pi", "Pf", "Po", "Sm", "Sc", "No", "So"} or "LATIN" in unicodedata.name(
        letter, ""
    )


def _holds_a_scan(page: Any, area: float) -> bool:
    """Say whether a picture covers enough of the page to hold words of its own: a scan, a photo of a form, a pasted report."""
    import pypdfium2.raw as pdfium

    for item in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = item.get_bounds()
        if (right - left) * (top - bottom) > _PICTURE_SHARE * area:
            return True
    return False


def _words(page: Any, across: float, down: float) -> tuple[Word, ...]:
    """Return the words of the text layer with their boxes on the drawn page; certain, since nobody had to read them."""
    import pypdfium2.raw as pdfium

    layer = page.get_textpage()
    count = layer.count_chars()
    if not 0 < count <= limits.MAX_WORDS * 8:
        return ()
    found: list[Word] = []
    letters = ""
    boxes: list[Box] = []
    height = page.get_height()
    for place in range(count):
        point = pdfium.FPDFText_GetUnicode(layer, place)
        letter = chr(point) if 32 < point < 0x110000 and not 0xD800 <= point < 0xE000 else " "
        if letter.isspace() or letter in "\ufffe\uffff":
            _keep(found, letters, boxes)
            letters, boxes = "", []
            continue
        left, bottom, right, top = layer.get_charbox(place, loose=True)
        letters += letter
        boxes.append((int(left * across), int((height - top) * down), int(right * across) + 1, int((height - bottom) * down) + 1))
    _keep(found, letters, boxes)
    return tuple(found)


def _keep(found: list[Word], letters: str, boxes: list[Box]) -> None:
    if letters:
        box = min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
        found.append(Word(letters, 1.0, box))
