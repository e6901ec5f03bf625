"""`cleanclaim claims import|list|show`: take over open claims, list them, show one with its money and history."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cleanclaim.cli.program import add_practice_argument, open_practice, print_json
from cleanclaim.kernel.errors import CleanclaimError, UnreadableInput, UsageError
from cleanclaim.kernel.money import Money


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_practice_argument(parser)
    verbs = parser.add_subparsers(dest="what", metavar="VERB", required=True)
    for name, says in (
        ("import", "take over the open claims of 837 files"), ("list", "list claims with their money"), ("show", "show one claim with its money and history"),
    ):  # fmt: skip
        # a switch stands before or behind the verb; only one that is given replaces what stands already
        add_practice_argument(verbs.add_parser(name, help=says, description=says, argument_default=argparse.SUPPRESS))
    verbs.choices["import"].add_argument("words", nargs="*", default=(), metavar="FILE.837")
    verbs.choices["show"].add_argument("words", nargs="*", default=(), metavar="NUMBER", help="a patient control number")
    verbs.choices["list"].add_argument("--status", default="", help="list only claims in this state")


def run(args: argparse.Namespace) -> int:
    """Exit 0 done, 1 when a claim was skipped or is not there, 2 when a file cannot be read."""
    if args.what == "import":
        return _import(args)
    return _list(args) if args.what == "list" else _show(args)


def _import(args: argparse.Namespace) -> int:
    if not args.words:
        raise UsageError("Name the 837 files to import.")
    contents = [(name, Path(name).read_bytes()) for name in args.words]
    _, by = open_practice(args)
    from cleanclaim.practice.claims.importing import import_claims
    from cleanclaim.practice.remittance.following import retry_lost_answers

    worst = 0
    for name, content in contents:
        try:
            done = import_claims(content=content, by=by, source=Path(name).name)
        except UnreadableInput as unreadable:
            print(f"{name}: {unreadable}", file=sys.stderr)
            worst = 2
            if args.json:
                print_json({"file": name, "imported": 0, "skipped": [], "error": str(unreadable)})
            continue
        except CleanclaimError as refused:
            print(f"{name}: {refused}", file=sys.stderr)
            worst = max(worst, 1)
            if args.json:
                print_json({"file": name, "imported": 0, "skipped": [], "error": str(refused)})
            continue
        posted = retry_lost_answers(by=by) if done.claims or done.skipped else 0
        worst = max(worst, int(any(row.is_refused for row in done.skipped)))
        if args.json:
            skipped = [{"patient_control_number": row.patient_control_number, "why": row.why} for row in done.skipped]
            facts = {"file": name, "imported": len(done.claims), "claims": list(done.claims), "skipped": skipped}
            print_json({**facts, "answers_posted": posted})
        else:
            print(f"{name}: {len(done.claims)} claims imported, {len(done.skipped)} skipped.")
            if posted:
                print(f"  {posted} answers of payers that had waited for these claims are posted now.")
            for row in done.skipped:
                print(f"  {row.patient_control_number or '(no number)'}: {row.why}")
    return worst


def _list(args: argparse.Namespace) -> int:
    practice, _ = open_practice(args)
    from cleanclaim.practice.claims.queries import claim_rows
    from cleanclaim.practice.claims.rules import Status

    if args.status and args.status not in set(Status):
        raise UsageError(f"A claim is one of {', '.join(Status)}.")
    rows = claim_rows(practice.pk, status=args.status)
    if args.json:
        print_json(rows)
        return 0
    print(f"{'number':20}  {'status':12}  {'charge':>12}  {'insurance':>12}  {'patient':>12}  payer")
    for row in rows:
        money = [format(Money(row[f"{name}_cents"]), "$") for name in ("charge", "insurance_balance", "patient_balance")]
        amounts = "  ".join(f"{amount:>12}" for amount in money)
        print(f"{row['patient_control_number']:20}  {row['status']:12}  {amounts}  {row['payer'] or ''}")
    return 0


def _show(args: argparse.Namespace) -> int:
    if len(args.words) != 1:
        raise UsageError("Name one patient control number.")
    practice, _ = open_practice(args)
    from cleanclaim.practice.claims.queries import claim_json, claim_numbered

    facts = claim_json(claim_numbered(practice.pk, args.words[0]))
    if args.json:
        print_json(facts)
        return 0
    print(f"Claim {facts['patient_control_number']}: {facts['status'].replace('_', ' ')}, payer {facts['payer'] or 'none'}")
    for name, value in facts.items():
        if name.endswith("_cents"):
            print(f"  {name.removesuffix('_cents').replace('_', ' '):24}{Money(value):>14$}")
    for line in facts["lines"]:
        print(f"  line {line['line']}: {line['procedure']} {Money(line['charge_cents']):$}, paid {Money(line['paid_cents']):$}")
    for event in facts["history"]:
        print(f"  {event['on']}  {event['what']:20}{Money(event['amount_cents']):>12$}  {event['says']}")
    return 0
