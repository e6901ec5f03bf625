"""DATABASE_URL into Django's words: SQLite and PostgreSQL, nothing else."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from cleanclaim.kernel.errors import SettingsError


def database_from_url(url: str) -> dict[str, Any]:
    """Read `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST:PORT/NAME?option=value`. Raises SettingsError for anything else."""
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError:
        raise SettingsError("DATABASE_URL cannot be read: postgresql://USER:PASSWORD@HOST:PORT/NAME, the port a number.") from None
    if parts.scheme == "sqlite":
        path = unquote(parts.path[1:]) if parts.path.startswith("/") else unquote(parts.path)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path or ":memory:",
            "OPTIONS": {
                "timeout": 60,
                "transaction_mode": "IMMEDIATE",  # a transaction that will write says so at once, so it cannot deadlock on upgrade
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536;"
                    "PRAGMA mmap_size=268435456;"
                ),
            },
        }
    if parts.scheme in {"postgresql", "postgres"}:
        name = unquote(parts.path.lstrip("/"))
        if not name:
            raise SettingsError("DATABASE_URL names no database: postgresql://user@host:5432/NAME.")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": port,
            "CONN_MAX_AGE": 60,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise SettingsError("DATABASE_URL starts with sqlite:/// or postgresql://.")
