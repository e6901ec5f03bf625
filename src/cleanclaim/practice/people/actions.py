"""Setting up a practice's people and numbers."""

from __future__ import annotations

from datetime import date

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from cleanclaim.kernel.errors import Conflict, InvalidValue, NotAllowed, Refused
from cleanclaim.kernel.identifiers import Ein, Npi, Taxonomy, Zip
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import ROLES, Actor
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.foundation.transactions import get_or_refuse, save_checked, transaction_for
from cleanclaim.practice.people import rules
from cleanclaim.practice.people.models import BillingProvider, LegalEntity, Member, Provider, Site, User
from cleanclaim.practice.people.policy import require


def add_member(*, username: str, display_name: str, roles: frozenset[str], password: str | None, by: Actor) -> Member:
    """Give a user a place in the practice, creating the user when there is none; a place that had ended is theirs again.

    Raises InvalidValue for an unknown role, a name that cannot be signed in with, or a password that is too weak; Refused for a learner
    in a live practice, and for a place in one that a learner's username would get.
    """
    require(by, "manager")
    unknown = roles - (ROLES - {"system"})
    if unknown or not roles:
        raise InvalidValue(f"Roles are {', '.join(sorted(ROLES - {'system'}))}.")
    with transaction_for(by):
        user = User.objects.filter(username=username).first()
        _check_place(user, roles, by)
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
            keep_a_manager(member, roles=roles)
            member.roles, member.is_active = sorted(roles), True
            save_checked(member)
            record(by, "change_roles", member.public_id, roles=sorted(roles))
    return member


def _check_place(user: User | None, roles: frozenset[str], by: Actor) -> None:
    """Keep learners and live practices apart, whichever comes first."""
    places = Member.objects.across_practices().filter(user=user, is_active=True).select_related("practice") if user else ()
    others = [place for place in places if place.practice_id != by.practice_id]
    why = rules.why_no_place(
        roles, is_training=Practice.objects.get(pk=by.practice_id).is_training,
        learns_elsewhere=any(rules.LEARNER in place.roles for place in others), works_live=any(not place.practice.is_training for place in others),
    )  # fmt: skip
    if why:
        raise Refused(why)


def set_password(*, member_id: str, password: str, by: Actor) -> None:
    """Give a member's user a new password, which ends their sessions.

    Raises InvalidValue for one that is too weak, NotAllowed for a user of another practice too: a manager opens no door there.
    """
    require(by, "manager")
    with transaction_for(by):
        member = get_or_refuse(Member.objects.of(by.practice_id), what="member", public_id=member_id)
        user = own_user(member, by=by)
        _check_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        record(by, "set_password", member.public_id)


def forget_second_factor(*, member_id: str, by: Actor) -> int:
    """Take a member's authenticators and passkeys away, because they lost them; return how many. Raises NotAllowed as `set_password` does."""
    require(by, "manager")
    with transaction_for(by):
        member = get_or_refuse(Member.objects.of(by.practice_id), what="member", public_id=member_id)
        gone, _ = Authenticator.objects.filter(user=own_user(member, by=by)).delete()
        if gone:
            record(by, "forget_second_factor", member.public_id, count=gone)
    return int(gone)


def own_user(member: Member, *, by: Actor) -> User:
    """Return the member's user if this practice alone knows them, or whoever runs the program asks. Raises NotAllowed otherwise."""
    elsewhere = Member.objects.across_practices().filter(user=member.user_id, is_active=True).exclude(practice_id=by.practice_id)
    if "system" not in by.roles and elsewhere.exists():
        raise NotAllowed("They sign in to another practice too: whoever runs the program does this, by `cleanclaim members`.")
    return User.objects.get(pk=member.user_id)


def keep_a_manager(member: Member, *, roles: frozenset[str]) -> None:
    """Refuse to take the last manager's role: nobody could give it back at a desk. Raises Refused."""
    if "manager" in roles or not member.is_active or "manager" not in member.roles:
        return
    others = Member.objects.of(member.practice_id).filter(is_active=True).exclude(pk=member.pk)
    if not any("manager" in other.roles for other in others):
        raise Refused("This is the only manager. Make somebody else a manager first.")


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
        keep_a_manager(member, roles=frozenset())
        member.is_active = False
        save_checked(member)
        record(by, "end_membership", member.public_id)


def add_legal_entity(*, name: str, tax_id: str, by: Actor) -> LegalEntity:
    """Record who owns the practice; the same tax number again returns the first record, under the name given now."""
    require(by, "manager")
    with transaction_for(by):
        number = Ein(tax_id)
        entity = LegalEntity.objects.of(by.practice_id).filter(tax_id=number).first()
        if entity is None:
            entity = LegalEntity(practice_id=by.practice_id, name=name, tax_id=number, created_at=by.at)
            entity.save()
            record(by, "add_legal_entity", entity.public_id)
        elif entity.name != name:
            entity.name = name
            save_checked(entity)
            record(by, "rename_legal_entity", entity.public_id)
    return entity


def add_billing_provider(
    *, entity: LegalEntity, name: str, npi: str, taxonomy: str, line1: str, city: str, state: str, zip_code: str, phone: str,
    contact_name: str, valid_from: date, by: Actor,
) -> BillingProvider:  # fmt: skip
    """Record who bills, from a day on; the same again returns the first record.

    Raises Conflict when something else is recorded under this NPI from that very day: claims may stand on it.
    """
    require(by, "manager")
    with transaction_for(by):
        rows = BillingProvider.objects.of(by.practice_id)
        provider = rows.filter(npi=Npi(npi), valid_from=valid_from).first()
        facts = {
            "entity": entity, "name": name, "taxonomy": Taxonomy(taxonomy) if taxonomy else "", "line1": line1, "city": city, "state": state,
            "zip": Zip(zip_code), "phone": phone, "contact_name": contact_name,
        }  # fmt: skip
        if provider is None:
            provider = BillingProvider(practice_id=by.practice_id, npi=Npi(npi), valid_from=valid_from, created_at=by.at, **facts)
            provider.save()
            record(by, "add_billing_provider", provider.public_id)
        elif any(getattr(provider, what) != value for what, value in facts.items()):
            raise Conflict("Something else is recorded under this NPI from that day on. A change begins on a later day.")
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
