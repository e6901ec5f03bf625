"""Keeping documents: taken in whole, filed to a visit or patient, withdrawn when filed wrongly. A failed upload raises, it is never silent."""

from __future__ import annotations

from typing import Any, Final

from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.encounters import policy
from cleanclaim.practice.encounters.models import Attachment, Encounter
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import get_or_refuse, locked, save_checked, transaction_for
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.registration.queries import account_of

MAX_ATTACHMENT_BYTES: Final = 64 * 1024 * 1024
MEDIA_TYPES: Final = {
    "application/pdf": (b"%PDF",),
    "image/png": (b"\x89PNG",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
    "text/plain": (),
    "text/xml": (b"<", b"\xef\xbb\xbf<"),
    "application/json": (),
    "audio/wav": (b"RIFF",),
    "audio/mpeg": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa"),
    "audio/mp4": (b"\x00\x00\x00",),
    "audio/ogg": (b"OggS",),
    "audio/webm": (b"\x1a\x45\xdf\xa3",),
    "audio/flac": (b"fLaC", b"ID3"),
}
"""What may be attached, with the first bytes that prove it."""


def attach(
    *, content: bytes, file_name: str, media_type: str, by: Actor, patient_id: str = "", encounter_id: str = "", kind: str = "document",
    reading: dict[str, Any] | None = None,
) -> Attachment:  # fmt: skip
    """Keep a document; without patient and visit it waits in the queue of unfiled ones. The same bytes at the same visit are kept once.

    `reading` is what intake made of it (fields with confidence), which a person confirms. Raises InvalidValue for what is not kept.
    """
    require(by, *policy.FILES)
    _check(content, media_type)
    digest = blobs.put(content)
    with transaction_for(by):
        encounter: Encounter | None = None
        if encounter_id:
            encounter = locked(Encounter.objects.of(by.practice_id), what="visit", public_id=encounter_id)
            same = Attachment.objects.of(by.practice_id).filter(encounter=encounter, blob=digest, withdrawn_at__isnull=True).first()
            if same is not None:
                known: Attachment = same
                return known
        patient = encounter.patient if encounter else account_of(by.practice_id, patient_id) if patient_id else None
        attachment = Attachment(
            practice_id=by.practice_id, patient=patient, encounter=encounter, blob=digest, file_name=file_name[-200:], media_type=media_type,
            size_bytes=len(content), kind=kind, reading=reading, received_by=by.name, filed_at=by.at if patient else None, created_at=by.at,
        )  # fmt: skip
        attachment.save()
        record(by, "attach", attachment.public_id, media_type=media_type, size_bytes=len(content), filed=patient is not None)
        emit(by, "document-attached", attachment.public_id, encounter=encounter_id)
    return attachment


def file_attachment(*, attachment_id: str, by: Actor, patient_id: str = "", encounter_id: str = "") -> Attachment:
    """File a waiting document to a patient or a visit."""
    require(by, *policy.FILES)
    with transaction_for(by):
        attachment = _one(by, attachment_id)
        if encounter_id:
            attachment.encounter = get_or_refuse(Encounter.objects.of(by.practice_id), what="visit", public_id=encounter_id)
            attachment.patient = attachment.encounter.patient
        elif patient_id:
            attachment.patient = account_of(by.practice_id, patient_id)
        else:
            raise Refused("Name the patient or the visit that the document belongs to.")
        attachment.filed_at = by.at
        save_checked(attachment, fields=["encounter", "patient", "filed_at"])
        record(by, "file_attachment", attachment.public_id)
    return attachment


def withdraw_attachment(*, attachment_id: str, reason: str, by: Actor) -> Attachment:
    """Take a wrongly filed document out of the record; it is kept, with the reason."""
    require(by, *policy.FILES)
    if not reason.strip():
        raise Refused("Withdrawing a document needs a reason.")
    with transaction_for(by):
        attachment = _one(by, attachment_id)
        attachment.withdrawn_at, attachment.withdraw_reason = by.at, reason[:120]
        save_checked(attachment, fields=["withdrawn_at", "withdraw_reason"])
        record(by, "withdraw_attachment", attachment.public_id, reason=reason[:120])
    return attachment


def _check(content: bytes, media_type: str) -> None:
    if media_type not in MEDIA_TYPES:
        raise InvalidValue(
            "A document is a PDF, an image (PNG, JPEG, TIFF), a sound (WAV, MP3, M4A, OGG, WebM, FLAC), text, XML or JSON."
        )
    if not content:
        raise InvalidValue("The document is empty.")
    if len(content) > MAX_ATTACHMENT_BYTES:
        raise InvalidValue(f"The document is larger than {MAX_ATTACHMENT_BYTES // 1024 // 1024} MB.")
    starts = MEDIA_TYPES[media_type]
    head = content[:8] if media_type.startswith("audio/") else content.lstrip()[:8]
    if starts and not head.startswith(starts):
        raise InvalidValue("The document is not of the kind that its name says.")


def _one(by: Actor, attachment_id: str) -> Attachment:
    found: Attachment = locked(Attachment.objects.of(by.practice_id), what="document", public_id=attachment_id)
    return found
