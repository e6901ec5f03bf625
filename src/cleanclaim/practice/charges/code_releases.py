"""Bringing code sets up to date from the desk: an import is made beside the store, its changes and what they touch are read, then it takes effect or not.

The store belongs to the whole installation, so a manager changes it only where no other practice would be changed with it.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from cleanclaim import codesets
from cleanclaim.codesets import changes, importing, updating
from cleanclaim.codesets.importers.plan import Options
from cleanclaim.kernel.errors import InvalidValue, NotAllowed
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.charges.impact import Touched, impacts_in
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.foundation.transactions import transaction_for
from cleanclaim.practice.people.policy import require

SHOWN: Final = 300
"""So many changes are listed; all are counted."""
MOST_BYTES: Final = 400_000_000


class Waiting(NamedTuple):
    """An import that waits: what it brings, what changes on which day, and what of this practice and which rules that touches."""

    items: tuple[importing.Imported, ...]
    by: str
    on: date
    counts: dict[str, int]
    changes: tuple[changes.CodeChange, ...]
    touched: tuple[Touched, ...]
    rules: tuple[changes.Impact, ...]


def may_change(by: Actor) -> bool:
    """Tell whether the actor may change the store that every practice here reads."""
    if "manager" not in by.roles:
        return False
    others = Practice.objects.exclude(pk=by.practice_id)
    here = Practice.objects.filter(pk=by.practice_id, is_training=False).exists()
    return not others.exists() or (here and not others.filter(is_training=False).exists())


def _require(by: Actor) -> None:
    require(by, "manager")
    if not may_change(by):
        raise NotAllowed("Several practices read these code sets: they are changed by the operator (cleanclaim codesets import).")


def waiting(by: Actor) -> Waiting | None:
    """Return the import that waits, with its changes and what they touch here; None where none does."""
    found = importing.prepared()
    if found is None:
        return None
    file = importing.prepared_store()
    on = changes.later_of(by.today, max((item.effective for item in found.items), default=0))
    listed = _compared(str(file), file.stat().st_mtime_ns, on)
    counts = {kind: sum(change.change == kind for change in listed) for kind in ("added", "deleted", "revised")}
    rules = tuple(changes.rules_touched(codesets.Store(file), listed))
    return Waiting(found.items, found.by, on, counts, listed[:SHOWN], tuple(impacts_in(by.practice_id, listed)), rules)


@lru_cache(maxsize=2)
def _compared(file: str, _written: int, on: date) -> tuple[changes.CodeChange, ...]:
    old = changes.View(codesets.open_store(), on, "now")
    return tuple(changes.compare(old, changes.View(codesets.Store(file), on, "prepared")))


def newer(by: Actor, *, licensed: bool = False) -> list[updating.Offer]:
    """Read the official pages and say what they have that is newer. Raises CodeSetError without a network."""
    _require(by)
    return updating.offers(licensed=licensed)


def prepare_newer(*, by: Actor, licensed: bool = False) -> importing.Prepared:
    """Fetch what the official pages have that is newer, and make the import of it; nothing takes effect yet."""
    _require(by)
    urls = updating.wanted(updating.offers(licensed=licensed))
    if not urls:
        raise InvalidValue("Nothing on the official pages is newer than what is loaded.")
    made = importing.prepare(urls, options=Options(licensed=licensed), imported_on=by.today.isoformat(), by=by.name)
    _told(by, "prepare_code_release", made.items)
    return made


def prepare_files(
    files: Sequence[tuple[str, Iterable[bytes]]], *, by: Actor, options: Options | None = None, kind: str | None = None
) -> importing.Prepared:
    """Make the import of files that a person chose, each with the name that it had; nothing takes effect yet."""
    _require(by)
    if not files:
        raise InvalidValue("Choose a file first.")
    with tempfile.TemporaryDirectory(prefix="codesets-") as folder:
        paths = [_written(Path(folder), place, name, parts) for place, (name, parts) in enumerate(files)]
        made = importing.prepare(paths, kind=kind, options=options, imported_on=by.today.isoformat(), by=by.name)
    _told(by, "prepare_code_release", made.items)
    return made


def _written(folder: Path, place: int, name: str, parts: Iterable[bytes]) -> str:
    """Write a file below a folder of its own: its name tells the release, and may not lead anywhere else."""
    kept = re.sub(r"[^\w. -]", "_", name.replace("\\", "/").rsplit("/", 1)[-1])[-120:].lstrip(".") or "file"
    inside = folder / str(place)
    inside.mkdir()
    taken = 0
    with (inside / kept).open("wb") as out:
        for part in parts:
            taken += len(part)
            if taken > MOST_BYTES:
                raise InvalidValue(
                    f"{kept} is larger than {MOST_BYTES // 1_000_000} MB: import it with cleanclaim codesets import."
                )
            out.write(part)
    return str(inside / kept)


def take_effect(*, by: Actor) -> importing.ImportReport:
    """Let the import that waits take effect, as one step that can be taken back."""
    _require(by)
    report = importing.put_prepared_in_place()
    _told(by, "change_code_sets", report.items, step=report.step)
    return report


def throw_away(*, by: Actor) -> None:
    """Throw the import that waits away."""
    _require(by)
    importing.discard_prepared()


def take_back(*, by: Actor) -> importing.Step:
    """Take the latest import back: the store is the file that it was before."""
    _require(by)
    step = importing.undo()
    if step is None:
        raise InvalidValue("There is no import to take back.")
    with transaction_for(by):
        record(by, "take_back_code_sets", str(step.number), files=", ".join(step.files)[:500])
    return step


def _told(by: Actor, action: str, items: Sequence[importing.Imported], step: int = 0) -> None:
    files = ", ".join(f"{item.file} ({item.sha256[:12]})" for item in items if item.state == "imported")
    with transaction_for(by):
        record(by, action, str(step), files=files[:500])
