"""Imports 2.6 million generated NCCI pairs in the official text layout and times a pair look-up by date.

python bench/codesets/ncci.py [PAIRS]
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from cleanclaim import codesets
from cleanclaim.codesets import importing

HEADER = (
    "CPT only copyright of its owner.\t\t\t\t\t\t\r\nColumn1/Column2 Edits\t\t\t\t\t\t\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n\t\t\t\t*=no data\t1=allowed\t\r\n\t\t\t\t\t9=not applicable\t\r\n"
)
REASONS = [
    "Misuse of Column Two code with Column One code",
    "More extensive procedure",
    "Standards of medical/surgical practice",
    "Mutually exclusive procedures",
]


def write(path: Path, pairs: int, seed: int = 7) -> list[tuple[str, str]]:
    """Write invented pairs and return a sample of them."""
    chance = random.Random(seed)
    codes = [f"{number:05d}" for number in range(100, 99_700, 14)]
    per_code = -(-pairs // len(codes))
    sample, written = [], 0
    with path.open("w", encoding="latin-1", newline="") as out:
        out.write(HEADER)
        for first in codes:
            for second in sorted(chance.sample(codes, per_code + 1)):
                if second == first or written == pairs:
                    continue
                deleted = "20231231" if chance.random() < 0.4 else "*"
                out.write(
                    f"{first}\t{second}\t\t20{chance.randint(10, 22)}0101\t{deleted}\t{chance.choice('0119')}\t{chance.choice(REASONS)}\r\n"
                )
                written += 1
                if chance.random() < 0.01:
                    sample.append((first, second))
    return sample


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 2_600_000
    with tempfile.TemporaryDirectory() as folder:
        path, store_path = Path(folder) / "ccipra-v324r0.TXT", Path(folder) / "codesets.sqlite3"
        sample = write(path, pairs)
        codesets.build(store_path)
        started, used = time.perf_counter(), time.process_time()
        report = importing.import_files([str(path)], path=store_path)
        took, used = time.perf_counter() - started, time.process_time() - used
        store = codesets.open_store(store_path)
        day = date(2026, 11, 20)
        random.Random(1).shuffle(sample)
        times = []
        for first, second in sample[:50_000]:
            begun = time.perf_counter_ns()
            store.ncci(first, second, day)
            times.append(time.perf_counter_ns() - begun)
        times.sort()
        size = store_path.stat().st_size / 1e6
        print(
            f"{report.items[0].rows:,} pairs imported in {took:.1f} s, {used:.1f} s of them computing (bar: 60 s); the store is {size:.0f} MB"
        )
        print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(
            f"look-up by date: median {statistics.median(times) / 1000:.1f} us, 95th percentile {times[int(len(times) * 0.95)] / 1000:.1f} us (bar: median 20 us)"
        )


if __name__ == "__main__":
    main()
