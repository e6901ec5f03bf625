"""Appointments."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cleanclaim.practice.eligibility.models import Authorization
from cleanclaim.practice.foundation.fields import EncryptedTextField
from cleanclaim.practice.foundation.models import TenantModel
from cleanclaim.practice.people.models import Provider, Site
from cleanclaim.practice.registration.models import Patient


class Appointment(TenantModel):
    """A patient's time with a provider at a site. `served_on` is its day where the practice is."""

    PREFIX = "apt"

    class State(models.TextChoices):
        """Where the appointment stands."""

        BOOKED = "booked"
        ARRIVED = "arrived"
        COMPLETED = "completed"
        NO_SHOW = "no-show"
        CANCELLED = "cancelled"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="appointments")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    served_on = models.DateField()
    kind = models.CharField(max_length=40, default="visit")
    reason = EncryptedTextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.BOOKED)
    state_reason = models.CharField(max_length=120, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    is_self_pay = models.BooleanField(default=False)
    authorization = models.ForeignKey(Authorization, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments")
    source = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(state__in=["booked", "arrived", "completed", "no-show", "cancelled"]), name="appointment_state_known"
            ),
            models.UniqueConstraint(fields=["practice", "source"], condition=~Q(source=""), name="appointment_source_once"),
        ]
        indexes = [
            models.Index(fields=["practice", "served_on", "starts_at"], name="appointment_by_day"),
            models.Index(fields=["practice", "patient"], name="appointment_by_patient"),
            models.Index(fields=["practice", "provider", "starts_at"], name="appointment_by_provider"),
        ]
