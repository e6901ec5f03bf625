"""A program at the API: `program("biller")` shows a key with those roles."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from cleanclaim.api.limits import FAILED, PER_KEY
from cleanclaim.practice.integrations.actions import add_key
from cleanclaim.practice.integrations.models import ApiKey
from cleanclaim.practice.people.actions import add_member


class Program:
    """A caller with a key; bodies are JSON unless they are bytes, which are X12."""

    def __init__(self, token: str) -> None:
        self.client, self.token = Client(SERVER_NAME="localhost"), token

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent: dict[str, Any] = {}
        if isinstance(body, bytes):
            sent = {"data": body, "content_type": "application/edi-x12"}
        elif body is not None:
            sent = {"data": json.dumps(body), "content_type": "application/json"}
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        shown = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.generic(method, f"/api/v1{path}", headers={**shown, **names}, **sent)

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("POST", path, body, **headers)


@pytest.fixture(autouse=True)
def _edge(monkeypatch):
    """The clock of every test, and full buckets."""
    monkeypatch.setattr("cleanclaim.api.boundary.now", lambda: datetime(2026, 11, 20, 17, 30, tzinfo=UTC))
    PER_KEY.forget()
    FAILED.forget()


@pytest.fixture
def program(system) -> Callable[..., Program]:
    return lambda *roles, by=None: Program(token_for(by or system, *roles))


def token_for(by: Any, *roles: str) -> str:
    """Make a key with these roles in somebody's practice."""
    username, number = "", ApiKey.objects.of(by.practice_id).count()
    if "provider" in roles:
        username = f"doctor-{by.practice_id}-{'-'.join(roles)}"
        add_member(username=username, display_name="Dr Okafor", roles=frozenset(roles), password=None, by=by)
    return str(add_key(name=f"{'-'.join(roles)[:40]} {number}", roles=frozenset(roles), username=username, by=by).token)
