"""`cleanclaim members list | add | password | second-factor | end`: who may sign in to the practice, and as what.

A password is asked for twice at the keyboard, or read as one line of standard input; it is never a word of the command.
"""

from __future__ import annotations

import argparse

from cleanclaim.cli.passwords import new_password
from cleanclaim.cli.program import add_practice_argument, open_practice, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    list_ = verbs.add_parser("list", help="who may sign in, with their roles")
    add = verbs.add_parser("add", help="give somebody a place in the practice, or other roles")
    password = verbs.add_parser("password", help="give somebody a new password")
    factor = verbs.add_parser("second-factor", help="take the authenticators and passkeys of somebody who lost them away")
    end = verbs.add_parser("end", help="end somebody's access; their history stays")
    for verb in (add, password, factor, end):
        verb.add_argument("username", help="the name that they sign in with")
    add.add_argument("--name", default="", help="the name that others see; the username unless it is said")
    add.add_argument("--role", action="append", required=True, dest="roles", metavar="ROLE",
                     help="coder, biller, front_desk, provider, manager or auditor; once for each role; learners have `cleanclaim training`")  # fmt: skip
    for verb in (list_, add, password, factor, end):
        add_practice_argument(verb)


def run(args: argparse.Namespace) -> int:
    """Exit 0 when it is done; 2 for a name, role or password that cannot be."""
    practice, by = open_practice(args)
    from cleanclaim.practice.people import actions, queries

    if args.verb == "list":
        cards = queries.members(practice.pk)
        if args.json:
            print_json([card._asdict() for card in cards])
            return 0
        for card in cards:
            print(f"{card.username:20} {card.name:28} {', '.join(card.roles)}{'' if card.is_active else '  (ended)'}")
        return 0
    if args.verb == "add":
        is_new = not queries.is_user(args.username)
        member = actions.add_member(
            username=args.username, display_name=args.name or args.username, roles=frozenset(args.roles),
            password=new_password(args.username) if is_new else None, by=by,
        )  # fmt: skip
        said = f"{args.username} may sign in as {', '.join(member.roles)}."
    elif args.verb == "password":
        member = queries.member_named(practice.pk, args.username)
        actions.set_password(member_id=member.public_id, password=new_password(args.username), by=by)
        said = f"{args.username} has a new password and is signed out everywhere."
    elif args.verb == "second-factor":
        member = queries.member_named(practice.pk, args.username)
        gone = actions.forget_second_factor(member_id=member.public_id, by=by)
        said = f"{args.username} signs in by the password alone." if gone else f"{args.username} had no second factor."
    else:
        member = queries.member_named(practice.pk, args.username)
        actions.end_membership(member_id=member.public_id, by=by)
        said = f"{args.username} may no longer sign in to this practice."
    if args.json:
        print_json({"member": member.public_id, "username": args.username, "roles": member.roles})
    else:
        print(said)
    return 0
