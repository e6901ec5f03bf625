"""Visits, versions of their notes, documents, and what notes are made from. The text of a record stands encrypted; signed text never changes again."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from cleanclaim.practice.eligibility.models import Authorization
from cleanclaim.practice.foundation.fields import EncryptedJSONField, EncryptedTextField
from cleanclaim.practice.foundation.models import TenantModel, TenantRow
from cleanclaim.practice.people.models import Provider, Site
from cleanclaim.practice.registration.models import Patient
from cleanclaim.practice.scheduling.models import Appointment


class Encounter(TenantModel):
    """A visit: who saw whom, where, when. Its state goes with the cycle: open, signed, coded, charged, billed; or void."""

    PREFIX = "enc"

    class State(models.TextChoices):
        """How far the visit has come."""

        OPEN = "open"
        SIGNED = "signed"
        CODED = "coded"
        CHARGED = "charged"
        BILLED = "billed"
        VOID = "void"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="encounters")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="encounters")
    referring_provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, blank=True, related_name="referred_encounters"
    )
    supervising_provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, blank=True, related_name="supervised_encounters"
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="encounters")
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="encounter")
    served_on = models.DateField()
    served_to = models.DateField(null=True, blank=True)
    place_of_service = models.CharField(max_length=2, default="11")
    setting = models.CharField(max_length=10, default="outpatient")
    kind = models.CharField(max_length=40, default="visit")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    is_self_pay = models.BooleanField(default=False)
    is_new_patient = models.BooleanField(null=True, blank=True)
    authorization = models.ForeignKey(Authorization, on_delete=models.PROTECT, null=True, blank=True, related_name="encounters")
    referral = models.ForeignKey(Authorization, on_delete=models.PROTECT, null=True, blank=True, related_name="referred_encounters")
    accident: models.Field[Any, Any] = EncryptedJSONField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "signed", "coded", "charged", "billed", "void"]), name="encounter_state_known"
            ),
            models.CheckConstraint(condition=Q(setting__in=["outpatient", "inpatient"]), name="encounter_setting_known"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "void"]) | Q(signed_at__isnull=False), name="encounter_signed_before_coded"
            ),
            models.UniqueConstraint(fields=["practice", "source"], condition=~Q(source=""), name="encounter_source_once"),
        ]
        indexes = [
            models.Index(fields=["practice", "state", "served_on"], name="encounter_by_state"),
            models.Index(fields=["practice", "patient", "served_on"], name="encounter_by_patient"),
            models.Index(fields=["practice", "provider", "served_on"], name="encounter_by_provider"),
        ]


class NoteVersion(TenantModel):
    """A version of a visit's note, or an addendum to it. Once signed, the database itself refuses to change or delete it."""

    PREFIX = "note"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="notes")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, default="note")
    text = EncryptedTextField()
    written_by = models.CharField(max_length=120)
    signed_by = models.CharField(max_length=120, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "encounter", "number"], name="note_number_once"),
            models.CheckConstraint(condition=Q(kind__in=["note", "addendum"]), name="note_kind_known"),
            models.CheckConstraint(
                condition=(Q(signed_at__isnull=True) & Q(signed_by="")) | (Q(signed_at__isnull=False) & ~Q(signed_by="")),
                name="note_signature_has_name_and_time",
            ),
        ]


class Attachment(TenantModel):
    """A document kept whole beside the record: filed to a visit or a patient, or waiting to be filed."""

    PREFIX = "att"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments")
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments")
    blob = models.CharField(max_length=64)
    file_name = EncryptedTextField(blank=True, default="")
    media_type = models.CharField(max_length=60)
    size_bytes = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=30, default="document")
    reading: models.Field[Any, Any] = EncryptedJSONField(null=True, blank=True)
    received_by = models.CharField(max_length=120)
    filed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdraw_reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "blob", "encounter"],
                condition=Q(withdrawn_at__isnull=True, encounter__isnull=False),
                name="attachment_once_per_visit",
            ),
        ]
        indexes = [models.Index(fields=["practice", "filed_at"], name="attachment_unfiled")]


class SourceDocument(TenantModel):
    """What a visit's note is made from when it was not typed here: pages on paper or a dictation, its reading, and what people decided.

    Its files stand as attachments of the visit, untouched. It never becomes a note by itself: somebody accepts it as a draft, a provider signs.
    """

    PREFIX = "src"

    class State(models.TextChoices):
        """How far the document has come."""

        WAITING = "waiting"
        READING = "reading"
        READ = "read"
        UNREADABLE = "unreadable"
        ACCEPTED = "accepted"
        REFUSED = "refused"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="sources")
    files = models.ManyToManyField(Attachment, through="SourceFile", related_name="+")
    kind = models.CharField(max_length=10)
    is_handwritten = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reading: models.Field[Any, Any] = EncryptedJSONField(null=True, blank=True)
    decisions: models.Field[Any, Any] = EncryptedJSONField(null=True, blank=True)
    transcript = EncryptedTextField(blank=True, default="")
    page_blobs = models.JSONField(default=list, blank=True)
    page_count = models.PositiveIntegerField(default=0)
    words_waiting = models.PositiveIntegerField(default=0)
    says = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    note = models.ForeignKey(NoteVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="sources")
    reviewed_by = models.CharField(max_length=120, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["scan", "photo", "fax", "dictation"]), name="source_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "reading", "read", "unreadable", "accepted", "refused"]),
                name="source_state_known",
            ),
            models.CheckConstraint(condition=~Q(state="accepted") | Q(note__isnull=False), name="source_accepted_has_a_note"),
        ]
        indexes = [
            models.Index(fields=["practice", "encounter"], name="source_by_visit"),
            models.Index(fields=["practice", "state"], name="source_by_state"),
        ]


class SourceFile(TenantRow):
    """A file of a document, in the order in which it was brought in."""

    source = models.ForeignKey(SourceDocument, on_delete=models.PROTECT, related_name="parts")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "source", "position"], name="source_file_position_once")]
