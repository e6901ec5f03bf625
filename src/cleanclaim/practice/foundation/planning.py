"""What the database's planner knows of a table, made current before a question about all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from django.db import models


def refresh_statistics(*kinds: type[models.Model]) -> None:
    """Let PostgreSQL count what stands in these tables now; a sample of each, whatever its size. SQLite needs none.

    After a restore, and within one long transaction, its statistics still say that a table is empty; a join of two such tables then reads one
    of them whole for each row of the other, which is the difference between a second and a day.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE " + ", ".join(connection.ops.quote_name(kind._meta.db_table) for kind in kinds))
