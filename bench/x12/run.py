"""The benchmark of the X12 codec beside its peers, in one run on one machine.

    python bench/x12/run.py [--peers FOLDER] [--megabytes 20] [--rounds 3] [--large]

Makes a throw-away environment per peer (oxedi with polars, x12sdk, pyx12) below FOLDER unless it is there, generates the files, runs each
contender in its own interpreter and prints CPU seconds and ratios. Peers that would take minutes on 20 MB (x12sdk, pyx12) get a small file,
as many rounds as we have, and CPU per megabyte is compared; `--same-file` gives them the large one. `--large` also reads 200 MB (the file ten
times, ten interchanges) for the peak of memory.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[1] / "src"
PEERS = {"oxedi": ["oxedi==0.6.0", "polars"], "x12sdk": ["x12sdk==2.2.0"], "pyx12": ["pyx12==4.0.0"]}


def environment(folder: Path, peer: str) -> Path:
    home = folder / peer
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
    subprocess.run([python, "-m", "pip", "-q", "--disable-pip-version-check", "install", *PEERS[peer]], check=True)
    return python


def run(python: Path | str, name: str, path: Path, rounds: int) -> dict:
    env = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run(
        [str(python), str(HERE / "contender.py"), name, str(path), str(rounds)],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def generate(kind: str, megabytes: float, path: Path) -> Path:
    subprocess.run(
        [sys.executable, str(HERE / "generate.py"), kind, str(megabytes), str(path)], check=True, stdout=subprocess.DEVNULL
    )
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--megabytes", type=float, default=20)
    parser.add_argument("--small", type=float, default=0.6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--same-file", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.peers or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        pythons = {peer: environment(folder, peer) for peer in PEERS}
        files = Path(scratch)
        full = {kind: generate(kind, args.megabytes, files / f"full.{kind}") for kind in ("835", "837P")}
        small = {kind: generate(kind, args.small, files / f"small.{kind}") for kind in ("835", "837P")}
        size = {path: path.stat().st_size / 1e6 for path in (*full.values(), *small.values())}
        ours = sys.executable
        rows: list[tuple[str, float, float, float]] = []

        def timed(label: str, python: Path | str, name: str, path: Path, rounds: int) -> dict:
            found = run(python, name, path, rounds)
            rows.append((label, found["cpu"], size[path] / found["cpu"], found["peak_mb"] - found["bare_mb"]))
            print(
                f"{label:52} {found['cpu']:8.3f} s  {size[path] / found['cpu']:8.2f} MB/s  +{found['peak_mb'] - found['bare_mb']:.0f} MB",
                flush=True,
            )
            return found | {"per_mb": found["cpu"] / size[path]}

        floor_835 = timed("floor: split 835", ours, "split", full["835"], args.rounds)
        stream = timed("ours: stream 835, every typed field", ours, "ours-835", full["835"], args.rounds)
        oxedi = timed("oxedi: parse 835, every typed field", pythons["oxedi"], "oxedi-835", full["835"], args.rounds)
        parse = timed("oxedi: parse 835 alone, nothing read", pythons["oxedi"], "oxedi-parse", full["835"], args.rounds)
        floor_837 = timed("floor: split 837P", ours, "split", full["837P"], args.rounds)
        claims = timed("ours: stream 837P, every typed field", ours, "ours-837", full["837P"], args.rounds)
        if args.same_file:
            small = full
        claims_small = run(ours, "ours-837", small["837P"], 1)
        sdk = timed(
            f"x12sdk: typed 837P ({size[small['837P']]:.1f} MB)", pythons["x12sdk"], "x12sdk-837", small["837P"], args.rounds
        )
        checks = {kind: timed(f"ours: check + 999, {kind}", ours, "ours-check", full[kind], args.rounds) for kind in full}
        judges = {
            kind: timed(
                f"pyx12: check + 999, {kind} ({size[small[kind]]:.1f} MB)",
                pythons["pyx12"],
                "pyx12-check",
                small[kind],
                args.rounds,
            )
            for kind in small
        }
        print()
        print(f"checksums agree: 835 {stream['answer'] == oxedi['answer']}, 837P {claims_small['answer'] == sdk['answer']}")
        print(f"835 stream / oxedi full parse, all fields read : {stream['cpu'] / oxedi['cpu']:.2f} (bar: at most 1)")
        print(f"835 stream / oxedi parse alone                 : {stream['cpu'] / parse['cpu']:.2f}")
        print(f"835 stream / split                             : {stream['cpu'] / floor_835['cpu']:.2f} (aim: below 3)")
        print(f"837P stream / split                            : {claims['cpu'] / floor_837['cpu']:.2f} (aim: below 3)")
        print(f"837P x12sdk / ours, per megabyte               : {sdk['per_mb'] / claims['per_mb']:.0f} (bar: at least 60)")
        for kind in full:
            print(
                f"{kind:4} pyx12 / ours, check + 999, per megabyte     : {judges[kind]['per_mb'] / checks[kind]['per_mb']:.0f} (bar: at least 60)"
            )
        if args.large:
            for kind, name in (("835", "ours-835"), ("837P", "ours-837"), ("837P", "ours-check")):
                large = files / "large"
                with large.open("wb") as file:  # piece by piece: a child's peak of memory starts at what its parent holds
                    for _ in range(max(1, round(200 / size[full[kind]]))):
                        with full[kind].open("rb") as part:
                            shutil.copyfileobj(part, file)
                found = run(ours, name, large, 1)
                print(
                    f"200 MB {kind} {name}: {found['cpu']:.1f} s, +{found['peak_mb'] - found['bare_mb']:.0f} MB over the bare interpreter (bar: 60)"
                )
                large.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
