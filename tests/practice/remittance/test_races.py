"""Fifty posts of one file at once on PostgreSQL, eight on SQLite: exactly one has an effect."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from practice.remittance.own_state import own_state

HERE = Path(__file__).parent


@pytest.mark.slow
def test_many_posts_of_one_file_have_one_effect(tmp_path):
    count = 50 if os.environ.get("DATABASE_URL", "").startswith("postgres") else 8
    with own_state(tmp_path) as env:
        done = subprocess.run(
            [sys.executable, str(HERE / "race_driver.py"), str(count)],
            env=env,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)
    assert seen["said"] == {"duplicate": count - 1, "posted": 1}, seen
    assert (seen["remittances"], seen["decisions"], seen["broken"]) == (1, 8, [])
