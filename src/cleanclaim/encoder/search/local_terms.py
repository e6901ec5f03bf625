"""A practice's own words for codes ("localized coding terms"), kept as a file in which lines are added and none is changed.

Each line says on which day a wording was given to a code or taken from it, so that what the search answered on a past day can be told.
"""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from cleanclaim.encoder.search.wordlists import key_of
from cleanclaim.kernel.errors import UnreadableInput, UsageError

FILE: Final = "local-terms.tsv"
_HEAD: Final = ("recorded_on", "change", "system", "code", "text")


class LocalTerm(NamedTuple):
    """A practice's own wording for a code; it wins over the book."""

    system: str
    code: str
    text: str


def default_path() -> Path:
    """Where the local terms are kept: `local-terms.tsv` below CLEANCLAIM_HOME (default ./var)."""
    return Path(os.environ.get("CLEANCLAIM_HOME") or "var") / FILE


def read(path: Path, on: date) -> tuple[LocalTerm, ...]:
    """The local terms as they stood at the end of a day; none where there is no file."""
    if not path.exists():
        return ()
    kept: dict[tuple[str, str, tuple[str, ...]], LocalTerm] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t"), start=1):
            if tuple(row) == _HEAD:
                continue
            if len(row) != len(_HEAD):
                raise UnreadableInput(f"{path}, line {number}: a local term has {len(_HEAD)} columns, here are {len(row)}.")
            recorded, change, system, code, text = row
            try:
                recorded_on = date.fromisoformat(recorded)
            except ValueError:
                raise UnreadableInput(f"{path}, line {number}: {recorded} is no date.") from None
            if recorded_on > on:
                continue
            key = (system, code, key_of(text))
            if change == "given":
                kept[key] = LocalTerm(system, code, text)
            else:
                kept.pop(key, None)
    return tuple(kept.values())


def record(path: Path, term: LocalTerm, *, on: date, change: str = "given") -> None:
    """Add a line: from this day on the wording is `given` to the code, or `taken` from it."""
    if not key_of(term.text):
        raise UsageError("A local term needs at least one word.")
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        if fresh:
            writer.writerow(_HEAD)
        writer.writerow((on.isoformat(), change, term.system, term.code, term.text))
