"""Somebody at a desk: `desk("coder")` is a browser signed in with those roles."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cleanclaim.practice.people.actions import add_member


@pytest.fixture
def desk(system) -> Callable[..., Client]:
    def enter(*roles: str, name: str = "Ruth") -> Client:
        member = add_member(
            username=f"{name.lower()}-{'-'.join(roles)}", display_name=name, roles=frozenset(roles), password=None, by=system
        )
        client = Client()
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter
