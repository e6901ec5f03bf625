"""`cleanclaim migrate`: brings the database up to date."""

from __future__ import annotations

import argparse

from cleanclaim.cli import program


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="only say what is missing; exit 1 when something is")
    parser.add_argument("--json", action="store_true", help="print JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Run what is missing, or only name it."""
    program.start(migrate=False)
    missing = program.pending_migrations()
    if missing and not args.check:
        program.migrate_database()
    if args.json:
        program.print_json({"pending": missing if args.check else [], "applied": [] if args.check else missing})
    elif not missing:
        print("The database is up to date.")
    else:
        print(f"{len(missing)} steps are missing." if args.check else f"{len(missing)} steps done; the database is up to date.")
    return 1 if missing and args.check else 0
