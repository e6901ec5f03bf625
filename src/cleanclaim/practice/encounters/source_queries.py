"""Reading scanned and dictated records: what waits, one document for its reviewer, and where the words of a note stand on paper."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from cleanclaim import intake
from cleanclaim.kernel.errors import NotFound
from cleanclaim.practice.encounters import source_rules
from cleanclaim.practice.encounters.models import SourceDocument
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.transactions import get_or_refuse


class SourceRow(NamedTuple):
    """A line of a list of documents; it has no word of the record."""

    source_id: str
    encounter_id: str
    patient_id: str
    chart_number: int
    served_on: date
    kind: str
    is_handwritten: bool
    state: str
    pages: int
    words_waiting: int
    says: str
    brought_in_at: datetime
    reviewed_by: str
    reason: str

    @property
    def origin(self) -> str:
        """How the note that it becomes came to be."""
        return source_rules.origin_of(self.kind, is_handwritten=self.is_handwritten)


class SourcePage(NamedTuple):
    """An upright page for the reviewer: its number, size, and words."""

    number: int
    width: int
    height: int
    cells: tuple[source_rules.Cell, ...]


class SourceCard(NamedTuple):
    """A document as its reviewer sees it."""

    row: SourceRow
    pages: tuple[SourcePage, ...]
    transcript: str
    sounds: tuple[str, ...]
    version: int

    def __repr__(self) -> str:
        return f"SourceCard({self.row.source_id})"


class Spot(NamedTuple):
    """Where letters of a visit's note stand on paper: the page, its size, and the box on it."""

    start: int
    end: int
    source_id: str
    page: int
    box: intake.Box
    width: int
    height: int


def sources_of(practice_id: int, encounter_id: str) -> list[SourceRow]:
    """Return a visit's documents, the first brought in first."""
    return [_row(row) for row in _rows(practice_id).filter(encounter__public_id=encounter_id).order_by("id")]


def to_review(practice_id: int, *, limit: int = 200) -> list[SourceRow]:
    """Return the documents that nobody has accepted or refused, the oldest first."""
    done = (SourceDocument.State.ACCEPTED, SourceDocument.State.REFUSED)
    return [_row(row) for row in _rows(practice_id).exclude(state__in=done).order_by("id")[:limit]]


def count_to_review(practice_id: int) -> int:
    """Return how many documents nobody has accepted or refused."""
    done = (SourceDocument.State.ACCEPTED, SourceDocument.State.REFUSED)
    return SourceDocument.objects.of(practice_id).exclude(state__in=done).count()


def source_row(practice_id: int, source_id: str) -> SourceRow:
    """Return one document's facts. Raises NotFound."""
    return _row(get_or_refuse(_rows(practice_id), what="document", public_id=source_id))


def card(practice_id: int, source_id: str) -> SourceCard:
    """Return a document with its words. Raises NotFound."""
    row: SourceDocument = get_or_refuse(_rows(practice_id), what="document", public_id=source_id)
    pages: list[SourcePage] = []
    if row.reading is not None:
        reading = intake.from_json(row.reading)
        cells = source_rules.cells(reading, row.decisions or {}, is_handwritten=row.is_handwritten)
        pages = [
            SourcePage(page.number, page.width, page.height, tuple(cell for cell in cells if cell.page == page.number))
            for page in reading.pages
        ]
    sounds = (
        [part.attachment.public_id for part in row.parts.select_related("attachment").order_by("position")]
        if row.kind == "dictation"
        else []
    )
    line = _row(row)
    if line.state == SourceDocument.State.READ:
        line = line._replace(words_waiting=sum(cell.is_waiting for page in pages for cell in page.cells))
    return SourceCard(line, tuple(pages), row.transcript, tuple(sounds), row.version)


def page_picture(practice_id: int, source_id: str, number: int) -> bytes:
    """Return an upright page as a JPEG. Raises NotFound."""
    row: SourceDocument = get_or_refuse(SourceDocument.objects.of(practice_id), what="document", public_id=source_id)
    if not 1 <= number <= len(row.page_blobs):
        raise NotFound("The document has no such page.")
    return blobs.get(row.page_blobs[number - 1])


def sound(practice_id: int, source_id: str) -> tuple[bytes, str]:
    """Return a dictation's sound and media type. Raises NotFound."""
    row: SourceDocument = get_or_refuse(
        SourceDocument.objects.of(practice_id), what="dictation", public_id=source_id, kind="dictation"
    )
    part = row.parts.select_related("attachment").order_by("position").first()
    if part is None:
        raise NotFound("The dictation has no sound.")
    return blobs.get(part.attachment.blob), part.attachment.media_type


def text_and_places(source: SourceDocument) -> tuple[str, tuple[source_rules.Place, ...]]:
    """Return a document's text as it was decided, with the place of each word; a dictation's has none."""
    if source.kind == "dictation":
        return source.transcript, ()
    if source.reading is None:
        return "", ()
    cells = source_rules.cells(intake.from_json(source.reading), source.decisions or {}, is_handwritten=source.is_handwritten)
    return source_rules.assembled(cells)


def count_waiting(source: SourceDocument) -> int:
    """Return how many words wait by the rules of today; the row's own count is what lists show, from when it was read or last decided."""
    if source.reading is None:
        return 0
    cells = source_rules.cells(intake.from_json(source.reading), source.decisions or {}, is_handwritten=source.is_handwritten)
    return sum(cell.is_waiting for cell in cells)


def spots(practice_id: int, encounter_id: str, text: str) -> list[Spot]:
    """Return where the words of a visit's text (as coding reads it) stand on the pages that it was made from."""
    found: list[Spot] = []
    rows = SourceDocument.objects.of(practice_id).filter(encounter__public_id=encounter_id, state=SourceDocument.State.ACCEPTED)
    for row in rows.exclude(kind="dictation").order_by("id"):
        origin = source_rules.Origin(row.public_id, *text_and_places(row))
        sizes = {page.number: (page.width, page.height) for page in intake.from_json(row.reading).pages}
        found += [
            Spot(place.start, place.end, row.public_id, place.page, place.box, *sizes[place.page])
            for place in source_rules.carried(text, origin)
        ]
    return found


def _rows(practice_id: int) -> Any:
    return SourceDocument.objects.of(practice_id).select_related("encounter__patient")


def _row(row: SourceDocument) -> SourceRow:
    return SourceRow(
        row.public_id, row.encounter.public_id, row.encounter.patient.public_id, row.encounter.patient.chart_number, row.encounter.served_on,
        row.kind, row.is_handwritten, row.state, row.page_count, row.words_waiting, row.says, row.created_at, row.reviewed_by, row.reason,
    )  # fmt: skip
