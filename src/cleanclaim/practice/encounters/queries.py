"""Reading visits: the record for those who work with it, lists by state, documents that wait to be filed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Count

from cleanclaim.kernel.dates import age_on
from cleanclaim.practice.encounters import rules, source_rules
from cleanclaim.practice.encounters.models import Attachment, Encounter, NoteVersion, SourceDocument
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.paging import Page, Place, page_of
from cleanclaim.practice.foundation.transactions import get_or_refuse
from cleanclaim.practice.registration.queries import account_ids


class NoteRow(NamedTuple):
    """A version of a note or an addendum."""

    number: int
    kind: str
    text: str
    written_by: str
    written_at: datetime
    signed_by: str
    signed_at: datetime | None
    origin: str = "typed"
    source_id: str = ""

    def __repr__(self) -> str:
        return f"NoteRow({self.kind} {self.number})"


class EncounterRow(NamedTuple):
    """A line of a list of visits."""

    encounter_id: str
    patient_id: str
    patient_name: str
    chart_number: int
    provider_id: str
    provider_name: str
    site_name: str
    served_on: date
    place_of_service: str
    setting: str
    kind: str
    state: str
    is_self_pay: bool
    signed_at: datetime | None

    def __repr__(self) -> str:
        return f"EncounterRow({self.encounter_id})"


class EncounterCard(NamedTuple):
    """A visit with its record: the text that is coded from, its versions and documents."""

    row: EncounterRow
    age_years: int
    sex: str
    text: str
    notes: tuple[NoteRow, ...]
    attachments: tuple[AttachmentRow, ...]
    appointment_id: str
    authorization_number: str
    referral_number: str
    accident: dict[str, Any] | None
    is_new_patient: bool | None
    void_reason: str
    version: int

    def __repr__(self) -> str:
        return f"EncounterCard({self.row.encounter_id})"


class AttachmentRow(NamedTuple):
    """A document of the record or of the unfiled queue."""

    attachment_id: str
    file_name: str
    media_type: str
    kind: str
    size_bytes: int
    received_by: str
    received_at: datetime
    is_filed: bool
    encounter_id: str
    patient_id: str
    reading: dict[str, Any] | None

    def __repr__(self) -> str:
        return f"AttachmentRow({self.attachment_id})"


def encounter_row(practice_id: int, encounter_id: str) -> Encounter:
    """Return one visit's record row with what belongs to it. Raises NotFound."""
    rows = Encounter.objects.of(practice_id).select_related(
        "patient", "provider", "site", "referring_provider", "supervising_provider", "authorization", "referral", "appointment"
    )
    found: Encounter = get_or_refuse(rows, what="visit", public_id=encounter_id)
    return found


def card(practice_id: int, encounter_id: str) -> EncounterCard:
    """Return a visit with its record. Raises NotFound."""
    encounter = encounter_row(practice_id, encounter_id)
    made = {row.note_id: row for row in SourceDocument.objects.of(practice_id).filter(encounter=encounter, note__isnull=False)}
    rows = NoteVersion.objects.of(practice_id).filter(encounter=encounter).order_by("number")
    notes = [_note(row, made.get(row.pk)) for row in rows]
    documents = Attachment.objects.of(practice_id).filter(encounter=encounter, withdrawn_at__isnull=True).order_by("id")
    return EncounterCard(
        _row(encounter), age_on(encounter.patient.born_on, encounter.served_on), encounter.patient.sex, text_of(encounter), tuple(notes),
        tuple(_attachment(row) for row in documents), encounter.appointment.public_id if encounter.appointment else "",
        encounter.authorization.number if encounter.authorization else "", encounter.referral.number if encounter.referral else "",
        encounter.accident, encounter.is_new_patient, encounter.void_reason, encounter.version,
    )  # fmt: skip


def encounters(
    practice_id: int, *, state: str = "", first: date | None = None, last: date | None = None, provider_id: str = "",
    limit: int = 200, offset: int = 0,
) -> list[EncounterRow]:  # fmt: skip
    """Return visits, the latest date of service first."""
    rows = Encounter.objects.of(practice_id)
    if state:
        rows = rows.filter(state=state)
    if first:
        rows = rows.filter(served_on__gte=first)
    if last:
        rows = rows.filter(served_on__lte=last)
    if provider_id:
        rows = rows.filter(provider__public_id=provider_id)
    page = rows.select_related("patient", "provider", "site").order_by("-served_on", "-id")[offset : offset + limit]
    return [_row(row) for row in page]


def encounter_page(practice_id: int, *, after: Place | None, size: int, newest_first: bool = False, **where: Any) -> Page:
    """Return a page of visits in the order in which they were opened. `where` names state, patients, served_from, served_to; what is empty
    is not asked.
    """
    names = {"patients": "patient__public_id__in", "served_from": "served_on__gte", "served_to": "served_on__lte"}
    wanted = {names.get(name, name): value for name, value in where.items() if value not in (None, "")}
    rows = Encounter.objects.of(practice_id).filter(**wanted).select_related("patient", "provider", "site")
    page = page_of(rows, order=("-id",) if newest_first else ("id",), after=after, size=size)
    return page._replace(rows=tuple(_row(row) for row in page.rows))


def encounters_of(practice_id: int, patient_id: str) -> list[EncounterRow]:
    """Return an account's visits, its aliases' included, the latest first."""
    rows = Encounter.objects.of(practice_id).filter(patient__public_id__in=account_ids(practice_id, patient_id))
    return [_row(row) for row in rows.select_related("patient", "provider", "site").order_by("-served_on", "-id")]


def rows_by_id(practice_id: int, encounter_ids: Iterable[str]) -> dict[str, EncounterRow]:
    """Return the lines of many visits at once, for lists."""
    rows = Encounter.objects.of(practice_id).filter(public_id__in=set(encounter_ids)).select_related("patient", "provider", "site")
    return {row.public_id: _row(row) for row in rows}


def counts_by_state(practice_id: int) -> dict[str, int]:
    """Return how many visits stand in each state."""
    rows = Encounter.objects.of(practice_id).values_list("state").annotate(count=Count("id"))
    return {state: count for state, count in rows}  # noqa: C416 - the queryset's own pairs


def visit_days_before(practice_id: int, patient_id: str, day: date, *, years: int = 3) -> list[tuple[date, str]]:
    """Return the days (with the provider) on which the account was seen in the years before a day: new or established patient."""
    first = date(day.year - years, day.month, min(day.day, 28))
    rows = Encounter.objects.of(practice_id).filter(
        patient__public_id__in=account_ids(practice_id, patient_id), served_on__gte=first, served_on__lt=day
    )
    return list(rows.exclude(state=Encounter.State.VOID).order_by("-served_on").values_list("served_on", "provider__public_id"))


def note_facts(encounter: Encounter) -> tuple[rules.NoteFact, ...]:
    """Return the versions of a visit's note without their words."""
    rows = NoteVersion.objects.of(encounter.practice_id).filter(encounter=encounter).order_by("number")
    return tuple(rules.NoteFact(*row) for row in rows.values_list("number", "kind", "written_by", "signed_by", "signed_at"))


def last_note(encounter: Encounter) -> NoteVersion | None:
    """Return the last version of the note itself."""
    found: NoteVersion | None = (
        NoteVersion.objects.of(encounter.practice_id).filter(encounter=encounter, kind="note").order_by("-number").first()
    )
    return found


def text_of(encounter: Encounter) -> str:
    """Return the text that coding reads: the signed note (or its last version) and every signed addendum."""
    rows = NoteVersion.objects.of(encounter.practice_id).filter(encounter=encounter).order_by("number")
    return rules.full_text(
        tuple((rules.NoteFact(row.number, row.kind, row.written_by, row.signed_by, row.signed_at), row.text) for row in rows)
    )


def texts_of(practice_id: int, keys: Iterable[int]) -> dict[int, str]:
    """Return the texts that coding reads of many visits at once, by the visits' database ids."""
    parts: dict[int, list[tuple[rules.NoteFact, str]]] = {}
    for row in NoteVersion.objects.of(practice_id).filter(encounter__in=list(keys)).order_by("encounter_id", "number").iterator():
        fact = rules.NoteFact(row.number, row.kind, row.written_by, row.signed_by, row.signed_at)
        parts.setdefault(row.encounter_id, []).append((fact, row.text))
    return {key: rules.full_text(tuple(rows)) for key, rows in parts.items()}


def unfiled(practice_id: int) -> list[AttachmentRow]:
    """Return the documents that nobody has filed yet, the oldest first."""
    rows = Attachment.objects.of(practice_id).filter(filed_at__isnull=True, withdrawn_at__isnull=True).order_by("id")
    return [_attachment(row) for row in rows]


def attachments_of(practice_id: int, patient_id: str) -> list[AttachmentRow]:
    """Return an account's documents, the latest first."""
    rows = Attachment.objects.of(practice_id).filter(
        patient__public_id__in=account_ids(practice_id, patient_id), withdrawn_at__isnull=True
    )
    return [_attachment(row) for row in rows.select_related("patient", "encounter").order_by("-id")]


def attachment(practice_id: int, attachment_id: str) -> AttachmentRow:
    """Return one document's facts. Raises NotFound."""
    rows = Attachment.objects.of(practice_id).select_related("patient", "encounter")
    return _attachment(get_or_refuse(rows, what="document", public_id=attachment_id))


def content_of(practice_id: int, attachment_id: str) -> tuple[bytes, str]:
    """Return a document's bytes and media type. Raises NotFound."""
    row = get_or_refuse(Attachment.objects.of(practice_id), what="document", public_id=attachment_id)
    return blobs.get(row.blob), row.media_type


def _note(row: NoteVersion, source: SourceDocument | None = None) -> NoteRow:
    origin = source_rules.origin_of(source.kind, is_handwritten=source.is_handwritten) if source else "typed"
    made_from = source.public_id if source else ""
    return NoteRow(row.number, row.kind, row.text, row.written_by, row.created_at, row.signed_by, row.signed_at, origin, made_from)


def _row(row: Encounter) -> EncounterRow:
    return EncounterRow(
        row.public_id, row.patient.public_id, row.patient.display_name, row.patient.chart_number, row.provider.public_id,
        row.provider.display_name, row.site.name, row.served_on, row.place_of_service, row.setting, row.kind, row.state, row.is_self_pay,
        row.signed_at,
    )  # fmt: skip


def _attachment(row: Attachment) -> AttachmentRow:
    return AttachmentRow(
        row.public_id, row.file_name, row.media_type, row.kind, row.size_bytes, row.received_by, row.created_at, row.filed_at is not None,
        row.encounter.public_id if row.encounter else "", row.patient.public_id if row.patient else "", row.reading,
    )  # fmt: skip
