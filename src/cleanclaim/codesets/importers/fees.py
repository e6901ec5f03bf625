"""Importers of Medicare fee schedules: PPRRVU, GPCI, localities, ZIP codes, anaesthesia, OPPSCAP, CLFS, DMEPOS, ASP, OPPS Addendum B."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable

from cleanclaim.codesets.importers.incoming import Incoming
from cleanclaim.codesets.importers.plan import Importer, Loaded, Loader, Options, Tell, quarter_day, year_in
from cleanclaim.codesets.importers.problems import ImportRefused
from cleanclaim.codesets.importers.reading import Columns, Row, complete, table
from cleanclaim.codesets.periods import previous_day
from cleanclaim.codesets.values import OPEN

_NUMBER = r"[0-9A-Z]\d{3}[0-9A-Z]"
_RVU: Columns = {
    "code": ("HCPCS",), "modifier": ("MOD",), "status": ("STATUS CODE", "status_code"), "work": ("WORK RVU", "work_rvu"),
    "pe_nonfacility": ("NON-FAC PE RVU", "NON-FACILITY PE RVU", "non_fac_pe_rvu"), "pe_facility": ("FACILITY PE RVU", "facility_pe_rvu"),
    "malpractice": ("MP RVU", "mp_rvu"), "nonfacility_na?": ("NON-FAC NA INDICATOR", "NA INDICATOR", "non_fac_indicator"),
    "facility_na?": ("FACILITY NA INDICATOR", "facility_indicator"), "pc_tc": ("PCTC IND", "pctc_ind"),
    "global_days": ("GLOB DAYS", "glob_days"), "pre?": ("PRE OP",), "intra?": ("INTRA OP",), "post?": ("POST OP",),
    "multiple_procedure?": ("MULT PROC",), "bilateral?": ("BILAT SURG",), "assistant?": ("ASST SURG",), "co_surgeon?": ("CO- SURG", "co_surg"),
    "team?": ("TEAM SURG",), "endoscopic_base?": ("ENDO BASE",), "conversion_factor": ("CONV FACTOR", "conv_factor"),
    "supervision?": ("PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES",),
}  # fmt: skip
_TEXTS = (
    "status",
    "pc_tc",
    "global_days",
    "multiple_procedure",
    "bilateral",
    "assistant",
    "co_surgeon",
    "team",
    "endoscopic_base",
    "supervision",
)
_NUMBERS = ("work", "pe_nonfacility", "pe_facility", "malpractice", "pre", "intra", "post")


def _load_rvu(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    caption = file.head[:3000].decode("latin-1")
    first = quarter_day(file, options, caption)
    release = f"RVU{first // 10000 % 100}{'ABCD'[(first // 100 % 100 - 1) // 3]}"
    qpp = "qpp" in file.base and "nonqpp" not in file.base
    rows: list[tuple[str, str, int, str]] = []
    factor = ""
    for row in complete(table(file, _RVU, stacked=8), "code", "status", "conversion_factor"):
        if not re.fullmatch(_NUMBER, row["code"].upper()):
            if len(row["code"]) > 5:
                continue  # closing captions
            raise row.refuse("code", f"“{row['code'][:20]}” is no procedure code.")
        factor = row.number("conversion_factor")
        facts: dict[str, object] = {name: row[name] for name in _TEXTS}
        facts |= {name: row.number(name) for name in _NUMBERS}
        facts |= {
            "conversion_factor": factor, "release": release, "nonfacility_na": bool(row["nonfacility_na"]), "facility_na": bool(row["facility_na"]),
        }  # fmt: skip
        rows.append((row["code"].upper(), row["modifier"].upper(), first, json.dumps(facts)))
        if not len(rows) % 5000:
            tell(len(rows))
    if not rows:
        raise ImportRefused(file.name, "the file holds no procedure.", line=1)
    if qpp:
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"conversion_factor_qpp:{first // 10000}", factor))
        return Loaded(f"{release} (APM factor {factor})", first, len(rows), "full")
    last = _cut(connection, "rvu", first)
    connection.executemany("INSERT OR REPLACE INTO rvu VALUES (?, ?, ?, ?, ?)", [(c, m, f, last, facts) for c, m, f, facts in rows])
    return Loaded(release, first, len(rows), "full" if len(rows) > 10_000 else "seed")


def _cut(connection: sqlite3.Connection, name: str, first: int, where: str = "1", values: tuple[str, ...] = ()) -> int:
    """End what is in force at a release's first day; return the day before the next release that is known."""
    later = connection.execute(f"SELECT min(valid_from) FROM {name} WHERE valid_from > ? AND {where}", (first, *values)).fetchone()[
        0
    ]
    connection.execute(f"DELETE FROM {name} WHERE valid_from = ? AND {where}", (first, *values))
    connection.execute(
        f"UPDATE {name} SET valid_to = ? WHERE valid_from < ? AND valid_to >= ? AND {where}",
        (previous_day(first), first, first, *values),
    )
    return previous_day(later) if later else OPEN


_GPCI: Columns = {
    "carrier": ("Medicare Administrative Contractor (MAC)", "mac", "carrier"), "state?": ("State",),
    "locality": ("Locality Number", "locality_number"), "name": ("Locality Name", "locality_name"),
    "work": ("PW GPCI*", "gpci_work", "2024 PW GPCI (with 1.0 Floor)*", "2025 PW GPCI (with 1.0 Floor)*", "2026 PW GPCI (with 1.0 Floor)*", "2027 PW GPCI (with 1.0 Floor)*",
             "2024 PW GPCI*", "2025 PW GPCI*", "2026 PW GPCI*", "2027 PW GPCI*"),
    "pe": ("PE GPCI", "gpci_pe", "2024 PE GPCI*", "2025 PE GPCI*", "2026 PE GPCI*", "2027 PE GPCI*"),
    "malpractice": ("MP GPCI", "gpci_mp", "2024 MP GPCI*", "2025 MP GPCI*", "2026 MP GPCI*", "2027 MP GPCI*"),
}  # fmt: skip


def _load_gpci(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    year = options.effective // 10000 or year_in(file.head[:600].decode("latin-1")) or _short_year(file)
    rows: list[tuple[object, ...]] = []
    for row in table(file, _GPCI, stacked=2):
        if not re.fullmatch(r"\d{5}", row["carrier"]):
            if rows:
                break  # the footnotes
            raise row.refuse("carrier", f"“{row['carrier'][:20]}” is no contractor number.")
        name = row["name"].replace("*", "").strip()
        rows.append((row["carrier"], row["locality"].zfill(2), year, name.title() if name.isupper() else name, row["state"],
                     row.number("work"), row.number("pe"), row.number("malpractice")))  # fmt: skip
    tell(len(rows))
    _enough(file, len(rows), 80, "localities", options)
    connection.execute("DELETE FROM gpci WHERE year = ?", (year,))
    connection.executemany("INSERT OR REPLACE INTO gpci VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return Loaded(f"CY {year}", year * 10000 + 101, len(rows))


_GPCI_LINE = re.compile(r"(\d{5})\s+([A-Z]{2})\s+(\d{2})\s+(\S.*?)\s{2,}(\d\.\d+)\s+(\d\.\d+)\s+(\d\.\d+)\s*")


def _load_gpci_text(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    """GPCI as text: contractor, state, locality, name and the three indices, set apart by blanks."""
    year = options.effective // 10000 or _short_year(file)
    rows: list[tuple[object, ...]] = []
    for number, line in file.lines("latin-1"):
        if not line.strip():
            continue
        found = _GPCI_LINE.fullmatch(line)
        if found is None:
            if not rows or line.lstrip().startswith("*"):
                continue  # captions above, footnotes below
            raise ImportRefused(file.name, "a line is contractor, state, locality, name and three indices.", line=number, column=1)
        carrier, state, locality, name, work, pe, malpractice = found.groups()
        name = name.replace("*", "").strip()
        rows.append((carrier, locality, year, name.title() if name.isupper() else name, state, work, pe, malpractice))
    tell(len(rows))
    _enough(file, len(rows), 80, "localities", options)
    if not options.partial:
        connection.execute("DELETE FROM gpci WHERE year = ?", (year,))
    connection.executemany("INSERT OR REPLACE INTO gpci VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return Loaded(f"CY {year}", year * 10000 + 101, len(rows), "seed" if options.partial else "full")


def _enough(file: Incoming, found: int, least: int, what: str, options: Options) -> None:
    if found < least and not options.partial:
        says = f"the file has {found} {what}, fewer than any release: it is cut off (a short one is imported with --partial)."
        raise ImportRefused(file.name, says, line=found + 1)


def _short_year(file: Incoming) -> int:
    found = re.search(r"(?<!\d)(\d\d)(?=locco|_|\D)", file.base) or re.search(r"20(\d\d)", file.base)
    if not found:
        raise ImportRefused(file.name, "neither the name nor the file tells the year; name it with --effective.", line=1)
    return 2000 + int(found[1])


_LOCCO: Columns = {
    "carrier": ("Medicare Administrative Contractor", "Medicare Adminstrative Contractor", "mac"), "locality": ("Locality Number", "locality_number"),
    "state?": ("State",), "area": ("Fee Schedule Area", "fee_schedule_area"), "counties": ("Counties",),
}  # fmt: skip


def _load_locco(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    year = options.effective // 10000 or _short_year(file)
    rows: dict[tuple[str, str], tuple[object, ...]] = {}
    state = ""
    for row in table(file, _LOCCO, stacked=2):
        if re.fullmatch(r"\d{4,5}", row["carrier"]):
            state = row["state"] or state
            key = (row["carrier"].zfill(5), row["locality"].zfill(2))
            earlier = rows.get(key)
            counties = f"{earlier[5]}; {row['counties']}" if earlier else row["counties"]
            rows[key] = (*key, year, state, row["area"], counties)
    tell(len(rows))
    _enough(file, len(rows), 80, "localities", options)
    connection.execute("DELETE FROM locality_county WHERE year = ?", (year,))
    connection.executemany("INSERT OR REPLACE INTO locality_county VALUES (?, ?, ?, ?, ?, ?)", rows.values())
    return Loaded(f"CY {year}", year * 10000 + 101, len(rows))


def _load_zip(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    """ZIP5: 1-2 state, 3-7 ZIP, 8-12 carrier, 13-14 locality, 15 rural indicator; the rest is not used."""
    first = quarter_day(file, options)
    rows = []
    for number, line in file.lines("latin-1"):
        if not line.strip():
            continue
        if not re.match(r"[A-Z]{2}\d{5}\d{5}[0-9A-Z]{2}", line):
            raise ImportRefused(
                file.name, "a line is state, ZIP code, carrier and locality in columns 1-14.", line=number, column=1
            )
        rows.append((line[2:7], line[7:12], line[12:14], line[:2], line[14:15].strip(), str(first)))
        if not number % 10_000:
            tell(number)
    _enough(file, len(rows), 30_000, "ZIP codes", options)
    if not options.partial:
        connection.execute("DELETE FROM zip_locality")
    connection.executemany("INSERT OR REPLACE INTO zip_locality VALUES (?, ?, ?, ?, ?, ?)", rows)
    return Loaded(f"{first}", first, len(rows))


Maker = Callable[[Row], tuple[str, str, str, str, dict[str, str]]]
"""One row of a schedule -> code, modifier, area, amount, facts."""


def _schedule(schedule: str, columns: Columns, make: Maker, *, delimiter: str = ",", least: int = 0, stacked: int = 1) -> Loader:
    """Return the loader of a plain fee schedule: each release replaces what is in force from its first day."""

    def load(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
        first = quarter_day(file, options, file.head[:1500].decode("latin-1"))
        rows = {}
        for row in complete(
            table(file, columns, delimiter=delimiter, stacked=stacked), *(n for n in columns if not n.endswith("?"))
        ):
            if not row[next(iter(columns))] or (
                not re.fullmatch(r"[0-9A-Z]{5}", row[next(iter(columns))].upper()) and len(row[next(iter(columns))]) > 5
            ):
                continue
            code, modifier, area, amount, facts = make(row)
            rows[code, modifier, area] = (schedule, code, modifier, area, first, amount, json.dumps(facts) if facts else "")
            if not len(rows) % 5000:
                tell(len(rows))
        if not rows:
            raise ImportRefused(file.name, "the file holds no fee.", line=1)
        _enough(file, len(rows), least, "fees", options)
        last = _cut(connection, "fee", first, "schedule = ?", (schedule,))
        connection.executemany(
            "INSERT OR REPLACE INTO fee VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [(*r[:5], last, *r[5:]) for r in rows.values()]
        )
        return Loaded(f"{first // 10000} Q{(first // 100 % 100 + 2) // 3}", first, len(rows))

    return load


_ANES: Columns = {
    "carrier": ("Contractor",), "locality": ("Locality",), "name": ("Locality Name", "locality_name"),
    "factor": ("anesthesia_conv_factor", "Anesthesia Conversion Factor", "National Anes CF*", "Anes CF*", "Conversion Factor"),
}  # fmt: skip
_OPPSCAP: Columns = {
    "code": ("HCPCS",), "modifier": ("MOD",), "status": ("PROCSTAT",), "carrier": ("CARRIER",), "locality": ("LOCALITY",),
    "facility": ("FACILITY", "FACILITY PRICE", "facility_price"), "nonfacility": ("NON-FACILITY", "NON-FACILTY PRICE", "NON-FACILITY PRICE", "non_facility_price"),
}  # fmt: skip
_CLFS: Columns = {
    "code": ("HCPCS",), "modifier": ("MOD",), "effective?": ("EFF_DATE",), "indicator?": ("INDICATOR",), "rate": ("RATE",), "year?": ("YEAR",),
}  # fmt: skip
_ASP: Columns = {"code": ("HCPCS Code",), "dosage": ("HCPCS Code Dosage",), "limit": ("Payment Limit",), "notes?": ("Notes",)}
_OPPS: Columns = {
    "code": ("HCPCS Code", "HCPCS"), "indicator": ("SI",), "apc": ("APC",), "weight?": ("Relative Weight",), "rate": ("Payment Rate",),
}  # fmt: skip


def _anes(row: Row) -> tuple[str, str, str, str, dict[str, str]]:
    if not re.fullmatch(r"\d{5}", row["carrier"]):
        raise row.refuse("carrier", f"“{row['carrier'][:20]}” is no contractor number.")
    return "ANES", "", f"{row['carrier']}-{row['locality'].zfill(2)}", row.number("factor"), {}


def _oppscap(row: Row) -> tuple[str, str, str, str, dict[str, str]]:
    return (row.code("code", _NUMBER), row["modifier"], f"{row['carrier'].zfill(5)}-{row['locality'].zfill(2)}", row.number("nonfacility"),
            {"facility": row.number("facility"), "status": row["status"]})  # fmt: skip


def _clfs(row: Row) -> tuple[str, str, str, str, dict[str, str]]:
    return row.code("code", r"[0-9A-Z]{5}"), row["modifier"], "", row.number("rate"), {"indicator": row["indicator"]}


def _asp(row: Row) -> tuple[str, str, str, str, dict[str, str]]:
    return row.code("code", r"[0-9A-Z]{5}"), "", "", row.number("limit"), {"dosage": row["dosage"]}


def _opps(row: Row) -> tuple[str, str, str, str, dict[str, str]]:
    rate = "0.00" if row["rate"] in {"", "."} else row.number("rate")
    return row.code("code", r"[0-9A-Z]{5}"), "", "", rate, {"status": row["indicator"], "apc": row["apc"], "weight": row["weight"]}


def _load_oppscap_text(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    """OPPSCAP as text: code and modifier run together, then status, carrier, locality, facility, non-facility, set apart by blanks."""
    first = quarter_day(file, options)
    rows = []
    for number, line in file.lines("latin-1"):
        cells = line.split()
        if not cells:
            continue
        if len(cells) != 6 or not re.fullmatch(rf"({_NUMBER})(\w\w)?", cells[0]):
            raise ImportRefused(file.name, "a line is code, status, carrier, locality and two amounts.", line=number, column=1)
        facts = json.dumps({"facility": cells[4], "status": cells[1]})
        rows.append(("oppscap", cells[0][:5], cells[0][5:], f"{cells[2]}-{cells[3]}", first, cells[5], facts))
    tell(len(rows))
    last = _cut(connection, "fee", first, "schedule = ?", ("oppscap",))
    connection.executemany("INSERT OR REPLACE INTO fee VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [(*r[:5], last, *r[5:]) for r in rows])
    return Loaded(f"{first // 10000} Q{(first // 100 % 100 + 2) // 3}", first, len(rows))


def _load_dmepos(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    """DMEPOS text, `~` between 17 fields: 0 year, 1 code, 2-3 modifiers, 5 category, 8 state, 9 floor, 10 ceiling, 11 non-rural, 12 rural fee."""
    first = quarter_day(file, options)
    rows = []
    for number, line in file.lines("latin-1"):
        cells = [cell.strip() for cell in line.split("~")]
        if not line.strip():
            continue
        if len(cells) < 16:
            raise ImportRefused(
                file.name, f"the line has {len(cells)} of 17 fields: the file is cut off.", line=number, column=len(cells)
            )
        if not cells[0].isdigit() or int(cells[0]) != first // 10000:
            raise ImportRefused(
                file.name,
                f"the line is of {cells[0]}, the file of {first // 10000}: this is another year's file.",
                line=number,
                column=1,
            )
        for at in (9, 10, 11, 12):
            if not re.fullmatch(r"\d*\.?\d*", cells[at]):
                raise ImportRefused(file.name, f"“{cells[at][:20]}” is no amount.", line=number, column=at + 1)
        facts = {"category": cells[5], "floor": _amount(cells[9]), "ceiling": _amount(cells[10]), "rural": _amount(cells[12])}
        modifier = (cells[2] + " " + cells[3]).strip()
        rows.append(("dmepos", cells[1], modifier, cells[8], first, _amount(cells[11]), json.dumps(facts)))
        if not number % 10_000:
            tell(number)
    if not rows:
        raise ImportRefused(file.name, "the file holds no fee.", line=1)
    last = _cut(connection, "fee", first, "schedule = ?", ("dmepos",))
    connection.executemany("INSERT OR REPLACE INTO fee VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [(*r[:5], last, *r[5:]) for r in rows])
    return Loaded(f"{first // 10000} Q{(first // 100 % 100 + 2) // 3}", first, len(rows))


def _amount(text: str) -> str:
    whole, _, cents = text.partition(".")
    return f"{int(whole or 0)}.{(cents or '0').ljust(2, '0')}"


def _has(*words: bytes) -> Callable[[Incoming], bool]:
    return lambda file: all(word in file.head[:6000].lower() for word in words)


IMPORTERS = (
    Importer(
        "pprrvu",
        "rvu",
        "physician fee schedule relative values",
        lambda f: "pprrvu" in f.base or _has(b"relative value file", b"conv")(f),
        _load_rvu,
    ),
    Importer("gpci", "gpci", "geographic practice cost indices", _has(b"gpci", b"locality"), _load_gpci),
    Importer(
        "gpci-text",
        "gpci",
        "geographic practice cost indices, as text",
        lambda f: f.base.startswith("gpci") and f.base.endswith(".txt"),
        _load_gpci_text,
    ),
    Importer("anes", "anes", "anaesthesia conversion factors", _has(b"contractor", b"anes"), _schedule("anes", _ANES, _anes)),
    Importer(
        "oppscap",
        "oppscap",
        "imaging payment cap by locality",
        _has(b"procstat", b"carrier"),
        _schedule("oppscap", _OPPSCAP, _oppscap),
    ),
    Importer(
        "oppscap-text",
        "oppscap",
        "imaging payment cap by locality, as text",
        lambda f: f.base.startswith("oppscap") and f.base.endswith(".txt"),
        _load_oppscap_text,
    ),
    Importer("locality", "locality", "counties of the Medicare localities", _has(b"fee", b"counties"), _load_locco),
    Importer(
        "zip",
        "zip",
        "ZIP code to carrier and locality",
        lambda f: re.match(rb"[A-Z]{2}\d{10}[0-9A-Z]{2}", f.head) is not None,
        _load_zip,
    ),
    Importer(
        "clfs",
        "clfs",
        "clinical laboratory fee schedule",
        _has(b"hcpcs", b"rate", b"indicator", b"year"),
        _schedule("clfs", _CLFS, _clfs),
    ),
    Importer("asp", "asp", "average sales price drug limits", _has(b"payment limit", b"dosage"), _schedule("asp", _ASP, _asp)),
    Importer("opps", "opps", "OPPS Addendum B", _has(b"apc", b"payment rate", b"si"), _schedule("opps", _OPPS, _opps)),
    Importer("dmepos", "dmepos", "DMEPOS fee schedule", lambda f: f.head[:400].count(b"~") >= 15, _load_dmepos),
)
