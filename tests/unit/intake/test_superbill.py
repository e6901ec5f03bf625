"""A superbill is found again on the page, its boxes and lines read, and everything unclear waits."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter

from cleanclaim.intake import Line, Page, Word, superbill
from cleanclaim.intake.superbill import Choice
from cleanclaim.kernel.errors import InvalidValue, UnreadableInput

FORM = superbill.form(
    "Maple Hill Family Medicine",
    (
        Choice("Visits", "99212", "Known, straightforward"), Choice("Visits", "99213", "Known, low"), Choice("Visits", "99214", "Known, moderate"),
        Choice("Done today", "87880", "Strep test"), Choice("Done today", "94640", "Inhaled treatment"),
        Choice("Diagnoses", "I10", "Hypertension"), Choice("Diagnoses", "J02.9", "Sore throat"), Choice("Diagnoses", "J20.9", "Bronchitis"),
    ),
)  # fmt: skip
SCALE = 200 / 72


def printed() -> Image.Image:
    return pypdfium2.PdfDocument(superbill.draw(FORM))[0].render(scale=SCALE).to_pil().convert("L")


def box_of(code: str) -> tuple[float, float, float]:
    place = next(place for place in FORM.places() if place.choice.code == code)
    return place.left * SCALE, place.top * SCALE, superbill.BOX * SCALE


def stroke(image: Image.Image, code: str, *points: tuple[float, float], width: int = 4, ink: int = 50) -> None:
    left, top, size = box_of(code)
    ImageDraw.Draw(image).line([(left + x * size, top + y * size) for x, y in points], fill=ink, width=width)


def tick(image: Image.Image, code: str) -> None:
    stroke(image, code, (0.15, 0.5), (0.45, 0.85), (1.1, -0.2))


def read(image: Image.Image, *words: Word, number: str = FORM.number) -> superbill.Filled:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    lines = (Line((Word("Form", 1.0, (0, 0, 1, 1)), Word(f"{number}.", 1.0, (0, 0, 1, 1)))), *(Line((word,)) for word in words))
    return superbill.read(FORM, Page(1, *image.size, lines), out.getvalue())


def values(filled: superbill.Filled) -> dict[str, str]:
    return {field.name: field.value for field in filled.fields if field.value not in {"", "empty"}}


@pytest.mark.parametrize("spoil", ["none", "skewed", "blurred", "dark", "small"])
def test_ticked_boxes_are_found_however_the_page_lay(spoil):
    page = printed()
    for code in ("99213", "J02.9"):
        tick(page, code)
    stroke(page, "94640", (0.1, 0.1), (0.9, 0.9))
    stroke(page, "94640", (0.1, 0.9), (0.9, 0.1))
    page = {
        "none": lambda: page, "skewed": lambda: page.rotate(3, expand=True, fillcolor=250), "blurred": lambda: page.filter(ImageFilter.GaussianBlur(1.2)),
        "dark": lambda: page.point(lambda value: int(value * 0.6)), "small": lambda: page.resize((page.width // 2, page.height // 2)),
    }[spoil]()  # fmt: skip
    assert values(read(page)) == {"99213": "ticked", "94640": "ticked", "J02.9": "ticked"}


def test_faint_filled_over_and_misplaced_marks_wait():
    page = printed()
    stroke(page, "99212", (0.3, 0.5), (0.7, 0.5), width=3)
    left, top, size = box_of("99213")
    ImageDraw.Draw(page).rectangle((left, top, left + size, top + size), fill=30)
    stroke(page, "I10", (-0.7, 0.3), (-0.4, 0.8), (-0.2, 0.1), width=5)
    filled = read(page)
    assert {field.name: field.why for field in filled.waiting()} == {
        "99212": "a faint or partial mark", "99213": "the box is filled over", "I10": "a mark beside the box",
    }  # fmt: skip
    reading = superbill.as_reading(filled)
    assert "Unclear: I10 Hypertension" in reading.text()
    assert all(line.confidence <= 0.5 for line in reading.pages[0].lines)


def test_written_lines_have_their_words_and_unread_ink_waits():
    page = printed()
    name, label, left, base, _ = superbill.WRITTEN[0]
    spot = (int(left * SCALE) + 20, int((base - 15) * SCALE), int(left * SCALE) + 220, int((base - 3) * SCALE))
    filled = read(page, Word("Carvalho", 0.97, spot))
    assert next(field for field in filled.fields if field.name == name)[:3] == (name, label, "Carvalho")
    scribble = printed()
    draw = ImageDraw.Draw(scribble)
    for step in range(12):
        draw.line([(spot[0] + 15 * step, spot[1]), (spot[0] + 15 * step + 9, spot[3])], fill=60, width=4)
    field = next(field for field in read(scribble).fields if field.name == name)
    assert field.why == "something stands here that was not read"
    assert superbill.NOT_READ in superbill.as_reading(read(scribble)).text()


def test_another_page_is_refused():
    with pytest.raises(UnreadableInput, match="not that superbill"):
        read(printed(), number="00000000")
    with pytest.raises(UnreadableInput, match="corner squares"):
        read(Image.new("L", (1700, 2200), 255))


def test_form_keeps_its_number_and_refuses_what_does_not_fit():
    assert superbill.form_from_json(FORM.as_json()).number == FORM.number
    assert superbill.form("Other", FORM.choices).number != FORM.number
    for choices in ((), (FORM.choices[0], FORM.choices[0]), tuple(Choice(f"s{n}", str(n), "x") for n in range(80))):
        with pytest.raises(InvalidValue):
            superbill.form("Too much", choices)
    with pytest.raises(InvalidValue):
        superbill.form_from_json({"choices": [1]})
