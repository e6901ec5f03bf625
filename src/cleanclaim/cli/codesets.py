"""`cleanclaim codesets`: what code sets are loaded, building, importing, updating, comparing and taking an import back."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cleanclaim import codesets
from cleanclaim.codesets import changes, importing, opening, updating
from cleanclaim.codesets.importers.plan import Options
from cleanclaim.codesets.values import day_number
from cleanclaim.encoder.search import building
from cleanclaim.kernel.dates import parse_date
from cleanclaim.kernel.errors import CleanclaimError, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of each sub-command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, says in (
        ("status", "list every table with its release and how much of it is there"), ("build", "build the store from the packaged tables"),
        ("import", "import official files, zips or URLs as one step"), ("update", "fetch what is newer from the official pages"),
        ("diff", "list the codes that differ between two dates, releases or stores"), ("undo", "take the latest import back"),
    ):  # fmt: skip
        action = actions.add_parser(name, help=says, description=says)
        action.add_argument("--json", action="store_true", help="print JSON alone on stdout")
        action.add_argument("--store", type=Path, help="the store file (default: codesets.sqlite3 below CLEANCLAIM_HOME)")
        if name in {"build", "import", "update", "undo"}:
            action.add_argument("--no-search-index", action="store_true", help="leave the search index to the first search")
        if name in {"import", "update"}:
            action.add_argument(
                "--i-hold-an-ama-licence", "--licensed", dest="licensed", action="store_true",
                help="this site holds the licence to the file's descriptions (CPT: AMA, CARC/RARC: X12)",
            )  # fmt: skip
    _import_words(actions.choices["import"])
    update = actions.choices["update"]
    update.add_argument("--yes", action="store_true", help="import what is newer; without it the plan alone is shown")
    update.add_argument(
        "--preview", action="store_true", help="fetch what is newer and list what it would change and touch; nothing takes effect"
    )
    update.add_argument("--site", default=updating.SITE, help="where the official pages are")
    diff = actions.choices["diff"]
    diff.add_argument("old", metavar="OLD", help="a date, FY2026, FY2026-April, 2026Q3, before, now, or a store file")
    diff.add_argument("new", metavar="NEW")
    diff.add_argument("--system", action="append", choices=changes.COMPARED, help="compare this system alone")


def _import_words(action: argparse.ArgumentParser) -> None:
    action.add_argument("files", nargs="+", metavar="FILE", help="a file, a zip or a URL")
    action.add_argument(
        "--as", dest="kind", metavar="TABLE", choices=[i.name for i in importing.IMPORTERS], help="which table it is"
    )
    action.add_argument("--effective", metavar="DATE", help="the release's first day, where the name does not tell it")
    action.add_argument("--partial", action="store_true", help="the file adds and changes; what it does not list stays")
    action.add_argument("--again", action="store_true", help="import a file that is already in")
    action.add_argument("--preview", action="store_true", help="list what the files would change and touch; nothing takes effect")


def run(args: argparse.Namespace) -> int:
    """Do one action."""
    return {
        "status": _status, "build": _build, "import": _import, "update": _update, "diff": _diff, "undo": _undo,
    }[args.action](args)  # fmt: skip


def _today() -> Any:
    return datetime.now(UTC).date()


def _show(args: argparse.Namespace, value: dict[str, Any], lines: list[str]) -> None:
    print(json.dumps(value, ensure_ascii=False) if args.json else "\n".join(lines))


class _Bar:
    """Progress on stderr: one line that is written over on a terminal, nothing elsewhere."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()

    def __call__(self, step: str, share: float) -> None:
        if self.live:
            done = f"{share:4.0%} " if share >= 0 else "     "
            print(f"\r{done}{step[:90]:<90}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.live:
            print("\r" + " " * 96 + "\r", end="", file=sys.stderr, flush=True)


def _status(args: argparse.Namespace) -> int:
    store = codesets.open_store(args.store)
    today = _today()
    tables = [
        {
            "name": s.table, "release": s.release, "coverage": s.coverage, "rows": s.rows, "origin": s.origin, "source": s.source,
            "effective_from": s.effective_from.isoformat() if s.effective_from else None, "licence": s.licence, "sha256": s.sha256,
            "imported_on": s.imported_on or None,
        }
        for s in store.sources()
    ]  # fmt: skip
    counts = {system: store.count(system, today) for system in codesets.SYSTEMS}
    steps = [{"step": step.number, "files": list(step.files)} for step in importing.history(args.store)]
    outdated = opening.has_newer_packaged_tables(store.file)
    value = {
        "packaged_tables_are_newer": outdated,
        "store": str(store.file),
        "on": today.isoformat(),
        "counts": counts,
        "tables": tables,
        "undo": steps,
    }
    lines = [f"{store.file}, codes in force on {today}:"]
    lines += [f"  {system:<16}{count:>9,}" for system, count in counts.items() if count]
    lines += ["", f"  {'table':<18}{'coverage':<10}{'rows':>10}  release"]
    lines += [f"  {t['name']:<18}{t['coverage']:<10}{t['rows']:>10,}  {t['release']}" for t in tables]
    lines += [f"  import {step.number} can be taken back: {', '.join(step.files)}" for step in importing.history(args.store)]
    if outdated:
        lines.append(
            "The program brings newer packaged tables; `cleanclaim codesets build` takes them, then import again what was imported."
        )
    older = opening.set_aside(store.file)
    if older is not None:
        lines.append(
            f"A store of an earlier version is kept as {older.name}; what was imported into it is imported again from its files."
        )
    waiting = importing.prepared(args.store)
    if waiting is not None:
        lines.append(
            f"Prepared on the releases page by {waiting.by}, not in force: {', '.join(item.file for item in waiting.items)}."
        )
    _show(args, value, lines)
    return 0


def _build(args: argparse.Namespace) -> int:
    path = args.store or codesets.default_path()
    bar = _Bar()
    step = importing.rebuild(path, bar)
    store = codesets.open_store(path)
    _index(args, bar)
    bar.end()
    count = store.count("icd10cm", _today())
    lines = [f"Built {path}: {count:,} billable ICD-10-CM codes in force today."]
    if step:
        lines.append("The former store is kept; `cleanclaim codesets undo` puts it back.")
    _show(args, {"store": str(path), "icd10cm": count, "step": step}, lines)
    return 0


def _import(args: argparse.Namespace) -> int:
    effective = day_number(parse_date(args.effective)) if args.effective else 0
    options = Options(effective=effective, partial=args.partial, licensed=args.licensed, again=args.again)
    if args.preview:
        return _preview(args, args.files, options, kind=args.kind)
    bar = _Bar()
    before = _state(args)
    try:
        report = importing.import_files(
            args.files, path=args.store, kind=args.kind, progress=bar, imported_on=_today().isoformat(), options=options
        )
        if report.step:
            _index(args, bar)
    finally:
        bar.end()
    _report(args, report, before)
    return 0


def _index(args: argparse.Namespace, bar: _Bar) -> None:
    """Build the search index where the lists or books changed, so that the first search is as quick as the next."""
    if not args.no_search_index:
        building.open_index(codesets.open_store(args.store), bar)


def _preview(args: argparse.Namespace, sources: Sequence[str], options: Options, *, kind: str | None = None) -> int:
    """Make the import beside the store, say what it changes and touches, and throw it away."""
    bar = _Bar()
    try:
        made = importing.prepare(
            sources, path=args.store, kind=kind, options=options, progress=bar, imported_on=_today().isoformat()
        )
    finally:
        bar.end()
    value: dict[str, Any] = {"preview": [item._asdict() for item in made.items], "impacts": []}
    lines = [f"{item.file}: {item.table} {item.release}, {item.rows:,} rows" for item in made.items if item.state == "imported"]
    if any(item.state == "imported" for item in made.items):
        try:
            on = changes.later_of(_today(), max(item.effective for item in made.items))
            old = changes.View(codesets.open_store(args.store), on, "now")
            new = changes.View(codesets.Store(importing.prepared_store(args.store)), on, "preview")
            told, more = _changes(old, new, changes.COMPARED)
        finally:
            importing.discard_prepared(args.store)
        value |= told
        lines += more
    lines.append("Nothing has taken effect.")
    _show(args, value, lines)
    return 0


def _state(args: argparse.Namespace) -> changes.View:
    return changes.View(codesets.open_store(args.store), _today(), "before")


def _touched(found: list[changes.CodeChange], store: codesets.Store) -> list[changes.Impact]:
    """Ask the practice what the changes touch, where its database is set up, and the store which of its rules do."""
    if not found:
        return []
    from cleanclaim.cli import program

    try:
        program.start(migrate=False)
        ready = not program.pending_migrations()
    except CleanclaimError:
        ready = False
    if not ready:
        print("The practice's database is not set up here: what the changes touch is not listed.", file=sys.stderr)
        return list(changes.rules_touched(store, found))
    return changes.impacts(found, store)


def _report(args: argparse.Namespace, report: importing.ImportReport, before: changes.View) -> None:
    found: list[changes.Impact] = []
    if any(item.state == "imported" and item.importer in importing.WITH_TITLES for item in report.items):
        on = changes.later_of(before.on, max(item.effective for item in report.items))
        after = changes.View(codesets.open_store(args.store), on, "now")
        found = _touched(list(changes.compare(before._replace(on=on), after)), after.store)
    value = {
        "imported": [item._asdict() for item in report.items], "step": report.step, "impacts": [impact._asdict() for impact in found],
    }  # fmt: skip
    lines = []
    for item in report.items:
        if item.state == "imported":
            delta = f" (+{item.added:,} -{item.ended:,} ~{item.revised:,})" if item.added or item.ended or item.revised else ""
            lines.append(f"{item.file}: {item.table} {item.release}, {item.rows:,} rows{delta}")
        elif item.state == "unchanged":
            lines.append(f"{item.file}: in already ({item.release}); nothing changed")
        if item.notice:
            lines.append(f"  {item.notice}")
    lines += [f"touches {impact.what} {impact.where}: {impact.says}" for impact in found]
    lines.append(
        f"Import {report.step} can be taken back with `cleanclaim codesets undo`." if report.step else "The store stays as it was."
    )
    _show(args, value, lines)


def _update(args: argparse.Namespace) -> int:
    if not args.site.startswith(("http://", "https://")):
        raise UsageError("--site is an address that begins with http:// or https://.")
    plan = updating.offers(args.store, args.site.rstrip("/"), licensed=args.licensed)
    if args.preview and not args.yes and updating.wanted(plan):
        return _preview(args, updating.wanted(plan), Options(licensed=args.licensed))
    report = importing.ImportReport((), 0)
    if args.yes:
        bar = _Bar()
        try:
            report = updating.update(plan, args.store, licensed=args.licensed, progress=bar, imported_on=_today().isoformat())
            if report.step:
                _index(args, bar)
        finally:
            bar.end()
    value = {
        "plan": [offer._asdict() for offer in plan], "imported": [item._asdict() for item in report.items], "step": report.step,
    }  # fmt: skip
    says = {"newer": "newer", "held": "held already", "licence": "newer, behind the AMA's licence page (--i-hold-an-ama-licence)",
            "unread": "look there yourself"}  # fmt: skip
    lines = [f"{offer.table:<16}{offer.name:<64}{says[offer.state]}; the store has {offer.held}" for offer in plan]
    lines += [f"imported {item.file}: {item.table} {item.release}" for item in report.items if item.state == "imported"]
    newer = sum(offer.state == "newer" for offer in plan)
    if not args.yes and newer:
        lines.append(
            f"{newer} files are newer; `cleanclaim codesets update --yes` imports them as one step that `undo` takes back."
        )
    elif not newer:
        lines.append("Nothing on the pages that were read is newer than the store.")
    _show(args, value, lines)
    return 0


def _diff(args: argparse.Namespace) -> int:
    today = _today()
    old, new = changes.view(args.old, today, args.store), changes.view(args.new, today, args.store)
    value, lines = _changes(old, new, args.system or changes.COMPARED)
    _show(args, {"old": old.name, "new": new.name, **value}, lines)
    return 0


def _changes(old: changes.View, new: changes.View, systems: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Return what differs between two views and what that touches, as JSON and as lines."""
    found = list(changes.compare(old, new, systems))
    touched = _touched(found, new.store)
    value: dict[str, Any] = {
        kind: [
            {"system": c.system, "code": c.code, "old_title": c.old_title, "new_title": c.new_title,
             "effective": c.effective.isoformat() if c.effective else None}
            for c in found if c.change == kind
        ]
        for kind in ("added", "deleted", "revised")
    }  # fmt: skip
    value["impacts"] = [impact._asdict() for impact in touched]
    signs = {"added": "+", "deleted": "-", "revised": "~"}
    lines = [f"{signs[c.change]} {c.system:<9}{c.code:<9} {c.new_title or c.old_title}" for c in found]
    lines += [f"touches {impact.what} {impact.where}: {impact.says}" for impact in touched]
    lines.append(", ".join(f"{len(value[kind]):,} {kind}" for kind in signs) + f" between {old.name} and {new.name}.")
    return value, lines


def _undo(args: argparse.Namespace) -> int:
    step = importing.undo(args.store)
    if step:
        bar = _Bar()
        _index(args, bar)
        bar.end()
    files = list(step.files) if step else []
    says = f"Took back import {step.number}: {', '.join(files)}." if step else "There is no import to take back."
    _show(args, {"undone": step.number if step else None, "files": files}, [says])
    return 0
