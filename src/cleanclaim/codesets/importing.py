"""Imports official files into the store, and takes an import back: a new store file each time, the former one kept."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cleanclaim.codesets import wording
from cleanclaim.codesets.building import Progress, build, connect_writer
from cleanclaim.codesets.importers import coverage, diagnoses, edits, fees, lists, procedures
from cleanclaim.codesets.importers.incoming import Incoming, gathered
from cleanclaim.codesets.importers.plan import Importer, Loaded, Options
from cleanclaim.codesets.importers.problems import ImportRefused
from cleanclaim.codesets.opening import building_lock, default_path, has_this_layout, open_store
from cleanclaim.kernel.errors import CodeSetError

IMPORTERS: Final = (
    *diagnoses.IMPORTERS,
    *procedures.IMPORTERS,
    *edits.IMPORTERS,
    *fees.IMPORTERS,
    *coverage.IMPORTERS,
    *lists.IMPORTERS,
)
KEPT: Final = 5
"""So many former stores are kept for undo."""


class Imported(NamedTuple):
    """One file of an import: `state` is imported, unchanged (it was in already) or skipped (no table of ours)."""

    file: str
    importer: str
    table: str
    release: str
    rows: int
    state: str
    sha256: str
    added: int = 0
    ended: int = 0
    revised: int = 0
    notice: str = ""
    effective: int = 0
    """The release's first day, CCYYMMDD; 0 where it has none."""


class ImportReport(NamedTuple):
    """What an import did; `step` is its number in the history, 0 when nothing changed."""

    items: tuple[Imported, ...]
    step: int


def recognise(file: Incoming, name: str | None = None) -> Importer | None:
    """Return the importer of a file: the one asked for, or the first whose layout fits."""
    if name is not None:
        found = next((importer for importer in IMPORTERS if importer.name == name), None)
        if found is None:
            raise CodeSetError(f"There is no importer “{name}”; the importers are {', '.join(i.name for i in IMPORTERS)}.")
        return found
    return next((importer for importer in IMPORTERS if importer.recognises(file)), None)


def import_files(
    sources: Sequence[str], *, path: str | os.PathLike[str] | None = None, kind: str | None = None, options: Options | None = None,
    progress: Progress | None = None, imported_on: str = "",
) -> ImportReport:  # fmt: skip
    """Import files, zips or URLs as one step: all of them or none. The store is replaced at the end, in one move."""
    options = options or Options()
    target = Path(path) if path is not None else default_path()
    with _worked_copy(target, sources, kind, options, progress or _quiet, imported_on) as (made, items):
        if not any(item.state == "imported" for item in items):
            return ImportReport(tuple(items), 0)
        return ImportReport(tuple(items), _put_in_place(made, target, items))


@contextlib.contextmanager
def _worked_copy(
    target: Path, sources: Sequence[str], kind: str | None, options: Options, progress: Progress, imported_on: str
) -> Iterator[tuple[Path, list[Imported]]]:
    """Hold a copy of the store with the files in it; it is taken away unless it was moved to where it belongs."""
    open_store(target)
    with building_lock(target):
        handle, name = tempfile.mkstemp(prefix=".codesets-", suffix=".sqlite3", dir=target.parent)
        os.close(handle)
        made = Path(name)
        try:
            shutil.copyfile(target, made)
            yield made, _apply(made, sources, kind, options, progress, imported_on)
        finally:
            made.unlink(missing_ok=True)


# prepared: made and looked at before it takes effect


class Prepared(NamedTuple):
    """An import that is made and waits: what it brings, and the former store that it was made of."""

    items: tuple[Imported, ...]
    prepared_on: str
    by: str


def _prepared_files(target: Path) -> tuple[Path, Path]:
    return target.with_name(f"{target.stem}.prepared.sqlite3"), target.with_name(f"{target.stem}.prepared.json")


def _identity(target: Path) -> list[int]:
    found = target.stat()
    return [found.st_ino, found.st_mtime_ns, found.st_size]


def prepare(
    sources: Sequence[str], *, path: str | os.PathLike[str] | None = None, kind: str | None = None, options: Options | None = None,
    progress: Progress | None = None, imported_on: str = "", by: str = "",
) -> Prepared:  # fmt: skip
    """Make the store that an import would give and set it beside the present one: it can be compared, put in place, or thrown away."""
    target = Path(path) if path is not None else default_path()
    with _worked_copy(target, sources, kind, options or Options(), progress or _quiet, imported_on) as (made, items):
        waiting, told = _prepared_files(target)
        if any(item.state == "imported" for item in items):
            made.chmod(0o644)
            made.replace(waiting)
            facts = {"items": [item._asdict() for item in items], "on": imported_on, "by": by, "of": _identity(target)}
            told.write_text(json.dumps(facts), encoding="utf-8")
    return Prepared(tuple(items), imported_on, by)


def prepared(path: str | os.PathLike[str] | None = None) -> Prepared | None:
    """Return the import that waits; None where there is none, or where the store has changed since it was made."""
    target = Path(path) if path is not None else default_path()
    waiting, told = _prepared_files(target)
    try:
        facts = json.loads(told.read_text(encoding="utf-8"))
        if not waiting.exists() or facts["of"] != _identity(target):
            return None
        return Prepared(tuple(Imported(**item) for item in facts["items"]), str(facts["on"]), str(facts["by"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def prepared_store(path: str | os.PathLike[str] | None = None) -> Path:
    """Return the store file of the import that waits."""
    return _prepared_files(Path(path) if path is not None else default_path())[0]


def put_prepared_in_place(path: str | os.PathLike[str] | None = None) -> ImportReport:
    """Let the prepared import take effect as one step. Raises CodeSetError when none waits, or the store changed meanwhile."""
    target = Path(path) if path is not None else default_path()
    with building_lock(target):
        found = prepared(target)
        if found is None:
            raise CodeSetError("No import waits that fits the present store: prepare it again.")
        waiting, told = _prepared_files(target)
        step = _put_in_place(waiting, target, found.items)
        told.unlink(missing_ok=True)
        return ImportReport(found.items, step)


def discard_prepared(path: str | os.PathLike[str] | None = None) -> None:
    """Throw the import that waits away; the store stays as it is."""
    for file in _prepared_files(Path(path) if path is not None else default_path()):
        file.unlink(missing_ok=True)


def rebuild(path: str | os.PathLike[str] | None = None, progress: Progress | None = None) -> int:
    """Build the store anew from the packaged tables; a former store is kept as a step that `undo` takes back. Return the step, or 0."""
    target = Path(path) if path is not None else default_path()
    with building_lock(target):
        if not target.exists():
            build(target, progress)
            return 0
        made = target.with_name(f".codesets-rebuilt-{os.getpid()}.sqlite3")
        try:
            build(made, progress)
            built = Imported("packaged tables", "build", "", "", 0, "imported", "")
            return _put_in_place(made, target, [built])
        finally:
            made.unlink(missing_ok=True)


def _quiet(_step: str, _share: float) -> None:
    """Tell nobody."""


def _apply(
    made: Path, sources: Sequence[str], kind: str | None, options: Options, progress: Progress, imported_on: str
) -> list[Imported]:
    items: list[Imported] = []
    connection = connect_writer(made)
    try:
        connection.execute("BEGIN")
        for number, source in enumerate(sources):
            with gathered(source) as files:
                recognised = [(file, recognise(file, kind)) for file in files]
                if not any(importer for _, importer in recognised):
                    shown = files[0].name if files else source
                    raise ImportRefused(shown, "this is none of the tables that can be imported; name one with --as.", line=1)
                for file, importer in recognised:
                    if importer is None:
                        items.append(Imported(file.name, "", "", "", 0, "skipped", file.sha256))
                        continue
                    progress(f"{importer.title}: {file.name}", number / len(sources))
                    items.append(_one(connection, file, importer, options, progress, imported_on))
        _words(connection, {item.importer for item in items if item.state == "imported"})
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('imports', 'yes')")
        connection.execute("COMMIT")
    except sqlite3.Error as wrong:
        raise CodeSetError(f"The store could not take the files in: {wrong}; it stays as it was.") from None
    finally:
        connection.close()
    return items


WITH_TITLES: Final = frozenset(
    i.name for i in IMPORTERS if i.table in {"icd10cm", "icd10cm_notes", "hcpcs", "cpt", "carc", "rarc", "taxonomy"}
)
"""The importers that bring codes and titles: what changed is listed after them."""
_BOOKS: Final = frozenset(
    i.name
    for i in IMPORTERS
    if i.name in {"icd10cm-index", "icd10cm-external", "icd10cm-drug", "icd10cm-neoplasm", "icd10pcs-index"}
)


def _words(connection: sqlite3.Connection, importers: set[str]) -> None:
    """Bring the full-text tables up to date with what came in."""
    if importers & WITH_TITLES:
        wording.fill_codes(connection)
    if importers & _BOOKS:
        wording.fill_books(connection)


def _one(
    connection: sqlite3.Connection, file: Incoming, importer: Importer, options: Options, progress: Progress, imported_on: str
) -> Imported:
    known = connection.execute(
        "SELECT release, row_count FROM source WHERE sha256 = ? AND origin = ?", (file.sha256, f"imported:{importer.name}")
    ).fetchone()
    if known and not options.again:
        return Imported(file.name, importer.name, importer.table, known[0], known[1], "unchanged", file.sha256)

    def tell(rows: int) -> None:
        progress(f"{importer.title}: {rows:,} rows", -1.0)

    try:
        loaded: Loaded = importer.load(connection, file, options, tell)
    except RecursionError:
        raise ImportRefused(file.name, "the file nests more deeply than any official one.") from None
    _check_shrunk(connection, file, importer, loaded, options)
    connection.execute("DELETE FROM source WHERE sha256 = ? AND origin = ?", (file.sha256, f"imported:{importer.name}"))
    connection.execute(
        "INSERT INTO source (name, release, coverage, effective_from, origin, source, licence, sha256, row_count, imported_on)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (importer.table, loaded.release, loaded.coverage, loaded.effective, f"imported:{importer.name}", file.name, loaded.licence, file.sha256,
         loaded.rows, imported_on),
    )  # fmt: skip
    changed = loaded.changed or (0, 0, 0)
    return Imported(
        file.name, importer.name, importer.table, loaded.release, loaded.rows, "imported", file.sha256, *changed, loaded.notice,
        loaded.effective,
    )  # fmt: skip


_KEEPS: Final = 0.7
"""A release of a whole table has at least this share of the rows of the one before."""


def _family(release: str) -> str:
    """Return a release's name without its version: practitioner and hospital files, parts and levels are families of their own."""
    return re.sub(r"RVU\d\d[A-D]|[\d.]+", "#", release)


def _check_shrunk(connection: sqlite3.Connection, file: Incoming, importer: Importer, loaded: Loaded, options: Options) -> None:
    """Refuse a whole table that lost a third of its rows since the release before: the download broke off between two lines."""
    if options.partial or not loaded.is_whole:
        return
    family = _family(loaded.release)
    rows = connection.execute(
        "SELECT release, row_count FROM source WHERE origin = ? AND coverage = 'full' AND sha256 != ? ORDER BY effective_from DESC, id DESC",
        (f"imported:{importer.name}", file.sha256),
    ).fetchall()
    before = next((count for release, count in rows if _family(release) == family), 0)
    if loaded.rows < before * _KEEPS:
        says = (
            f"the file has {loaded.rows:,} rows where the release before had {before:,}: it is cut off"
            " (a file that only adds and changes is imported with --partial)."
        )
        raise ImportRefused(file.name, says, line=loaded.rows + 1)


# history


class Step(NamedTuple):
    """One import that can be taken back."""

    number: int
    files: tuple[str, ...]
    effective: int = 0
    """The latest first day of what it brought."""


def _folder(target: Path) -> Path:
    return target.parent / f"{target.stem}.history"


def _put_in_place(made: Path, target: Path, items: Sequence[Imported]) -> int:
    """Keep the present store under a step number (a second name, not a copy), then put the new one in its place."""
    folder = _folder(target)
    folder.mkdir(exist_ok=True)
    number = max((step.number for step in history(target)), default=0) + 1
    kept = folder / f"{number:06d}.sqlite3"
    try:
        os.link(target, kept)
    except OSError:
        shutil.copyfile(target, kept)
    files = [item.file for item in items if item.state == "imported"]
    effective = max((item.effective for item in items if item.state == "imported"), default=0)
    note = {"number": number, "files": files, "effective": effective}
    (folder / f"{number:06d}.json").write_text(json.dumps(note), encoding="utf-8")
    made.chmod(0o644)
    made.replace(target)
    for step in history(target)[:-KEPT]:
        _forget(folder, step.number)
    return number


def _forget(folder: Path, number: int) -> None:
    for suffix in ("sqlite3", "json"):
        (folder / f"{number:06d}.{suffix}").unlink(missing_ok=True)


def history(path: str | os.PathLike[str] | None = None) -> list[Step]:
    """Return the imports that can be taken back, oldest first."""
    target = Path(path) if path is not None else default_path()
    steps = []
    for note in sorted(_folder(target).glob("*.json")):
        with contextlib.suppress(ValueError, KeyError):
            told = json.loads(note.read_text(encoding="utf-8"))
            if note.with_suffix(".sqlite3").exists():
                steps.append(Step(int(told["number"]), tuple(told["files"]), int(told.get("effective", 0))))
    return steps


def undo(path: str | os.PathLike[str] | None = None) -> Step | None:
    """Take back the latest import: the store is exactly the file that it was before. None when there is nothing to take back."""
    target = Path(path) if path is not None else default_path()
    with building_lock(target):
        steps = history(target)
        if not steps:
            return None
        latest = steps[-1]
        folder = _folder(target)
        if not has_this_layout(folder / f"{latest.number:06d}.sqlite3"):
            raise CodeSetError(
                f"Import {latest.number} was made by an earlier version of the program, whose store cannot be put back: import the files that you want."
            )
        (folder / f"{latest.number:06d}.sqlite3").replace(target)
        _forget(folder, latest.number)
        return latest


def former_store(path: str | os.PathLike[str] | None = None) -> Path | None:
    """Return the file of the store before the latest import."""
    target = Path(path) if path is not None else default_path()
    steps = history(target)
    return _folder(target) / f"{steps[-1].number:06d}.sqlite3" if steps else None
