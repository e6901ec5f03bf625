"""`cleanclaim ledger verify`: re-derives what must hold of the books."""

from __future__ import annotations

import argparse

from cleanclaim.cli.program import add_practice_argument, open_practice, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["verify"])
    add_practice_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Exit 0 when every invariant holds, else 1."""
    practice, _ = open_practice(args)
    from cleanclaim.practice.workflow.proof import verify

    proof = verify(practice.pk)
    broken = [name for name, count in proof.invariants if count]
    if args.json:
        print_json(
            {
                "entries": proof.entries,
                "unbalanced": proof.unbalanced,
                "invariants": [{"name": name, "broken": count} for name, count in proof.invariants],
            }
        )
    else:
        print(f"{proof.entries} entries, {proof.unbalanced} unbalanced, {len(proof.invariants)} invariants, {len(broken)} broken.")
        for name, count in proof.invariants:
            print(f"  {'holds' if not count else f'BROKEN {count}':>10}  {name}")
    return 1 if broken or proof.unbalanced else 0
