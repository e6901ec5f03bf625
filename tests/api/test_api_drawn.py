"""Requests drawn from the description, right and wrong ones: no server error, no undescribed answer, every answer in its described shape."""

from __future__ import annotations

import json
import random
from typing import Any

import jsonschema_rs
import pytest

from api.conftest import Program, token_for
from api.drawn import HEADERS, operations, sample
from api.two_practices import NOWHERE, furnish
from cleanclaim.api.described import description
from cleanclaim.api.limits import Buckets
from cleanclaim.practice.audit.queries import verify as verify_audit
from cleanclaim.practice.integrations.rules import MAY_HAVE
from cleanclaim.practice.workflow.proof import verify as verify_books

pytestmark = pytest.mark.django_db

STRANGE = (
    "", " ", "0", "-1", "Łódź", "🍁", "' OR 1=1 --", "<script>", "%s", "../..", "x" * 70, "x" * 250, "1e9", "2026-02-30", "2026-11-16", "null",
    None, True, 0, -1, 3, 2**52, 1.5, [], {}, ["x"], {"a": 1}, "\u202e", "a\nb", "99213", "J20.9", "pat_01ARZ3NDEKTSV4RRFFQ69G5FAV",
)  # fmt: skip
EACH = 10


def drawn(choose: random.Random, schema: dict[str, Any]) -> Any:
    """A body near the smallest one that the schema takes: some fields strange, some left out, some more."""
    schema = description()["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    body = sample(schema)
    if not isinstance(body, dict):
        return body
    for name in schema.get("properties", {}):
        roll = choose.random()
        if roll < 0.2:
            body[name] = choose.choice(STRANGE)
        elif roll < 0.3:
            body.pop(name, None)
        elif roll < 0.5:
            body[name] = sample(schema["properties"][name])
    if choose.random() < 0.05:
        body["nobody"] = 1
    return body


def question(choose: random.Random, about: dict[str, Any]) -> str:
    from urllib.parse import urlencode

    asked = {}
    for parameter in about.get("parameters", []):
        if parameter["in"] == "query" and choose.random() < 0.4:
            asked[parameter["name"]] = choose.choice(
                [
                    sample(parameter["schema"])
                    if "enum" not in parameter["schema"]
                    else choose.choice(parameter["schema"]["enum"]),
                    choose.choice(STRANGE),
                ]
            )
    return f"?{urlencode(asked)}" if asked else ""


@pytest.fixture
def ids(system, monkeypatch):
    monkeypatch.setattr("cleanclaim.api.boundary.PER_KEY", Buckets(size=10**6, per_minute=10**6))
    return furnish(system, last_name="Carvalho")


def check(operation, answer):
    where = (operation.method, operation.path, answer.status_code, answer.content[:300])
    assert answer.status_code < 500, where
    described = operation.about["responses"]
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json", where
        jsonschema_rs.validate(description()["components"]["schemas"]["Problem"], answer.json())
        return
    assert str(answer.status_code) in described, where
    content = described[str(answer.status_code)].get("content", {})
    kind = answer["Content-Type"].partition(";")[0]
    assert kind in content, where
    if kind == "application/json":
        schema = {**content[kind]["schema"], "components": description()["components"]}
        jsonschema_rs.validate(schema, json.loads(answer.content))


def test_what_is_drawn_is_answered_as_it_is_described(system, ids):
    choose = random.Random(7)
    caller = Program(token_for(system, *sorted(MAY_HAVE)))
    done: dict[str, int] = {}
    for operation in operations():
        content = operation.about.get("requestBody", {}).get("content", {}).get("application/json", {})
        for turn in range(EACH):
            named = {**ids} if turn % 3 else {**ids, **{name: str(choose.choice(STRANGE)) or "x" for name in NOWHERE}}
            path = operation.at(
                {
                    name: str(value).replace("/", "").replace("?", "").replace("%", "").replace("#", "") or "x"
                    for name, value in named.items()
                }
            )
            body = operation.body() if not content or not turn else drawn(choose, content["schema"])
            headers = dict(HEADERS) if choose.random() < 0.7 else {"If_Match": '"2"', "Idempotency_Key": f"{operation.path}{turn}"}
            answer = caller(operation.method, path + (question(choose, operation.about) if turn else ""), body, **headers)
            check(operation, answer)
            if answer.status_code < 400:
                done[f"{operation.method} {operation.path}"] = answer.status_code
    assert len(done) >= 45, sorted({f"{row.method} {row.path}" for row in operations()} - set(done))
    proof = verify_books(system.practice_id)
    assert proof.unbalanced == 0
    assert [name for name, broken in proof.invariants if broken] == []
    assert verify_audit(system.practice_id).broken == ()
