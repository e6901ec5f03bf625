"""`cleanclaim scrub FILE.837...`: runs the edits over every claim of the files."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from cleanclaim.kernel.dates import parse_date
from cleanclaim.kernel.errors import UnreadableInput

TABLES = ("icd10cm", "hcpcs", "cpt", "ncci", "mue", "add_on", "coverage", "mce")
"""The tables that edits look into; what is only a seed or absent is said, so that a clean result is not taken for more than it is."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="837 files; - reads standard input")
    parser.add_argument("--on", metavar="DATE", help="the day of the check (default today)")
    parser.add_argument("--json", action="store_true", help="print JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Exit 1 only for a stop finding, 2 when a file holds no claim at all."""
    from cleanclaim import codesets
    from cleanclaim.cli.program import print_json

    store = codesets.open_store()
    on = parse_date(args.on) if args.on else date.today()  # noqa: DTZ011 - the operator's own day
    tables = [_table(store, name) for name in TABLES]
    stopped = False
    for name in args.files:
        answer = {"file": name, "claims": list(_claims(name, store, on)), "tables": tables}
        stopped = stopped or any(item["severity"] == "stop" for claim in answer["claims"] for item in claim["findings"])
        if args.json:
            print_json(answer)
        else:
            _print(answer)
    return 1 if stopped else 0


def _table(store: Any, name: str) -> dict[str, str]:
    found = store.coverage(name)
    return {"name": found.name, "release": found.release, "coverage": found.coverage}


def _claims(name: str, store: Any, on: date) -> list[dict[str, Any]]:
    from cleanclaim import x12
    from cleanclaim.edits import scrub
    from cleanclaim.plugins_api import site_findings

    content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    answers = []
    for claim in x12.read_claims(content):
        findings = [finding.as_json() for finding in (*scrub(claim, store, on=on), *site_findings(claim, on=on))]
        answers.append({"patient_control_number": claim.patient_control_number, "findings": findings})
    if not answers:
        raise UnreadableInput(f"{Path(name).name}: there is no claim (837) in it.")
    return answers


def _print(answer: dict[str, Any]) -> None:
    for claim in answer["claims"]:
        print(f"{claim['patient_control_number']}: {len(claim['findings'])} findings")
        for item in claim["findings"]:
            print(f"  {item['severity']:<4}  {item['where']}: {item['says']}  [{item['rule']}]")
    seeds = [table["name"] for table in answer["tables"] if table["coverage"] != "full"]
    if seeds:
        print(f"Not complete here: {', '.join(seeds)} (import the official files for the whole check).", file=sys.stderr)
