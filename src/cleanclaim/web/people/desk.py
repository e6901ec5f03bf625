"""The practice itself: who may sign in and as what, clinicians, places, who bills, its name and clock."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import Conflict, NotFound, Refused
from cleanclaim.kernel.identifiers import Npi
from cleanclaim.practice.connections import partners
from cleanclaim.practice.connections import queries as connections
from cleanclaim.practice.connections.actions import add_partner
from cleanclaim.practice.connections.models import TradingPartner
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.queries import practice_of
from cleanclaim.practice.people import actions, queries, setup
from cleanclaim.practice.people.models import Provider, Site
from cleanclaim.practice.people.queries import MemberPage
from cleanclaim.web.access import for_roles
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.people.forms import (
    BillingForm,
    ChangeClinicianForm,
    ChangePartnerForm,
    ChangePlaceForm,
    NewClinicianForm,
    NewMemberForm,
    NewPartnerForm,
    NewPlaceForm,
    PasswordForm,
    RolesForm,
    StandingForm,
)  # fmt: skip
from cleanclaim.web.tabs import Tab, tabs
from cleanclaim.web.work import Asked, Given, Work, attempt, shown

_READS: Final = ("manager", "auditor")
_WRITES: Final = ("manager",)
_PARTS: Final = (
    ("people", "Who may sign in"), ("clinicians", "Clinicians"), ("places", "Places"), ("billing", "Who bills"),
    ("connections", "Connections"), ("standing", "Name and clock"),
)  # fmt: skip


# --- what can be done -----------------------------------------------------------------------------------------------------------


def _add_member(by: Actor, _subject: Any, given: Given) -> str:
    if queries.is_user(given["username"]):
        raise Conflict("Somebody signs in with that name. Choose another one, or give them a place by `cleanclaim members add`.")
    made = actions.add_member(
        username=given["username"], display_name=given["name"], roles=frozenset(given["roles"]), password=given["password"], by=by
    )
    return f"{made.display_name} may sign in."


def _set_roles(by: Actor, member: MemberPage, given: Given) -> str:
    card = member.card
    actions.add_member(username=card.username, display_name=card.name, roles=frozenset(given["roles"]), password=None, by=by)
    return f"{card.name} may sign in as {', '.join(sorted(given['roles'])).replace('_', ' ')}."


def _set_password(by: Actor, member: MemberPage, given: Given) -> str:
    actions.set_password(member_id=member.card.member, password=given["password"], by=by)
    return f"{member.card.name} has a new password and is signed out everywhere."


def _forget(by: Actor, member: MemberPage, _given: Given) -> str:
    actions.forget_second_factor(member_id=member.card.member, by=by)
    return f"{member.card.name} signs in by the password alone until they add another."


def _end(by: Actor, member: MemberPage, _given: Given) -> str:
    actions.end_membership(member_id=member.card.member, by=by)
    return f"{member.card.name} may no longer sign in to this practice."


def _add_clinician(by: Actor, _subject: Any, given: Given) -> str:
    npi = Npi(given["npi"])
    if any(row.npi == npi for row in queries.clinicians(by.practice_id)):
        raise Conflict("A clinician with this NPI is recorded already.")
    return f"{actions.add_provider(**given, by=by).display_name} is recorded."


def _change_clinician(by: Actor, row: Provider, given: Given) -> str:
    return f"{setup.change_provider(provider_id=row.public_id, **given, by=by).display_name} is as you typed."


def _add_place(by: Actor, _subject: Any, given: Given) -> str:
    if any(row.name == given["name"].strip() for row in queries.sites(by.practice_id)):
        raise Conflict("A place of this name is recorded already.")
    return f"{actions.add_site(**given, by=by).name} is recorded."


def _change_place(by: Actor, row: Site, given: Given) -> str:
    return f"{setup.change_site(site_id=row.public_id, **given, by=by).name} is as you typed."


def _bill(by: Actor, _subject: Any, given: Given) -> str:
    entity = actions.add_legal_entity(name=given.pop("entity_name"), tax_id=given.pop("tax_id"), by=by)
    made = actions.add_billing_provider(entity=entity, **given, by=by)
    return f"Claims for services from {made.valid_from:%m/%d/%Y} on are billed by {made.name}."


def _add_partner(by: Actor, _subject: Any, given: Given) -> str:
    if any(row.name == given["name"] for row in connections.partners(by.practice_id)):
        raise Conflict("A partner of this name is recorded already.")
    if given["transport"] == "folder":
        given["location"] = partners.folder_named(given["location"], by=by)
    partners.checked_id(given["sender_id"])
    partners.checked_id(given["receiver_id"])
    made = add_partner(**given, by=by)
    try:
        reached = partners.look_at(partner_id=made.public_id, by=by)
    except Refused as wrong:
        reached = str(wrong)
    return f"{made.name} is recorded. {reached}"


def _change_partner(by: Actor, row: TradingPartner, given: Given) -> str:
    return f"{partners.change_partner(partner_id=row.public_id, **given, by=by).name} is as you typed."


def _look_at(by: Actor, row: TradingPartner, _given: Given) -> str:
    return partners.look_at(partner_id=row.public_id, by=by)


def _stand(by: Actor, _subject: Any, given: Given) -> str:
    return f"{setup.change_practice(**given, by=by).name} is as you typed."


WORKS: Final = {
    "people": {"add": Work("Somebody new", _add_member, NewMemberForm, _WRITES, button="Let them sign in")},
    "clinicians": {"add": Work("A clinician", _add_clinician, NewClinicianForm, _WRITES, button="Record")},
    "places": {"add": Work("A place", _add_place, NewPlaceForm, _WRITES, button="Record")},
    "billing": {
        "add": Work("A change of who bills", _bill, BillingForm, _WRITES, button="Put it in force",
                    says="A claim takes what is in force on its first day of service. Claims that were sent keep what they said."),
    },
    "connections": {
        "add": Work("A clearinghouse or payer", _add_partner, NewPartnerForm, _WRITES, button="Record and reach for it",
                    says="Claims leave through it and remittances arrive. With one partner every payer's claims go there."),
    },
    "standing": {"change": Work("Name and clock", _stand, StandingForm, _WRITES, button="Keep it",
                                says="What is today, and when a day's deadline ends, goes by this clock.")},
}  # fmt: skip
MEMBER_WORKS: Final = {
    "roles": Work("Desks they work at", _set_roles, RolesForm, _WRITES, button="Set them"),
    "password": Work("A new password", _set_password, PasswordForm, _WRITES, button="Set it", says="It ends all their sessions.",
                     when=lambda member: member.card.is_active and member.is_here_alone),
    "second-factor": Work("They lost their authenticator or passkey", _forget, roles=_WRITES, button="Take it away",
                          ask="Take every authenticator and passkey of theirs away?",
                          when=lambda member: bool(member.second_factors) and member.is_here_alone),
    "end": Work("End their access", _end, roles=_WRITES, button="End it", ask="End their access to this practice now?",
                says="What they did keeps their name. They may be let in again by setting their desks.", when=lambda member: member.card.is_active),
}  # fmt: skip
CLINICIAN_WORKS: Final = {"change": Work("Correct", _change_clinician, ChangeClinicianForm, _WRITES, button="Keep it")}
PLACE_WORKS: Final = {"change": Work("Correct", _change_place, ChangePlaceForm, _WRITES, button="Keep it")}
PARTNER_WORKS: Final = {
    "try": Work("Reach for it now", _look_at, roles=_WRITES, button="Reach for it", says="Nothing is sent and nothing is collected."),
    "change": Work("Ids and standing", _change_partner, ChangePartnerForm, _WRITES, button="Keep it"),
}  # fmt: skip


# --- screens --------------------------------------------------------------------------------------------------------------------


def _tabs(part: str) -> list[Tab]:
    return tabs([(title, reverse("practice", args=[name])) for name, title in _PARTS], reverse("practice", args=[part]))


@for_roles(*_READS)
def practice(request: HttpRequest, part: str = "people") -> HttpResponse:
    """Show one part of the practice's own records, with what a manager may add to it."""
    return _part(request, part)


def _subject(by: Actor, part: str) -> Any:
    if part == "billing":
        return next(iter(queries.billing_providers(by.practice_id)), None)
    return practice_of(by.practice_id) if part == "standing" else None


def _part(request: HttpRequest, part: str, asked: Asked | None = None) -> HttpResponse:
    if part not in WORKS:
        raise NotFound("The practice's records have no such part.")
    by = actor_of(request)
    rows: dict[str, Any] = {
        "people": lambda: queries.members(by.practice_id), "clinicians": lambda: queries.clinicians(by.practice_id),
        "places": lambda: queries.sites(by.practice_id), "billing": lambda: queries.billing_providers(by.practice_id),
        "connections": lambda: connections.partners(by.practice_id), "standing": list,
    }  # fmt: skip
    works = shown(by, WORKS[part], _subject(by, part), lambda how: reverse("practice-act", args=[part, how]), asked)
    facts = {
        "part": part, "title": dict(_PARTS)[part], "rows": rows[part](), "tabs": _tabs(part), "works": works, "today": by.today,
        "second": queries.with_second_factor(by.practice_id) if part == "people" else frozenset(),
    }  # fmt: skip
    return render(request, "people/practice.html", facts)


@for_roles(*_WRITES)
@require_POST
def act(request: HttpRequest, part: str, how: str) -> HttpResponse:
    """Add to a part of the practice's records, or change it."""
    if part not in WORKS:
        raise NotFound("The practice's records have no such part.")
    subject = _subject(actor_of(request), part)
    back = reverse("practice", args=[part])
    return attempt(request, how, WORKS[part], subject, show=lambda asked: _part(request, part, asked), back=back)


@for_roles(*_READS)
def record(request: HttpRequest, part: str, record_id: str) -> HttpResponse:
    """Show one member, clinician or place."""
    return _record(request, part, record_id)


_RECORDS: Final[dict[str, tuple[Any, dict[str, Work]]]] = {
    "people": (queries.member_page, MEMBER_WORKS), "clinicians": (queries.clinician, CLINICIAN_WORKS), "places": (queries.site, PLACE_WORKS),
    "connections": (connections.partner, PARTNER_WORKS),
}  # fmt: skip


def _found(by: Actor, part: str, record_id: str) -> tuple[Any, dict[str, Work]]:
    if part not in _RECORDS:
        raise NotFound("The practice's records have no such part.")
    find, works = _RECORDS[part]
    return find(by.practice_id, record_id), works


def _record(request: HttpRequest, part: str, record_id: str, asked: Asked | None = None) -> HttpResponse:
    by = actor_of(request)
    row, works = _found(by, part, record_id)
    made = shown(by, works, row, lambda how: reverse("practice-record-act", args=[part, record_id, how]), asked)
    name = row.card.name if part == "people" else getattr(row, "display_name", "") or row.name
    facts = {"part": part, "row": row, "name": name, "title": dict(_PARTS)[part], "works": made}
    return render(request, "people/record.html", facts)


@for_roles(*_WRITES)
@require_POST
def act_on(request: HttpRequest, part: str, record_id: str, how: str) -> HttpResponse:
    """Change one member, clinician or place."""
    row, works = _found(actor_of(request), part, record_id)
    back = reverse("practice-record", args=[part, record_id])
    return attempt(request, how, works, row, show=lambda asked: _record(request, part, record_id, asked), back=back)
