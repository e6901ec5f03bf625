"""Setting up a practice's people and numbers."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.identifiers import Ein, Npi, Taxonomy, Zip
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import ROLES, Actor
from cleanclaim.practice.foundation.transactions import get_or_refuse, save_checked, transaction_for
from cleanclaim.practice.people.models import BillingProvider, LegalEntity, Member, Provider, Site, User
from cleanclaim.practice.people.policy import require


def add_member(*, username: str, display_name: str, roles: frozenset[str], password: str | None, by: Actor) -> Member:
    """Give a user a place in the practice, creating the user when there is none; a place that had ended is theirs again.

    Raises InvalidValue for an unknown role, a name that cannot be signed in with, or a password that is too weak.
    """
    require(by, "manager")
    unknown = roles - (ROLES - {"system"})
    if unknown or not roles:
        raise InvalidValue(f"Roles are {', '.join(sorted(ROLES - {'system'}))}.")
    with transaction_for(by):
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User(username=username)
            _check_name(user)
            if password is not None:
                _check_password(password, user)
            user.set_password(password)
            user.save()
        member = Member.objects.of(by.practice_id).filter(user=user).first()
        if member is None:
            member = Member(practice_id=by.practice_id, user=user, display_name=display_name, roles=sorted(roles), created_at=by.at)
            member.save()
            record(by, "add_member", member.public_id, roles=sorted(roles))
        elif member.roles != sorted(roles) or not member.is_active:
            member.roles, member.is_active = sorted(roles), True
            save_checked(member)
            record(by, "change_roles", member.public_id, roles=sorted(roles))
    return member


def set_password(*, member_id: str, password: str, by: Actor) -> None:
    """Give a member's user a new password, which ends their sessions. Raises InvalidValue for one that is too weak."""
    require(by, "manager")
    with transaction_for(by):
        member = get_or_refuse(Member.objects.of(by.practice_id), what="member", public_id=member_id)
        user = User.objects.get(pk=member.user_id)
        _check_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        record(by, "set_password", member.public_id)


def _check_name(user: User) -> None:
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError:
        raise InvalidValue("A username has letters, digits and @ . + - _ alone, 150 at most.") from None


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise InvalidValue(" ".join(weak.messages)) from None


def end_membership(*, member_id: str, by: Actor) -> None:
    """End a user's access to the practice; their history stays."""
    require(by, "manager")
    with transaction_for(by):
        member = get_or_refuse(Member.objects.of(by.practice_id), what="member", public_id=member_id)
        member.is_active = False
        save_checked(member)
        record(by, "end_membership", member.public_id)


def add_legal_entity(*, name: str, tax_id: str, by: Actor) -> LegalEntity:
    """Record who owns the practice; the same tax number again returns the first record."""
    require(by, "manager")
    with transaction_for(by):
        number = Ein(tax_id)
        entity = LegalEntity.objects.of(by.practice_id).filter(tax_id=number).first()
        if entity is None:
            entity = LegalEntity(practice_id=by.practice_id, name=name, tax_id=number, created_at=by.at)
            entity.save()
            record(by, "add_legal_entity", entity.public_id)
    return entity


def add_billing_provider(
    *, entity: LegalEntity, name: str, npi: str, taxonomy: str, line1: str, city: str, state: str, zip_code: str, phone: str,
    contact_name: str, valid_from: date, by: Actor,
) -> BillingProvider:  # fmt: skip
    """Record who bills, from a day on; the same NPI and day again returns the first record."""
    require(by, "manager")
    with transaction_for(by):
        rows = BillingProvider.objects.of(by.practice_id)
        provider = rows.filter(npi=Npi(npi), valid_from=valid_from).first()
        if provider is None:
            provider = BillingProvider(
                practice_id=by.practice_id, entity=entity, name=name, npi=Npi(npi), taxonomy=Taxonomy(taxonomy) if taxonomy else "",
                line1=line1, city=city, state=state, zip=Zip(zip_code), phone=phone, contact_name=contact_name,
                valid_from=valid_from, created_at=by.at,
            )  # fmt: skip
            provider.save()
            record(by, "add_billing_provider", provider.public_id)
    return provider


def add_site(
    *,
    name: str,
    line1: str,
    city: str,
    state: str,
    zip_code: str,
    by: Actor,
    npi: str = "",
    place_of_service: str = "11",
    phone: str = "",
) -> Site:
    """Record a place where patients are seen; the same name again returns the first record."""
    require(by, "manager")
    with transaction_for(by):
        site = Site.objects.of(by.practice_id).filter(name=name).first()
        if site is None:
            site = Site(
                practice_id=by.practice_id, name=name, npi=Npi(npi) if npi else "", place_of_service=place_of_service, line1=line1,
                city=city, state=state, zip=Zip(zip_code), phone=phone, created_at=by.at,
            )  # fmt: skip
            site.save()
            record(by, "add_site", site.public_id)
    return site


def add_provider(
    *, last_name: str, first_name: str, npi: str, by: Actor, credential: str = "", taxonomy: str = "", member: Member | None = None
) -> Provider:
    """Record a clinician; the same NPI again returns the first record."""
    require(by, "manager")
    with transaction_for(by):
        provider = Provider.objects.of(by.practice_id).filter(npi=Npi(npi)).first()
        if provider is None:
            provider = Provider(
                practice_id=by.practice_id, last_name=last_name, first_name=first_name, credential=credential, npi=Npi(npi),
                taxonomy=Taxonomy(taxonomy) if taxonomy else "", member=member, created_at=by.at,
            )  # fmt: skip
            provider.save()
            record(by, "add_provider", provider.public_id)
    return provider
