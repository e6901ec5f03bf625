"""Bringing in scanned and dictated records, reading them, deciding about their words, and making a draft note of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from django.conf import settings
from django.db.models import Q

from cleanclaim import intake
from cleanclaim.intake import transcriber
from cleanclaim.kernel.errors import InvalidValue, Refused, SettingsError, UnreadableInput
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.encounters import policy, queries, rules, source_queries, source_rules, superbills
from cleanclaim.practice.encounters.actions import add_version
from cleanclaim.practice.encounters.attachment_actions import attach
from cleanclaim.practice.encounters.models import Encounter, NoteVersion, SourceDocument, SourceFile
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import locked, save_checked, transaction_for
from cleanclaim.practice.people.policy import require

_LEASE: Final = timedelta(minutes=30)
"""A reading that was begun longer ago than this was interrupted: it is begun again."""

Read = Callable[[bytes], intake.Document]
"""What reads one file: `intake.read_document`."""


class Upload(NamedTuple):
    """A file as it was brought in."""

    content: bytes
    file_name: str
    media_type: str


def bring_in(*, encounter_id: str, files: Sequence[Upload], kind: str, by: Actor, is_handwritten: bool = False) -> SourceDocument:
    """Keep the pages (or the sound) of a visit's record; they wait to be read. The same files of a visit again are the same document."""
    require(by, *policy.FILES)
    source_rules.check_files(kind, tuple(file.media_type for file in files))
    with transaction_for(by):
        encounter: Encounter = locked(Encounter.objects.of(by.practice_id), what="visit", public_id=encounter_id)
        if encounter.state == Encounter.State.VOID:
            raise Refused("The visit has been voided.")
        kept = [attach(content=file.content, file_name=file.file_name, media_type=file.media_type, encounter_id=encounter_id, kind=kind, by=by)
                for file in files]  # fmt: skip
        ids = [item.pk for item in kept]
        for known in (
            SourceDocument.objects.of(by.practice_id).filter(encounter=encounter).exclude(state=SourceDocument.State.REFUSED)
        ):
            if list(known.parts.order_by("position").values_list("attachment_id", flat=True)) == ids:
                same: SourceDocument = known
                return same
        source = SourceDocument(
            practice_id=by.practice_id, encounter=encounter, kind=kind, is_handwritten=is_handwritten and kind != "dictation", created_at=by.at
        )  # fmt: skip
        source.save()
        for position, item in enumerate(kept):
            SourceFile(practice_id=by.practice_id, source=source, attachment=item, position=position).save()
        record(
            by,
            "bring_in_source",
            source.public_id,
            encounter=encounter_id,
            kind=kind,
            files=len(kept),
            is_handwritten=is_handwritten,
        )
        emit(by, "source-brought-in", source.public_id, encounter=encounter_id)
    return source


def read_waiting(*, by: Actor, read: Read = intake.read_document, limit: int = 20) -> int:
    """Read the documents that wait, the oldest first; returns how many. `cleanclaim serve` and `cleanclaim worker` call this outside any page."""
    overdue = Q(state=SourceDocument.State.READING, started_at__lt=by.at - _LEASE)
    rows = SourceDocument.objects.of(by.practice_id).filter(Q(state=SourceDocument.State.WAITING) | overdue)
    ids = list(rows.order_by("id").values_list("public_id", flat=True)[:limit])
    return sum(read_source(source_id=source_id, by=by, read=read) for source_id in ids)


def read_source(*, source_id: str, by: Actor, read: Read = intake.read_document) -> bool:
    """Read one waiting document, outside any transaction; False when another reader has it. What cannot be read says so in its state."""
    with transaction_for(by):
        source = _one(by, source_id)
        begun = source.state == SourceDocument.State.READING and source.started_at and source.started_at > by.at - _LEASE
        if begun or source.state not in {SourceDocument.State.WAITING, SourceDocument.State.READING}:
            return False
        source.state, source.started_at = SourceDocument.State.READING, by.at
        save_checked(source, fields=["state", "started_at"])
        files = [
            (row.attachment.blob, row.attachment.media_type)
            for row in source.parts.select_related("attachment").order_by("position")
        ]
    try:
        if source.kind == "dictation":
            draft = transcriber.transcribe(blobs.get(files[0][0]), files[0][1], settings.TRANSCRIBER)
            _keep_read(source_id, by, transcript=draft)
        else:
            document = _joined([read(blobs.get(blob)) for blob, _ in files])
            _keep_read(source_id, by, document=superbills.read_forms(document, superbills.superbills(by.practice_id)))
    except SettingsError as missing:
        _keep_failed(source_id, by, SourceDocument.State.UNREADABLE, str(missing))
    except UnreadableInput as wrong:
        _keep_failed(source_id, by, SourceDocument.State.UNREADABLE, str(wrong))
    return True


def read_again(*, source_id: str, by: Actor) -> SourceDocument:
    """Let a document that could not be read be tried once more; what people decided is dropped with the old reading."""
    require(by, *policy.REVIEWS)
    with transaction_for(by):
        source = _one(by, source_id)
        if source.state not in {SourceDocument.State.UNREADABLE, SourceDocument.State.READ}:
            raise Refused(f"A document that is {source.state} is not read again.")
        source.state, source.says, source.decisions, source.reading = SourceDocument.State.WAITING, "", None, None
        source.page_blobs, source.words_waiting, source.transcript = [], 0, ""
        save_checked(source, fields=["state", "says", "decisions", "reading", "page_blobs", "words_waiting", "transcript"])
        record(by, "read_source_again", source.public_id)
    return source


def decide_words(*, source_id: str, words: Mapping[str, str], by: Actor) -> int:
    """Keep what somebody saw on the page for words, by their numbers; returns how many still wait. Later decisions replace earlier ones."""
    require(by, *policy.REVIEWS)
    with transaction_for(by):
        source = _one(by, source_id)
        if source.state != SourceDocument.State.READ or source.reading is None:
            raise Refused("Only the words of a document that was read and is not accepted yet are decided.")
        reading = intake.from_json(source.reading)
        known = {**(source.decisions or {}), **source_rules.checked(words, sum(1 for _ in reading.spans()))}
        waiting = sum(cell.is_waiting for cell in source_rules.cells(reading, known, is_handwritten=source.is_handwritten))
        source.decisions, source.words_waiting = known, waiting
        save_checked(source, fields=["decisions", "words_waiting"])
        record(by, "decide_words", source.public_id, words=len(words), waiting=waiting)
    return waiting


def keep_transcript(*, source_id: str, text: str, by: Actor, expected_version: int | None = None) -> SourceDocument:
    """Keep what somebody typed while listening to a dictation; it is no note until it is accepted."""
    require(by, *policy.REVIEWS)
    text = text.replace("\r\n", "\n")
    if len(text) > source_rules.MAX_TRANSCRIPT or "\x00" in text:
        raise InvalidValue("The transcript is too long, or no text.")
    with transaction_for(by):
        source = _one(by, source_id)
        if source.kind != "dictation" or source.state not in {
            SourceDocument.State.READ,
            SourceDocument.State.UNREADABLE,
            SourceDocument.State.WAITING,
        }:
            raise Refused("Only the transcript of a dictation that is not accepted yet is typed.")
        source.transcript, source.state = text, SourceDocument.State.READ
        save_checked(source, expected_version=expected_version, fields=["transcript", "state"])
        record(by, "keep_transcript", source.public_id, characters=len(text))
    return source


def accept_source(*, source_id: str, by: Actor, reason: str = "", has_listened: bool = False) -> NoteVersion:
    """Make a draft of a document: a version of the note, or an unsigned addendum once the note is signed. Nobody has signed it yet.

    Words that wait need a reason. A dictation needs somebody's word that they listened to all of it.
    """
    require(by, *policy.REVIEWS)
    with transaction_for(by):
        source = _one(by, source_id)
        encounter: Encounter = locked(Encounter.objects.of(by.practice_id), what="visit", pk=source.encounter_id)
        if encounter.state == Encounter.State.VOID:
            raise Refused("The visit has been voided.")
        if source.parts.filter(attachment__withdrawn_at__isnull=False).exists():
            raise Refused("A file of this document was withdrawn from the visit: refuse the document.")
        text, _ = source_queries.text_and_places(source)
        waiting = source_queries.count_waiting(source)
        source_rules.check_accept(source.state, waiting, reason, text)
        if source.kind == "dictation" and not (has_listened or reason.strip()):
            raise Refused("Listen to the dictation to its end and say so, or say why the draft is made without.")
        rules.check_text(text)
        last = queries.last_note(encounter)
        if last is not None and last.signed_at is not None:
            note = add_version(encounter, "addendum", text, by)
        else:
            note = add_version(encounter, "note", f"{last.text}\n\n{text}" if last is not None else text, by)
        source.state, source.note, source.reason = SourceDocument.State.ACCEPTED, note, reason.strip()[:200]
        source.reviewed_by, source.reviewed_at = by.name, by.at
        save_checked(source, fields=["state", "note", "reason", "reviewed_by", "reviewed_at"])
        origin = source_rules.origin_of(source.kind, is_handwritten=source.is_handwritten)
        record(by, "accept_source", source.public_id, encounter=encounter.public_id, note=note.public_id, origin=origin,
               waiting=waiting, reason=source.reason)  # fmt: skip
        emit(by, "source-accepted", source.public_id, encounter=encounter.public_id)
    return note


def refuse_source(*, source_id: str, reason: str, by: Actor) -> SourceDocument:
    """Refuse a document (another patient's, illegible): nothing is made of it; files and reason are kept."""
    require(by, *policy.REVIEWS)
    if not reason.strip():
        raise Refused("Refusing a document needs a reason.")
    with transaction_for(by):
        source = _one(by, source_id)
        if source.state in {SourceDocument.State.ACCEPTED, SourceDocument.State.REFUSED}:
            raise Refused(f"A document that is {source.state} is not refused.")
        source.state, source.reason, source.reviewed_by, source.reviewed_at = (
            SourceDocument.State.REFUSED,
            reason.strip()[:200],
            by.name,
            by.at,
        )
        save_checked(source, fields=["state", "reason", "reviewed_by", "reviewed_at"])
        record(by, "refuse_source", source.public_id, reason=source.reason)
    return source


def _joined(documents: list[intake.Document]) -> intake.Document:
    """Return several files as one document, its pages numbered through."""
    pages = [page for document in documents for page in document.reading.pages]
    numbered = tuple(page._replace(number=number) for number, page in enumerate(pages, 1))
    engines = ", ".join(dict.fromkeys(document.reading.engine for document in documents))
    return intake.Document(
        intake.Reading(numbered, engines), tuple(picture for document in documents for picture in document.pictures)
    )


def _keep_read(source_id: str, by: Actor, *, document: intake.Document | None = None, transcript: str = "") -> None:
    digests = [blobs.put(picture) for picture in document.pictures] if document else []
    with transaction_for(by):
        source = _one(by, source_id)
        if source.state != SourceDocument.State.READING:
            return
        source.state, source.says = SourceDocument.State.READ, ""
        if document is not None:
            source.reading, source.page_blobs, source.page_count = document.reading.as_json(), digests, len(digests)
            cells = source_rules.cells(document.reading, {}, is_handwritten=source.is_handwritten)
            source.words_waiting = sum(cell.is_waiting for cell in cells)
        source.transcript = transcript
        save_checked(source)
        record(by, "read_source", source.public_id, pages=source.page_count, waiting=source.words_waiting)


def _keep_failed(source_id: str, by: Actor, state: str, says: str) -> None:
    with transaction_for(by):
        source = _one(by, source_id)
        if source.state == SourceDocument.State.READING:
            source.state, source.says = state, says[:200]
            save_checked(source, fields=["state", "says"])
            record(by, "read_source", source.public_id, failed=says[:200])


def _one(by: Actor, source_id: str) -> SourceDocument:
    found: SourceDocument = locked(SourceDocument.objects.of(by.practice_id), what="document", public_id=source_id)
    return found
