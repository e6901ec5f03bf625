"""Every operation of the description by every caller: no key, an ended key, each role, another practice's ids. Nothing leaks."""

from __future__ import annotations

import pytest
from django.urls import get_resolver

from api.conftest import Program, token_for
from api.drawn import HEADERS, operations
from api.two_practices import CANARY, NOWHERE, furnish, other_practice
from cleanclaim.practice.integrations.actions import end_key
from cleanclaim.practice.integrations.rules import MAY_HAVE

pytestmark = pytest.mark.django_db

OPERATIONS = operations()
WITHOUT_ID = {"system", "code", "slug"}


def call(program, operation, ids, **headers):
    return program(operation.method, operation.at(ids), operation.body(), **HEADERS, **headers)


@pytest.fixture
def fast(monkeypatch):
    from cleanclaim.api.limits import Buckets

    for name in ("PER_KEY", "FAILED"):
        monkeypatch.setattr(f"cleanclaim.api.boundary.{name}", Buckets(size=10**6, per_minute=10**6))


def test_strangers_and_ended_keys_are_told_401_by_every_operation(system, fast):
    made = token_for(system, "manager")
    ended = Program(made)
    end_key(key_id=made.partition(".")[0], by=system)
    for operation in OPERATIONS:
        for caller in (Program(""), ended):
            answer = call(caller, operation, NOWHERE)
            assert answer.status_code == 401, (operation.method, operation.path)
            assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("role", sorted(MAY_HAVE))
def test_a_role_does_what_the_description_says_and_nothing_else(role, system, fast):
    caller = Program(token_for(system, role))
    for operation in OPERATIONS:
        answer = call(caller, operation, NOWHERE)
        where = (operation.method, operation.path, answer.status_code, answer.content[:200])
        if role not in operation.roles:
            assert answer.status_code == 403, where
            assert answer.json()["type"] == "urn:cleanclaim:problem:not-allowed"
        else:
            assert answer.status_code not in {401, 403}, where
            assert answer.status_code < 500, where


def test_the_ids_of_another_practice_do_not_exist(system, fast):
    other = other_practice()
    theirs = furnish(other)
    furnish(system, last_name="Carvalho")
    allowed = {role: Program(token_for(system, role)) for role in MAY_HAVE}
    tried = 0
    for operation in OPERATIONS:
        named = {part[1:-1] for part in operation.path.split("/") if part.startswith("{")} - WITHOUT_ID
        for role in sorted(operation.roles):
            answer = call(allowed[role], operation, theirs)
            assert CANARY.encode() not in answer.content, (operation.method, operation.path, role)
            if named:
                tried += 1
                assert answer.status_code == 404, (operation.method, operation.path, role, answer.content[:200])
    assert tried > 30


def test_another_practices_ids_in_bodies_and_questions_find_nothing(system, fast):
    theirs = furnish(other_practice())
    manager = Program(token_for(system, "manager"))
    for name in ("patient_id", "encounter_id"):
        answer = manager.get(f"/claims?{name}={theirs[name]}")
        assert answer.status_code == 404 or answer.json()["items"] == []
    assert manager.post("/patients/search", {"words": CANARY}).json()["items"] == []
    assert manager.post("/claims/search", {"patient_control_number": "1001"}).status_code == 404


def test_roles_are_those_of_the_screens():
    screens = {
        pattern.name: getattr(pattern.callback, "roles", None)
        for pattern in get_resolver("cleanclaim.web.urls").url_patterns
        if hasattr(pattern, "name")
    }
    compared = 0
    for operation in OPERATIONS:
        screen = operation.about.get("x-screen")
        if screen:
            compared += 1
            assert set(screens[screen]) - {"learner"} == operation.roles, (operation.method, operation.path, screens[screen])
    assert compared > 25


def test_a_restricted_chart_needs_a_reason_and_the_audit_keeps_it(system, fast):
    from cleanclaim.practice.audit import queries as audit
    from practice import visit_cast as cast

    place = cast.clinic(system)
    who = cast.patient(system, is_restricted=True, last_name=CANARY)
    cover = cast.coverage(system, who, place.granite)
    visit = cast.coded_visit(system, place, who)
    ids = {**NOWHERE, "patient_id": who.public_id, "encounter_id": visit.public_id, "coverage_id": cover.public_id}
    guarded = [row for row in OPERATIONS if {"{patient_id}", "{encounter_id}", "{coverage_id}"} & set(row.path.split("/"))]
    assert len(guarded) >= 6
    for operation in guarded:
        for role in sorted(operation.roles - {"coder"}):
            answer = call(Program(token_for(system, role)), operation, ids) if role != "provider" else None
            if answer is not None:
                assert answer.status_code in {403, 422}, (operation.method, operation.path, role, answer.content)
                assert CANARY.encode() not in answer.content
    front = Program(token_for(system, "front_desk"))
    assert front.get(f"/patients/{who.public_id}").json()["type"] == "urn:cleanclaim:problem:restricted-chart"
    assert front.get(f"/patients/{who.public_id}", Reason_For_Access="short").status_code == 403
    shown = front.get(f"/patients/{who.public_id}", Reason_For_Access="Called about her appointment")
    assert shown.status_code == 200
    assert shown.json()["last_name"] == CANARY
    kept = audit.latest(system.practice_id, words="open_restricted_chart")[0]
    assert "Called about her appointment" in kept.facts
    assert kept.actor.startswith("program ")
