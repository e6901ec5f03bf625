"""Builds the store from the packaged tables: a new file beside the old one, put in its place in one step."""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from cleanclaim.codesets import own_tables, packaged, schema, wording
from cleanclaim.codesets.values import OPEN

Progress = Callable[[str, float], None]
"""Told of a step in plain words and the share of the work that is done (0 to 1)."""

CodeRow = tuple[str, str, int, int, int, str, str, str, str]
FIRST_DAY: Final = 20151001
"""ICD-10 began in the United States on 2015-10-01 (45 CFR 162.1002)."""


def build(path: str | os.PathLike[str], progress: Progress | None = None) -> None:
    """Build the store at `path` from the packaged tables; a reader of the old file is not disturbed."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".codesets-", suffix=".sqlite3", dir=target.parent)
    os.close(handle)
    made = Path(name)
    try:
        _fill(made, progress or _silent)
        made.chmod(0o644)
        made.replace(target)
    finally:
        made.unlink(missing_ok=True)


def _silent(_step: str, _share: float) -> None:
    """Tell nobody."""


def connect_writer(path: Path) -> sqlite3.Connection:
    """Open a store file that nobody reads yet, set for speed: a crash leaves a file that is thrown away."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -200000")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def _fill(path: Path, progress: Progress) -> None:
    connection = connect_writer(path)
    try:
        connection.execute("PRAGMA page_size = 8192")
        connection.executescript(schema.TABLES)
        connection.execute("BEGIN")
        steps: list[tuple[str, Callable[[sqlite3.Connection], None]]] = [
            ("ICD-10-CM codes", _icd10cm), ("ICD-10-CM notes", _icd10cm_notes), ("ICD-10-PCS codes", _icd10pcs),
            ("HCPCS codes and modifiers", _hcpcs), ("present on admission and code editor", _facts),
            ("services, claim codes, payment rules", own_tables.fill),
        ]  # fmt: skip
        for number, (step, fill) in enumerate(steps):
            progress(step, number / (len(steps) + 1))
            fill(connection)
        progress("indexes", len(steps) / (len(steps) + 1))
        for statement in filter(str.strip, schema.INDEXES.split(";")):
            connection.execute(statement)
        wording.fill_codes(connection)
        wording.fill_books(connection)
        _full_lists(connection)
        _record_sources(connection)
        connection.execute("INSERT INTO meta VALUES ('version', ?)", (str(schema.VERSION),))
        connection.execute("INSERT INTO meta VALUES ('packaged', ?)", (packaged.fingerprint(),))
        connection.execute("COMMIT")
        connection.execute("PRAGMA optimize")
        progress("done", 1.0)
    finally:
        connection.close()


def _day(text: str) -> int:
    return int(text) if text else OPEN


def insert_codes(connection: sqlite3.Connection, rows: Iterator[CodeRow] | list[CodeRow]) -> None:
    """Add rows of codes; one that is there is replaced."""
    connection.executemany("INSERT OR REPLACE INTO code VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _icd10cm(connection: sqlite3.Connection) -> None:
    nodes = {code: (parent, kind, title) for code, parent, kind, title, _ in packaged.rows("icd10cm_nodes")}
    billable: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for code, first, last, title in packaged.rows("icd10cm_codes"):
        billable[code].append((int(first), _day(last), title))
    insert_codes(connection, sorted(icd10cm_rows(nodes, billable)))


def icd10cm_rows(nodes: dict[str, tuple[str, str, str]], billable: dict[str, list[tuple[int, int, str]]]) -> Iterator[CodeRow]:
    """Lay the billable codes into the printed tree; a heading is valid as long as a code below it is and it is no code itself."""
    spans = _spans_below(billable)
    nodes = nodes | _new_categories(nodes, billable)
    known = set(nodes) | set(billable)
    for code, periods in billable.items():
        parent = nodes[code][0] if code in nodes else nearest_parent(code, known)
        for first, last, title in periods:
            yield "icd10cm", code, first, last, 1, title or (nodes[code][2] if code in nodes else ""), "", "code", parent
    for code in known:
        parent, kind, title = nodes.get(code, ("", "diag", billable[code][-1][2] if code in billable else ""))
        if kind != "diag":
            yield "icd10cm", code, FIRST_DAY, OPEN, 0, title, "", kind, parent
            continue
        below = spans.get(code)
        if below is None and code in billable:
            continue
        for first, last in _gaps(below or (FIRST_DAY, OPEN), [(a, b) for a, b, _ in billable.get(code, [])]):
            where = parent or nearest_parent(code, known)
            yield "icd10cm", code, first, last, 0, title, "", "category" if len(code) == 3 else "heading", where


def _spans_below(billable: dict[str, list[tuple[int, int, str]]]) -> dict[str, tuple[int, int]]:
    spans: dict[str, tuple[int, int]] = {}
    for code, periods in billable.items():
        first, last = periods[0][0], periods[-1][1]
        for length in range(3, len(code)):
            prefix = code[:length]
            a, b = spans.get(prefix, (OPEN, 0))
            spans[prefix] = (min(a, first), max(b, last))
    return spans


def _new_categories(
    nodes: dict[str, tuple[str, str, str]], billable: dict[str, list[tuple[int, int, str]]]
) -> dict[str, tuple[str, str, str]]:
    """Place the categories that the printed tree does not have (yet): in the section of the category before them."""
    printed = sorted(code for code, (_, kind, _) in nodes.items() if kind == "diag" and len(code) == 3)
    found = {}
    for category in sorted({code[:3] for code in billable} - set(printed)):
        before = [code for code in printed if code < category and code[0] == category[0]]
        after = [code for code in printed if code > category]
        section = nodes[(before or after)[-1 if before else 0]][0] if before or after else ""
        title = billable[category][-1][2] if category in billable else ""
        found[category] = (section, "diag", title)
    return found


def nearest_parent(code: str, known: set[str]) -> str:
    """Return the longest known code that begins this one: S01.00XA stands below S01.00, whose place holder is not printed."""
    for length in range(len(code) - 1, 2, -1):
        if code[:length] in known:
            return code[:length]
    return ""


def _gaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    from cleanclaim.codesets.periods import next_day, previous_day

    start, end = span
    for first, last in sorted(taken):
        if start < first:
            yield start, previous_day(first)
        if last == OPEN:
            return
        start = max(start, next_day(last))
    if start <= end:
        yield start, end


def _icd10cm_notes(connection: sqlite3.Connection) -> None:
    counted: dict[str, int] = defaultdict(int)
    rows = []
    for code, kind, text in packaged.rows("icd10cm_notes"):
        counted[code] += 1
        rows.append((20260401, code, counted[code], kind, text))
    connection.executemany("INSERT INTO note VALUES (?, ?, ?, ?, ?)", sorted(rows))


PCS_SECTIONS: Final = {
    "0": "Medical and Surgical", "1": "Obstetrics", "2": "Placement", "3": "Administration", "4": "Measurement and Monitoring",
    "5": "Extracorporeal or Systemic Assistance and Performance", "6": "Extracorporeal or Systemic Therapies", "7": "Osteopathic",
    "8": "Other Procedures", "9": "Chiropractic", "B": "Imaging", "C": "Nuclear Medicine", "D": "Radiation Therapy",
    "F": "Physical Rehabilitation and Diagnostic Audiology", "G": "Mental Health", "H": "Substance Abuse Treatment", "X": "New Technology",
}  # fmt: skip


def _icd10pcs(connection: sqlite3.Connection) -> None:
    rows: list[CodeRow] = []
    for code, first, last, title in packaged.rows("icd10pcs_codes"):
        rows.append(("icd10pcs", code, int(first), _day(last), 1, title, "", "code", code[:3]))
    labels = {}
    for table, position, value, label in packaged.rows("icd10pcs_axes"):
        connection.execute("INSERT INTO pcs_axis VALUES (?, 0, ?, ?, '', ?)", (table, int(position), value, label))
        if position in {"2", "3"}:
            labels[table] = label
    connection.executemany("INSERT INTO pcs_definition VALUES (?, ?, ?, ?, ?, ?)", packaged.rows("icd10pcs_definitions"))
    operations = {row["section"] + row["value"]: row["name"] for row in packaged.own_rows("pcs_operations")}
    tables = {row[1][:3] for row in rows}
    titles = {table: labels.get(table) or operations.get(table[0] + table[2], "") for table in tables}
    rows.extend(("icd10pcs", table, FIRST_DAY, OPEN, 0, title, "", "table", table[:2]) for table, title in titles.items())
    pairs = {table[:2] for table in tables}
    rows.extend(("icd10pcs", pair, FIRST_DAY, OPEN, 0, labels.get(pair, ""), "", "body_system", pair[0]) for pair in pairs)
    rows.extend(("icd10pcs", mark, FIRST_DAY, OPEN, 0, title, "", "section", "") for mark, title in PCS_SECTIONS.items())
    insert_codes(connection, sorted(rows))


HCPCS_GROUPS: Final = {
    "A": "Transport, supplies, radiopharmaceuticals", "B": "Enteral and parenteral therapy", "C": "Outpatient hospital (OPPS) items",
    "E": "Durable medical equipment", "G": "Procedures and services, temporary", "H": "Behavioral health services",
    "J": "Drugs other than by mouth, chemotherapy", "K": "Equipment, temporary (DME MAC)", "L": "Orthotics and prosthetics",
    "M": "Quality measures and other services", "P": "Pathology and laboratory", "Q": "Temporary codes", "R": "Portable radiology",
    "S": "Private payer codes", "T": "State Medicaid codes", "U": "Laboratory tests (coronavirus)", "V": "Vision, hearing, speech",
}  # fmt: skip


def _hcpcs(connection: sqlite3.Connection) -> None:
    rows: list[CodeRow] = []
    for system, code, first, last, title, short in packaged.rows("hcpcs_codes"):
        parent = code[0] if system == "hcpcs" else ""
        rows.append((system, code, int(first), _day(last), 1, title, short, "code", parent))
    rows.extend(("hcpcs", mark, 19000101, OPEN, 0, title, "", "section", "") for mark, title in HCPCS_GROUPS.items())
    insert_codes(connection, sorted(rows))


def _facts(connection: sqlite3.Connection) -> None:
    exempt = [(code, int(first), _day(last)) for code, first, last in packaged.rows("poa_exempt")]
    connection.executemany("INSERT INTO poa_exempt VALUES (?, ?, ?)", exempt)
    letters = [(system, code, int(a), _day(b), marks) for system, code, a, b, marks in packaged.rows("mce_attributes")]
    connection.executemany("INSERT INTO mce VALUES (?, ?, ?, ?, ?)", letters)


def _full_lists(connection: sqlite3.Connection) -> None:
    """Note the days for which the packaged tables have a complete list, so that an imported older list ends where the next begins."""
    for system in ("icd10cm", "icd10pcs"):
        connection.execute(
            "INSERT INTO full_list SELECT DISTINCT system, valid_from FROM code WHERE system = ? AND valid_from >= ? AND billable = 1",
            (system, FIRST_DAY),
        )
    quarters = [year * 10000 + month * 100 + 1 for year in (2023, 2024, 2025, 2026) for month in (1, 4, 7, 10)][:15]
    connection.executemany("INSERT INTO full_list VALUES ('hcpcs', ?)", [(day,) for day in quarters])


SOURCE_NAMES: Final = {
    # packaged table: (name in status, first day that the release is in force)
    "icd10cm_codes": ("icd10cm", 20261001), "icd10cm_notes": ("icd10cm_notes", 20260401), "icd10pcs_codes": ("icd10pcs", 20261001), "icd10pcs_axes": ("icd10pcs_axes", 20241001),
    "icd10pcs_definitions": ("icd10pcs_definitions", 20241001),
    "hcpcs_codes": ("hcpcs", 20260701), "x12_numbers": ("status", 20260501), "poa_exempt": ("poa_exempt", 20251001), "mce_attributes": ("mce", 20261001),
}  # fmt: skip


def _record_sources(connection: sqlite3.Connection) -> None:
    for table, known in packaged.provenance().items():
        if table not in SOURCE_NAMES:
            continue
        name, effective = SOURCE_NAMES[table]
        where = re.sub(r"#sha256:(\w{12})\w+", r" (\1)", known.packages)
        connection.execute(
            "INSERT INTO source (name, release, coverage, effective_from, origin, source, licence, sha256, row_count)"
            " VALUES (?, ?, 'full', ?, 'packaged', ?, ?, ?, ?)",
            (name, known.release, effective, f"{known.official_source}; from {where}", known.licence, known.sha256, known.rows),
        )
