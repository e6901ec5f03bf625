"""People as documents: the parties that stand on a claim."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple, cast

from allauth.mfa.models import Authenticator
from django.db.models import Q

from cleanclaim.documents import Address, Party
from cleanclaim.kernel.errors import NotFound
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.transactions import get_or_refuse
from cleanclaim.practice.people.models import BillingProvider, Member, Provider, Site, User
from cleanclaim.practice.people.rules import working_roles


def actor_for(user: User, practice_id: int | None, *, at: datetime) -> Actor:
    """Return the signed-in user as an actor in a practice (the first of theirs when none is named). Raises NotFound without one."""
    rows = Member.objects.across_practices().filter(user=user, is_active=True).select_related("practice").order_by("id")
    member = rows.filter(practice_id=practice_id).first() if practice_id else rows.first()
    if member is None:
        raise NotFound("This user belongs to no practice.")
    roles = working_roles(frozenset(member.roles), is_training=member.practice.is_training)
    return Actor(member.practice_id, member.display_name, roles, at, member.id, member.practice.time_zone)


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


class MemberPage(NamedTuple):
    """A member as their own page shows them: what they are, and how they sign in."""

    card: MemberCard
    last_signed_in: datetime | None
    second_factors: int
    is_here_alone: bool
    """No other practice knows this user: a manager may give them a password."""

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles, as the form of roles begins with them."""
        return self.card.roles


def member_page(practice_id: int, member_id: str) -> MemberPage:
    """Return a member with how they sign in. Raises NotFound when this practice has none of this id."""
    row = Member.objects.of(practice_id).select_related("user").filter(public_id=member_id).first()
    if row is None:
        raise NotFound("There is no such member in this practice.")
    card = MemberCard(row.public_id, row.user.username, row.display_name, tuple(row.roles), row.is_active)
    elsewhere = Member.objects.across_practices().filter(user=row.user_id, is_active=True).exclude(practice_id=practice_id)
    return MemberPage(card, row.user.last_login, Authenticator.objects.filter(user=row.user_id).count(), not elsewhere.exists())


def with_second_factor(practice_id: int) -> frozenset[str]:
    """Return the members (by public id) who have an authenticator or a passkey."""
    users = Authenticator.objects.filter(user__memberships__practice=practice_id).values_list("user", flat=True)
    return frozenset(Member.objects.of(practice_id).filter(user__in=users).values_list("public_id", flat=True))


def clinicians(practice_id: int) -> list[Provider]:
    """Return all clinicians by name, also those who left."""
    return list(Provider.objects.of(practice_id).order_by("last_name", "first_name"))


def clinician(practice_id: int, provider_id: str) -> Provider:
    """Return a clinician. Raises NotFound when this practice has none of this id."""
    return cast("Provider", get_or_refuse(Provider.objects.of(practice_id), what="clinician", public_id=provider_id))


def site(practice_id: int, site_id: str) -> Site:
    """Return a place. Raises NotFound when this practice has none of this id."""
    return cast("Site", get_or_refuse(Site.objects.of(practice_id), what="place", public_id=site_id))


def billing_providers(practice_id: int) -> list[BillingProvider]:
    """Return who bills and billed, the latest first."""
    return list(BillingProvider.objects.of(practice_id).select_related("entity").order_by("-valid_from", "-id"))


def is_user(username: str) -> bool:
    """Tell whether somebody signs in with a username, in whatever practice."""
    return User.objects.filter(username=username).exists()
