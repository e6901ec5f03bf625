"""People as documents: the parties that stand on a claim."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q

from cleanclaim.documents import Address, Party
from cleanclaim.kernel.errors import NotFound
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.people.models import BillingProvider, Member, Provider, Site, User


def actor_for(user: User, practice_id: int | None, *, at: datetime) -> Actor:
    """Return the signed-in user as an actor in a practice (the first of theirs when none is named). Raises NotFound without one."""
    rows = Member.objects.across_practices().filter(user=user, is_active=True).select_related("practice").order_by("id")
    member = rows.filter(practice_id=practice_id).first() if practice_id else rows.first()
    if member is None:
        raise NotFound("This user belongs to no practice.")
    return Actor(member.practice_id, member.display_name, frozenset(member.roles), at, member.id, member.practice.time_zone)


def billing_provider_on(practice_id: int, day: date) -> BillingProvider:
    """Return who billed on a day. Raises NotFound when nobody is recorded."""
    rows = BillingProvider.objects.of(practice_id).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)
    found: BillingProvider | None = rows.select_related("entity").order_by("-valid_from").first()
    if found is None:
        raise NotFound("No billing provider is recorded for this date of service.")
    return found


def billing_party(provider: BillingProvider) -> Party:
    """Return the billing provider as it stands on a claim (loop 2010AA)."""
    return Party(
        entity="85", last_name=provider.name, id_qualifier="XX", id=provider.npi, tax_id=provider.entity.tax_id, tax_id_qualifier="EI",
        taxonomy=provider.taxonomy, address=Address(provider.line1, "", provider.city, provider.state, provider.zip),
        contact_name=provider.contact_name, phone="".join(filter(str.isdigit, provider.phone)),
    )  # fmt: skip


def rendering_party(provider: Provider, entity: str = "82") -> Party:
    """Return a clinician as rendering (82), referring (DN) or supervising (DQ) provider."""
    return Party(
        entity=entity, is_person=True, last_name=provider.last_name, first_name=provider.first_name, id_qualifier="XX", id=provider.npi,
        taxonomy=provider.taxonomy,
    )  # fmt: skip


def site_party(site: Site) -> Party:
    """Return a site as service facility (loop 2310C)."""
    return Party(
        entity="77", last_name=site.name, id_qualifier="XX" if site.npi else "", id=site.npi,
        address=Address(site.line1, "", site.city, site.state, site.zip),
    )  # fmt: skip


def providers(practice_id: int) -> list[Provider]:
    """Return the active clinicians by name."""
    return list(Provider.objects.of(practice_id).filter(is_active=True).order_by("last_name", "first_name"))


def sites(practice_id: int) -> list[Site]:
    """Return the places where patients are seen, by name."""
    return list(Site.objects.of(practice_id).order_by("name"))


def names_with_roles(practice_id: int, *roles: str) -> list[str]:
    """Return the display names of the active members who have one of the roles, in order."""
    rows = Member.objects.of(practice_id).filter(is_active=True).order_by("display_name", "id")
    return [row.display_name for row in rows if set(row.roles) & set(roles)]


class MemberCard(NamedTuple):
    """Somebody with a place in the practice, as lists show them."""

    member: str
    username: str
    name: str
    roles: tuple[str, ...]
    is_active: bool


def members(practice_id: int) -> list[MemberCard]:
    """Return everybody who has or had a place in the practice, by username."""
    rows = Member.objects.of(practice_id).select_related("user").order_by("user__username")
    return [MemberCard(row.public_id, row.user.username, row.display_name, tuple(row.roles), row.is_active) for row in rows]


def member_named(practice_id: int, username: str) -> Member:
    """Return the member who signs in with a username. Raises NotFound when this practice has none."""
    found: Member | None = Member.objects.of(practice_id).filter(user__username=username).first()
    if found is None:
        raise NotFound("Nobody of this practice signs in with that name.")
    return found


def is_user(username: str) -> bool:
    """Tell whether somebody signs in with a username, in whatever practice."""
    return User.objects.filter(username=username).exists()
