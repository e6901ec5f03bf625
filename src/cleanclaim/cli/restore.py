"""`cleanclaim restore FILE`: puts a backup back into an empty home."""

from __future__ import annotations

import argparse
from pathlib import Path

from cleanclaim.cli import program


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--replace", action="store_true", help="set the present state aside and restore over it")
    parser.add_argument("--json", action="store_true", help="print JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Restore after every checksum and the key have been proven."""
    program.start(migrate=False)
    from cleanclaim.cli.archive import read_backup

    facts = read_backup(args.file, replace=args.replace)
    program.start()
    if args.json:
        program.print_json(facts)
    else:
        print(f"{facts['files']} files restored. `cleanclaim doctor` proves books and audit.")
    return 0
