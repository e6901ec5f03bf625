"""Writing many rows at once, as each engine does it fastest: one prepared statement on SQLite, COPY and one joined UPDATE on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections, models

_PLAIN: Final = frozenset({
    models.CharField, models.IntegerField, models.BigIntegerField, models.PositiveIntegerField, models.PositiveSmallIntegerField,
    models.BooleanField, models.BigAutoField,
})  # fmt: skip
"""Fields whose Python value is what the driver takes; everything else goes through the field's own preparation."""

_MANY: Final = 20
"""From so many rows on PostgreSQL takes them by COPY, or by one joined UPDATE."""

_AT_ONCE: Final = 500
"""Rows of one joined UPDATE."""


def _values(rows: Iterable[Any], fields: Sequence[Any], connection: Any) -> list[list[Any]]:
    """Return the fields' values of each row as the driver takes them; only those that need it are prepared."""
    read: Any = attrgetter(*(field.attname for field in fields), "pk")
    prepared: list[tuple[int, Callable[..., Any]]] = [
        (place, field.get_db_prep_save)
        for place, field in enumerate(fields)
        if type(field.target_field if field.is_relation else field) not in _PLAIN
    ]
    made = []
    for row in rows:
        values = list(read(row))
        for place, prepare in prepared:
            values[place] = prepare(values[place], connection)
        made.append(values)
    return made


def insert_rows(model: type[models.Model], rows: Sequence[Any], *, with_key: bool = False) -> None:
    """Insert rows whose keys nobody needs back; `with_key` writes the keys that they carry."""
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    fields = [field for field in model._meta.concrete_fields if with_key or not field.primary_key]
    values = _values(rows, fields, connection)
    for row in values:
        row.pop()  # the key stands in its own column, where it is wanted
    insert_values(model, [str(field.column) for field in fields], values)


def insert_values(model: type[models.Model], columns: Sequence[str], values: Sequence[Sequence[Any]]) -> None:
    """Insert rows given as plain values that the driver takes as they are (texts, whole numbers), in the order of the columns."""
    if not values:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    table, names = model._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    if connection.vendor == "postgresql" and len(values) >= _MANY:
        _copy(f'COPY "{table}" ({names}) FROM STDIN', values, connection)
        return
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)


def _copy(statement: str, values: Sequence[Sequence[Any]], connection: Any) -> None:
    """Send rows by COPY, seen by the connection's wrappers like any other statement."""

    def send(statement: str, values: Sequence[Sequence[Any]], _many: bool, context: dict[str, Any]) -> None:  # noqa: FBT001 - Django's call
        with connection.wrap_database_errors, context["cursor"].copy(statement) as copy:
            for row in values:
                copy.write_row(row)

    with connection.cursor() as cursor:
        run: Callable[..., None] = send
        for wrapper in reversed(connection.execute_wrappers):
            run = partial(wrapper, run)
        run(statement, values, True, {"connection": connection, "cursor": cursor.cursor})


def write_columns(model: type[models.Model], rows: Sequence[Any], names: Sequence[str]) -> None:
    """Write some columns of many rows."""
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    meta = model._meta
    assert meta.pk is not None
    fields: list[Any] = [meta.get_field(name) for name in names]
    values = _values(rows, fields, connection)
    if connection.vendor == "postgresql" and len(rows) >= _MANY:
        _update_joined(meta.db_table, meta.pk, fields, values, connection)
        return
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{meta.db_table}" SET {columns} WHERE "{meta.pk.column}" = %s', values)


def _update_joined(table: str, key: Any, fields: Sequence[Any], values: Sequence[Sequence[Any]], connection: Any) -> None:
    """Update rows by joining them with their new values; the first row names each column's type."""
    columns = [*fields, key]
    taken = ", ".join(f'"{field.column}" = fresh.c{place}' for place, field in enumerate(fields))
    names = ", ".join(f"c{place}" for place in range(len(columns)))
    typed = ", ".join(f"%s::{field.rel_db_type(connection) if field is key else field.db_type(connection)}" for field in columns)
    plain = ", ".join(["%s"] * len(columns))
    for first in range(0, len(values), _AT_ONCE):
        part = values[first : first + _AT_ONCE]
        rows = ", ".join([f"({typed})", *[f"({plain})"] * (len(part) - 1)])
        with connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{table}" SET {taken} FROM (VALUES {rows}) AS fresh ({names}) WHERE "{table}"."{key.column}" = fresh.c{len(fields)}',
                [value for row in part for value in row],
            )
