"""Entry point of the `cleanclaim` command: finds the command, runs it, turns every error into one plain sentence.

A command is a module of this package with `add_arguments(parser)` and `run(args) -> int`. It is imported only when it is called, so
that a small command starts fast. Exit 0 done, 1 stop findings, errors or exceptions, 2 usage or unreadable input.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from typing import Final

from cleanclaim.kernel.errors import CleanclaimError, InvalidValue, SettingsError, UnreadableInput, UsageError

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    # name: (module below cleanclaim.cli, one line of help)
    "encoder": ("encoder", "train the encoder's weights from coded notes, and measure them"),
    "demo": ("demo", "run the whole cycle on an invented practice, print the proof, open the desks"),
    "code": ("code", "the codes that a note supports, with the words that prove them"),
    "intake": ("intake", "read: scans, photos, faxes and PDFs to text, with the words that somebody must look at"),
    "lookup": ("lookup", "find a code by words, shorthand or part of a code"),
    "codesets": ("codesets", "status, build, import, update, diff, undo: the code sets in force on a date"),
    "scrub": ("scrub", "run the edits over claims (837)"),
    "simulate": ("simulate", "let a simulated payer answer a file of claims"),
    "claims": ("claims", "import, list, show: open claims taken over, with their money and history"),
    "post": ("post", "post remittances (835) to the cent"),
    "ledger": ("ledger", "verify: re-derive what must hold of the books"),
    "x12": ("x12", "check, show, ack, rewrite, split, mask: X12 files"),
    "audit": ("audit", "verify: walk the audit chain"),
    "members": ("members", "list, add, password, end: who may sign in, and as what"),
    "keys": ("keys", "list, add, end: the keys by which other programs use the API"),
    "training": (
        "training",
        "start, learners, reset, password, grades: the practice on which learners train, and their graded work",
    ),
    "migrate": ("migrate", "bring the database up to date"),
    "serve": ("serve", "open the desks for a browser on this machine"),
    "worker": ("worker", "go round the cycle for every practice: send, collect, read, follow up"),
    "doctor": ("doctor", "look at everything the program stands on"),
    "backup": ("backup", "write database and files into one archive"),
    "restore": ("restore", "put a backup back"),
}
"""Every command, in the order in which `cleanclaim --help` lists them."""


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = sys.argv[1:] if argv is None else argv
    _bear_strange_bytes()
    name = next((word for word in words if not word.startswith("-")), "")
    parser = _parser(name if name in COMMANDS else "")
    try:
        args = parser.parse_args(words)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    if not getattr(args, "command", ""):
        parser.print_help()
        return 2
    return _run(args)


def _run(args: argparse.Namespace) -> int:
    try:
        return int(importlib.import_module(f"cleanclaim.cli.{COMMANDS[args.command][0]}").run(args))
    except (UnreadableInput, UsageError, SettingsError, InvalidValue) as wrong:
        print(f"cleanclaim {args.command}: {wrong}", file=sys.stderr)
        return 2
    except CleanclaimError as wrong:
        print(f"cleanclaim {args.command}: {wrong}", file=sys.stderr)
        return 1
    except FileNotFoundError as missing:
        print(f"cleanclaim {args.command}: there is no file {missing.filename}.", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - the reader has gone; nothing more to say
        return 0
    except OSError as failed:
        about = f"{str(failed.filename)[:200]} cannot be read or written: " if failed.filename else ""
        print(f"cleanclaim {args.command}: {about}{failed.strerror or failed}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def _bear_strange_bytes() -> None:
    """Let names and lines that are no UTF-8 pass: a file that is called so by another system is read like every other one."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def _parser(wanted: str) -> argparse.ArgumentParser:
    from cleanclaim import __version__

    parser = argparse.ArgumentParser(
        prog="cleanclaim", description="Medical coding and billing, from the note to the last payment."
    )
    parser.add_argument("--version", action="version", version=f"cleanclaim {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, (module, says) in COMMANDS.items():
        command = commands.add_parser(name, help=says, description=says)
        if name == wanted:
            importlib.import_module(f"cleanclaim.cli.{module}").add_arguments(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
