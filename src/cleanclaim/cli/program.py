"""Starting the running program for a command: Django, the database brought up to date, the practice, the local operator."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleanclaim.practice.foundation.actor import Actor
    from cleanclaim.practice.foundation.models import Practice

from cleanclaim.kernel.errors import CleanclaimError


class DatabaseUnreachable(CleanclaimError):
    """The database of DATABASE_URL does not answer."""


def add_practice_argument(parser: argparse.ArgumentParser) -> None:
    """Let the command pick one of several practices."""
    parser.add_argument("--practice", metavar="ID", help="the practice, where there are several")
    json_default = argparse.SUPPRESS if parser.argument_default == argparse.SUPPRESS else False
    parser.add_argument("--json", action="store_true", default=json_default, help="print JSON alone on standard output")


def start(*, migrate: bool = True) -> None:
    """Set Django up; bring the database up to date where it is not."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanclaim.settings")
    import django
    from django.db import OperationalError

    django.setup()
    if not migrate:
        return
    try:
        if pending_migrations():
            migrate_database()
    except OperationalError as failed:
        raise _unreachable(failed) from None


def _unreachable(failed: Exception) -> DatabaseUnreachable:
    reason = str(failed).strip().splitlines()[0] if str(failed).strip() else "no answer"
    return DatabaseUnreachable(f"The database does not answer ({reason}). Check DATABASE_URL.")


def pending_migrations() -> list[str]:
    """Return the names of the migrations that this database lacks. Raises DatabaseUnreachable when it cannot be asked."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    except DatabaseError as failed:  # no server, a file that is no database, an option that the server does not know
        raise _unreachable(failed) from None


def database_is_ready() -> bool:
    """Say whether the practice's database is set up here and up to date; nothing is changed, no file is made."""
    try:
        start(migrate=False)
        from django.conf import settings

        database = settings.DATABASES["default"]
        if "sqlite" in database["ENGINE"] and not Path(database["NAME"]).exists():
            return False
        return not pending_migrations()
    except CleanclaimError:
        return False


def migrate_database() -> None:
    """Bring the database up to date; two commands that start together do it one after the other."""
    from django.conf import settings
    from django.core.management import call_command

    with _one_at_a_time(Path(settings.HOME) / ".migrating"):
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # Windows: the database's own lock must do
        yield
        return
    with path.open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def open_practice(args: argparse.Namespace) -> tuple[Practice, Actor]:
    """Return the practice that the command names (the only one, or a first one founded now) and the local operator in it."""
    start()
    from cleanclaim.practice.foundation.actions import found_practice
    from cleanclaim.practice.foundation.actor import system_actor
    from cleanclaim.practice.foundation.models import Practice
    from cleanclaim.practice.foundation.queries import practice_named

    at = datetime.now(UTC)
    wanted = getattr(args, "practice", None)
    if not wanted and not Practice.objects.filter(is_training=False).exists():
        practice = found_practice(name="My practice", at=at)
    else:
        practice = practice_named(wanted)
    return practice, system_actor(practice.pk, at=at, zone=practice.time_zone, name=f"local operator {_operator()}")


def _operator() -> str:
    try:
        return getpass.getuser()[:60]
    except (KeyError, OSError):
        return "unknown"


def print_json(value: Any) -> None:
    """Print one JSON value on a line of its own."""
    json.dump(value, sys.stdout, ensure_ascii=False, default=str)
    sys.stdout.write("\n")
