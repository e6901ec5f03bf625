"""What changed between two states of the code sets, and whom it touches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from cleanclaim.codesets.importing import former_store, history
from cleanclaim.codesets.opening import open_store
from cleanclaim.codesets.store import Store
from cleanclaim.codesets.values import as_date, bare, dotted
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
    effective: date | None = None
    """The first day on which it holds."""


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


def impacts(changes: Sequence[CodeChange], store: Store | None = None) -> list[Impact]:
    """Ask every registered finder what the changes touch, and a store which of its rules name a code that ends."""
    found = [impact for finder in _finders for impact in finder(changes)]
    return found + (list(rules_touched(store, changes)) if store is not None else [])


_RULES: Final = (
    # table, what it is called, the columns that name codes
    ("ncci", "NCCI pairs", ("column1", "column2")),
    ("mue", "unlikely units", ("code",)),
    ("add_on", "add-on edits", ("code", "primary_code")),
    ("coverage_article", "coverage articles", ("code",)),
    ("rvu", "relative values", ("code",)),
    ("fee", "fee schedules", ("code",)),
)


def rules_touched(store: Store, changes: Iterable[CodeChange]) -> Iterator[Impact]:
    """Yield the payment rules and the notes of the book that name a code which is deleted: they say something of no code any more."""
    for change in changes:
        if change.change != "deleted":
            continue
        key = bare(change.code)
        for table, name, columns in _RULES:
            where = " OR ".join(f"{column} = ?" for column in columns)
            count = store.query(f"SELECT count(*) FROM {table} WHERE {where}", *([key] * len(columns))).fetchone()[0]
            if count:
                rows = f"{count:,} rows of {name} name" if count > 1 else f"A row of {name} names"
                yield Impact("rule", table, change.system, change.code, f"{rows} {change.code}, which is deleted.")
        if change.system == "icd10cm":
            for kind, at in _notes_naming(store, change.code):
                yield Impact(
                    "rule", "tabular", "icd10cm", change.code, f"A note ({kind}) at {at} names {change.code}, which is deleted."
                )


def _notes_naming(store: Store, code: str) -> list[tuple[str, str]]:
    whole = re.compile(rf"(?<![0-9A-Z.]){re.escape(code)}(?![0-9A-Z])")
    rows = store.query(
        "SELECT kind, code, text FROM note WHERE release = (SELECT max(release) FROM note) AND text LIKE ? ORDER BY code", f"%{code}%"
    ).fetchall()  # fmt: skip
    return list(dict.fromkeys((kind.replace("_", " "), dotted(at)) for kind, at, text in rows if whole.search(text)))[:20]


def compare(old: View, new: View, systems: Sequence[str] = COMPARED) -> Iterator[CodeChange]:
    """Yield the billable codes that differ between two views, system by system, in the order of the code."""
    for system in systems:
        before = {c.code: c.title for c in old.store.iter_codes(system, old.on, billable_only=True)}
        after = {c.code: c.title for c in new.store.iter_codes(system, new.on, billable_only=True)}
        for code in sorted(before.keys() | after.keys()):
            if code not in before:
                yield CodeChange(system, code, "added", "", after[code], _since(new, system, code))
            elif code not in after:
                yield CodeChange(system, code, "deleted", before[code], "", _since(new, system, code))
            elif before[code] != after[code] and before[code] and after[code]:
                yield CodeChange(system, code, "revised", before[code], after[code], _since(new, system, code))


def _since(view: View, system: str, code: str) -> date:
    """Return the first day of what a view says of a code: its present period, or the day after its last one."""
    past = [period for period in view.store.history(system, code) if period.billable and period.valid_from <= view.on]
    if not past:
        return view.on
    latest = past[-1]
    return latest.valid_from if latest.valid_to is None or latest.valid_to >= view.on else latest.valid_to + timedelta(days=1)


def view(words: str, today: date, path: Path | None = None) -> View:
    """Read a view as people name it: a date, FY2026, FY2026-April, 2026Q3, `now`, `before` (the latest import), or a store file."""
    text = words.strip()
    if text.lower() == "before":
        former = former_store(path)
        if former is None:
            raise UsageError("There is no import to look back before.")
        return View(Store(former), day_shown(today, path), "before the latest import")
    if text.lower() == "now":
        on = day_shown(today, path)
        return View(open_store(path), on, f"now ({on})")
    if text.endswith(".sqlite3"):
        if not Path(text).exists():
            raise FileNotFoundError(2, "no file", text)
        return View(Store(text), today, text)
    return View(open_store(path), release_day(text), text)


def day_shown(today: date, path: Path | None = None) -> date:
    """Return the day on which the latest import is looked at: today, or its first day where that is still to come."""
    steps = history(path)
    return later_of(today, steps[-1].effective if steps else 0)


def later_of(today: date, effective: int) -> date:
    """Return today, or the first day (CCYYMMDD) of a release that is still to come."""
    first = as_date(effective)
    return max(today, first) if first else today


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
