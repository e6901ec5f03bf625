"""Denied lines as work, and their appeals."""

from __future__ import annotations

from django.db import models

from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.foundation.models import TenantModel
from cleanclaim.practice.payers.models import Payer


class Denial(TenantModel):
    """One refusal of a payer on a line (0: the claim as a whole): the amount, the reason, what to do, who, until when."""

    PREFIX = "den"

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="denials")
    line = models.PositiveIntegerField()
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=2)
    reason = models.CharField(max_length=5)
    remarks = models.JSONField(default=list)
    amount_cents = models.BigIntegerField()
    cause = models.CharField(max_length=24)
    action = models.CharField(max_length=300)
    decision = models.CharField(max_length=120)
    decided_on = models.DateField()
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=12, default="open")
    owner = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=200, blank=True)
    closed_on = models.DateField(null=True)
    recovered_cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "claim", "line", "decision", "group", "reason"], name="denial_once")
        ]
        indexes = [models.Index(fields=["practice", "state", "-amount_cents", "id"], name="denial_worklist")]


class Appeal(TenantModel):
    """One appeal of a denial: level, day, what was sent, and what came of it."""

    PREFIX = "apl"

    denial = models.ForeignKey(Denial, on_delete=models.CASCADE, related_name="appeals")
    level = models.PositiveSmallIntegerField(default=1)
    sent_on = models.DateField()
    due_on = models.DateField(null=True)
    argument = models.CharField(max_length=1000)
    proof_of_filing = models.CharField(max_length=200, blank=True)
    packet = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=12, blank=True)
    decided_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "denial", "level"], name="appeal_level_once")]
