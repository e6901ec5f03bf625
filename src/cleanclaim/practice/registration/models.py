"""Patients, the keys they are found by, guarantors, coverages, merges. Everything that names a person stands encrypted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q

from cleanclaim.practice.foundation.fields import EncryptedJSONField, EncryptedTextField
from cleanclaim.practice.foundation.models import TenantModel, TenantRow
from cleanclaim.practice.payers.models import Payer


class Patient(TenantModel):
    """A registration. A duplicate becomes an alias (`merged_into`) of the account that stays; nothing of it is moved or deleted."""

    PREFIX = "pat"

    chart_number = models.PositiveBigIntegerField()
    last_name = EncryptedTextField()
    first_name = EncryptedTextField()
    middle_name = EncryptedTextField(blank=True, default="")
    suffix = EncryptedTextField(blank=True, default="")
    born_on_text = EncryptedTextField()
    sex = models.CharField(max_length=1)
    address: models.Field[Any, Any] = EncryptedJSONField(default=dict)
    phone = EncryptedTextField(blank=True, default="")
    email = EncryptedTextField(blank=True, default="")
    ssn = EncryptedTextField(blank=True, default="")
    is_restricted = models.BooleanField(default=False)
    releases_information = models.BooleanField(default=True)
    assigns_benefits = models.BooleanField(default=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="aliases")
    source = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "chart_number"], name="patient_chart_number_once"),
            models.UniqueConstraint(fields=["practice", "source"], condition=~Q(source=""), name="patient_source_once"),
            models.CheckConstraint(condition=Q(sex__in=["F", "M", "U"]), name="patient_sex_known"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="patient_no_alias_of_itself"
            ),
        ]

    @property
    def born_on(self) -> date:
        """The birth date, which stands encrypted as text."""
        return date.fromisoformat(self.born_on_text)

    @property
    def display_name(self) -> str:
        """Last name, first name."""
        return f"{self.last_name}, {self.first_name}".strip(", ")


class PatientKey(TenantRow):
    """A blind index under which a registration is found: digests only, so that the table tells no name."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "kind", "value", "patient"], name="patient_key_once")]


class Guarantor(TenantModel):
    """Who answers for the patient's own share, from a day on. `relationship` is the guarantor's to the patient (self, parent ...)."""

    PREFIX = "gua"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="guarantors")
    relationship = models.CharField(max_length=20)
    last_name = EncryptedTextField()
    first_name = EncryptedTextField(blank=True, default="")
    address: models.Field[Any, Any] = EncryptedJSONField(default=dict)
    phone = EncryptedTextField(blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="guarantor_period_in_order"
            ),
        ]
        indexes = [models.Index(fields=["practice", "patient", "valid_from"], name="guarantor_by_patient")]


class Coverage(TenantModel):
    """A coverage with its period. It is ended or voided and replaced, never rewritten: a claim was built from what stood here."""

    PREFIX = "cov"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="coverages")
    sequence = models.CharField(max_length=1, default="P")
    member_id = EncryptedTextField()
    member_id_index = models.CharField(max_length=64, editable=False)
    group_number = models.CharField(max_length=50, blank=True)
    group_name = models.CharField(max_length=60, blank=True)
    plan_name = models.CharField(max_length=60, blank=True)
    relationship = models.CharField(max_length=2, default="18")
    subscriber: models.Field[Any, Any] = EncryptedJSONField(null=True, blank=True)
    claim_filing = models.CharField(max_length=2, blank=True)
    insurance_type = models.CharField(max_length=3, blank=True)
    is_from_employment = models.BooleanField(default=False)
    employer_has_20 = models.BooleanField(default=True)
    copay_cents = models.PositiveBigIntegerField(null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sequence__in=["P", "S", "T"]), name="coverage_place_known"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="coverage_period_in_order"
            ),
            models.CheckConstraint(
                condition=Q(relationship="18") | Q(subscriber__isnull=False), name="coverage_names_its_subscriber"
            ),
            models.UniqueConstraint(
                fields=["practice", "patient", "payer", "member_id_index", "sequence", "valid_from"],
                condition=Q(voided_at__isnull=True),
                name="coverage_once",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "patient", "valid_from"], name="coverage_by_patient"),
            models.Index(fields=["practice", "member_id_index"], name="coverage_by_member_id"),
        ]


class Merge(TenantModel):
    """That one registration was made an alias of another, and whether that was undone."""

    PREFIX = "mrg"

    survivor = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="absorptions")
    reason = models.CharField(max_length=200)
    merged_by = models.CharField(max_length=120)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=120, blank=True)
    undo_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "absorbed"], condition=Q(undone_at__isnull=True), name="merge_open_once"),
            models.CheckConstraint(condition=~Q(survivor=F("absorbed")), name="merge_of_two"),
        ]
