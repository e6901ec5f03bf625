"""Look-ups of payment rules on a date: NCCI pairs, unlikely units, add-on codes, fee schedule rows, code editor attributes."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from decimal import Decimal
from typing import Final

from cleanclaim.codesets.values import (
    OPEN,
    AddOn,
    Drg,
    Fee,
    Gpci,
    MceAttributes,
    Mue,
    NcciEdit,
    Rvu,
    as_date,
    as_first_date,
    bare,
    day_number,
)

SETTINGS: Final = {"practitioner": "p", "hospital": "h", "dme": "d"}
_NCCI: Final = (
    "SELECT effective, deleted, modifier, rationale FROM ncci WHERE column1 = ? AND column2 = ? AND setting = ? AND effective <= ?"
    " ORDER BY effective DESC"
)


def ncci(
    connection: sqlite3.Connection, column1: str, column2: str, on: date, setting: str, *, is_seed: bool = False
) -> NcciEdit | None:
    """Return the edit in force; the deletion date is its last day, and indicator 9 says that it never was in force."""
    day = on.year * 10000 + on.month * 100 + on.day
    for effective, deleted, modifier, rationale in connection.execute(_NCCI, (column1, column2, SETTINGS[setting], day)):
        if deleted >= day and modifier != "9":
            row = connection.execute("SELECT text FROM ncci_rationale WHERE id = ?", (rationale,)).fetchone() if rationale else None
            ended = None if deleted == OPEN else as_date(deleted)
            return NcciEdit(column1, column2, setting, as_first_date(effective), ended, modifier, row[0] if row else "", is_seed)
    return None


def mue(connection: sqlite3.Connection, code: str, on: date, setting: str, *, is_seed: bool = False) -> Mue | None:
    """Return the medically unlikely edit of a code in a setting."""
    day = day_number(on)
    row = connection.execute(
        "SELECT effective, units, mai, rationale, ended FROM mue WHERE code = ? AND setting = ? AND effective <= ? ORDER BY effective DESC LIMIT 1",
        (bare(code), SETTINGS[setting], day),
    ).fetchone()
    if row is None or row[4] < day:
        return None
    return Mue(bare(code), setting, row[1], row[2], row[3], as_first_date(row[0]), is_seed)


def addon(connection: sqlite3.Connection, code: str, on: date) -> AddOn | None:
    """Return what an add-on code is added to."""
    day = day_number(on)
    rows = connection.execute(
        "SELECT primary_code, effective, type FROM add_on WHERE code = ? AND effective <= ? AND deleted >= ? ORDER BY primary_code",
        (bare(code), day, day),
    ).fetchall()
    if not rows:
        return None
    primaries = tuple(primary for primary, _, _ in rows if primary != "CCCCC")
    return AddOn(bare(code), rows[0][2], primaries, as_first_date(min(row[1] for row in rows)))


_DECIMALS: Final = ("work", "pe_nonfacility", "pe_facility", "malpractice", "conversion_factor", "pre", "intra", "post")


def rvu(connection: sqlite3.Connection, code: str, modifier: str, on: date) -> Rvu | None:
    """Return the fee schedule row in force."""
    day = day_number(on)
    row = connection.execute(
        "SELECT valid_from, valid_to, facts FROM rvu WHERE code = ? AND modifier = ? AND valid_from <= ? ORDER BY valid_from DESC LIMIT 1",
        (bare(code), modifier.strip().upper(), day),
    ).fetchone()
    if row is None or row[1] < day:
        return None
    facts = json.loads(row[2])
    for name in _DECIMALS:
        if name in facts:
            facts[name] = Decimal(facts[name])
    return Rvu(bare(code), modifier.strip().upper(), effective=as_first_date(row[0]), **facts)


def fee(connection: sqlite3.Connection, schedule: str, code: str, on: date, modifier: str, area: str) -> Fee | None:
    """Return the row of a fee schedule in force."""
    day = day_number(on)
    row = connection.execute(
        "SELECT valid_from, valid_to, amount, facts FROM fee WHERE schedule = ? AND code = ? AND modifier = ? AND area = ? AND valid_from <= ?"
        " ORDER BY valid_from DESC LIMIT 1",
        (schedule, code.upper(), modifier.upper(), area, day),
    ).fetchone()
    if row is None or row[1] < day:
        return None
    return Fee(schedule, code.upper(), modifier.upper(), area, Decimal(row[2]), as_first_date(row[0]), json.loads(row[3] or "{}"))


def drg(connection: sqlite3.Connection, code: str, on: date) -> Drg | None:
    """Return an MS-DRG as table 5 of the fiscal year of a date has it; None where that year's table is not loaded."""
    year = on.year + (on.month >= 10)
    row = connection.execute(
        "SELECT mdc, type, title, weight, gmlos, amlos FROM drg WHERE drg = ? AND year = ?", (code.zfill(3), year)
    ).fetchone()
    if row is None:
        return None
    weight, gmlos, amlos = (Decimal(text) if text else None for text in row[3:])
    return Drg(code.zfill(3), year, row[0], row[1], row[2], weight, gmlos, amlos)


_GPCI: Final = "carrier, locality, name, work, pe, malpractice, year, state"


def gpci(connection: sqlite3.Connection, carrier: str, locality: str, on: date) -> Gpci | None:
    """Return the indices of a locality for the year of a date, or of the nearest year loaded: `year` says which."""
    row = connection.execute(
        f"SELECT {_GPCI} FROM gpci WHERE carrier = ? AND locality = ? ORDER BY abs(year - ?), year LIMIT 1",
        (carrier.zfill(5), locality.zfill(2), on.year),
    ).fetchone()
    return _gpci(row) if row else None


def localities(connection: sqlite3.Connection, on: date) -> tuple[Gpci, ...]:
    """Return every locality of the year of a date."""
    found = connection.execute(
        f"SELECT {_GPCI} FROM gpci WHERE year = (SELECT year FROM gpci ORDER BY abs(year - ?), year LIMIT 1) ORDER BY carrier, locality",
        (on.year,),
    )
    return tuple(_gpci(row) for row in found)


def _gpci(row: tuple[str, str, str, str, str, str, int, str]) -> Gpci:
    return Gpci(row[0], row[1], row[2], Decimal(row[3]), Decimal(row[4]), Decimal(row[5]), row[6], row[7])


def poa_exempt(connection: sqlite3.Connection, code: str, on: date) -> bool:
    """Say whether a diagnosis needs no present-on-admission indicator."""
    day = day_number(on)
    sql = "SELECT valid_to FROM poa_exempt WHERE code = ? AND valid_from <= ? ORDER BY valid_from DESC LIMIT 1"
    row = connection.execute(sql, (bare(code), day)).fetchone()
    return row is not None and row[0] >= day


def mce(connection: sqlite3.Connection, system: str, code: str, on: date) -> MceAttributes:
    """Return the code editor's attributes of a code on a date."""
    day = day_number(on)
    sql = "SELECT valid_to, attributes FROM mce WHERE system = ? AND code = ? AND valid_from <= ? ORDER BY valid_from DESC LIMIT 1"
    row = connection.execute(sql, (system, bare(code), day)).fetchone()
    words = tuple(row[1].split()) if row is not None and row[0] >= day else ()
    return MceAttributes(
        bare(code),
        external_cause="ecodepdx" in words,
        unacceptable_principal="unacceptable" in words,
        manifestation="manifestation" in words,
        sex="F" if "female" in words else "M" if "male" in words else "",
        age=next((word for word in ("newborn", "pediatric", "maternity", "adult") if word in words), ""),
        questionable_admission="qadm" in words,
        unspecified="unspecified" in words,
        requires_secondary="reqsdx" in words,
        wrong_procedure="wrngproc" in words,
        noncovered="noncovered" in words,
        limited_coverage="lcov" in words,
        attributes=words,
    )
