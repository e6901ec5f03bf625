"""`cleanclaim backup FILE`: the database first, then every blob it names; never the keys."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cleanclaim.cli import program


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="print JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Write the backup; it replaces FILE only when it is whole."""
    program.start()
    from cleanclaim.cli.archive import write_backup

    facts = write_backup(args.file)
    if args.json:
        program.print_json(facts)
    else:
        print(
            f"{facts['files']} files, {facts['bytes']:,} bytes in {args.file}. The keys are not in it: keep a safe copy of them.",
            file=sys.stdout,
        )
    return 0
