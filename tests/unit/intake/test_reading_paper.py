"""Pages become words with places and confidence: pictures, PDFs with and without their own letters, turned and lopsided ones."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

import intake_drawn as drawn
from cleanclaim import intake
from cleanclaim.intake import recognition
from cleanclaim.kernel.errors import SettingsError, UnreadableInput

reads_pictures = pytest.mark.skipif(not intake.is_installed(), reason="the recogniser of requirements/scan.txt is not installed")


def within(page: intake.Page) -> bool:
    return all(
        0 <= word.box[0] < word.box[2] <= page.width and 0 <= word.box[1] < word.box[3] <= page.height
        for line in page.lines
        for word in line.words
    )


def agrees(reading: intake.Reading) -> bool:
    text = reading.text()
    return all(text[span.start : span.end] == span.word.text for span in reading.spans())


def test_pdf_with_letters_is_read_without_guessing():
    document = intake.read_document(drawn.typed_pdf())
    assert document.reading.text() == "\n".join(drawn.NOTE)
    (page,) = document.reading.pages
    assert page.origin == "text"
    assert within(page)
    assert agrees(document.reading)
    assert intake.waiting(document.reading) == []
    assert document.pictures[0][:3] == b"\xff\xd8\xff"
    assert intake.from_json(document.reading.as_json()) == document.reading


@reads_pictures
def test_printed_picture_is_read_whole():
    document = intake.read_document(drawn.encoded(drawn.picture()))
    truth = " ".join(drawn.NOTE).split()
    read = [span.word.text for span in document.reading.spans()]
    waits = {item.span.word.text for item in intake.waiting(document.reading)}
    assert len(read) == len(truth)
    assert {
        was for was, meant in zip(read, truth, strict=True) if was != meant
    } <= waits  # a capital I may well be read as a one: somebody looks
    assert len(waits) < 4
    (page,) = document.reading.pages
    assert page.origin == "read"
    assert within(page)
    assert agrees(document.reading)
    knee = next(span for span in document.reading.spans() if span.word.text == "M25.561")
    left, top, right, bottom = knee.word.box
    assert 80 + 70 * 5 - 15 < top < bottom < 80 + 70 * 5 + 70
    assert 350 < left < right < 650


@reads_pictures
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_page_stands_upright_before_it_is_read(turn):
    image = drawn.picture().rotate(turn, expand=True)
    document = intake.read_document(drawn.encoded(image, kind="JPEG"))
    assert "Denies fever. No trauma." in document.reading.text()
    assert document.reading.pages[0].width > document.reading.pages[0].height


@reads_pictures
def test_pages_of_a_fax_and_of_a_scanned_pdf_stay_in_order():
    first, second = drawn.picture(), drawn.picture(("Addendum", "Strep test negative."))
    for content in (
        drawn.encoded(first, second, kind="TIFF"),
        drawn.scanned_pdf(first.rotate(1.4, expand=True, fillcolor="white"), second),
    ):
        reading = intake.read_document(content).reading
        assert [page.number for page in reading.pages] == [1, 2]
        assert reading.text().endswith("Addendum\nStrep test negative.")
        assert agrees(reading)
        assert all(within(page) for page in reading.pages)


@reads_pictures
def test_empty_page_has_no_words():
    assert intake.read_document(drawn.encoded(drawn.picture(()))).reading.text() == ""


@pytest.mark.parametrize(
    "content",
    [
        b"", b"nothing to see", b"%PDF-1.7\n", b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"\xff\xd8\xff" + b"\1" * 99,
        b"II*\0\x08\0\0\0", b"<svg onload='x'/>", drawn.typed_pdf()[:300],
    ],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_page_is_refused_in_a_sentence(content):
    with pytest.raises(UnreadableInput) as refused:
        intake.read_document(content)
    assert str(refused.value).endswith(".")


def test_picture_that_says_it_is_enormous_is_not_opened():
    huge = bytearray(drawn.encoded(drawn.picture(())))
    huge[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(UnreadableInput):
        intake.read_document(bytes(huge))


def test_too_many_pages_are_refused(monkeypatch):
    monkeypatch.setattr("cleanclaim.intake.limits.MAX_PAGES", 1)
    from cleanclaim.intake import pictures

    with pytest.raises(UnreadableInput, match="more than 1 pages"):
        list(pictures.pages(drawn.encoded(drawn.picture(), drawn.picture(), kind="TIFF")))


def test_reading_that_takes_too_long_is_stopped():
    with pytest.raises(UnreadableInput, match="too long"):
        intake.read_document(drawn.typed_pdf(), seconds=0.01)


def test_page_that_keeps_the_processor_busy_ends_the_child_alone():
    busy = "from cleanclaim.intake import child, limits; limits.SECONDS_OF_PROCESSOR = 0.2\nfor _ in child._each_in_time(iter([1])):\n    while True: pass"
    done = subprocess.run([sys.executable, "-c", busy], env={"PYTHONPATH": os.pathsep.join(sys.path)}, check=False, timeout=60)
    assert done.returncode == -signal.SIGPROF


def test_without_the_recogniser_the_program_says_what_to_install(monkeypatch):
    monkeypatch.setattr(recognition, "is_installed", lambda: False)
    recognition.engine.cache_clear()
    with pytest.raises(SettingsError, match=r"do\.py setup scan"):
        recognition.engine()


def test_damaged_stored_reading_is_refused():
    with pytest.raises(UnreadableInput):
        intake.from_json({"pages": [{"page": 1}], "engine": ""})
