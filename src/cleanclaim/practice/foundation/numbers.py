"""Numbers that a practice hands out once: control numbers, patient control numbers."""

from __future__ import annotations

from django.db import connection

from cleanclaim.practice.foundation.models import Counter


def next_number(practice_id: int, name: str, *, count: int = 1) -> int:
    """Take `count` numbers and return the first one. Call it inside the transaction that uses them: a rollback gives them back."""
    table = Counter._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (practice_id, name, value) VALUES (%s, %s, %s) "
            f"ON CONFLICT (practice_id, name) DO UPDATE SET value = {table}.value + excluded.value RETURNING value",
            [practice_id, name, count],
        )
        row = cursor.fetchone()
    return int(row[0]) - count + 1
