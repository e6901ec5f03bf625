"""`cleanclaim backup FILE`: the database first, then every blob it names; never the keys."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cleanclaim.cli import program
from cleanclaim.kernel.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="print JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Write the backup; it replaces FILE only when it is whole. Raises UsageError for a folder."""
    if not args.file.name or args.file.is_dir():
        raise UsageError(f"{args.file} is a folder: name the file that the backup is written to.")
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
