"""Questions to payers about coverages with their answers, and authorisations."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from cleanclaim.practice.connections.models import OutboxItem
from cleanclaim.practice.foundation.fields import EncryptedJSONField
from cleanclaim.practice.foundation.models import TenantModel
from cleanclaim.practice.registration.models import Coverage


class EligibilityCheck(TenantModel):
    """One question (270) about a coverage on a day, its tries, and the payer's answer (271) as read."""

    PREFIX = "elg"

    class State(models.TextChoices):
        """Where the question stands."""

        WAITING = "waiting"
        SENT = "sent"
        ANSWERED = "answered"
        FAILED = "failed"

    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="checks")
    asked_for = models.DateField()
    service_types = models.JSONField(default=list)
    trace_number = models.CharField(max_length=30)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    outbox = models.ForeignKey(OutboxItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=8, blank=True)
    findings: models.Field[Any, Any] = EncryptedJSONField(default=list)
    names_other_payer = models.BooleanField(default=False)
    wants_authorization = models.BooleanField(default=False)
    answer: models.Field[Any, Any] = EncryptedJSONField(null=True, blank=True)
    answer_blob = models.CharField(max_length=64, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "trace_number"], name="eligibility_trace_once"),
            models.CheckConstraint(
                condition=~Q(state="answered")
                | (Q(answered_at__isnull=False) & Q(verdict__in=["active", "inactive", "rejected", "unclear"])),
                name="eligibility_answer_says_something",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "coverage", "asked_for"], name="eligibility_by_coverage"),
            models.Index(fields=["practice", "state", "next_try_at"], name="eligibility_to_ask"),
        ]


class Authorization(TenantModel):
    """A payer's permission: its number, days, visits and services."""

    PREFIX = "aut"

    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="authorizations")
    number = models.CharField(max_length=50)
    kind = models.CharField(max_length=10, default="prior")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    visits_allowed = models.PositiveIntegerField(null=True, blank=True)
    procedures = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "coverage", "number"], name="authorization_once"),
            models.CheckConstraint(condition=Q(kind__in=["prior", "referral"]), name="authorization_kind_known"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="authorization_period_in_order"
            ),
        ]
