"""`cleanclaim post FILE.835...`: posts remittances; every cent of every check is in the answer."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanclaim.cli.program import add_practice_argument, open_practice
from cleanclaim.kernel.errors import CleanclaimError, UnreadableInput
from cleanclaim.kernel.money import Money

if TYPE_CHECKING:
    from cleanclaim.practice.remittance.posting import Posted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE.835")
    parser.add_argument("--override-duplicates", action="store_true", help="post although it was posted before (kept in the audit)")
    add_practice_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Exit 0 when all is posted, 1 with exceptions, duplicates or refusals, 2 when a file cannot be read."""
    contents = [(name, Path(name).read_bytes()) for name in args.files]
    practice, by = open_practice(args)
    from cleanclaim.practice.remittance.posting import Posted, post_remittance_file

    worst = 0
    for name, content in contents:
        try:
            posted = post_remittance_file(
                content=content, file_name=Path(name).name, by=by, override_duplicates=args.override_duplicates
            )
        except UnreadableInput as unreadable:
            posted, code = Posted(refused=(str(unreadable),)), 2
        except CleanclaimError as failed:
            posted, code = Posted(refused=(str(failed),)), 1
        else:
            code = 1 if posted.refused or posted.duplicates else 0
        excepted = _print(args, practice.pk, name, posted)
        worst = max(worst, code, int(excepted))
    return worst


def _print(args: argparse.Namespace, practice_id: int, name: str, posted: Posted) -> bool:
    from cleanclaim.practice.remittance import queries

    ids = list(posted.remittances)
    totals = queries.posted_totals(practice_id, ids)
    duplicates = [{"file": name, "first_seen": row.first_seen, "what": row.what} for row in posted.duplicates]
    refused = [{"file": name, "why": why} for why in posted.refused]
    if args.json:
        return _print_json(practice_id, name, ids, totals, duplicates, refused)
    rows = list(queries.exception_rows(practice_id, ids))
    print(f"{name}: deposit {Money(totals.deposit_cents):$}, posted {Money(totals.posted_cents):$}, {len(rows)} exceptions.")
    for row in rows:
        print(f"  exception {row['patient_control_number']}: {Money(row['amount_cents']):$}, {row['says']}")
    for row in queries.provider_rows(practice_id, ids):
        print(f"  provider adjustment {row['reason']} {row['reference']}: {Money(row['amount_cents']):$}")
    for row in duplicates:
        print(f"  duplicate: {row['what']}, first seen {row['first_seen']}")
    for row in refused:
        print(f"  refused: {row['why']}", file=sys.stderr)
    return bool(rows)


def _print_json(
    practice_id: int, name: str, ids: list[str], totals: Any, duplicates: list[dict[str, str]], refused: list[dict[str, str]]
) -> bool:
    """Print one JSON value as it is read from the database: a file of a hundred thousand claims takes no more memory than a small one."""
    from cleanclaim.practice.remittance import queries

    out = sys.stdout
    out.write(f'{{"file": {json.dumps(name)}, "remittances": {json.dumps(ids)}, "posted": ')
    _write_list(queries.posted_rows(practice_id, ids))
    out.write(', "exceptions": ')
    excepted = _write_list(queries.exception_rows(practice_id, ids))
    rest = {
        "duplicates": duplicates,
        "refused": refused,
        "provider_adjustments": queries.provider_rows(practice_id, ids),
        "posted_cents": totals.posted_cents,
        "exceptions_cents": totals.exceptions_cents,
        "deposit_cents": totals.deposit_cents,
        "ties": totals.ties,
    }
    out.write(", " + json.dumps(rest, ensure_ascii=False)[1:] + "\n")
    return excepted


def _write_list(rows: Iterable[dict[str, Any]]) -> bool:
    out = sys.stdout
    out.write("[")
    some = False
    for row in rows:
        out.write((", " if some else "") + json.dumps(row, ensure_ascii=False))
        some = True
    out.write("]")
    return some
