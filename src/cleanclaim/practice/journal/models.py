"""The journal: entries that sum to zero and are never changed.

The legs are written first and the entry seals them: a trigger refuses an entry whose legs do not sum to zero, and legs for an entry
that already stands. Both tables refuse UPDATE and DELETE, on both engines.
"""

from __future__ import annotations

from django.db import models

from cleanclaim.practice.foundation.models import TenantRow


class JournalEntry(TenantRow):
    """One balanced movement of money. `source` makes it happen only once per practice; `digest` tells a repeat from a contradiction."""

    id = models.BigIntegerField(primary_key=True)
    public_id = models.CharField(max_length=32, unique=True)
    source = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    on = models.DateField()
    recorded_at = models.DateTimeField()
    says = models.CharField(max_length=160)
    digest = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "source"], name="journal_source_once")]
        indexes = [models.Index(fields=["practice", "on"], name="journal_by_day")]


class JournalPosting(TenantRow):
    """One leg: an account, signed whole cents (debit positive), and whose money it is."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=40)
    cents = models.BigIntegerField()
    claim = models.CharField(max_length=32, blank=True)
    line = models.IntegerField(default=0)
    patient = models.CharField(max_length=32, blank=True)
    payer = models.CharField(max_length=32, blank=True)
    group = models.CharField(max_length=2, blank=True)
    reason = models.CharField(max_length=5, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(cents=0), name="journal_posting_moves_money")]
        indexes = [
            models.Index(fields=["practice", "claim"], condition=~models.Q(claim=""), name="journal_by_claim"),
            models.Index(fields=["practice", "patient"], condition=~models.Q(patient=""), name="journal_by_patient"),
            models.Index(fields=["practice", "account"], name="journal_by_account"),
        ]


class ClosedPeriod(TenantRow):
    """A run of days that is closed to posting: reports of it never change again."""

    first = models.DateField()
    last = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(first__lte=models.F("last")), name="closed_period_in_order"),
            models.UniqueConstraint(fields=["practice", "last"], name="closed_period_once"),
        ]
