"""A new password ends the sessions of its owner, and the old one opens nothing."""

import pytest
from django.test import Client

from cleanclaim.practice.people import actions, queries

pytestmark = pytest.mark.django_db
OLD, NEW = "maple syrup 2611 barrels", "granite quarry 8814 blocks"


def sign_in(password):
    client = Client()
    client.post("/accounts/login/", {"login": "lena", "password": password})
    return client


def test_a_new_password_signs_its_owner_out(system):
    member = actions.add_member(username="lena", display_name="Lena Horn", roles=frozenset({"biller"}), password=OLD, by=system)
    here = sign_in(OLD)
    assert here.get("/").status_code == 200
    actions.set_password(member_id=member.public_id, password=NEW, by=system)
    assert here.get("/").status_code == 302
    assert sign_in(OLD).get("/").status_code == 302
    assert sign_in(NEW).get("/").status_code == 200


def test_an_ended_member_is_out_at_once_and_may_come_back(system):
    member = actions.add_member(username="lena", display_name="Lena Horn", roles=frozenset({"biller"}), password=OLD, by=system)
    here = sign_in(OLD)
    actions.end_membership(member_id=member.public_id, by=system)
    assert here.get("/claims/").status_code == 404, "there is no practice for them any more"
    actions.add_member(username="lena", display_name="Lena Horn", roles=frozenset({"coder"}), password=None, by=system)
    assert queries.member_named(system.practice_id, "lena").roles == ["coder"]
    assert sign_in(OLD).get("/coding/").status_code == 200
