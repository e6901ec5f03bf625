"""`cleanclaim keys list | add | end`: the keys by which other programs act for the practice.

The secret is printed once, when the key is made, and kept nowhere: whoever loses it makes another key and ends this one.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date

from cleanclaim.cli.program import add_practice_argument, open_practice, print_json
from cleanclaim.kernel.dates import parse_date
from cleanclaim.kernel.errors import InvalidValue, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    list_ = verbs.add_parser("list", help="the keys, with their roles and the day of their last use")
    add = verbs.add_parser("add", help="make a key; its secret is shown once")
    end = verbs.add_parser("end", help="end a key at once")
    add.add_argument("name", help="what the program is, such as 'Front desk kiosk'")
    add.add_argument("--role", action="append", required=True, dest="roles", metavar="ROLE",
                     help="front_desk, coder, biller, provider, manager or auditor; once for each role")  # fmt: skip
    add.add_argument("--member", default="", metavar="USERNAME", help="the member for whom it acts; needed for the role provider")
    add.add_argument("--until", metavar="DATE", help="its last day, CCYY-MM-DD; open without it")
    end.add_argument("key", help="the key's id (key_...)")
    for verb in (list_, add, end):
        add_practice_argument(verb)


def run(args: argparse.Namespace) -> int:
    """Exit 0 when it is done; 1 for a key that is not there, 2 for a name, role or day that cannot be."""
    last_day = _day(args.until) if args.verb == "add" and args.until else None
    practice, by = open_practice(args)
    from cleanclaim.practice.integrations import actions, queries

    if args.verb == "list":
        cards = queries.keys(practice.pk)
        if args.json:
            print_json([card._asdict() for card in cards])
            return 0
        for card in cards:
            until = "ended" if card.ended_at else f"until {card.last_day}" if card.last_day else "open"
            used = f"last used {card.last_used_on}" if card.last_used_on else "never used"
            print(
                f"{card.key}  {card.name:28} {', '.join(card.roles):28} {until}, {used}{f', for {card.member}' if card.member else ''}"
            )
        return 0
    if args.verb == "end":
        key = actions.end_key(key_id=args.key, by=by)
        if args.json:
            print_json({"key": key.public_id, "name": key.name, "ended_at": key.ended_at})
        else:
            print(f"{key.name} may no longer use the API.")
        return 0
    made = actions.add_key(name=args.name, roles=frozenset(args.roles), last_day=last_day, username=args.member, by=by)
    if args.json:
        print_json(
            {
                "key": made.key.public_id,
                "name": made.key.name,
                "roles": made.key.roles,
                "last_day": last_day,
                "secret": str(made.token),
            }
        )
    else:
        print(str(made.token))
        print(f"{made.key.name} may act as {', '.join(made.key.roles)}. This is its key; it is shown once.", file=sys.stderr)
    return 0


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except InvalidValue:
        raise UsageError("--until takes a date such as 2027-06-30.") from None
