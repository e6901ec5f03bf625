"""One action is one transaction: rows, audit row and event commit together or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, models, transaction

from cleanclaim.kernel.errors import Conflict, NotFound
from cleanclaim.practice.foundation.actor import Actor


@contextmanager
def transaction_for(_by: Actor) -> Iterator[None]:
    """Open the action's transaction (BEGIN IMMEDIATE on SQLite, by the settings); inside another action it joins that one.

    Raises Conflict when somebody else recorded the same number or name in the meantime: two people who start at once find nothing there yet.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refused:
        if not _is_taken(refused):
            raise
        raise Conflict(
            "Somebody else recorded the same at the same moment. Look at it again and repeat what is still missing."
        ) from refused


def _is_taken(refused: IntegrityError) -> bool:
    """Tell a value that must be unique and is taken from every other refusal of the database."""
    cause = refused.__cause__
    return getattr(cause, "sqlstate", "") == "23505" or getattr(cause, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_UNIQUE"


def save_checked(row: Any, *, expected_version: int | None = None, fields: list[str] | None = None) -> None:
    """Write a changed record if nobody changed it since it was read; its version grows by one. Raises Conflict when the race is lost."""
    expected = row.version if expected_version is None else expected_version
    names = fields or [
        field.name for field in row._meta.concrete_fields if field.name not in {"id", "version", "public_id", "practice"}
    ]
    values = {name: getattr(row, name) for name in names}
    model: type[models.Model] = type(row)
    changed = model._default_manager.filter(pk=row.pk, version=expected).update(version=expected + 1, **values)
    if not changed:
        raise Conflict("Somebody else changed this record first. Read it again and repeat your change.")
    row.version = expected + 1


def get_or_refuse(rows: Any, *, what: str, **where: Any) -> Any:
    """Return the one row, or raise NotFound in plain words."""
    found = rows.filter(**where).first()
    if found is None:
        raise NotFound(f"There is no such {what} in this practice.")
    return found


def locked(rows: Any, *, what: str, **where: Any) -> Any:
    """Return the one row, locked until the transaction ends (a no-op on SQLite, where the transaction holds the database)."""
    return get_or_refuse(rows.select_for_update(), what=what, **where)


def hold_version(row: Any, expected_version: int) -> None:
    """Lock a record until the transaction ends. Raises Conflict unless it still has the version that somebody read."""
    fresh = locked(type(row).objects.of(row.practice_id), what="record", pk=row.pk)
    if fresh.version != expected_version:
        raise Conflict("Somebody else changed this record first. Read it again and repeat your change.")
