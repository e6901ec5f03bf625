"""Running the `cleanclaim` command as its user does: a process of its own, with a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class Outcome(NamedTuple):
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def cleanclaim(
    *words: str, home: Path, stdin: str | bytes | None = None, timeout: float = 120, env: dict[str, str] | None = None
) -> Outcome:
    """Run `cleanclaim WORDS` in `home`; never inherits the test run's own home, and uses SQLite there."""
    environment = {
        key: value for key, value in os.environ.items() if key not in {"CLEANCLAIM_KEYS", "DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    environment |= {"CLEANCLAIM_HOME": str(home), "PYTHONPATH": str(ROOT / "src"), **(env or {})}
    done = subprocess.run(
        [sys.executable, "-m", "cleanclaim", *words],
        env=environment, input=stdin.encode() if isinstance(stdin, str) else stdin, capture_output=True, timeout=timeout, check=False,
    )  # fmt: skip
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())
