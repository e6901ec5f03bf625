"""Measures the bar of the code-set store: counts, build, opening, look-ups.

python bench/codesets/store.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from cleanclaim import codesets


def microseconds(do: Callable[[str], object], keys: list[str]) -> str:
    times = []
    for key in keys:
        begun = time.perf_counter_ns()
        do(key)
        times.append((time.perf_counter_ns() - begun) / 1000)
    times.sort()
    return f"median {statistics.median(times):.1f} us, 95th percentile {times[int(len(times) * 0.95)]:.1f} us"


def main() -> None:
    day = date(2026, 10, 15)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "codesets.sqlite3"
        begun, used = time.perf_counter(), time.process_time()
        codesets.build(path)
        took, used = time.perf_counter() - begun, time.process_time() - used
        print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"build {took:.2f} s, {used:.2f} s of them computing (bar: 60 s), {path.stat().st_size / 1e6:.0f} MB")
        program = f"import time; from cleanclaim import codesets; t = time.perf_counter(); codesets.open_store({str(path)!r}); print(time.perf_counter() - t)"
        opened = float(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout)
        print(f"opening in a fresh process {opened * 1000:.1f} ms")
        store = codesets.open_store(path)
        for system, on, bar in (
            ("icd10cm", date(2026, 10, 1), 74_879), ("icd10cm", date(2025, 10, 1), 74_719), ("icd10pcs", day, 79_256),
        ):  # fmt: skip
            count = store.count(system, on)
            print(f"{system} on {on}: {count:,} billable (bar: {bar:,}) {'ok' if count == bar else 'WRONG'}")
        rows = store.query("SELECT code FROM code WHERE system = 'icd10cm' AND billable = 1 AND valid_to = 20260930").fetchall()
        gone = [c for (c,) in rows if not getattr(store.get("icd10cm", c, date(2026, 10, 1)), "billable", False)]
        right = sum(store.get("icd10cm", c, date(2026, 9, 30)).billable for c in gone)
        print(f"codes deleted on 2026-10-01: {len(gone)}; valid on 2026-09-30: {right}")
        codes = [c.code for c in store.iter_codes("icd10cm", day, billable_only=True)]
        print("get", microseconds(lambda c: store.get("icd10cm", c, day), codes[::10]))
        print("path", microseconds(lambda c: store.path("icd10cm", c, day), codes[::100]))
        store.notes("I10", day)
        print("notes", microseconds(lambda c: store.notes(c, day), codes[::100]))
        print("excludes1", microseconds(lambda c: store.excludes1(c, "E11.9", day), codes[::10]))
        print("code page", microseconds(lambda c: codesets.code_page(store, "icd10cm", c, day), codes[::200]))


if __name__ == "__main__":
    main()
