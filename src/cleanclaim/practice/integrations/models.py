"""Keys of programs, and the answers that repeated requests get again."""

from __future__ import annotations

from django.db import models

from cleanclaim.practice.foundation.fields import EncryptedJSONField
from cleanclaim.practice.foundation.models import TenantModel, TenantRow
from cleanclaim.practice.people.models import Member


class ApiKey(TenantModel):
    """What a program shows to act for the practice. The secret itself is nowhere: `digest` is a keyed digest of it."""

    PREFIX = "key"

    name = models.CharField(max_length=60)
    roles = models.JSONField(default=list)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="keys", null=True)
    digest = models.CharField(max_length=64)
    last_day = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)
    made_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "name"], condition=models.Q(ended_at__isnull=True), name="api_key_name_once_while_open"
            )
        ]


class KeptAnswer(TenantRow):
    """What a request that named itself was answered; the same request within a day gets the same again."""

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    asked = models.CharField(max_length=64)
    answer = EncryptedJSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "key", "name"], name="kept_answer_once")]
        indexes = [models.Index(fields=["practice", "at"], name="kept_answer_by_age")]
