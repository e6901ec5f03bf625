"""Remittances as they came, what payers decided in them, what waits for a person, and the provider-level ledger."""

from __future__ import annotations

from django.db import models

from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.foundation.fields import EncryptedJSONField
from cleanclaim.practice.foundation.models import TenantModel, TenantRow
from cleanclaim.practice.payers.models import Payer


class Remittance(TenantModel):
    """One 835 transaction (or one paper EOB): a check or transfer with the claims it pays. The file it came in is kept whole."""

    PREFIX = "rem"

    blob = models.CharField(max_length=64)
    file_name = models.CharField(max_length=120)
    ordinal = models.PositiveIntegerField(default=1)
    control_number = models.CharField(max_length=9, blank=True)
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="remittances")
    payer_identifier = models.CharField(max_length=30, blank=True)
    trace_number = models.CharField(max_length=50, blank=True)
    method = models.CharField(max_length=3, blank=True)
    paid_on = models.DateField(null=True)
    paid_cents = models.BigIntegerField(default=0)
    claims_cents = models.BigIntegerField(default=0)
    provider_cents = models.BigIntegerField(default=0)
    claims = models.PositiveIntegerField(default=0)
    posted_on = models.DateField()
    fingerprint = models.CharField(max_length=64)
    check_key = models.CharField(max_length=64)
    is_manual = models.BooleanField(default=False)
    overrides = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "fingerprint"], name="remittance_content_once")]
        indexes = [
            models.Index(fields=["practice", "check_key"], name="remittance_by_check"),
            models.Index(fields=["practice", "blob"], name="remittance_by_blob"),
            models.Index(fields=["practice", "trace_number"], name="remittance_by_trace"),
        ]


class Decision(TenantRow):
    """What a payer decided for a claim in one answer (CLP), with its effects on our lines; a reversal marks the one it takes back."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="decisions")
    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, related_name="decisions")
    ordinal = models.PositiveIntegerField()
    source = models.CharField(max_length=120)
    sequence = models.CharField(max_length=1)
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=2)
    charge_cents = models.BigIntegerField()
    paid_cents = models.BigIntegerField()
    payer_claim_control_number = models.CharField(max_length=50, blank=True)
    effects = models.JSONField(default=list)
    answered = models.JSONField(default=list)
    remarks = models.JSONField(default=list)
    units = models.JSONField(default=dict)
    matched_by = models.CharField(max_length=24)
    warnings = models.JSONField(default=list)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, related_name="reversed_by", null=True)
    is_reversed = models.BooleanField(default=False)
    decided_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "source"], name="decision_once")]


class PostingException(TenantModel):
    """An answer that waits for a person, with its money held as unapplied; the answer itself is kept, so nothing is typed again."""

    PREFIX = "exc"

    class State(models.TextChoices):
        """Where the exception stands."""

        OPEN = "open"
        POSTED = "posted"
        SETTLED = "settled"

    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, related_name="exceptions")
    ordinal = models.PositiveIntegerField()
    problem = models.CharField(max_length=48)
    amount_cents = models.BigIntegerField()
    says = models.CharField(max_length=300)
    patient_control_number = models.CharField(max_length=50, blank=True)
    claim = models.CharField(max_length=32, blank=True)
    candidates = models.JSONField(default=list)
    answer = EncryptedJSONField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    resolution = models.CharField(max_length=200, blank=True)
    resolved_at = models.DateTimeField(null=True)
    owner = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "remittance", "ordinal"], name="posting_exception_once")]
        indexes = [
            models.Index(fields=["practice", "state", "-amount_cents"], name="posting_exception_by_value"),
            models.Index(fields=["practice", "claim"], name="posting_exception_by_claim", condition=~models.Q(claim="")),
        ]


class ProviderLevelItem(TenantRow):
    """One amount of a PLB as it was booked: its reason, reference and account, and the claim where a takeback could be told."""

    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, related_name="provider_items")
    number = models.PositiveIntegerField()
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+")
    provider_id = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=5)
    reference = models.CharField(max_length=80, blank=True)
    amount_cents = models.BigIntegerField()
    account = models.CharField(max_length=40)
    claim = models.CharField(max_length=32, blank=True)
    says = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "remittance", "number"], name="provider_level_item_once")]
        indexes = [models.Index(fields=["practice", "payer", "reference"], name="provider_level_by_reference")]


class BankDeposit(TenantModel):
    """Money that the bank reports, to be told from the remittance that explains it by its trace number (WEDI: one EFT, one ERA)."""

    PREFIX = "dep"

    trace_number = models.CharField(max_length=50)
    payer_identifier = models.CharField(max_length=30, blank=True)
    amount_cents = models.BigIntegerField()
    received_on = models.DateField()
    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, related_name="deposits", null=True)
    matched_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "trace_number", "payer_identifier", "amount_cents"], name="bank_deposit_once"
            )
        ]
