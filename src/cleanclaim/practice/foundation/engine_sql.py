"""A migration step whose SQL differs by engine: triggers branch here, inside our own migrations."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation


class EngineSQL(Operation):
    """Runs the statements of the engine at hand; `undo` takes them back."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, *, sqlite: list[str], postgresql: list[str], undo_sqlite: list[str], undo_postgresql: list[str]) -> None:
        self.sqlite, self.postgresql = sqlite, postgresql
        self.undo_sqlite, self.undo_postgresql = undo_sqlite, undo_postgresql

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        facts = {name: getattr(self, name) for name in ("sqlite", "postgresql", "undo_sqlite", "undo_postgresql")}
        return type(self).__name__, [], facts

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay as they are."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002
        for statement in self.sqlite if schema_editor.connection.vendor == "sqlite" else self.postgresql:
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002
        for statement in self.undo_sqlite if schema_editor.connection.vendor == "sqlite" else self.undo_postgresql:
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return "Runs SQL of the engine at hand"


def append_only(table: str) -> EngineSQL:
    """Refuse UPDATE and DELETE on a table, in the database itself."""
    says = f"{table} is append-only"
    return EngineSQL(
        sqlite=[
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{says}'); END"
            for verb in ("UPDATE", "DELETE")
        ],
        undo_sqlite=[f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete")],
        postgresql=[
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{says}'; END $$",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        ],
        undo_postgresql=[f"DROP TRIGGER {table}_append_only ON {table}", f"DROP FUNCTION {table}_refuse()"],
    )
