"""One's own sign-in: found from every page, a new password that is refused in words, a second factor that is asked for from then on."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from cleanclaim.practice.people import actions
from web.forms_of_pages import submit

pytestmark = pytest.mark.django_db
OLD, NEW = "maple syrup 2611 barrels", "granite quarry 8814 blocks"


@pytest.fixture
def lena(system) -> Client:
    actions.add_member(username="lena", display_name="Lena Horn", roles=frozenset({"coder"}), password=OLD, by=system)
    return signed_in(OLD)


def signed_in(password: str) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": "lena", "password": password})
    return client


def test_ones_own_password_is_changed_from_the_name_in_the_corner(lena):
    assert 'href="/accounts/password/change/"' in lena.get("/").content.decode()
    page = "/accounts/password/change/"
    wrong = submit(lena, page, oldpassword="not it", password1=NEW, password2=NEW).content.decode()
    assert "current password" in wrong
    short = submit(lena, page, oldpassword=OLD, password1="short", password2="short").content.decode()
    assert "at least 12 characters" in short
    assert submit(lena, page, oldpassword=OLD, password1=NEW, password2=NEW).status_code == 302
    assert lena.get("/").status_code == 200, "whoever changed it stays signed in"
    assert signed_in(OLD).get("/").status_code == 302
    assert signed_in(NEW).get("/").status_code == 200


def test_an_authenticator_once_activated_is_asked_for(lena):
    page = "/accounts/2fa/totp/activate/"
    assert submit(lena, f"/accounts/reauthenticate/?next={page}", "/reauthenticate/", password=OLD)["Location"] == page
    assert "Incorrect code" in submit(lena, page, "/totp/activate/", code="000000").content.decode()
    shown = lena.get(page).content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', shown)
    assert secret
    assert "data:image/svg+xml" in shown
    counter = next(iter(yield_hotp_counters_from_time()))
    answer = lena.post(
        page, {"code": format_hotp_value(hotp_value(secret[1], counter))}
    )  # each look at the page makes another secret
    assert answer.status_code == 302, answer.content.decode()
    assert Authenticator.objects.filter(user__username="lena", type="totp").exists()
    again = signed_in(OLD)
    assert again.get("/").status_code == 302, "the password alone opens nothing"
    asked = again.get("/accounts/2fa/authenticate/").content.decode()
    assert 'name="code"' in asked
    assert "webauthn_form" in asked
