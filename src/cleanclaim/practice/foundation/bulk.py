"""Writing many rows with one prepared statement: several times faster than building one long statement for every few hundred."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def insert_rows(model: type[models.Model], rows: Sequence[Any], *, with_key: bool = False) -> None:
    """Insert rows whose keys nobody needs back; `with_key` writes the keys that they carry."""
    if not rows:
        return
    meta = model._meta
    fields = [field for field in meta.concrete_fields if with_key or not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    prepare = [(field.attname, field.get_db_prep_save) for field in fields]
    values = [tuple(prep(getattr(row, name), connection) for name, prep in prepare) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{meta.db_table}" ({columns}) VALUES ({marks})', values)


def write_columns(model: type[models.Model], rows: Sequence[Any], names: Sequence[str]) -> None:
    """Write some columns of many rows."""
    if not rows:
        return
    meta = model._meta
    fields: list[Any] = [meta.get_field(name) for name in names]
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    prepare = [(field.attname, field.get_db_prep_save) for field in fields]
    values = [(*(prep(getattr(row, name), connection) for name, prep in prepare), row.pk) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{meta.db_table}" SET {columns} WHERE "{meta.pk.column}" = %s', values)
