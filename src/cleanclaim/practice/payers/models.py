"""Payers, the names under which they write, and the contracts with them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Upper

from cleanclaim.practice.connections.models import TradingPartner
from cleanclaim.practice.foundation.models import TenantModel, TenantRow


class Payer(TenantModel):
    """An insurer or programme that answers claims, with its clocks: timely filing, no answer, appeals."""

    PREFIX = "pay"

    class Kind(models.TextChoices):
        """What sort of payer it is."""

        COMMERCIAL = "commercial"
        MEDICARE = "medicare"
        MEDICAID = "medicaid"
        TRICARE = "tricare"
        WORKERS_COMPENSATION = "workers-compensation"
        AUTO = "auto"
        OTHER = "other"

    name = models.CharField(max_length=120)
    payer_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=24, choices=Kind, default=Kind.COMMERCIAL)
    claim_filing = models.CharField(max_length=2, default="CI")
    line1 = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=2, blank=True)
    zip = models.CharField(max_length=9, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    partner = models.ForeignKey(TradingPartner, on_delete=models.PROTECT, related_name="payers", null=True)
    timely_filing_days = models.PositiveIntegerField(default=365)
    corrected_claim_days = models.PositiveIntegerField(default=365)
    no_answer_days = models.PositiveIntegerField(default=21)
    appeal_days = models.JSONField(default=list)
    takes_crossover = models.BooleanField(default=False)
    crossover_wait_days = models.PositiveIntegerField(default=15)
    is_capitated = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("practice", Upper("payer_id"), name="payer_id_once", condition=~models.Q(payer_id="")),
        ]
        indexes = [models.Index(fields=["practice", "name"], name="payer_by_name")]


class PayerAlias(TenantRow):
    """A name or number under which a payer writes its remittances; it differs from the one that claims are sent to."""

    payer = models.ForeignKey(Payer, on_delete=models.CASCADE, related_name="aliases")
    value = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "payer", "value"], name="payer_alias_once")]
        indexes = [models.Index(fields=["practice", "value"], name="payer_by_alias")]


class Contract(TenantModel):
    """What was agreed with a payer from a day on; `terms` are read by the fees library (method, schedule, percent, carve-outs)."""

    PREFIX = "ctr"

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="contracts")
    name = models.CharField(max_length=120)
    terms = models.JSONField(default=dict)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "payer", "valid_from"], name="contract_once_per_day"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")), name="contract_in_order"
            ),
        ]
