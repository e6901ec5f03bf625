"""Charge lists, charges, reviews of late changes, good faith estimates. Money is whole cents, units stand in thousandths."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.models import TenantModel, TenantRow
from cleanclaim.practice.registration.models import Patient
from cleanclaim.practice.scheduling.models import Appointment


class ChargeList(TenantModel):
    """The practice's own prices, one list in force on a day."""

    PREFIX = "chl"

    name = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    file_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "valid_from"], name="charge_list_once_per_day"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="charge_list_period_in_order"
            ),
        ]


class ChargeItem(TenantRow):
    """A price of a list: for one unit of a code, with its modifiers in order, in whole cents."""

    charge_list = models.ForeignKey(ChargeList, on_delete=models.CASCADE, related_name="items")
    system = models.CharField(max_length=8)
    code = models.CharField(max_length=10)
    modifiers = models.CharField(max_length=11, blank=True)
    cents = models.BigIntegerField()
    label = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    national_drug_code = models.CharField(max_length=11, blank=True)
    drug_unit = models.CharField(max_length=2, blank=True)
    drug_quantity_thousandths = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "charge_list", "code", "modifiers", "valid_from"], name="charge_item_once"),
            models.CheckConstraint(condition=Q(cents__gte=0), name="charge_item_not_negative"),
        ]


class Charge(TenantModel):
    """A priced line of a visit. It is voided, never rewritten; what was billed stays readable."""

    PREFIX = "chg"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="charges")
    line = models.PositiveSmallIntegerField()
    system = models.CharField(max_length=8)
    code = models.CharField(max_length=10)
    modifiers = models.JSONField(default=list)
    units_thousandths = models.PositiveBigIntegerField()
    unit_cents = models.BigIntegerField()
    cents = models.BigIntegerField()
    pointers = models.JSONField(default=list)
    served_on = models.DateField()
    label = models.CharField(max_length=120, blank=True)
    national_drug_code = models.CharField(max_length=11, blank=True)
    drug_unit = models.CharField(max_length=2, blank=True)
    drug_quantity_thousandths = models.PositiveBigIntegerField(null=True, blank=True)
    is_late = models.BooleanField(default=False)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "encounter", "line"], name="charge_line_once"),
            models.CheckConstraint(condition=Q(units_thousandths__gt=0), name="charge_has_units"),
            models.CheckConstraint(condition=Q(cents__gte=0), name="charge_not_negative"),
        ]
        indexes = [models.Index(fields=["practice", "code"], condition=Q(voided_at__isnull=True), name="charge_by_code")]


class ChargeReview(TenantModel):
    """What changed about a visit after its claim was built; it waits for a biller, and the claim stays as it is."""

    PREFIX = "chr"

    class State(models.TextChoices):
        """Where the review stands."""

        OPEN = "open"
        APPLIED = "applied"
        DISMISSED = "dismissed"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="charge_reviews")
    says = models.CharField(max_length=400)
    cause = models.CharField(max_length=20)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "encounter", "cause"], condition=Q(state="open"), name="charge_review_open_once"
            ),
        ]


class GoodFaithEstimate(TenantModel):
    """What a patient without insurance was told that a visit would cost, when it was due and when it was given (45 CFR 149.610)."""

    PREFIX = "gfe"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="estimates")
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="estimate")
    served_on = models.DateField()
    scheduled_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    given_on = models.DateField(null=True, blank=True)
    lines = models.JSONField(default=list)
    diagnoses = models.JSONField(default=list)
    cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(cents__gte=0), name="estimate_not_negative")]
        indexes = [models.Index(fields=["practice", "due_on"], condition=Q(given_on__isnull=True), name="estimate_to_give")]
