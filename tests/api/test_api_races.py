"""The same named request from many programs at once, on a real database: one effect, one answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from practice.remittance.own_state import own_state


@pytest.mark.slow
def test_eight_at_once_have_one_effect_and_one_answer(tmp_path):
    with own_state(tmp_path) as env:
        driver = str(Path(__file__).parent / "api_race_driver.py")
        done = subprocess.run([sys.executable, driver, "8"], env=env, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    once = {"statuses": [201], "replayed": 7, "different": 1, "problems": []}
    assert told["registered"] == once
    assert told["patients"] == 2
    assert told["paid"] == once
    assert told["payments"] == 1
    assert told["posted"] == once | {"statuses": [200]}
    assert told["insurance_paid_cents"] == 12000
    assert told["corrected"]["statuses"] == [200, 412]
    assert told["version"] == 1
