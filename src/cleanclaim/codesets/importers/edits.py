"""Importers of NCCI: procedure-to-procedure pairs, medically unlikely edits, add-on codes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

from cleanclaim.codesets import packaged
from cleanclaim.codesets.importers.incoming import Incoming
from cleanclaim.codesets.importers.plan import PUBLIC, Importer, Loaded, Options, Tell, quarter_day
from cleanclaim.codesets.importers.problems import ImportRefused
from cleanclaim.codesets.importers.reading import Columns, complete, day_of, plain, table
from cleanclaim.codesets.periods import previous_day
from cleanclaim.codesets.values import OPEN

_NUMBER = r"[0-9A-Z]\d{3}[0-9A-Z]"
_PTP: Columns = {
    "column1": ("Column 1",), "column2": ("Column 2",), "effective": ("Effective Date", "Effective"),
    "deletion": ("Deletion Date *=no data", "Deletion Date", "Deletion"),
    "modifier": ("Modifier 0=not allowed 1=allowed 9=not applicable", "Modifier"), "rationale?": ("PTP Edit Rationale",),
}  # fmt: skip


def _ptp_setting(file: Incoming) -> str:
    name = file.name.lower()
    if "ccioph" in name or "hospital" in name or "outpatient" in name:
        return "h"
    if "ccipra" in name or "practitioner" in name:
        return "p"
    raise ImportRefused(file.name, "the name tells neither practitioner (ccipra) nor hospital (ccioph) edits.", line=1)


def _ptp_rows(file: Incoming, connection: sqlite3.Connection, setting: str, tell: Tell) -> Iterator[tuple[object, ...]]:
    """Yield the pairs of the tab-delimited file: straight splitting, since there are millions."""
    rationales: dict[str, int] = dict(connection.execute("SELECT text, id FROM ncci_rationale").fetchall())
    where = _ptp_header(file)
    at1, at2, at_eff, at_del, at_mod, at_why = where
    least = max(where) if at_why < 0 else max(where[:5])
    seen = 0
    days: dict[str, int] = {"*": OPEN, "": OPEN}
    for number, line in file.lines("latin-1"):
        cells = line.split("\t")
        first = cells[0]
        if len(first) != 5 or not first[1:4].isdigit():
            if seen and line.strip():
                raise ImportRefused(file.name, f"“{first[:20]}” is no procedure code.", line=number, column=1)
            continue
        if len(cells) <= least:
            raise ImportRefused(file.name, "the line ends early: the file is cut off.", line=number, column=len(cells) + 1)
        effective, deleted, modifier = cells[at_eff], cells[at_del], cells[at_mod]
        for text in (effective, deleted):
            if text not in days:
                days[text] = day_of(text)
                if not days[text]:
                    raise ImportRefused(file.name, f"“{text[:20]}” is no date.", line=number, column=at_eff + 1)
        if modifier not in {"0", "1", "9"}:
            raise ImportRefused(
                file.name, f"the modifier indicator is 0, 1 or 9, not “{modifier[:10]}”.", line=number, column=at_mod + 1
            )
        why = cells[at_why].strip() if 0 <= at_why < len(cells) else ""
        if why and why not in rationales:
            cursor = connection.execute("INSERT INTO ncci_rationale (text) VALUES (?)", (why,))
            rationales[why] = int(cursor.lastrowid or 0)
        seen += 1
        if not seen % 100_000:
            tell(seen)
        yield cells[at1], cells[at2], setting, days[effective], days[deleted], modifier, rationales[why] if why else 0
    if not seen:
        raise ImportRefused(file.name, "the file holds no pair of codes.", line=1)
    tell(seen)


def _ptp_header(file: Incoming) -> tuple[int, int, int, int, int, int]:
    """Find the columns by the words that stand above them, in up to six lines before the first pair."""
    above: list[list[str]] = []
    for number, line in file.lines("latin-1"):
        cells = line.split("\t")
        if len(cells[0]) == 5 and cells[0][1:4].isdigit():
            break
        above.append(cells)
        if number > 40:
            break
    heads = [(at, plain(cell)) for cells in above for at, cell in enumerate(cells) if "/" not in cell]

    def find(word: str, name: str) -> int:
        for at, head in heads:
            if head.startswith(word):
                return at
        raise ImportRefused(file.name, f"the column “{name}” is missing.", line=max(len(above), 1), column=name)

    found = (find("column1", "Column 1"), find("column2", "Column 2"), find("effective", "Effective Date"), find("deletion", "Deletion Date"),
             find("modifier", "Modifier"))  # fmt: skip
    why = next((at for at, head in heads if head.endswith("rationale")), -1)
    return (*found, why)


def _load_ptp(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    setting = _ptp_setting(file)
    seeds = tuple(row["rationale"] for row in packaged.own_rows("ncci_seed"))
    marks = ",".join("?" * len(seeds))
    connection.execute(
        f"DELETE FROM ncci WHERE setting = ? AND rationale IN (SELECT id FROM ncci_rationale WHERE text IN ({marks}))",
        (setting, *seeds),
    )
    first_time = connection.execute("SELECT 1 FROM ncci WHERE setting = ? LIMIT 1", (setting,)).fetchone() is None
    count = [0]

    def counted() -> Iterator[tuple[object, ...]]:
        for row in _ptp_rows(file, connection, setting, tell):
            count[0] += 1
            yield row

    if first_time:
        connection.execute("DROP INDEX IF EXISTS ncci_column2")
    connection.executemany("INSERT OR REPLACE INTO ncci VALUES (?, ?, ?, ?, ?, ?, ?)", counted())
    connection.execute("CREATE INDEX IF NOT EXISTS ncci_column2 ON ncci (column2, column1)")
    _mark_official(connection, "ncci", setting)
    part = re.search(r"-f(\d)\.", file.name.lower())
    version = re.search(r"v(\d{3})r(\d)", file.name.lower())
    release = f"v{version[1][:2]}.{version[1][2]}" if version else "unnamed"
    who = "practitioner" if setting == "p" else "hospital"
    parts = _ptp_parts(connection, setting, release, part[1] if part else "all")
    whole = parts >= {"1", "2", "3", "4"} or "all" in parts or count[0] > 1_500_000
    told = "" if whole else f", parts {', '.join(sorted(parts))} of 4"
    effective = options.effective or _version_day(release)
    return Loaded(f"{release} {who}{told}", effective, count[0], "full" if whole else "seed", is_whole=part is None)


def _mark_official(connection: sqlite3.Connection, table_name: str, setting: str) -> None:
    """Note that a setting's answers are the official file's, no seed's any more."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, 'yes')", (f"official:{table_name}:{setting}",))


def _ptp_parts(connection: sqlite3.Connection, setting: str, release: str, part: str) -> set[str]:
    key = f"ncci_parts:{setting}:{release}"
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    parts = {*(row[0].split(",") if row else []), part}
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, ",".join(sorted(parts))))
    return parts


def _version_day(release: str) -> int:
    """NCCI versions count the years from 1995 and the quarters: v32.2 is the third quarter of 2026."""
    found = re.fullmatch(r"v(\d\d)\.(\d)", release)
    return (1994 + int(found[1])) * 10000 + (int(found[2]) * 3 + 1) * 100 + 1 if found else 0


_MUE: Columns = {
    "code": ("HCPCS/CPT Code", "HCPCS/ CPT Code"),
    "units": ("Practitioner Services MUE Values", "Outpatient Hospital Services MUE Values", "DME Supplier Services MUE Values",
              "Practitioner MUE Values", "MUE Values", "MUE Value"),
    "mai": ("MUE Adjudication Indicator",), "rationale?": ("MUE Rationale",),
}  # fmt: skip


def _mue_setting(file: Incoming) -> str:
    head = file.head[:4000].decode("latin-1").lower()
    for word, setting in (("practitioner services mue", "p"), ("outpatient hospital", "h"), ("dme supplier", "d")):
        if word in head:
            return setting
    name = file.base
    return "h" if "hospital" in name else "d" if "dme" in name else "p"


def _load_mue(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    first, setting = quarter_day(file, options), _mue_setting(file)
    rows = []
    for row in complete(table(file, _MUE), "code", "units", "mai"):
        code = row.code("code", _NUMBER)
        mai = row["mai"][:1]
        if mai not in "123" or not mai:
            raise row.refuse("mai", f"“{row['mai'][:30]}” is no adjudication indicator (1, 2 or 3).")
        rows.append((code, setting, first, OPEN, row.whole("units"), mai, row["rationale"]))
    tell(len(rows))
    if not rows:
        raise ImportRefused(file.name, "the file holds no edit.", line=1)
    seeds = tuple(row["rationale"] for row in packaged.own_rows("mue_seed"))
    connection.execute(f"DELETE FROM mue WHERE setting = ? AND rationale IN ({','.join('?' * len(seeds))})", (setting, *seeds))
    later = connection.execute("SELECT min(effective) FROM mue WHERE setting = ? AND effective > ?", (setting, first)).fetchone()[0]
    last = previous_day(later) if later else OPEN
    connection.execute("DELETE FROM mue WHERE setting = ? AND effective = ?", (setting, first))
    connection.execute(
        "UPDATE mue SET ended = ? WHERE setting = ? AND effective < ? AND ended >= ?", (previous_day(first), setting, first, first)
    )
    connection.executemany("INSERT OR REPLACE INTO mue VALUES (?, ?, ?, ?, ?, ?, ?)", [(*r[:3], last, *r[4:]) for r in rows])
    _mark_official(connection, "mue", setting)
    who = {"p": "practitioner", "h": "hospital", "d": "DME"}[setting]
    whole = len(rows) >= (500 if setting == "d" else 5000)
    return Loaded(f"{first // 10000} Q{(first // 100 % 100 + 2) // 3} {who}", first, len(rows), "full" if whole else "seed")


_AOC: Columns = {
    "type": ("AOC_Edit_Type", "AOC Edit Type"), "code": ("Add-On_Code", "Add-On Code", "AddOn Code"),
    "code_deleted?": ("AOC_DelDT",), "primary": ("Primary_Code", "Primary Code"), "primary_deleted?": ("Primary_Code_DelDT",),
    "effective": ("AOC_Edit_EffDT", "AOC Edit EffDT"), "deleted?": ("AOC_Edit_DelDT",), "notes?": ("Special_Instruction_Notes",),
}  # fmt: skip


def _load_addon(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    delimiter = "\t" if b"\t" in file.head[:3000] else ","
    rows = []
    for row in complete(table(file, _AOC, delimiter=delimiter), "type", "code", "primary"):
        primary = row["primary"].upper() or "CCCCC"
        ended = min(row.day("deleted"), row.day("code_deleted"), row.day("primary_deleted"))
        if row["type"][:1] not in {"1", "2", "3"}:
            raise row.refuse("type", f"“{row['type'][:20]}” is no add-on type (1, 2 or 3).")
        rows.append((row.code("code", _NUMBER), primary, row.day("effective", 19000101), ended, row["type"][:1]))
    tell(len(rows))
    if not rows:
        raise ImportRefused(file.name, "the file holds no add-on code.", line=1)
    connection.execute("DELETE FROM add_on")
    connection.executemany("INSERT OR REPLACE INTO add_on VALUES (?, ?, ?, ?, ?)", sorted(rows))
    return Loaded(f"{quarter_day(file, options)}", quarter_day(file, options), len(rows), licence=PUBLIC)


def _is_ptp(file: Incoming) -> bool:
    head = file.head[:3000].decode("latin-1").lower().replace(" ", "")
    return (
        "column1/column2edits" in head or ("column1" in head and "column2" in head and "ptpeditrationale" in head)
    ) and "\t" in head


def _is_addon(file: Incoming) -> bool:
    return re.search(rb"aoc_edit_type|add-on_code", file.head[:5000], re.IGNORECASE) is not None


IMPORTERS = (
    Importer("ncci", "ncci", "NCCI procedure-to-procedure edits", _is_ptp, _load_ptp),
    Importer("mue", "mue", "medically unlikely edits", lambda f: b"mue adjudication indicator" in f.head[:6000].lower(), _load_mue),
    Importer("add-on", "add_on", "add-on code edits", _is_addon, _load_addon),
)
