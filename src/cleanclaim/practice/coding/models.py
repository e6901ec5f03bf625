"""The coding desk's records: suggestions as the encoder gave them, confirmed codes, sittings, queries, audits, favourites, local terms."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.fields import EncryptedJSONField, EncryptedTextField
from cleanclaim.practice.foundation.models import TenantModel, TenantRow

SYSTEMS = ["icd10cm", "icd10pcs", "cpt", "hcpcs"]


class SuggestionSet(TenantModel):
    """The encoder's whole answer to a visit's note, kept as given: what was suggested, what was not and why, the E/M level."""

    PREFIX = "sgs"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="suggestion_sets")
    note_digest = models.CharField(max_length=64)
    engine = models.CharField(max_length=80)
    answer: models.Field[Any, Any] = EncryptedJSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "encounter", "note_digest", "engine"], name="suggestions_once_per_text"),
        ]


class CodingSession(TenantModel):
    """A coder's sitting over one visit, for time and for who is at it; a pended one waits with its reason."""

    PREFIX = "cds"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="coding_sessions")
    coder = models.CharField(max_length=120)
    opened_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    is_finalised = models.BooleanField(default=False)
    codes = models.PositiveIntegerField(default=0)
    pended_until = models.DateField(null=True, blank=True)
    pend_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "encounter", "coder"], condition=Q(closed_at__isnull=True), name="session_open_once"
            ),
            models.CheckConstraint(condition=Q(last_seen_at__gte=F("opened_at")), name="session_in_order"),
        ]
        indexes = [models.Index(fields=["practice", "opened_at"], name="session_by_day")]


class CodedDiagnosis(TenantModel):
    """A confirmed diagnosis, with its dot. A change of mind voids the row and writes another."""

    PREFIX = "cdx"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="diagnoses")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=10)
    present_on_admission = models.CharField(max_length=1, blank=True)
    origin = models.CharField(max_length=10)
    confidence = models.FloatField(null=True, blank=True)
    evidence: models.Field[Any, Any] = EncryptedJSONField(default=list)
    decided_by = models.CharField(max_length=120)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "encounter", "position"], condition=Q(voided_at__isnull=True), name="diagnosis_position_once"
            ),
            models.UniqueConstraint(
                fields=["practice", "encounter", "code"], condition=Q(voided_at__isnull=True), name="diagnosis_code_once"
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="diagnosis_position_from_one"),
        ]
        indexes = [models.Index(fields=["practice", "code"], condition=Q(voided_at__isnull=True), name="diagnosis_by_code")]


class CodedProcedure(TenantModel):
    """A confirmed service. Units stand in thousandths, pointers are 1-based places among the diagnoses."""

    PREFIX = "cpr"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="procedures")
    position = models.PositiveSmallIntegerField()
    system = models.CharField(max_length=8)
    code = models.CharField(max_length=10)
    modifiers = models.JSONField(default=list)
    units_thousandths = models.PositiveBigIntegerField(default=1000)
    pointers = models.JSONField(default=list)
    served_on = models.DateField(null=True, blank=True)
    national_drug_code = models.CharField(max_length=11, blank=True)
    drug_unit = models.CharField(max_length=2, blank=True)
    drug_quantity_thousandths = models.PositiveBigIntegerField(null=True, blank=True)
    origin = models.CharField(max_length=10)
    confidence = models.FloatField(null=True, blank=True)
    evidence: models.Field[Any, Any] = EncryptedJSONField(default=list)
    decided_by = models.CharField(max_length=120)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "encounter", "position"], condition=Q(voided_at__isnull=True), name="procedure_position_once"
            ),
            models.CheckConstraint(condition=Q(system__in=["icd10pcs", "cpt", "hcpcs"]), name="procedure_system_known"),
            models.CheckConstraint(condition=Q(units_thousandths__gt=0), name="procedure_has_units"),
        ]
        indexes = [models.Index(fields=["practice", "code"], condition=Q(voided_at__isnull=True), name="procedure_by_code")]


class CodingDecision(TenantRow):
    """What the coders decided about one code of a finalised visit: accepted, rejected or added. The encoder learns and is judged by it."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="decisions")
    system = models.CharField(max_length=8)
    code = models.CharField(max_length=10)
    decision = models.CharField(max_length=8)
    band = models.CharField(max_length=5, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    decided_by = models.CharField(max_length=120)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "encounter", "system", "code"], name="decision_once_per_code"),
            models.CheckConstraint(condition=Q(decision__in=["accepted", "rejected", "added"]), name="decision_known"),
        ]
        indexes = [models.Index(fields=["practice", "decided_at"], name="decision_by_day")]


class ProviderQuery(TenantModel):
    """A coder's question to the provider about the record, with its choices and the answer."""

    PREFIX = "qry"

    class State(models.TextChoices):
        """Where the question stands."""

        OPEN = "open"
        ANSWERED = "answered"
        WITHDRAWN = "withdrawn"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="queries")
    code = models.CharField(max_length=10, blank=True)
    question = EncryptedTextField()
    quotes: models.Field[Any, Any] = EncryptedJSONField(default=list)
    choices: models.Field[Any, Any] = EncryptedJSONField(default=list)
    asked_by = models.CharField(max_length=120)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    answer = EncryptedTextField(blank=True, default="")
    answered_by = models.CharField(max_length=120, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(state="answered") | Q(answered_at__isnull=False), name="query_answer_has_time"),
        ]
        indexes = [models.Index(fields=["practice", "state", "created_at"], name="query_by_state")]


class AuditSample(TenantModel):
    """A drawn sample of coded visits, each read by two readers who do not see each other's work."""

    PREFIX = "aud"

    name = models.CharField(max_length=120)
    seed = models.CharField(max_length=60)
    first_day = models.DateField()
    last_day = models.DateField()
    drawn_by = models.CharField(max_length=120)
    readers = models.JSONField(default=list)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "name"], name="audit_sample_name_once"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="audit_sample_in_order"),
        ]


class AuditCase(TenantModel):
    """A visit of a sample with the codes as they were when it was drawn, and what was settled about it."""

    PREFIX = "auc"

    sample = models.ForeignKey(AuditSample, on_delete=models.PROTECT, related_name="cases")
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="audit_cases")
    coder = models.CharField(max_length=120)
    reported = models.JSONField(default=list)
    settled = models.JSONField(null=True, blank=True)
    settled_by = models.CharField(max_length=120, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "sample", "encounter"], name="audit_case_once")]


class AuditReading(TenantModel):
    """What one reader would have coded."""

    PREFIX = "aur"

    case = models.ForeignKey(AuditCase, on_delete=models.PROTECT, related_name="readings")
    reader = models.CharField(max_length=120)
    codes = models.JSONField(default=list)
    remark = EncryptedTextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "case", "reader"], name="audit_reading_once")]


class Favourite(TenantModel):
    """A code that a coder (or the whole practice, with an empty owner) keeps at hand, in a set of a name."""

    PREFIX = "fav"

    owner = models.CharField(max_length=120, blank=True)
    group = models.CharField(max_length=60, blank=True)
    system = models.CharField(max_length=8)
    code = models.CharField(max_length=10)
    remark = models.CharField(max_length=200, blank=True)
    uses = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "owner", "group", "system", "code"], name="favourite_once"),
            models.CheckConstraint(condition=Q(system__in=SYSTEMS), name="favourite_system_known"),
        ]


class LocalTerm(TenantModel):
    """The practice's own word for a code; it wins over the book. A change ends one version and begins the next."""

    PREFIX = "loc"

    term = models.CharField(max_length=120)
    folded = models.CharField(max_length=120)
    system = models.CharField(max_length=8)
    code = models.CharField(max_length=10)
    revision = models.PositiveIntegerField(default=1)
    set_by = models.CharField(max_length=120)
    valid_from = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "folded", "system"], condition=Q(ended_at__isnull=True), name="local_term_in_force_once"
            ),
            models.UniqueConstraint(fields=["practice", "folded", "system", "revision"], name="local_term_revision_once"),
            models.CheckConstraint(condition=Q(system__in=SYSTEMS), name="local_term_system_known"),
        ]


class LearnedModel(TenantModel):
    """What was learned from this practice's coders, one revision after another; one is in use, and an earlier one can be taken again."""

    PREFIX = "lrn"

    revision = models.PositiveIntegerField()
    content: models.Field[Any, Any] = EncryptedJSONField()
    changes: models.Field[Any, Any] = EncryptedJSONField(default=list)
    figures = models.JSONField(default=dict)
    learned_by = models.CharField(max_length=120)
    is_in_use = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "revision"], name="learned_revision_once"),
            models.UniqueConstraint(fields=["practice"], condition=Q(is_in_use=True), name="learned_one_in_use"),
        ]


class CodeNote(TenantModel):
    """The practice's own remark on a code, shown on its page. A change ends one version and begins the next; it never names a patient."""

    PREFIX = "cnt"

    system = models.CharField(max_length=8)
    code = models.CharField(max_length=10)
    text = models.CharField(max_length=1000)
    revision = models.PositiveIntegerField(default=1)
    set_by = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "system", "code"], condition=Q(ended_at__isnull=True), name="code_note_in_force_once"
            ),
            models.UniqueConstraint(fields=["practice", "system", "code", "revision"], name="code_note_revision_once"),
            models.CheckConstraint(condition=Q(system__in=SYSTEMS), name="code_note_system_known"),
        ]
