"""The audit chain: one row per action, each link keyed to the one before."""

from __future__ import annotations

from django.db import models

from cleanclaim.practice.foundation.models import TenantRow


class AuditHead(TenantRow):
    """The end of a practice's chain; locking it serialises the practice's own actions and nobody else's."""

    seq = models.BigIntegerField(default=0)
    link = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice"], name="audit_head_once_per_practice")]


class AuditRow(TenantRow):
    """One action: who, when, what, on which record. The database refuses to change or delete it."""

    seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    roles = models.CharField(max_length=120)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    facts = models.TextField(default="{}")
    link = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "seq"], name="audit_row_seq_once")]
        indexes = [models.Index(fields=["practice", "subject", "seq"], name="audit_by_subject")]
