"""What changed between two states of the code sets, and whom it touches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from cleanclaim.codesets.importing import former_store
from cleanclaim.codesets.opening import open_store
from cleanclaim.codesets.store import Store
from cleanclaim.kernel.dates import parse_date
from cleanclaim.kernel.errors import InvalidValue, UsageError

COMPARED: Final = ("icd10cm", "icd10pcs", "hcpcs", "modifier", "cpt", "pos", "carc", "rarc", "taxonomy")


class View(NamedTuple):
    """A store as it stands for a date of service."""

    store: Store
    on: date
    name: str


class CodeChange(NamedTuple):
    """One billable code that is `added`, `deleted` or `revised` (its title changed)."""

    system: str
    code: str
    change: str
    old_title: str
    new_title: str


class Impact(NamedTuple):
    """One thing of the practice that a change touches: `what` is an open encounter, a favourite, a charge, a rule; `where` its public id."""

    what: str
    where: str
    system: str
    code: str
    says: str


class ImpactFinder(Protocol):
    """Names what of a practice uses the codes that change. The practice registers its finders; the store knows of codes alone."""

    def __call__(self, changes: Sequence[CodeChange]) -> Iterable[Impact]: ...


_finders: list[ImpactFinder] = []


def register_impact_finder(finder: ImpactFinder) -> None:
    """Add a finder that `codesets diff`, `import` and `update` ask; registering one twice changes nothing."""
    if finder not in _finders:
        _finders.append(finder)


def impacts(changes: Sequence[CodeChange]) -> list[Impact]:
    """Ask every registered finder what the changes touch."""
    return [impact for finder in _finders for impact in finder(changes)]


def compare(old: View, new: View, systems: Sequence[str] = COMPARED) -> Iterator[CodeChange]:
    """Yield the billable codes that differ between two views, system by system, in the order of the code."""
    for system in systems:
        before = {c.code: c.title for c in old.store.iter_codes(system, old.on, billable_only=True)}
        after = {c.code: c.title for c in new.store.iter_codes(system, new.on, billable_only=True)}
        for code in sorted(before.keys() | after.keys()):
            if code not in before:
                yield CodeChange(system, code, "added", "", after[code])
            elif code not in after:
                yield CodeChange(system, code, "deleted", before[code], "")
            elif before[code] != after[code] and before[code] and after[code]:
                yield CodeChange(system, code, "revised", before[code], after[code])


def view(words: str, today: date, path: Path | None = None) -> View:
    """Read a view as people name it: a date, FY2026, FY2026-April, 2026Q3, `now`, `before` (the latest import), or a store file."""
    text = words.strip()
    if text.lower() == "before":
        former = former_store(path)
        if former is None:
            raise UsageError("There is no import to look back before.")
        return View(Store(former), today, "before the latest import")
    if text.lower() == "now":
        return View(open_store(path), today, f"now ({today})")
    if text.endswith(".sqlite3"):
        if not Path(text).exists():
            raise FileNotFoundError(2, "no file", text)
        return View(Store(text), today, text)
    return View(open_store(path), release_day(text), text)


def release_day(text: str) -> date:
    """Return the first day of a release: FY2027 begins on 2026-10-01, FY2026-April on 2026-04-01, 2026Q3 on 2026-07-01."""
    if found := re.fullmatch(r"FY(20\d\d)([- ]?Apr(?:il)?)?", text, re.IGNORECASE):
        year = int(found[1])
        return date(year, 4, 1) if found[2] else date(year - 1, 10, 1)
    if found := re.fullmatch(r"(20\d\d)[- ]?Q([1-4])", text, re.IGNORECASE):
        return date(int(found[1]), int(found[2]) * 3 - 2, 1)
    try:
        return parse_date(text)
    except InvalidValue:
        raise UsageError(f"“{text}” is no date, release (FY2027, FY2026-April, 2026Q3), `now`, `before` or store file.") from None
