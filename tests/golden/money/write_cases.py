"""Writes the input files, steps and reasons of the money cases: `python tests/golden/money/write_cases.py` (with src and tests on the path).

The numbers are those of the buyers' scenarios; the files are written by our own codec from invented people. A case that changes here
changes its folder; the folders are what the tests run.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from golden.money import cases, cases_patients, cases_sending, pairs

HERE = Path(__file__).parent


def write() -> int:
    """Write every case anew and return how many there are."""
    made = [*cases.cases(), *cases_sending.cases(), *cases_patients.cases(), *pairs.cases()]
    wanted = {case.name for case in made}
    for folder in HERE.iterdir():
        if (folder / "case.json").exists() and folder.name not in wanted:
            shutil.rmtree(folder)
    for case in made:
        folder = HERE / case.name
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, content in case.files.items():
            (folder / name).write_bytes(content.replace(b"~", b"~\n"))
        steps = ",\n ".join(json.dumps(step) for step in case.steps)
        (folder / "case.json").write_text(f"[{steps}]\n", encoding="utf-8")
        (folder / "why.md").write_text(f"{case.why.strip()}\n", encoding="utf-8")
    return len(made)


if __name__ == "__main__":
    print(f"{write()} cases written")
