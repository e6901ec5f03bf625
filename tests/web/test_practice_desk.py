"""The practice's own records: who signs in, clinicians, places, who bills; a manager's alone, and no door to another practice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from cleanclaim.kernel.errors import Conflict, NotAllowed, Refused
from cleanclaim.kernel.identifiers import Npi
from cleanclaim.practice.audit import queries as audit
from cleanclaim.practice.foundation.actions import found_practice
from cleanclaim.practice.foundation.actor import system_actor
from cleanclaim.practice.people import actions, queries

pytestmark = pytest.mark.django_db
STRONG, OTHER = "maple syrup 2611 barrels", "granite quarry 8814 blocks"
NPI = str(Npi.from_first_nine("134567890"))
NEW = {"username": "lena", "name": "Lena Horn", "roles": ["coder", "biller"], "password": STRONG, "again": STRONG}
PLACE = {"name": "Hill clinic", "place_of_service": "11", "line1": "4 Hill Road", "city": "Barre", "state": "vt", "zip_code": "05641-1234",
         "phone": "802 555 0144", "npi": ""}  # fmt: skip
BILLS = {"valid_from": "01/01/2027", "entity_name": "Hill Family Practice PLLC", "tax_id": "12-3456789", "name": "Hill Family Practice",
         "npi": NPI, "taxonomy": "207Q00000X", "line1": "4 Hill Road", "city": "Barre", "state": "VT", "zip_code": "056411234",
         "phone": "8025550144", "contact_name": ""}  # fmt: skip


def card(by, username="lena"):
    return next(row for row in queries.members(by.practice_id) if row.username == username)


def signs_in(password):
    client = Client()
    client.post("/accounts/login/", {"login": "lena", "password": password})
    return client.get("/").status_code == 200


def test_a_manager_lets_somebody_in_changes_their_desks_and_ends_it(system, desk):
    manager = desk("manager", name="Mina")
    assert manager.post("/practice/people/do/add/", NEW).status_code == 302
    lena = card(system)
    assert (lena.name, lena.roles, lena.is_active) == ("Lena Horn", ("biller", "coder"), True)
    assert signs_in(STRONG)
    page = f"/practice/people/{lena.member}/"
    assert manager.post(f"{page}roles/", {"roles": ["auditor"]}).status_code == 302
    assert card(system).roles == ("auditor",)
    assert manager.post(f"{page}password/", {"password": OTHER, "again": OTHER}).status_code == 302
    assert (signs_in(STRONG), signs_in(OTHER)) == (False, True)
    assert manager.post(f"{page}end/").status_code == 302
    assert not card(system).is_active
    assert "ended" in manager.get("/practice/people/").content.decode()
    assert manager.post(f"{page}roles/", {"roles": ["coder"]}).status_code == 302
    assert card(system).is_active, "setting their desks lets them in again"
    done = {row.action for row in audit.latest(system.practice_id, before=None, limit=50, words="")}
    assert {"add_member", "change_roles", "set_password", "end_membership"} <= done


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"again": OTHER}, "differ"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"roles": []}, "required"),
        ({"roles": ["system"]}, "valid choice"),
        ({"roles": ["learner"]}, "valid choice"),
        ({"username": "le na"}, "A username has"),
        ({"username": "mina-manager"}, "Somebody signs in with that name"),
    ],
)
def test_what_cannot_be_is_said_and_no_password_comes_back(changes, says, system, desk):
    answer = desk("manager", name="Mina").post("/practice/people/do/add/", {**NEW, **changes})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'value="Lena Horn"' in page
    assert STRONG not in page
    assert not queries.is_user("lena")


def test_only_managers_change_and_auditors_read(system, desk):
    actions.add_member(username="lena", display_name="Lena Horn", roles=frozenset({"coder"}), password=STRONG, by=system)
    page = f"/practice/people/{card(system).member}/"
    for role in ("coder", "biller", "front_desk", "provider", "auditor"):
        somebody = desk(role)
        assert somebody.get("/practice/").status_code == (200 if role == "auditor" else 403)
        assert somebody.get(page).status_code == (200 if role == "auditor" else 403)
        assert somebody.post("/practice/people/do/add/", NEW).status_code == 403
        for how in ("roles", "password", "second-factor", "end"):
            assert somebody.post(f"{page}{how}/", {"roles": ["manager"], "password": OTHER, "again": OTHER}).status_code == 403
    auditor = desk("auditor").get(page).content.decode()
    assert "A new password" not in auditor
    assert card(system).roles == ("coder",)


def test_the_last_manager_stays_one(system, desk):
    manager = desk("manager", name="Mina")
    page = f"/practice/people/{card(system, 'mina-manager').member}/"
    for how, entries in (("roles", {"roles": ["coder"]}), ("end", {})):
        answer = manager.post(f"{page}{how}/", entries)
        assert answer.status_code == 422
        assert "only manager" in answer.content.decode()
    with pytest.raises(Refused):
        actions.end_membership(member_id=card(system, "mina-manager").member, by=system)
    desk("manager", name="Max")
    assert manager.post(f"{page}roles/", {"roles": ["coder"]}).status_code == 302


def test_a_manager_opens_no_door_to_another_practice(system, desk):
    at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    other = system_actor(found_practice(name="River clinic", at=at).pk, at=at)
    actions.add_member(username="lena", display_name="Lena Horn", roles=frozenset({"manager"}), password=STRONG, by=other)
    actions.add_member(username="lena", display_name="Lena Horn", roles=frozenset({"coder"}), password=None, by=system)
    user = queries.member_named(system.practice_id, "lena").user
    Authenticator.objects.create(user=user, type="totp", data={})
    manager = desk("manager", name="Mina")
    page = f"/practice/people/{card(system).member}/"
    shown = manager.get(page).content.decode()
    assert "another practice too" in shown
    assert "A new password" not in shown
    assert manager.post(f"{page}password/", {"password": OTHER, "again": OTHER}).status_code == 403
    assert manager.post(f"{page}second-factor/").status_code == 403
    user.refresh_from_db()
    assert user.check_password(STRONG)
    assert Authenticator.objects.count() == 1
    assert manager.get(f"/practice/people/{card(other).member}/").status_code == 404, "another practice's member"
    assert manager.post(f"/practice/people/{card(other).member}/end/").status_code == 404
    with pytest.raises(NotAllowed):
        actions.set_password(member_id=card(system).member, password=OTHER, by=system._replace(roles=frozenset({"manager"})))


def test_a_lost_second_factor_is_taken_away(system, desk):
    lena = actions.add_member(username="lena", display_name="Lena Horn", roles=frozenset({"coder"}), password=STRONG, by=system)
    Authenticator.objects.create(user=lena.user, type="totp", data={})
    manager = desk("manager", name="Mina")
    assert "yes" in manager.get("/practice/people/").content.decode()
    assert manager.post(f"/practice/people/{lena.public_id}/second-factor/").status_code == 302
    assert not Authenticator.objects.exists()


def test_clinicians_and_places_are_recorded_and_corrected(system, desk):
    manager = desk("manager", name="Mina")
    doctor = {"npi": NPI, "first_name": "Ida", "last_name": "Okafor", "credential": "MD", "taxonomy": "207Q00000X"}
    assert manager.post("/practice/clinicians/do/add/", doctor).status_code == 302
    again = manager.post("/practice/clinicians/do/add/", doctor)
    assert (again.status_code, "recorded already" in again.content.decode()) == (422, True)
    wrong = manager.post("/practice/clinicians/do/add/", {**doctor, "npi": "1234567890"})
    assert (wrong.status_code, 'value="Ida"' in wrong.content.decode()) == (422, True)
    (ida,) = queries.clinicians(system.practice_id)
    change = {"first_name": "Ida", "last_name": "Okafor-Lind", "credential": "MD", "taxonomy": ""}
    assert manager.post(f"/practice/clinicians/{ida.public_id}/change/", change).status_code == 302
    assert queries.providers(system.practice_id) == [], "not ticked: sees nobody here any more"
    assert manager.post(f"/practice/clinicians/{ida.public_id}/change/", {**change, "is_active": "on"}).status_code == 302
    assert [row.display_name for row in queries.providers(system.practice_id)] == ["Ida Okafor-Lind, MD"]

    assert manager.post("/practice/places/do/add/", PLACE).status_code == 302
    (hill,) = queries.sites(system.practice_id)
    assert (hill.state, hill.zip) == ("VT", "056411234")
    for wrong in ({"zip_code": "5641"}, {"state": "Vermont"}, {"place_of_service": "office"}, {"npi": "12"}):
        assert manager.post(f"/practice/places/{hill.public_id}/change/", {**PLACE, **wrong}).status_code == 422
    assert manager.post(f"/practice/places/{hill.public_id}/change/", {**PLACE, "city": "Berlin"}).status_code == 302
    assert queries.site(system.practice_id, hill.public_id).city == "Berlin"


def test_who_bills_changes_from_a_day_on(system, desk):
    manager = desk("manager", name="Mina")
    assert manager.post("/practice/billing/do/add/", {**BILLS, "valid_from": "01/01/2026"}).status_code == 302
    moved = {**BILLS, "line1": "9 River Street"}
    assert manager.post("/practice/billing/do/add/", moved).status_code == 302
    at = queries.billing_provider_on
    assert at(system.practice_id, date(2026, 12, 31)).line1 == "4 Hill Road"
    assert at(system.practice_id, date(2027, 1, 1)).line1 == "9 River Street"
    differs = manager.post("/practice/billing/do/add/", {**moved, "line1": "10 River Street"})
    assert (differs.status_code, "later day" in differs.content.decode()) == (422, True)
    assert manager.post("/practice/billing/do/add/", moved).status_code == 302, "the same again changes nothing"
    assert len(queries.billing_providers(system.practice_id)) == 2
    assert manager.post("/practice/billing/do/add/", {**BILLS, "tax_id": "1"}).status_code == 422
    with pytest.raises(Conflict):
        row = queries.billing_providers(system.practice_id)[0]
        actions.add_billing_provider(
            entity=row.entity, name="Other", npi=row.npi, taxonomy="", line1="x", city="Barre", state="VT", zip_code="056411234", phone="",
            contact_name="", valid_from=row.valid_from, by=system,
        )  # fmt: skip


def test_name_and_clock(system, desk):
    manager = desk("manager", name="Mina")
    assert manager.post("/practice/standing/do/change/", {"name": "Hill Family", "time_zone": "America/Chicago"}).status_code == 302
    page = manager.get("/practice/standing/").content.decode()
    assert "Hill Family" in page
    assert "America/Chicago" in page
    assert manager.post("/practice/standing/do/change/", {"name": "Hill", "time_zone": "Mars/Olympus"}).status_code == 422
    for address in ("/practice/nothing/", "/practice/people/mem_none/", "/practice/billing/x/", "/practice/standing/x/"):
        assert manager.get(address).status_code == 404
    assert manager.post("/practice/nothing/do/add/", {}).status_code == 404
    assert manager.post("/practice/people/do/nothing/", {}).status_code == 404
