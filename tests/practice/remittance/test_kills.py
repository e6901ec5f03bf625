"""kill -9 in the middle of posting: nothing is lost, doubled or unbalanced, and the retry completes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from practice.remittance.own_state import own_state

HERE = Path(__file__).parent


@pytest.mark.slow
def test_fifteen_kills_between_the_first_and_the_last_write_leave_nothing_behind(tmp_path):
    with own_state(tmp_path) as env:
        done = subprocess.run(
            [sys.executable, str(HERE / "kill_driver.py"), "2611", "18", "60"],
            env=env,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)
    assert seen["killed"] == 18
    assert seen["points"][0] > 1
    assert seen["points"][-1] <= seen["writes"]
    assert seen["final"]["posted"] == 1
    assert (seen["again"]["posted"], seen["again"]["duplicates"]) == (0, 1)
    assert (seen["decisions"], seen["deposit_cents"], seen["ties"], seen["broken"]) == (60, 60 * 13600 + 325, True, [])
