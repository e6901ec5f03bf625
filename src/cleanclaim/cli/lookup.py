"""`cleanclaim lookup`: finds codes by words, shorthand, misspelling or part of a code; best first, with the reason for each."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from cleanclaim.kernel.errors import NotFound, UsageError

if TYPE_CHECKING:
    from cleanclaim.codesets import Store
    from cleanclaim.encoder.search import Hit, LocalTerm

BOOKS: Final = ("index", "external", "drug", "neoplasm", "pcs_index")
SYSTEMS: Final = ("icd10cm", "icd10pcs", "hcpcs", "cpt")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's words and switches."""
    parser.add_argument(
        "words", nargs="*", metavar="WORDS|CODE", help="what you would type: words, shorthand, a code or its beginning"
    )
    parser.add_argument("--system", choices=SYSTEMS, help="look in one code system only")
    parser.add_argument("--on", metavar="DATE", help="the date of service, CCYY-MM-DD (default: today)")
    parser.add_argument("--limit", type=int, default=10, metavar="N", help="at most N codes (default: 10)")
    parser.add_argument("--billable", action="store_true", help="codes that a claim can carry, no headings")
    parser.add_argument(
        "--chapter", default="", metavar="SPAN", help="a chapter's number (4), a range (C00-D49) or how codes begin (S72)"
    )
    parser.add_argument("--pcs", action="store_true", help="walk ICD-10-PCS from the first characters: 0FT4 lists the approaches")
    parser.add_argument("--book", choices=BOOKS, help="turn the pages of an imported index book at the words")
    parser.add_argument("--local", action="store_true", help="let the practice's own terms win over the book")
    parser.add_argument("--practice", metavar="ID", help="whose terms --local takes, where there are several practices")
    parser.add_argument(
        "--remember", metavar="CODE", help="make the words a local term for this code (with --system; icd10cm if not said)"
    )
    parser.add_argument("--forget", metavar="CODE", help="take the words from this code's local terms")
    parser.add_argument("--stdin", action="store_true", help="read one query a line, answer one JSON list a line")
    parser.add_argument("--json", action="store_true", help="print JSON alone")


def run(args: argparse.Namespace) -> int:
    """Answer one query, or a stream of them; exit 1 when a single query finds nothing."""
    from cleanclaim import codesets
    from cleanclaim.cli import lookup_walks

    on = _day(args.on)
    query = " ".join(args.words)
    if args.limit < 1:
        raise UsageError("--limit counts codes: 1 or more.")
    if args.pcs or args.book:
        return lookup_walks.run(args, query, on)
    if not args.stdin and not query.strip():
        raise UsageError("Say what to look for: words, shorthand, or a code.")
    store = codesets.open_store()
    if args.remember or args.forget:
        return _record(store, args, query, on)
    own = _own_terms(args, on) if args.local else ()
    if args.stdin:
        for line in sys.stdin:
            print(json.dumps(_answer(store, line.strip(), args, on, own), ensure_ascii=False), flush=True)
        return 0
    hits = _hits(store, query, args, on, own)
    if args.json:
        print(json.dumps([as_json(hit) for hit in hits], ensure_ascii=False, indent=1))
    else:
        _table(hits, query, on)
        if not hits:
            _say_when(store, query)
    return 0 if hits else 1


def as_json(hit: Hit) -> dict[str, Any]:
    """One code as INTERFACES names its keys."""
    return {
        "system": hit.system, "code": hit.code, "title": hit.title, "billable": hit.billable,
        "valid_from": hit.valid_from.isoformat(), "valid_to": hit.valid_to.isoformat() if hit.valid_to else None,
        "why": hit.why, "score": hit.score,
    }  # fmt: skip


def _hits(store: Store, query: str, args: argparse.Namespace, on: date, own: Sequence[LocalTerm]) -> list[Hit]:
    from cleanclaim.encoder import search

    return search.find(
        query, store, system=args.system, on=on, limit=args.limit, local_terms=own, billable_only=args.billable, chapter=args.chapter,
    )  # fmt: skip


def _own_terms(args: argparse.Namespace, on: date) -> Sequence[LocalTerm]:
    """The practice's terms of its database; where none is set up, those of the file that `--remember` writes."""
    from cleanclaim.cli import program
    from cleanclaim.encoder.search import LocalTerm, local_terms

    kept = local_terms.read(local_terms.default_path(), on)
    if not program.database_is_ready():
        if args.practice:
            raise UsageError("--practice names a practice of the database, and none is set up here.")
        return kept
    from cleanclaim.practice.coding import terms
    from cleanclaim.practice.foundation.queries import practice_named

    try:
        practice = practice_named(args.practice)
    except NotFound:
        if args.practice:
            raise
        return kept
    of_practice = [LocalTerm(system, code, text) for text, system, code in terms.in_force(practice.pk)]
    said = {(term.system, term.text.casefold()) for term in of_practice}
    return [*of_practice, *(term for term in kept if (term.system, term.text.casefold()) not in said)]


def _answer(store: Store, query: str, args: argparse.Namespace, on: date, own: Sequence[LocalTerm]) -> list[dict[str, Any]]:
    return [as_json(hit) for hit in _hits(store, query, args, on, own)] if query else []


def _record(store: Store, args: argparse.Namespace, query: str, on: date) -> int:
    from cleanclaim.encoder.search import LocalTerm, local_terms

    system = args.system or "icd10cm"
    wanted = args.remember or args.forget
    code = store.get(system, wanted, on)
    if code is None:
        raise UsageError(f"{wanted} is no {system} code in force on {on.isoformat()}.")
    change = "given" if args.remember else "taken"
    local_terms.record(local_terms.default_path(), LocalTerm(system, code.code, query), on=on, change=change)
    print(f'"{query}" is {"now" if args.remember else "no longer"} a local term for {code.code} {code.title}.', file=sys.stderr)
    return 0


def _day(text: str | None) -> date:
    if text is None:
        return date.today()  # noqa: DTZ011 - the command is the outermost caller; a date of service is a local day
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--on takes a date such as 2026-10-15, not {text}.") from None


def _say_when(store: Store, query: str) -> None:
    """Tell when a code that is not in force now was."""
    for system in SYSTEMS:
        for period in store.history(system, query.strip())[-1:]:
            until = f" to {period.valid_to.isoformat()}" if period.valid_to else ""
            print(
                f"{system} {period.code} {period.title} is in force from {period.valid_from.isoformat()}{until}.", file=sys.stderr
            )


def _table(hits: list[Hit], query: str, on: date) -> None:
    if not hits:
        print(f"No code in force on {on.isoformat()} matches {query}.", file=sys.stderr)
        return
    for hit in hits:
        mark = " " if hit.billable else "-"
        print(f"{hit.system:8} {hit.code:8} {mark} {hit.title}\n{'':20} {hit.why}")
    if any(not hit.billable for hit in hits):
        print("- : a heading; a claim needs a code below it")
