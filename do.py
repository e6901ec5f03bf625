#!/usr/bin/env python3
"""Two commands: `python3 do.py demo` runs the whole revenue cycle and opens the desks; `python3 do.py test` runs every test.

Needs Python 3.11 or newer and nothing else: makes `.venv` beside this file and installs the pinned, hash-checked packages there.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
USAGE = """usage: python3 do.py demo [--no-serve] [--port N]   run the whole cycle, print the table and the proof, open the desks
       python3 do.py test [PYTEST ARGS]         run every test (DATABASE_URL picks the database; default SQLite)
       python3 do.py check                      lint, types, import layers
       python3 do.py setup [run|dev|scan]       only install; scan adds what reads scans and photos (about 280 MB)"""


def main(words: list[str]) -> int:
    """Do what the first word says; the exit code is the command's own."""
    if sys.version_info < (3, 11):
        print(f"Cleanclaim needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    command, rest = (words[0], words[1:]) if words else ("", [])
    if command == "demo":
        set_up("run")
        return run([str(BIN / "cleanclaim"), "demo", *rest])
    if command == "test":
        set_up("dev")
        parallel = (
            []
            if any(word.startswith(("-n", "--numprocesses", "-p")) for word in rest)
            else ["-n", str(min(os.cpu_count() or 1, 8))]
        )
        return run([str(BIN / "python"), "-m", "pytest", *parallel, *rest])
    if command == "check":
        set_up("dev")
        steps = [
            [str(BIN / "ruff"), "check", "."],
            [str(BIN / "ruff"), "format", "--check", "."],
            [str(BIN / "mypy")],
            [str(BIN / "lint-imports")],
        ]
        return max(run(step) for step in steps)
    if command == "setup" and rest in ([], ["run"], ["dev"], ["scan"]):
        if rest == ["scan"] and not (VENV / ".installed-dev").exists():
            set_up("run")
        set_up(rest[0] if rest else "run")
        return 0
    print(USAGE, file=sys.stderr)
    return 2


def run(words: list[str]) -> int:
    """Run a command of the environment with the checkout as its folder."""
    paths = [str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "VIRTUAL_ENV": str(VENV)}
    try:
        return subprocess.run(words, cwd=ROOT, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 130


def set_up(kind: str) -> None:
    """Make `.venv` and install what `requirements/<kind>.txt` pins, unless exactly that was installed before."""
    requirements = ROOT / "requirements" / f"{kind}.txt"
    stamp = hashlib.sha256(requirements.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()
    marks = {name: VENV / f".installed-{name}" for name in ("run", "dev", "scan")}
    if any(mark.exists() and mark.read_text() == stamp for mark in (marks[kind],)):
        return
    started = time.monotonic()
    if not (BIN / "python").exists():
        show("Making .venv", 0, 1)
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
        if made.returncode:
            stop("Python's venv module is incomplete here. On Debian: apt install python3-venv", made.stdout + made.stderr)
    total = sum(1 for line in requirements.read_text().splitlines() if line[:1].isalnum())
    pip = [str(BIN / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    install(pip + ["--require-hashes", "--only-binary", ":all:", "-r", str(requirements)], total)
    install(pip + ["--no-deps", "--no-build-isolation", "-q", "-e", str(ROOT)], 0)
    marks[kind].write_text(stamp)
    show(f"Installed in {time.monotonic() - started:.0f} s", 1, 1)
    if sys.stderr.isatty():
        print(file=sys.stderr)


def install(words: list[str], total: int) -> None:
    """Run pip and show how far it is; on failure show what it said and stop."""
    said: list[str] = []
    done = 0
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            said.append(line)
            if line.startswith("Collecting "):
                done += 1
                show("Fetching packages", done, max(total, done) + 3)
            elif line.startswith("Installing collected"):
                show("Installing packages", max(total, done), max(total, done) + 3)
    if pip.returncode:
        stop("Installing the packages failed. Check the network, then run the same command again.", "".join(said[-25:]))


def show(says: str, done: int, total: int) -> None:
    """Draw a progress bar on a terminal; elsewhere print the milestones alone."""
    if sys.stderr.isatty():
        width = 30
        full = width * done // max(total, 1)
        print(f"\r{says:<22} [{'#' * full}{'.' * (width - full)}]", end="", file=sys.stderr, flush=True)
    elif done in {0, total}:
        print(says, file=sys.stderr, flush=True)


def stop(says: str, details: str) -> None:
    """End with one plain sentence and what the tool said."""
    print(f"\n{details}\n{says}", file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
