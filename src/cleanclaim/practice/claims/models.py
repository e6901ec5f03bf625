"""Claims, their lines, payers, submissions and timeline. Money columns are projections of the journal; `ledger verify` re-derives them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Upper

from cleanclaim.practice.claims.rules import Queue, Status
from cleanclaim.practice.foundation.fields import EncryptedJSONField
from cleanclaim.practice.foundation.models import TenantModel, TenantRow
from cleanclaim.practice.payers.models import Payer


class Claim(TenantModel):
    """One visit's account with its payers. `patient_control_number` is ours alone; `sent_number` the CLM01 that it went out under."""

    PREFIX = "clm"

    patient_control_number = models.CharField(max_length=20)
    sent_number = models.CharField(max_length=50)
    encounter = models.CharField(max_length=32, blank=True)
    patient = models.CharField(max_length=32, blank=True)
    kind = models.CharField(max_length=4, default="837P")
    status = models.CharField(max_length=12, choices=[(status.value, status.value) for status in Status], default=Status.BUILT)
    queue = models.CharField(max_length=12, choices=[(queue.value, queue.value) for queue in Queue], default=Queue.HOLD)
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="claims", null=True)
    next_payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+", null=True)
    served_on = models.DateField(null=True)
    served_to = models.DateField(null=True)
    billed_on = models.DateField(null=True)
    name_index = models.CharField(max_length=40, blank=True)
    last_name_index = models.CharField(max_length=40, blank=True)
    member_index = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    charge_cents = models.BigIntegerField(default=0)
    insurance_paid_cents = models.BigIntegerField(default=0)
    contractual_cents = models.BigIntegerField(default=0)
    patient_paid_cents = models.BigIntegerField(default=0)
    other_write_off_cents = models.BigIntegerField(default=0)
    insurance_balance_cents = models.BigIntegerField(default=0)
    patient_balance_cents = models.BigIntegerField(default=0)
    patient_responsibility_cents = models.BigIntegerField(default=0)
    denied_cents = models.BigIntegerField(default=0)
    patient_due_on = models.DateField(null=True)
    holds_statement = models.BooleanField(default=False)
    hold_reason = models.CharField(max_length=200, blank=True)
    owner = models.CharField(max_length=120, blank=True)
    follow_up_on = models.DateField(null=True)
    waits_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("practice", Upper("patient_control_number"), name="patient_control_number_once"),
            models.CheckConstraint(
                condition=models.Q(
                    charge_cents=models.F("insurance_paid_cents")
                    + models.F("contractual_cents")
                    + models.F("patient_paid_cents")
                    + models.F("other_write_off_cents")
                    + models.F("insurance_balance_cents")
                    + models.F("patient_balance_cents")
                ),
                name="claim_money_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "sent_number"], name="claim_by_sent_number"),
            models.Index(fields=["practice", "name_index", "served_on"], name="claim_by_name"),
            models.Index(fields=["practice", "encounter"], name="claim_by_encounter", condition=~models.Q(encounter="")),
            models.Index(fields=["practice", "patient"], name="claim_by_patient", condition=~models.Q(patient="")),
            models.Index(
                fields=["practice", "queue", "payer", "-insurance_balance_cents", "id", "served_on"], name="claim_worklist_payer"
            ),
            models.Index(fields=["practice", "queue", "-insurance_balance_cents", "id", "served_on"], name="claim_worklist"),
            models.Index(fields=["practice", "status", "id"], name="claim_by_status"),
        ]


class ClaimLine(TenantRow):
    """A line with what was decided and what is owed on it. Line 0 holds what payers decided for the claim as a whole."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    procedure = models.CharField(max_length=48, blank=True)
    modifiers = models.CharField(max_length=20, blank=True)
    units = models.CharField(max_length=16, blank=True)
    revenue_code = models.CharField(max_length=4, blank=True)
    served_on = models.DateField(null=True)
    control_number = models.CharField(max_length=50, blank=True)
    charge_cents = models.BigIntegerField(default=0)
    paid_cents = models.BigIntegerField(default=0)
    contractual_cents = models.BigIntegerField(default=0)
    responsibility_cents = models.BigIntegerField(default=0)
    patient_paid_cents = models.BigIntegerField(default=0)
    other_cents = models.BigIntegerField(default=0)
    denied_cents = models.BigIntegerField(default=0)
    patient_cents = models.BigIntegerField(default=0)
    held = models.CharField(max_length=400, default="{}")
    is_answered = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "claim", "number"], name="claim_line_once")]


class ClaimPayer(TenantRow):
    """One payer of a claim in the order of payment, with the number that this payer gave the claim."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="turns")
    sequence = models.CharField(max_length=1)
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+")
    coverage = models.CharField(max_length=32, blank=True)
    payer_claim_control_number = models.CharField(max_length=50, blank=True)
    is_answered = models.BooleanField(default=False)
    crossed_over_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "claim", "sequence"], name="claim_payer_turn_once")]
        indexes = [models.Index(fields=["practice", "payer_claim_control_number"], name="claim_by_payer_number")]


class Submission(TenantModel):
    """One submission of a claim to one payer: the frozen document, its control numbers, and how it was received."""

    PREFIX = "sub"

    class State(models.TextChoices):
        """Where the submission stands."""

        BUILT = "built"
        READY = "ready"
        SENT = "sent"
        ACCEPTED = "accepted"
        REJECTED = "rejected"
        SUPERSEDED = "superseded"

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="submissions")
    number = models.PositiveIntegerField()
    sequence = models.CharField(max_length=1, default="P")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+")
    frequency = models.CharField(max_length=1, default="1")
    document = EncryptedJSONField()
    findings = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State, default=State.BUILT)
    outbox = models.CharField(max_length=32, blank=True)
    interchange_control_number = models.CharField(max_length=9, blank=True)
    group_control_number = models.CharField(max_length=9, blank=True)
    transaction_control_number = models.CharField(max_length=9, blank=True)
    sent_at = models.DateTimeField(null=True)
    accepted_on = models.DateField(null=True)
    receipt = models.CharField(max_length=32, blank=True)
    touched_by_hand = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "claim", "number"], name="submission_number_once")]
        indexes = [
            models.Index(fields=["practice", "state"], name="submission_by_state"),
            models.Index(fields=["practice", "interchange_control_number"], name="submission_by_interchange"),
        ]


class ClaimEvent(TenantRow):
    """One line of a claim's timeline: the day, what happened, what caused it, and the amount where money moved."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="events")
    on = models.DateField()
    at = models.DateTimeField()
    what = models.CharField(max_length=40)
    source = models.CharField(max_length=120, blank=True)
    amount_cents = models.BigIntegerField(default=0)
    says = models.CharField(max_length=300, blank=True)


class QueueCount(TenantRow):
    """How many claims wait in a queue for a payer, and their open insurance cents: kept with every change, re-derived by verify."""

    queue = models.CharField(max_length=12)
    payer_key = models.BigIntegerField(default=0)
    claims = models.BigIntegerField(default=0)
    cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "queue", "payer_key"], name="queue_count_once")]
