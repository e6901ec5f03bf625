"""Many desks at the same moment: one time is booked once, one list wins and the others hear of it, a visit is charged once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from practice.remittance.own_state import own_state


@pytest.mark.slow
def test_at_the_same_moment_nothing_is_lost_or_doubled(tmp_path):
    count = 20 if os.environ.get("DATABASE_URL", "").startswith("postgres") else 6
    with own_state(tmp_path) as env:
        done = subprocess.run([sys.executable, str(Path(__file__).parent / "desk_race_driver.py"), str(count)], env=env, capture_output=True,
                              text=True, timeout=280, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)
    assert seen == {
        "book": {"booked": 1, "BookedTwice": count - 1}, "confirm": {"confirmed": 1, "Conflict": count - 1}, "price": {"2": count},
        "sit": {"Cleanclaim": count}, "merge": {"merged": 1, "Refused": count - 1}, "visits": 1, "registered": 1, "booked": 1, "lines": 2, "diagnoses": 1,
    }  # fmt: skip
