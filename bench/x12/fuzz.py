"""Mutated files: no exception, none slow, bounded memory.

    PYTHONPATH=src python bench/x12/fuzz.py --files 100000 [--seconds 3000] [--seed 1] [FOLDER ...]

Seeds are the X12 files below the folders (and files that we write ourselves); each is broken in one to six places: bytes, segments, elements,
delimiters, cuts, repetitions. Every mutant is checked, acknowledged, read as every document, rewritten, split and masked.
Small seeds come more often than large ones: they hold the same segments, and more mutants fit in the time. Prints what it did; exits 1 when anything went wrong, and writes the mutant beside.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cleanclaim import x12

INSTANT = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
SLOW_SECONDS = 2.0


def flip_bytes(rng: random.Random, data: bytes) -> bytes:
    content = bytearray(data)
    for _ in range(rng.randrange(1, 8)):
        if content:
            content[rng.randrange(len(content))] = rng.choice((rng.randrange(256), *b"~*:^\r\n 0"))
    return bytes(content)


def cut(rng: random.Random, data: bytes) -> bytes:
    start = rng.randrange(len(data) + 1)
    end = min(len(data), start + rng.choice((1, 5, 50, 500, len(data))))
    return data[:start] + data[end:]


def insert(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    extra = rng.choice((
        b"~", b"*", b"~~~", b"\n", b"\r\n\r\n", b"\x00", b"\xff\xfe", b"ISA", b"ISA*", b"IEA*1*1~", b"ST*837*1~", b"SE*1*1~", b"GS*HC*A*B~", b"HL*1**20*1~",
        b"9" * rng.choice((1, 30, 3000)), b"-.", b"1e9", b"\xc3\xa9", b"CLM*", b"CLP*", b"LX*1~", b"*" * 400, b":" * 90, b"PLB*1~", b"EB*1~", "٣".encode(),
    ))  # fmt: skip
    return data[:at] + extra + data[at:]


def segments_of(data: bytes) -> tuple[list[bytes], bytes]:
    mark = data[105:106] or b"~"
    return data.split(mark), mark


def shuffle_segments(rng: random.Random, data: bytes) -> bytes:
    segments, mark = segments_of(data)
    for _ in range(rng.randrange(1, 5)):
        kind = rng.randrange(4)
        at, other = rng.randrange(len(segments)), rng.randrange(len(segments))
        if kind == 0 and len(segments) > 1:
            del segments[at]
        elif kind == 1:
            segments.insert(other, segments[at])
        elif kind == 2:
            segments[at], segments[other] = segments[other], segments[at]
        else:
            segments[at:at] = [segments[at]] * rng.choice((2, 20, 200))
    return mark.join(segments)


def change_elements(rng: random.Random, data: bytes) -> bytes:
    segments, mark = segments_of(data)
    separator = data[3:4] or b"*"
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(segments))
        elements = segments[at].split(separator)
        place = rng.randrange(len(elements))
        elements[place] = rng.choice((
            b"", b"0", b"-1", b"99999999999999999999", b"20260230", b"ABC", b" ", b"1.005", b".", b"-", b"1:2:3", b"::::", b"^^", b"NaN", b"+5", b"1_0",
            elements[place] * 2, elements[place][:-1], rng.choice(segments)[:20],
        ))  # fmt: skip
        if rng.random() < 0.2:
            elements += [b"X"] * rng.randrange(1, 40)
        segments[at] = separator.join(elements)
    return mark.join(segments)


def splice(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[at:] + data[:at]


MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    flip_bytes, cut, insert, shuffle_segments, change_elements, change_elements, splice,
)  # fmt: skip


def exercise(data: bytes) -> None:
    """Do everything that can be done with a file."""
    checked = x12.check(data)
    answer = x12.acknowledge(data, instant=INSTANT, checked=checked)
    if answer.together and not x12.check(answer.together).is_valid:
        raise AssertionError("our acknowledgement is not valid")
    for _ in x12.documents_of(data):
        pass
    if b"".join(x12.rewrite(data)) != data:
        raise AssertionError("rewriting lost bytes")
    for _ in x12.mask(data, b"key"):
        pass
    for _ in x12.split(data):
        pass
    x12.acknowledge_claims(data, instant=INSTANT, checked=checked)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"))
    args = parser.parse_args()
    rng = random.Random(args.seed)
    seeds = [
        path.read_bytes()
        for folder in args.folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".csv"
    ]
    seeds = [seed for seed in seeds if 0 < len(seed) < 20_000 and (b"ISA" in seed or b"ST*" in seed)]
    if not seeds:
        parser.error("no seed files: name a folder with X12 files")
    started = time.monotonic()
    done = failures = slow = 0
    slowest = 0.0
    weights = [1 / (800 + len(seed)) for seed in seeds]
    sizes = 0
    while done < args.files and time.monotonic() - started < args.seconds:
        data = rng.choices(seeds, weights)[0]
        for _ in range(rng.randrange(1, 7)):
            data = rng.choice(MUTATIONS)(rng, data)
        sizes += len(data)
        before = time.process_time()
        try:
            exercise(data)
        except Exception:  # noqa: BLE001 - every kind is what is looked for
            failures += 1
            args.keep.mkdir(exist_ok=True)
            (args.keep / f"{args.seed}-{done}.x12").write_bytes(data)
            (args.keep / f"{args.seed}-{done}.txt").write_text(traceback.format_exc())
        spent = time.process_time() - before
        slowest = max(slowest, spent)
        if spent > SLOW_SECONDS:
            slow += 1
            args.keep.mkdir(exist_ok=True)
            (args.keep / f"slow-{args.seed}-{done}.x12").write_bytes(data)
        done += 1
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{done} mutants of {len(seeds)} seeds, {sizes / max(done, 1):.0f} bytes each: {failures} exceptions, {slow} over {SLOW_SECONDS} s, slowest {slowest:.2f} s, "
        f"{time.process_time():.0f} s of CPU, memory {memory:.0f} MB"
    )
    return 1 if failures or slow else 0


if __name__ == "__main__":
    sys.exit(main())
