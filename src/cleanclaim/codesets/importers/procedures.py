"""Importers of ICD-10-PCS tables, index and definitions, and of HCPCS Level II."""

from __future__ import annotations

import itertools
import re
import sqlite3
from xml.etree import ElementTree as ET

from cleanclaim.codesets.importers.incoming import Incoming
from cleanclaim.codesets.importers.plan import Importer, Loaded, Options, Tell, check_size, fiscal_day, quarter_day
from cleanclaim.codesets.importers.problems import ImportRefused
from cleanclaim.codesets.importers.reading import day_of
from cleanclaim.codesets.importers.xml_files import root_of, starts_with, version_of, words
from cleanclaim.codesets.instructions import release_name
from cleanclaim.codesets.periods import Changed, Stated, lay_over, window
from cleanclaim.codesets.values import OPEN


def _load_pcs_tables(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    root = root_of(file)
    if root.tag != "ICD10PCS.tabular" or root.find("pcsTable") is None:
        raise ImportRefused(file.name, "these are no ICD-10-PCS tables.", line=1)
    first = fiscal_day(file, options, version_of(root))
    days = window(connection, "icd10pcs", first)
    rows: list[tuple[object, ...]] = []
    stated: dict[str, Stated] = {}
    for table in root.findall("pcsTable"):
        _read_table(table, rows, stated)
        tell(len(stated))
    known = connection.execute(
        "SELECT count(*) FROM code WHERE system = 'icd10pcs' AND billable = 1 AND valid_from <= ? AND valid_to >= ?", (first, first)
    ).fetchone()[0]
    leaves = sum(s.billable for s in stated.values())
    if not options.partial:
        check_size(file, leaves, known, "codes")
    changed = lay_over(connection, "icd10pcs", days, stated, full=not options.partial, kinds=frozenset({"code"}))
    connection.execute("DELETE FROM pcs_axis")
    connection.executemany("INSERT OR REPLACE INTO pcs_axis VALUES (?, ?, ?, ?, ?, ?)", rows)
    if not options.partial:
        connection.execute("INSERT OR IGNORE INTO full_list VALUES ('icd10pcs', ?)", (first,))
    return Loaded(f"{release_name(first)} (tables)", first, leaves, changed=changed)


def _read_table(table: ET.Element, rows: list[tuple[object, ...]], stated: dict[str, Stated]) -> None:
    """Expand one table: its valid codes are the products of each row's values."""
    heads = {axis.get("pos"): axis for axis in table.findall("axis")}
    marks, labels = "", []
    for position in "123":
        label = heads[position].find("label")
        marks += label.get("code", "") if label is not None else ""
        labels.append(words(label.text) if label is not None else "")
        title = words(heads[position].findtext("title"))
        rows.append((marks if position == "3" else marks.ljust(3, "*"), 0, int(position), marks[-1], title, labels[-1]))
    kinds = ("section", "body_system", "table")
    for length, kind in enumerate(kinds, start=1):
        stated[marks[:length]] = Stated(0, labels[length - 1], "", kind, marks[: length - 1])
    for number, row in enumerate(table.findall("pcsRow"), start=1):
        values: list[list[str]] = []
        for axis in row.findall("axis"):
            found = axis.findall("label")
            title = words(axis.findtext("title"))
            rows.extend((marks, number, int(axis.get("pos", "0")), v.get("code", ""), title, words(v.text)) for v in found)
            values.append([v.get("code", "") for v in found])
        for rest in itertools.product(*values):
            stated[marks + "".join(rest)] = Stated(1, "", "", "code", marks)


def _load_pcs_index(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    root = root_of(file)
    first = fiscal_day(file, options, version_of(root))
    rows: list[tuple[object, ...]] = []
    for main in root.iter("mainTerm"):
        _pcs_entry(rows, main, 0, 0)
    tell(len(rows))
    if not rows:
        raise ImportRefused(file.name, "the index has no main term.", line=1)
    connection.execute("DELETE FROM book_entry WHERE book = 'pcs_index'")
    connection.executemany("INSERT INTO book_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return Loaded(release_name(first), first, len(rows))


def _pcs_entry(rows: list[tuple[object, ...]], element: ET.Element, parent: int, level: int) -> None:
    see, use = element.find("see"), element.find("use")
    codes = element.findtext("codes") or element.findtext("code") or ""
    if see is not None:
        codes = codes or see.findtext("codes") or see.findtext("tab") or ""
    number = len(rows) + 1
    text = words(see.text) if see is not None else ""
    rows.append(
        (
            "pcs_index",
            number,
            parent,
            level,
            words(element.findtext("title")),
            "",
            words(codes),
            text,
            words(use.text) if use is not None else "",
            "",
        )
    )
    for term in element.findall("term"):
        _pcs_entry(rows, term, number, level + 1)


def _load_pcs_definitions(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    root = root_of(file)
    first = fiscal_day(file, options, version_of(root))
    rows = []
    for section in root.iter("section"):
        for axis in section.iter("axis"):
            for terms in axis.iter("terms"):
                included = "; ".join(words(found.text) for found in terms.findall("includes"))
                rows.append(
                    (section.get("code", ""), words(axis.findtext("title")), words(terms.findtext("title")), words(terms.findtext("definition")),
                     words(terms.findtext("explanation")), included)
                )  # fmt: skip
    tell(len(rows))
    if not rows:
        raise ImportRefused(file.name, "the file defines no term.", line=1)
    connection.execute("DELETE FROM pcs_definition")
    connection.executemany("INSERT OR REPLACE INTO pcs_definition VALUES (?, ?, ?, ?, ?, ?)", rows)
    return Loaded(release_name(first), first, len(rows))


def _hcpcs_record(line: str) -> bool:
    return len(line) >= 12 and re.match(r"[ A-Z0-9]{3}[A-Z0-9]{2}\d{5}[3478]", line) is not None


def _load_hcpcs(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    first = quarter_day(file, options)
    titles: dict[tuple[str, str], str] = {}
    facts: dict[tuple[str, str], tuple[str, int, int]] = {}
    key: tuple[str, str] | None = None
    started = False
    for number, line in file.lines("latin-1"):
        if not _hcpcs_record(line):
            if started and line.strip():
                raise ImportRefused(
                    file.name, "this is no record of the alpha-numeric layout: the file is cut off.", line=number, column=1
                )
            continue
        started = True
        if line[10] in "37":
            if len(line.rstrip()) < 284 and line[10] == "3":
                raise ImportRefused(
                    file.name, "the record ends before its effective date: the file is cut off.", line=number, column=277
                )
            key = ("hcpcs" if line[10] == "3" else "modifier", line[:5].strip())
            added, ended = day_of(line[268:276]) or 19000101, day_of(line[284:292]) if len(line) > 284 else 0
            titles[key] = line[11:91].strip()
            facts[key] = (line[91:119].strip(), added, ended or OPEN)
        elif key is not None:
            titles[key] = f"{titles[key]} {line[11:91].strip()}".strip()
        if number % 5000 == 0:
            tell(number)
    if not facts:
        raise ImportRefused(file.name, "the file holds no record of the alpha-numeric layout.", line=1)
    keep = {k: v for k, v in facts.items() if re.fullmatch(r"[A-CE-Z]\d{4}|[A-Z0-9]{2}", k[1])}
    known = connection.execute(
        "SELECT count(*) FROM code WHERE system = 'hcpcs' AND billable = 1 AND valid_from <= ? AND valid_to >= ?", (first, first)
    ).fetchone()[0]
    live = sum(1 for k, v in keep.items() if k[0] == "hcpcs" and v[1] <= first <= v[2])
    _, last = window(connection, "hcpcs", first)
    if not options.partial and first >= 20230101:
        check_size(file, live, known, "codes in force")
    changed = _lay_hcpcs(connection, keep, titles, first, last, full=not options.partial)
    if not options.partial:
        connection.execute("INSERT OR IGNORE INTO full_list VALUES ('hcpcs', ?)", (first,))
    return Loaded(f"{first // 10000} Q{(first // 100 % 100 + 2) // 3} (alpha-numeric file)", first, len(keep), changed=changed)


def _lay_hcpcs(
    connection: sqlite3.Connection,
    facts: dict[tuple[str, str], tuple[str, int, int]],
    titles: dict[tuple[str, str], str],
    first: int,
    last: int,
    *,
    full: bool,
) -> Changed:
    """Lay the file over its days, then let each code end and begin where the file's own dates say."""
    total = Changed(0, 0, 0)
    for system in ("hcpcs", "modifier"):
        stated = {}
        for (kind, code), (short, added, ended) in facts.items():
            if kind == system and added <= last and ended >= first:
                stated[code] = Stated(1, titles[kind, code], short, "code", code[0] if system == "hcpcs" else "")
        own = {code for (kind, code) in facts if kind == system}
        one = lay_over(connection, system, (first, last), stated, full=full and system == "hcpcs", kinds=frozenset({"code"}))
        total = Changed(*(a + b for a, b in zip(total, one, strict=True)))
        for code in own:
            short, added, ended = facts[system, code]
            if ended < last:
                connection.execute(
                    "DELETE FROM code WHERE system = ? AND code = ? AND valid_from > ? AND valid_from <= ?",
                    (system, code, ended, last),
                )
                connection.execute(
                    "UPDATE code SET valid_to = ? WHERE system = ? AND code = ? AND valid_from <= ? AND valid_to > ? AND valid_to <= ?",
                    (ended, system, code, ended, ended, last),
                )
            earliest = connection.execute(
                "SELECT min(valid_from) FROM code WHERE system = ? AND code = ?", (system, code)
            ).fetchone()[0]
            if (earliest == first and added < first) or (earliest == first and first < added):
                connection.execute(
                    "UPDATE code SET valid_from = ? WHERE system = ? AND code = ? AND valid_from = ?", (added, system, code, first)
                )
    return total


def _is_hcpcs(file: Incoming) -> bool:
    lines = [line for line in file.head.decode("latin-1").splitlines()[:60] if _hcpcs_record(line)]
    return bool(lines)


IMPORTERS = (
    Importer("icd10pcs-tables", "icd10pcs", "ICD-10-PCS tables", lambda f: starts_with(f, b"ICD10PCS.tabular"), _load_pcs_tables),
    Importer("icd10pcs-index", "icd10pcs_index", "ICD-10-PCS index", lambda f: starts_with(f, b"ICD10PCS.index"), _load_pcs_index),
    Importer(
        "icd10pcs-definitions",
        "icd10pcs_definitions",
        "ICD-10-PCS definitions",
        lambda f: starts_with(f, b"ICD10PCS.definitions"),
        _load_pcs_definitions,
    ),
    Importer("hcpcs", "hcpcs", "HCPCS Level II alpha-numeric file", _is_hcpcs, _load_hcpcs),
)
