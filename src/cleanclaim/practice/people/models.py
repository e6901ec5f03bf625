"""Users and their roles; legal entity, billing provider and site are three things; clinicians with their numbers."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from cleanclaim.practice.foundation.models import TenantModel


class User(AbstractUser):
    """Somebody who signs in. What they may do in a practice stands in their memberships."""


class Member(TenantModel):
    """A user's place in a practice, with their roles."""

    PREFIX = "mem"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    display_name = models.CharField(max_length=80)
    roles = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "user"], name="member_once_per_practice")]


class LegalEntity(TenantModel):
    """Who owns the practice and its tax number."""

    PREFIX = "ent"

    name = models.CharField(max_length=120)
    tax_id = models.CharField(max_length=9)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "tax_id"], name="legal_entity_tax_id_once")]


class Site(TenantModel):
    """A place where patients are seen."""

    PREFIX = "site"

    name = models.CharField(max_length=120)
    npi = models.CharField(max_length=10, blank=True)
    place_of_service = models.CharField(max_length=2, default="11")
    line1 = models.CharField(max_length=80)
    city = models.CharField(max_length=40)
    state = models.CharField(max_length=2)
    zip = models.CharField(max_length=9)
    phone = models.CharField(max_length=20, blank=True)


class BillingProvider(TenantModel):
    """Who bills: the name, NPI, tax number and address that stand on the claim."""

    PREFIX = "bil"

    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="billing_providers")
    name = models.CharField(max_length=120)
    npi = models.CharField(max_length=10)
    taxonomy = models.CharField(max_length=10, blank=True)
    line1 = models.CharField(max_length=80)
    city = models.CharField(max_length=40)
    state = models.CharField(max_length=2)
    zip = models.CharField(max_length=9)
    phone = models.CharField(max_length=20, blank=True)
    contact_name = models.CharField(max_length=60, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "npi", "valid_from"], name="billing_provider_npi_once")]


class Provider(TenantModel):
    """A clinician who sees patients."""

    PREFIX = "pro"

    last_name = models.CharField(max_length=60)
    first_name = models.CharField(max_length=60)
    credential = models.CharField(max_length=20, blank=True)
    npi = models.CharField(max_length=10)
    taxonomy = models.CharField(max_length=10, blank=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="clinician")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "npi"], name="provider_npi_once")]

    @property
    def display_name(self) -> str:
        """The name as a colleague says it."""
        return f"{self.first_name} {self.last_name}, {self.credential}".rstrip(", ")
