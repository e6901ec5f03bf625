"""Patient payments and what became of them, plans, statements, refunds."""

from __future__ import annotations

from django.db import models

from cleanclaim.practice.foundation.models import TenantModel, TenantRow


class PatientPayment(TenantModel):
    """Money that a patient gave: how, when, under which reference. `patient` is the account (a registration or a taken-over claim)."""

    PREFIX = "pmt"

    class Method(models.TextChoices):
        """How it was paid."""

        CASH = "cash"
        CHECK = "check"
        CARD = "card"
        TRANSFER = "transfer"

    patient = models.CharField(max_length=32)
    cents = models.BigIntegerField()
    method = models.CharField(max_length=10, choices=Method)
    reference = models.CharField(max_length=80)
    received_on = models.DateField()
    is_prepaid = models.BooleanField(default=False)
    returned_on = models.DateField(null=True)
    return_reason = models.CharField(max_length=120, blank=True)
    fee_cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "method", "reference"], name="patient_payment_once"),
            models.CheckConstraint(condition=models.Q(cents__gt=0), name="patient_payment_is_money"),
        ]
        indexes = [models.Index(fields=["practice", "patient"], name="patient_payment_by_patient")]


class CreditUse(TenantRow):
    """A part of a patient's credit applied to a line of a claim; negative where it was taken off again."""

    patient = models.CharField(max_length=32)
    claim = models.CharField(max_length=32)
    line = models.PositiveIntegerField()
    cents = models.BigIntegerField()
    payment = models.ForeignKey(PatientPayment, on_delete=models.PROTECT, related_name="uses", null=True)
    source = models.CharField(max_length=120)
    on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["practice", "patient"], name="credit_use_by_patient")]


class PaymentPlan(TenantModel):
    """An agreement to pay a balance in parts."""

    PREFIX = "pln"

    patient = models.CharField(max_length=32)
    cents = models.BigIntegerField()
    agreed_on = models.DateField()
    is_active = models.BooleanField(default=True)
    ended_reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "patient"], condition=models.Q(is_active=True), name="one_active_plan_per_patient"
            )
        ]


class Instalment(TenantRow):
    """One part of a plan."""

    plan = models.ForeignKey(PaymentPlan, on_delete=models.CASCADE, related_name="instalments")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    cents = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "plan", "number"], name="instalment_once")]


class Statement(TenantModel):
    """A bill that was given to a patient: what it asked for and the PDF as it was."""

    PREFIX = "stm"

    patient = models.CharField(max_length=32)
    number = models.CharField(max_length=20)
    produced_on = models.DateField()
    due_on = models.DateField()
    due_now_cents = models.BigIntegerField()
    owed_cents = models.BigIntegerField()
    blob = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "number"], name="statement_number_once")]
        indexes = [models.Index(fields=["practice", "patient", "-produced_on"], name="statement_by_patient")]


class PayLink(TenantModel):
    """A link by which a patient pays without signing in: it ends on a day, or when it is revoked."""

    PREFIX = "lnk"

    patient = models.CharField(max_length=32)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="links", null=True)
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["practice", "patient"], name="pay_link_by_patient")]


class CollectionCost(TenantModel):
    """What a month of the revenue cycle cost, as a manager entered it: wages, the clearinghouse, postage, the agency's part."""

    PREFIX = "cst"

    month = models.DateField()
    cents = models.BigIntegerField()
    says = models.CharField(max_length=120, blank=True)
    entered_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "month"], name="collection_cost_once"),
            models.CheckConstraint(condition=models.Q(cents__gt=0), name="collection_cost_is_money"),
        ]


class Refund(TenantModel):
    """Money to give back: asked for with a reason, approved by a manager, paid. `payer` is set when it is a payer's overpayment."""

    PREFIX = "rfd"

    class State(models.TextChoices):
        """Where the refund stands."""

        ASKED = "asked"
        APPROVED = "approved"
        PAID = "paid"
        REFUSED = "refused"
        ACKNOWLEDGED = "acknowledged"

    patient = models.CharField(max_length=32, blank=True)
    payer = models.CharField(max_length=32, blank=True)
    claim = models.CharField(max_length=32, blank=True)
    cents = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    method = models.CharField(max_length=10, default="check")
    state = models.CharField(max_length=12, choices=State, default=State.ASKED)
    asked_by = models.CharField(max_length=120)
    approved_by = models.CharField(max_length=120, blank=True)
    identified_on = models.DateField()
    due_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    reference = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(cents__gt=0), name="refund_is_money")]
        indexes = [models.Index(fields=["practice", "state"], name="refund_by_state")]
