"""One cast, one clock, both engines: what every test of data starts from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanclaim.practice.foundation.actor import Actor
    from cleanclaim.practice.foundation.models import Practice

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
"""The instant at which tests happen unless they say otherwise: a Friday noon in New York."""


@pytest.fixture(scope="session", autouse=True)
def _flush_past_triggers() -> Iterator[None]:
    """Let a transactional test empty append-only tables on SQLite, where a flush deletes row by row."""
    from django.db.backends.sqlite3.base import DatabaseOperations

    flush = DatabaseOperations.execute_sql_flush

    def past_triggers(self: DatabaseOperations, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            flush(self, sql_list)
            for _, sql in triggers:
                cursor.execute(sql)

    DatabaseOperations.execute_sql_flush = past_triggers  # type: ignore[method-assign]
    yield
    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]


@pytest.fixture
def practice(db: None) -> Practice:
    """An empty practice in Vermont."""
    from cleanclaim.practice.foundation.actions import found_practice

    return found_practice(name="Maple Hill Family Medicine", at=NOON)


@pytest.fixture
def system(practice: Practice) -> Actor:
    """The practice's own automation, at noon."""
    from cleanclaim.practice.foundation.actor import system_actor

    return system_actor(practice.pk, at=NOON, zone=practice.time_zone)


@pytest.fixture
def actor(practice: Practice):
    """Make somebody with the given roles: `actor("biller")`."""
    from cleanclaim.practice.foundation.actor import Actor

    def make(*roles: str, name: str = "Ruth") -> Actor:
        return Actor(practice.pk, name, frozenset(roles), NOON, None, practice.time_zone)

    return make
