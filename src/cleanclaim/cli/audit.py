"""`cleanclaim audit verify`: walks the audit chain of a practice."""

from __future__ import annotations

import argparse

from cleanclaim.cli.program import add_practice_argument, open_practice, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["verify"])
    add_practice_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Exit 0 when no row is changed, missing or cut, else 1."""
    practice, _ = open_practice(args)
    from cleanclaim.practice.audit.queries import verify

    proof = verify(practice.pk)
    if args.json:
        print_json({"rows": proof.rows, "broken": list(proof.broken), "anchor": proof.anchor})
    else:
        print(f"{proof.rows} actions recorded; {len(proof.broken)} broken; the anchor {_words(proof.anchor)}.")
        for seq in proof.broken[:20]:
            print(f"  row {seq} was changed, or the one before it is missing")
    return 0 if proof.holds else 1


def _words(anchor: str) -> str:
    return {"none": "is not needed yet", "agrees": "agrees", "cut": "shows that rows were cut from the end"}.get(
        anchor, f"is {anchor}"
    )
