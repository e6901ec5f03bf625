"""Trading partners, and every file that leaves or arrives."""

from __future__ import annotations

from django.db import models

from cleanclaim.practice.foundation.models import TenantModel


class TradingPartner(TenantModel):
    """Who files are exchanged with: a clearinghouse or a payer, its ids, and how files travel (`folder` and what plugins add)."""

    PREFIX = "tp"

    name = models.CharField(max_length=120)
    transport = models.CharField(max_length=30, default="folder")
    location = models.CharField(max_length=300, blank=True)
    sender_qualifier = models.CharField(max_length=2, default="ZZ")
    sender_id = models.CharField(max_length=15)
    receiver_qualifier = models.CharField(max_length=2, default="ZZ")
    receiver_id = models.CharField(max_length=15)
    is_production = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "name"], name="trading_partner_name_once")]


class OutboxItem(TenantModel):
    """A file to deliver. Its bytes are a blob; it is queued in the transaction that made it and delivered after."""

    PREFIX = "out"

    class State(models.TextChoices):
        """Where the file stands."""

        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"
        WITHDRAWN = "withdrawn"

    partner = models.ForeignKey(TradingPartner, on_delete=models.PROTECT, related_name="outbox")
    kind = models.CharField(max_length=10)
    blob = models.CharField(max_length=64)
    file_name = models.CharField(max_length=120)
    interchange_control_number = models.CharField(max_length=9, blank=True)
    group_control_number = models.CharField(max_length=9, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "file_name"], name="outbox_file_name_once"),
            models.UniqueConstraint(
                fields=["practice", "partner", "interchange_control_number"],
                condition=~models.Q(interchange_control_number=""),
                name="outbox_control_number_once",
            ),
        ]
        indexes = [models.Index(fields=["practice", "state"], name="outbox_by_state")]


class InboxItem(TenantModel):
    """A file that arrived, kept whole. The same content arrives only once."""

    PREFIX = "inb"

    class State(models.TextChoices):
        """Where the file stands."""

        NEW = "new"
        DONE = "done"
        REFUSED = "refused"

    partner = models.ForeignKey(TradingPartner, on_delete=models.PROTECT, related_name="inbox", null=True)
    kind = models.CharField(max_length=10, blank=True)
    blob = models.CharField(max_length=64)
    file_name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    done_at = models.DateTimeField(null=True)
    says = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "blob"], name="inbox_content_once")]
        indexes = [models.Index(fields=["practice", "state"], name="inbox_by_state")]
