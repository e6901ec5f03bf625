"""A state of its own for tests that need real commits and several processes: a home, and a database on the engine under test."""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def own_state(tmp_path: Path):
    """Yield the environment of an empty state: SQLite in a folder, or a fresh database of the PostgreSQL server under test."""
    root = Path(__file__).resolve().parents[3]
    env = {
        **os.environ,
        "CLEANCLAIM_HOME": str(tmp_path / "home"),
        "PYTHONPATH": f"{root / 'src'}:{root / 'tests'}",
        "DJANGO_SETTINGS_MODULE": "cleanclaim.settings",
    }
    env.pop("CLEANCLAIM_KEYS", None)
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith(("postgres://", "postgresql://")):
        env.pop("DATABASE_URL", None)
        yield env
        return
    import psycopg

    name = f"own_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    try:
        yield {**env, "DATABASE_URL": url.rsplit("/", 1)[0] + f"/{name}"}
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
