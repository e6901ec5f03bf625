"""Keys: shown once, kept as a digest, ended at once, never more than their member may; failures are slowed down, holders never."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from api.conftest import Program
from cleanclaim.api.limits import Buckets
from cleanclaim.kernel.errors import CleanclaimError, InvalidValue
from cleanclaim.practice.audit import queries as audit
from cleanclaim.practice.integrations.actions import add_key, end_key
from cleanclaim.practice.integrations.models import ApiKey
from cleanclaim.practice.integrations.queries import caller_of, keys
from cleanclaim.practice.people.actions import add_member, end_membership

pytestmark = pytest.mark.django_db


def test_a_key_acts_by_its_name_and_the_secret_is_nowhere_in_the_database(system, program):
    made = add_key(name="Kiosk", roles=frozenset({"front_desk"}), by=system)
    kiosk = Program(str(made.token))
    registered = kiosk.post("/patients", {"last_name": "Carvalho", "first_name": "Ines", "born_on": "1988-04-02", "sex": "F"})
    assert registered.status_code == 201, registered.content
    row = audit.latest(system.practice_id, words="register_patient")[0]
    assert row.actor == "program Kiosk"
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM integrations_apikey")
        assert made.token.secret not in str(cursor.fetchall())
    card = keys(system.practice_id)[0]
    assert card.last_used_on is not None
    assert made.token.secret not in repr(made) + repr(card)


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer x", "Bearer key_01ARZ3NDEKTSV4RRFFQ69G5FAV." + "a" * 43, "Basic dTpw", "Bearer " + "k" * 9000]
)
def test_what_is_no_key_opens_nothing(shown, db):
    answer = Program("").get("/patients", Authorization=shown)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:cleanclaim:problem:no-key"


def test_a_wrong_secret_and_an_ended_key_and_one_past_its_last_day_open_nothing(system):
    made = add_key(name="Kiosk", roles=frozenset({"front_desk"}), by=system)
    token = str(made.token)
    assert Program(token).get("/patients").status_code == 200
    assert Program(token[:-1] + ("a" if token[-1] != "a" else "b")).get("/patients").status_code == 401
    end_key(key_id=made.key.public_id, by=system)
    end_key(key_id=made.key.public_id, by=system)
    assert Program(token).get("/patients").status_code == 401
    dated = add_key(name="Dated", roles=frozenset({"biller"}), last_day=system.today, by=system)
    assert caller_of(str(dated.token), at=system.at) is not None
    assert caller_of(str(dated.token), at=system.at + timedelta(days=1)) is None


def test_a_session_cookie_is_no_key(system):
    member = add_member(username="ruth", display_name="Ruth", roles=frozenset({"manager"}), password=None, by=system)
    browser = Program("")
    browser.client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/patients").status_code == 401


@pytest.mark.parametrize(
    ("roles", "username", "says"),
    [
        ({"learner"}, "", "among"),
        ({"system"}, "", "among"),
        (set(), "", "among"),
        ({"biller", "king"}, "", "among"),
        ({"provider"}, "", "signature"),
        ({"manager"}, "okafor", "does not have the role manager"),
    ],
)
def test_a_key_that_cannot_be_is_refused(roles, username, says, system):
    add_member(username="okafor", display_name="Dr Okafor", roles=frozenset({"provider"}), password=None, by=system)
    with pytest.raises(InvalidValue, match=says):
        add_key(name="Kiosk", roles=frozenset(roles), username=username, by=system)


def test_only_a_manager_makes_keys_and_a_name_is_open_once(system, actor):
    with pytest.raises(CleanclaimError):
        add_key(name="Kiosk", roles=frozenset({"biller"}), by=actor("biller"))
    add_key(name="Kiosk", roles=frozenset({"biller"}), by=actor("manager"))
    with pytest.raises(CleanclaimError, match="open already"):
        add_key(name="Kiosk", roles=frozenset({"biller"}), by=system)
    with pytest.raises(InvalidValue, match="past"):
        add_key(name="Old", roles=frozenset({"biller"}), last_day=date(2020, 1, 1), by=system)


def test_a_members_key_ends_with_the_membership_and_shrinks_with_the_roles(system):
    add_member(username="ruth", display_name="Ruth", roles=frozenset({"manager"}), password=None, by=system)
    member = add_member(
        username="okafor", display_name="Dr Okafor", roles=frozenset({"provider", "manager"}), password=None, by=system
    )
    made = add_key(name="Chart", roles=frozenset({"provider", "manager"}), username="okafor", by=system)
    caller = caller_of(str(made.token), at=system.at)
    assert caller is not None
    assert caller.actor.name == "Dr Okafor by program Chart"
    assert caller.actor.member_id == member.pk
    add_member(username="okafor", display_name="Dr Okafor", roles=frozenset({"provider"}), password=None, by=system)
    shrunk = caller_of(str(made.token), at=system.at)
    assert shrunk is not None
    assert shrunk.actor.roles == {"provider"}
    end_membership(member_id=member.public_id, by=system)
    assert caller_of(str(made.token), at=system.at) is None


def test_failed_keys_are_slowed_down_and_holders_at_the_same_address_are_not(program):
    holder, stranger = program("front_desk"), Program("key_01ARZ3NDEKTSV4RRFFQ69G5FAV." + "a" * 43)
    answers = [stranger.get("/patients").status_code for _ in range(25)]
    assert answers[:20] == [401] * 20
    last = stranger.get("/patients")
    assert last.status_code == 429
    assert int(last["Retry-After"]) >= 1
    assert holder.get("/patients").status_code == 200


def test_a_key_that_asks_too_much_waits_alone(program, monkeypatch):
    monkeypatch.setattr("cleanclaim.api.boundary.PER_KEY", Buckets(size=3, per_minute=6))
    busy, other = program("front_desk"), program("manager")
    assert [busy.get("/patients").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert busy.get("/patients").json()["type"] == "urn:cleanclaim:problem:too-many"
    assert other.get("/patients").status_code == 200


def test_a_bucket_fills_again_and_forgets_the_oldest_names():
    now = [0.0]
    buckets = Buckets(size=2, per_minute=60, clock=lambda: now[0])
    assert [buckets.wait("a") for _ in range(3)] == [0, 0, 1]
    now[0] = 1.0
    assert buckets.wait("a") == 0
    for number in range(12_000):
        buckets.wait(str(number))
    assert len(buckets._levels) <= 10_000


def test_a_secret_is_not_in_the_model_by_any_name():
    assert {field.name for field in ApiKey._meta.get_fields()} == {
        "id", "practice", "public_id", "created_at", "version", "name", "roles", "member", "digest", "last_day", "ended_at", "last_used_on", "made_by",
    }  # fmt: skip
