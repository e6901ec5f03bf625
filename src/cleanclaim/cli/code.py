"""`cleanclaim code`: the codes that a note supports, with the words that prove them, what was not coded and why, and the E/M level."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any, Final

from cleanclaim.documents.coding import Note, NoteContext, Suggestions
from cleanclaim.kernel.errors import UnreadableInput, UsageError

_MOST_BYTES: Final = 4_000_000
_FIELDS: Final = {"setting", "age_years", "sex", "is_new_patient", "place_of_service", "payer_kind", "profile"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("notes", nargs="+", metavar="NOTE", help="files with the text of a note, or - for standard input")
    parser.add_argument(
        "--setting", choices=("outpatient", "inpatient"), default=None, help="whose guidelines decide (default: outpatient)"
    )
    parser.add_argument("--on", metavar="DATE", default="", help="the day of service, YYYY-MM-DD (default: today)")
    parser.add_argument("--context", metavar="FILE", default="", help="a JSON file with age, sex, setting, dates, history")
    parser.add_argument(
        "--profile", choices=("visit", "case-report"), default="", help="the trained weights (default: the setting chooses)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Print the suggestions for every note; a note that cannot be read gets one plain sentence."""
    from cleanclaim import encoder

    context = _context(args)
    unreadable = 0
    for name in args.notes:
        answer = encoder.suggest(Note(_text(name)), context)
        if args.json:
            print(json.dumps({"file": name, **answer.as_json()}, ensure_ascii=False))
        else:
            _show(name, answer)
        unreadable += not answer.suggestions and answer.em is None and bool(answer.notices)
    return 2 if unreadable == len(args.notes) and unreadable else 0


def _text(name: str) -> str:
    raw = sys.stdin.buffer.read(_MOST_BYTES) if name == "-" else _bytes(Path(name))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST_BYTES)


def _context(args: argparse.Namespace) -> NoteContext:
    given: dict[str, Any] = {}
    if args.context:
        try:
            given = json.loads(Path(args.context).read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as wrong:
            raise UnreadableInput(f"{args.context} is not a JSON file: {wrong}.") from None
        if not isinstance(given, dict):
            raise UnreadableInput(f"{args.context} must hold one JSON object.")
    day = args.on or str(given.get("served_on") or given.get("date") or "")
    try:
        served_on = date.fromisoformat(day) if day else date.today()  # noqa: DTZ011 - the outermost caller hands in the day
    except ValueError:
        raise UsageError(f"{day!r} is not a date; write YYYY-MM-DD.") from None
    values: dict[str, Any] = {name: given[name] for name in _FIELDS & given.keys() if given[name] is not None}
    if "age" in given and "age_years" not in values:
        values["age_years"] = given["age"]
    if not isinstance(values.get("age_years", 0), int):
        raise UsageError("The age in the context must be whole years.")
    history = given.get("history") or ()
    context = NoteContext(served_on, history=tuple(map(str, history)) if isinstance(history, list | tuple) else (str(history),))
    values = {name: value if name in {"age_years", "is_new_patient"} else str(value) for name, value in values.items()}
    context = context._replace(**values)
    if args.setting:
        context = context._replace(setting=args.setting)
    return context._replace(profile=args.profile) if args.profile else context


def _show(name: str, answer: Suggestions) -> None:
    print(name)
    for item in answer.suggestions:
        words = f'  "{answer_words(item.evidence[0].text)}" [{item.evidence[0].section}]' if item.evidence else ""
        code = "-".join((item.code, *item.modifiers)) + (f" x{item.units}" if item.units != 1 else "")
        print(f"  {item.band:5} {item.confidence:4.2f}  {code:12} {item.title[:70]}{words}")
    if answer.em is not None:
        print(f"  E/M: {answer.em.level} ({answer.em.code or 'no visit number'})")
        for reason in answer.em.reasons:
            print(f"    {reason}")
    for skipped in answer.not_coded:
        print(f'  not coded: {skipped.code:10} "{answer_words(skipped.text)}": {skipped.why}')
    for notice in answer.notices:
        print(f"  {notice}")


def answer_words(text: str) -> str:
    """Return a span on one line, short enough for a terminal."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."
