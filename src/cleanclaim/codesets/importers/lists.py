"""Importers of MS-DRG tables, crosswalks, claim code lists, taxonomy, CPT and the provider register."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator

from cleanclaim.codesets.importers.incoming import Incoming
from cleanclaim.codesets.importers.plan import Importer, Loaded, Loader, Options, Tell, quarter_day, year_in
from cleanclaim.codesets.importers.problems import ImportRefused
from cleanclaim.codesets.importers.reading import Columns, complete, table
from cleanclaim.codesets.periods import Stated, lay_over
from cleanclaim.codesets.values import CATEGORY, OPEN

_DRG: Columns = {
    "drg": ("MS-DRG",), "post_acute": ("FY Final Post-Acute DRG", "FY 2025 Final Post-Acute DRG", "FY 2026 Final Post-Acute DRG", "FY 2027 Final Post-Acute DRG", "Post-Acute DRG"),
    "special_pay": ("FY 2025 Final Special Pay DRG", "FY 2026 Final Special Pay DRG", "FY 2027 Final Special Pay DRG", "Special Pay DRG"),
    "mdc": ("MDC",), "type": ("TYPE",), "title": ("MS-DRG Title",),
    "weight": ("Weights - 10% Cap Applied", "Weights - 10% Cap*", "Weights"), "gmlos": ("Geometric mean LOS",), "amlos": ("Arithmetic mean LOS",),
}  # fmt: skip


def _fiscal_year(file: Incoming, options: Options, caption: str) -> int:
    if options.effective:
        return options.effective // 10000 + (options.effective % 10000 >= 1001)
    year = year_in(caption) or year_in(file.name)
    if not year:
        raise ImportRefused(file.name, "neither the name nor the file tells the fiscal year; name it with --effective.", line=1)
    return year


def _load_drg(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    caption = file.head[:1200].decode("latin-1")
    year = _fiscal_year(file, options, caption)
    rows: list[tuple[str | int, ...]] = []
    seen: set[str] = set()
    for row in complete(table(file, _DRG, delimiter="\t", stacked=2), "drg", "title", "weight"):
        if not re.fullmatch(r"\d{3}", row["drg"]):
            if len(row["drg"]) > 5 or not row["drg"]:
                continue  # closing notes
            raise row.refuse("drg", f"“{row['drg'][:20]}” is no DRG.")
        weight = row["weight"]
        if not re.fullmatch(r"[\d.]+|", weight):
            raise row.refuse("weight", f"“{weight[:20]}” is no weight.")
        if row["drg"] in seen:
            raise row.refuse("drg", f"group {row['drg']} stands twice.")
        seen.add(row["drg"])
        rows.append(
            (
                row["drg"],
                year,
                row["mdc"],
                row["type"],
                row["title"],
                weight,
                row["gmlos"],
                row["amlos"],
                row["post_acute"],
                row["special_pay"],
            )
        )
    tell(len(rows))
    if len(rows) < 700 and not options.partial:
        raise ImportRefused(
            file.name, f"the table has {len(rows)} groups, fewer than any release: it is cut off.", line=len(rows) + 3
        )
    connection.execute("DELETE FROM drg WHERE year = ?", (year,))
    connection.executemany("INSERT INTO drg VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    first = (year - 1) * 10000 + 1001
    return Loaded(f"FY{year} table 5", first, len(rows))


_LEVEL: Columns = {"code": ("Diagnosis Code",), "title": ("Description",)}


def _load_complications(level: str) -> Loader:
    def load(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
        year = _fiscal_year(file, options, file.head[:400].decode("latin-1"))
        codes = []
        for row in table(file, _LEVEL, delimiter="\t"):
            code = row["code"].replace(".", "").upper()
            if re.fullmatch(rf"{CATEGORY}[0-9A-Z]{{0,4}}", code):
                codes.append(code)
            elif code and len(row["code"]) <= 8:
                raise row.refuse("code", f"“{row['code'][:20]}” is no diagnosis code.")
        tell(len(codes))
        if len(codes) < 1000 and not options.partial:
            raise ImportRefused(
                file.name, f"the list has {len(codes)} codes, fewer than any release: it is cut off.", line=len(codes) + 2
            )
        connection.execute("DELETE FROM complication WHERE year = ? AND level = ? AND exclusions = ''", (year, level))
        connection.executemany(
            "INSERT INTO complication VALUES (?, ?, ?, '') ON CONFLICT (code, year) DO UPDATE SET level = excluded.level",
            [(code, year, level) for code in codes],
        )
        return Loaded(f"FY{year} table 6{'I' if level == 'MCC' else 'J'}", (year - 1) * 10000 + 1001, len(codes))

    return load


def _load_exclusions(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    """Table 6K in two parts: each CC or MCC with the number of its collection, then each collection with its principal diagnoses."""
    year = _fiscal_year(file, options, file.head[:3000].decode("latin-1") + file.name)
    levels: list[tuple[str, int, str, str]] = []
    members: set[tuple[str, int, str]] = set()
    collection = ""
    for number, line in file.lines("latin-1"):
        if head := re.match(r"\s*PDX [Cc]ollection (\d+)", line):
            collection = head[1]
        elif found := re.match(rf"\s{{0,4}}({CATEGORY}[0-9A-Z]{{0,4}})\s+(CC|MCC)\s+(\d+)(?::|\s|$)", line):
            levels.append((found[1], year, found[2], found[3]))
        elif collection and (found := re.match(rf"\s{{1,6}}({CATEGORY}[0-9A-Z]{{0,4}})\s+\S", line)):
            members.add((collection, year, found[1]))
        if not number % 50_000:
            tell(number)
    if not levels and not members:
        raise ImportRefused(file.name, "the file holds no exclusion.", line=1)
    connection.executemany(
        "INSERT INTO complication VALUES (?, ?, ?, ?) ON CONFLICT (code, year) DO UPDATE SET level = excluded.level, exclusions = excluded.exclusions",
        levels,
    )
    connection.execute("DELETE FROM complication_exclusion WHERE year = ?", (year,))
    connection.executemany("INSERT INTO complication_exclusion VALUES (?, ?, ?)", sorted(members))
    return Loaded(f"FY{year} table 6K", (year - 1) * 10000 + 1001, len(levels) + len(members))


def _load_gem(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    """General equivalence mappings: source, target and five flags between blanks (or commas, with a header)."""
    del options
    direction = "10to9" if re.search(r"i10|icd10cm_?to", file.base) else "9to10"
    rows = []
    for number, line in file.lines(file.encoding()):
        cells = [cell.strip('" ') for cell in (line.split(",") if "," in line else line.split())]
        if not line.strip() or (number == 1 and "flags" in line):
            continue
        if len(cells) < 3 or not re.fullmatch(r"[01]{3}\d\d", cells[2]):
            raise ImportRefused(file.name, "a line is source, target and five flags.", line=number, column=min(len(cells), 3))
        rows.append((direction, cells[0], cells[1], cells[2]))
    tell(len(rows))
    if not rows:
        raise ImportRefused(file.name, "the file holds no mapping.", line=1)
    connection.execute("DELETE FROM gem WHERE direction = ?", (direction,))
    connection.executemany("INSERT OR IGNORE INTO gem VALUES (?, ?, ?, ?)", rows)
    way = "from ICD-10" if direction == "10to9" else "to ICD-10"
    return Loaded(f"GEM {year_in(file.name) or ''} {way}".replace("  ", " "), 20171001, len(rows))


_REASONS: Columns = {
    "code": ("Code", "CARC", "RARC", "Adjustment Reason Code", "Remark Code", "Claim Adjustment Reason Code"), "text": ("Description", "Text", "Message"),
    "start?": ("Start", "Start Date", "Effective Date"), "stop?": ("Stop", "Stop Date", "End Date", "Deactivation Date"),
}  # fmt: skip


def _load_reasons(system: str, pattern: str) -> Loader:
    def load(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
        delimiter = "\t" if b"\t" in file.head[:500] else ","
        first = options.effective or quarter_day(file, options)
        count = 0
        for row in complete(table(file, _REASONS, delimiter=delimiter), "code"):
            code = row.code("code", pattern)
            last = row.day("stop")
            title = row["text"] if options.licensed else ""
            held = connection.execute(
                "SELECT title FROM code WHERE system = ? AND code = ? ORDER BY valid_from DESC LIMIT 1", (system, code)
            ).fetchone()
            connection.execute("DELETE FROM code WHERE system = ? AND code = ?", (system, code))
            connection.execute(
                "INSERT INTO code VALUES (?, ?, ?, ?, 1, ?, '', 'code', '')",
                (system, code, row.day("start", 19000101), last, title or (held[0] if held else "")),
            )
            count += 1
        tell(count)
        if not count:
            raise ImportRefused(file.name, "the list is empty.", line=1)
        notice = "" if options.licensed else "numbers and dates alone were kept: the text belongs to X12 (--licensed keeps it)."
        return Loaded(str(first), first, count, licence="X12", notice=notice, is_whole=False)

    return load


_TAXONOMY: Columns = {
    "code": ("Code",), "grouping": ("Grouping",), "classification": ("Classification",), "specialization?": ("Specialization",),
    "display?": ("Display Name",), "section?": ("Section",),
}  # fmt: skip


def _load_taxonomy(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    found = re.search(r"(\d\d)(\d)\.csv", file.base)
    first = options.effective or ((2000 + int(found[1])) * 10000 + (701 if found[2] == "1" else 101) if found else 0)
    if not first:
        raise ImportRefused(
            file.name, "the name tells no version (nucc_taxonomy_261.csv); name its first day with --effective.", line=1
        )
    stated = {}
    for row in complete(table(file, _TAXONOMY), "code", "classification"):
        code = row.code("code", r"[0-9A-Z]{9}X")
        title = row["display"] or " ".join(filter(None, (row["classification"], row["specialization"])))
        stated[code] = Stated(1, title, "", "code", "")
    tell(len(stated))
    if len(stated) < 800 and not options.partial:
        raise ImportRefused(
            file.name, f"the list has {len(stated)} entries, fewer than any release: it is cut off.", line=len(stated) + 2
        )
    later = connection.execute(
        "SELECT min(first_day) FROM full_list WHERE system = 'taxonomy' AND first_day > ?", (first,)
    ).fetchone()[0]
    from cleanclaim.codesets.periods import previous_day

    days = (first, previous_day(later) if later else OPEN)
    changed = lay_over(connection, "taxonomy", days, stated, full=not options.partial, kinds=frozenset({"code"}))
    connection.execute("INSERT OR IGNORE INTO full_list VALUES ('taxonomy', ?)", (first,))
    return Loaded(
        f"{first // 10000 % 100}.{1 if first % 10000 == 701 else 0}",
        first,
        len(stated),
        licence="NUCC (the site's own copy)",
        changed=changed,
    )


def _load_cpt(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    """The AMA's tab-delimited files: code, then its description, below a few lines of notice."""
    if not options.effective and not year_in(file.name) and not year_in(file.head[:3000].decode("latin-1")):
        raise ImportRefused(file.name, "neither the name nor the file tells the year; name it with --effective.", line=1)
    first = options.effective or (year_in(file.name) or year_in(file.head[:3000].decode("latin-1"))) * 10000 + 101
    stated: dict[str, Stated] = {}
    for number, line in file.lines(file.encoding()):
        cells = [cell.strip().strip('"') for cell in line.split("\t")]
        at = next((i for i, cell in enumerate(cells[:2]) if re.fullmatch(r"\d{4}[0-9A-Z]", cell)), None)
        if at is None:
            if stated and line.strip():
                raise ImportRefused(file.name, f"“{cells[0][:20]}” is no CPT number.", line=number, column=1)
            continue
        if len(cells) < at + 2 or not cells[at + 1]:
            raise ImportRefused(file.name, "the description is missing: the file is cut off.", line=number, column=at + 2)
        title = next((cell for cell in cells[at + 1 :] if cell), "") if options.licensed else ""
        stated[cells[at]] = Stated(1, title, "", "code", "")
        if not len(stated) % 2000:
            tell(len(stated))
    if not stated:
        raise ImportRefused(file.name, "the file holds no CPT number.", line=1)
    days = (first, OPEN)
    changed = lay_over(connection, "cpt", days, stated, full=len(stated) > 5000 and not options.partial, kinds=frozenset({"code"}))
    if len(stated) > 5000 and not options.partial:
        connection.execute("INSERT OR IGNORE INTO full_list VALUES ('cpt', ?)", (first,))
    notice = (
        ""
        if options.licensed
        else "numbers alone were kept: the descriptions belong to the AMA (--i-hold-an-ama-licence keeps them)."
    )
    return Loaded(
        f"CPT {first // 10000}",
        first,
        len(stated),
        "full" if len(stated) > 5000 else "seed",
        licence="AMA",
        changed=changed,
        notice=notice,
    )


_NPPES: Columns = {
    "npi": ("NPI",), "entity": ("Entity Type Code",), "organization": ("Provider Organization Name (Legal Business Name)",),
    "last": ("Provider Last Name (Legal Name)",), "first": ("Provider First Name",),
    "state": ("Provider Business Practice Location Address State Name",), "zip": ("Provider Business Practice Location Address Postal Code",),
    "deactivated?": ("NPI Deactivation Date",), "taxonomy": ("Healthcare Provider Taxonomy Code_1",),
}  # fmt: skip


def _load_nppes(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    """The provider register, streamed: the monthly file has over eight million records of 330 columns."""
    count = [0]

    def providers() -> Iterator[tuple[str, ...]]:
        for row in complete(table(file, _NPPES), "npi", "taxonomy"):
            if not re.fullmatch(r"[12]\d{9}", row["npi"]):
                raise row.refuse("npi", f"“{row['npi'][:20]}” is no NPI.")
            at = row.where["taxonomy"]
            codes = [c.strip() for c in row.cells[at : at + 57 : 4] if re.fullmatch(r"[0-9A-Z]{9}X", c.strip())]
            name = row["organization"] or f"{row['last']}, {row['first']}".strip(", ")
            count[0] += 1
            if not count[0] % 20_000:
                tell(count[0])
            yield row["npi"], row["entity"], name, " ".join(codes), row["state"], row["zip"], row["deactivated"]

    connection.executemany("INSERT OR REPLACE INTO provider VALUES (?, ?, ?, ?, ?, ?, ?)", providers())
    if not count[0]:
        raise ImportRefused(file.name, "the file holds no provider.", line=1)
    return Loaded("NPPES", options.effective, count[0], is_whole=False)


def _named(*words: str) -> Callable[[Incoming], bool]:
    return lambda file: all(word in file.base for word in words)


def _starts(text: bytes) -> Callable[[Incoming], bool]:
    return lambda file: text in file.head[:1500].upper()


def _is_gem(file: Incoming) -> bool:
    first = file.head.split(b"\n", 1)[0].decode("latin-1")
    return re.fullmatch(r"[0-9A-Z]{3,7}\s+\w{3,7}\s+[01]{3}\d\d\s*", first) is not None or ('"flags"' in first and "icd9" in first)


def _is_cpt(file: Incoming) -> bool:
    return ("cpt" in file.base or "longul" in file.base or b"CPT" in file.head[:3000]) and re.search(
        rb"(?m)^(?:\d+\t)?\d{4}[0-9A-Z]\t", file.head
    ) is not None


IMPORTERS = (
    Importer("drg", "drg", "MS-DRG weights (table 5)", lambda f: b"MS-DRG Title" in f.head[:2000], _load_drg),
    Importer(
        "drg-mcc", "complication", "major complications (table 6I)", _starts(b"COMPLETE MCC LIST"), _load_complications("MCC")
    ),
    Importer("drg-cc", "complication", "complications (table 6J)", _starts(b"COMPLETE CC LIST"), _load_complications("CC")),
    Importer(
        "drg-exclusions", "complication_exclusion", "CC exclusions (table 6K)", _starts(b"LIST OF CC EXCLUSIONS"), _load_exclusions
    ),
    Importer("gem", "gem", "general equivalence mappings", _is_gem, _load_gem),
    Importer(
        "taxonomy",
        "taxonomy",
        "provider taxonomy",
        lambda f: f.head[:60].startswith((b"Code,Grouping,", b"\xef\xbb\xbfCode,Grouping,")),
        _load_taxonomy,
    ),
    Importer("nppes", "provider", "provider register", lambda f: b"Provider Organization Name" in f.head[:2000], _load_nppes),
    Importer("carc", "carc", "claim adjustment reason codes", _named("carc"), _load_reasons("carc", r"\d{1,3}|[A-Z]\d{1,2}")),
    Importer("rarc", "rarc", "remittance remark codes", _named("rarc"), _load_reasons("rarc", r"[MN]A?\d{1,3}")),
    Importer("cpt", "cpt", "CPT (the AMA's file)", _is_cpt, _load_cpt),
)
