"""The frame of the screens: nobody enters without signing in, nobody sees more than their roles open, no page runs a foreign script."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import URLPattern, get_resolver

from cleanclaim.practice.people.actions import add_member

PASSWORD = "a long enough password"
IDS = {"patient_id": "pat_0", "encounter_id": "enc_0", "query_id": "qry_0", "number": "1", "remittance_id": "rem_0", "appointment_id": "apt_0",
       "system": "icd10cm", "code": "J20.9", "how": "nothing"}  # fmt: skip


def own_addresses() -> list[tuple[str, URLPattern]]:
    found = []
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda name: IDS.get(name.group(1), "x"), str(pattern.pattern))
            found.append((path, pattern))
    return found


@pytest.fixture
def sign_in(system, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    make_password(PASSWORD)

    def enter(*roles: str) -> Client:
        member = add_member(
            username=f"user-{'-'.join(roles)}", display_name="Ruth", roles=frozenset(roles), password=PASSWORD, by=system
        )
        client = Client()
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


OPEN = {
    "/favicon.ico",
    "/accounts/password/reset/",
    "/accounts/email/",
    "/cards/x/announced/",
    "/pay/x/",
}  # the last two prove themselves by a signature: test_card_webhook.py, test_card_pages.py


@pytest.mark.django_db
@pytest.mark.parametrize("path", [path for path, _ in own_addresses() if path not in OPEN])
def test_a_stranger_is_sent_to_the_sign_in_page(path):
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(("path", "pattern"), [(path, pattern) for path, pattern in own_addresses()])
def test_each_screen_opens_to_its_roles_alone(path, pattern, sign_in):
    roles = getattr(pattern.callback, "roles", None) or getattr(getattr(pattern.callback, "__wrapped__", None), "roles", None)
    if roles is None:
        assert path in {"/", *OPEN}, f"{path} names no roles"
        return
    outsider = ({"front_desk", "coder", "biller", "provider", "manager", "auditor"} - set(roles)) or set()
    for role in sorted(outsider)[:2]:
        assert sign_in(role).get(path).status_code == 403, role


def test_pages_run_no_foreign_and_no_inline_script(sign_in):
    answer = sign_in("manager").get("/patients/")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    assert answer["Cache-Control"] == "no-store"
    body = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", body)
    assert not re.search(r"\son\w+=", body)


@pytest.mark.parametrize(
    "path",
    ["/patients/pat_01M80H2410HSPEAK3AED07ZFJE/", "/coding/enc_01M80H2410HSPEAK3AED07ZFJE/", "/claims/NOSUCH/", "/payments/rem_nosuch/",
     "/codes/icd10cm/NOSUCH/", "/codes/klingon/J20.9/", "/nowhere/", "/schedule/?day=yesterday", "/claims/?queue=none&after=x.y&payer=1&older=-1"],
)  # fmt: skip
def test_a_wrong_address_is_a_plain_page(path, sign_in):
    answer = sign_in("manager", "coder").get(path)
    assert answer.status_code in {200, 404}
    assert b"Traceback" not in answer.content


def test_another_practices_record_does_not_exist_here(sign_in, system):
    from cleanclaim.practice.foundation.actions import found_practice
    from cleanclaim.practice.foundation.actor import system_actor
    from practice.visit_cast import patient

    other = found_practice(name="Elsewhere", at=system.at)
    theirs = patient(system_actor(other.pk, at=system.at))
    assert sign_in("manager").get(f"/patients/{theirs.public_id}/").status_code == 404


@pytest.mark.django_db
def test_no_stranger_makes_the_program_send_mail(sign_in):
    member = sign_in("biller")
    for path in ("/accounts/password/reset/", "/accounts/email/"):
        for client in (Client(), member):
            answers = [client.get(path), client.post(path, {"email": "ruth@example.org", "action_add": ""})]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert b"sends no mail" in answers[1].content


@pytest.mark.django_db
@pytest.mark.parametrize("credential", ["[" * 5000, '{"id":"x","response":{}}', "{}", "null", "\x00", '{"rawId":[],"id":1}'])
def test_a_passkey_that_no_browser_sends_is_refused(credential):
    stranger = Client()
    stranger.get("/accounts/2fa/webauthn/login/")
    answer = stranger.post("/accounts/2fa/webauthn/login/", {"credential": credential})
    assert answer.status_code in {302, 400}
    assert stranger.get("/").status_code == 302
