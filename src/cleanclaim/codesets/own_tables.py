"""Loads what we wrote ourselves: service numbers with our labels, claim code numbers, and the beginnings of payment rules."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Final

from cleanclaim.codesets import packaged
from cleanclaim.codesets.values import OPEN

_ALWAYS: Final = 19000101
"""First day of a number whose beginning we do not know."""

SEEDS: Final = {
    # name in status: (file, release, first day, what it is)
    "cpt": (
        "cpt_services",
        "our own list of common services",
        20260101,
        "numbers with our own labels; import the AMA's file for all",
    ),
    "ncci": ("ncci_seed", "seed after the NCCI Policy Manual", 20260101, "pairs that the NCCI Policy Manual explains"),
    "mue": ("mue_seed", "seed", 20260101, "units bounded by what the number means"),
    "rvu": ("rvu_seed", "RVU24C values, factors of 2024-2026", 20240309, "CMS PPRRVU (public domain), common numbers alone"),
    "gpci": ("gpci_2026", "CY 2026", 20260101, "CMS GPCI 2026, all localities"),
    "pos": ("claim_codes", "CMS list 2026", 20260101, "CMS place of service codes"),
    "carc": ("claim_codes", "numbers with our own glosses", 20260101, "facts and our own words"),
    "rarc": ("claim_codes", "numbers, glosses for the common ones", 20260101, "facts and our own words"),
    "ub": ("revenue_codes", "numbers with our own labels", 20260101, "facts and our own words"),
}


def fill(connection: sqlite3.Connection) -> None:
    """Load every table of our own."""
    rows = {(row[0], row[1]): row for row in (*_numbers(), *_claim_codes())}
    connection.executemany("INSERT OR IGNORE INTO code VALUES (?, ?, ?, ?, 1, ?, '', 'code', '')", sorted(rows.values()))
    _services(connection)
    _ncci(connection)
    _mue(connection)
    _fee_facts(connection)
    for name, (file, release, since, what) in SEEDS.items():
        count = sum(1 for row in packaged.own_rows(file) if row.get("system", name) == name)
        coverage = "full" if name in {"gpci", "pos"} else "seed"
        connection.execute(
            "INSERT INTO source (name, release, coverage, effective_from, origin, source, licence, sha256, row_count)"
            " VALUES (?, ?, ?, ?, 'packaged', ?, 'Apache-2.0; facts are in the public domain', ?, ?)",
            (name, release, coverage, since, what, packaged.sha256(f"{file}.csv"), count),
        )


Row = tuple[str, str, int, int, str]


def _numbers() -> Iterator[Row]:
    """Numbers alone: a gloss of ours replaces the empty title where we have one."""
    for row in packaged.own_rows("claim_code_numbers"):
        for word in row["numbers"].split():
            yield from ((row["system"], number, _ALWAYS, OPEN, "") for number in _expand(word))
    for system, number in packaged.rows("x12_numbers"):
        yield system, number, _ALWAYS, OPEN, ""


def _expand(word: str) -> Iterator[str]:
    """`B7-B16` and `01-06` stand for every number between; `QA-QH` for every letter between."""
    first, dash, last = word.partition("-")
    if not dash:
        yield first
    elif last.isdigit():
        width = len(first) if first.startswith("0") else 0
        yield from (str(number).zfill(width) for number in range(int(first), int(last) + 1))
    elif last[1:].isdigit():
        yield from (f"{first[0]}{number}" for number in range(int(first[1:]), int(last[1:]) + 1))
    else:
        yield from (f"{first[0]}{chr(letter)}" for letter in range(ord(first[1]), ord(last[1]) + 1))


def _claim_codes() -> Iterator[Row]:
    facilities: list[tuple[str, str]] = []
    for row in packaged.own_rows("claim_codes"):
        if row["system"] == "tob_facility":
            facilities.append((row["code"], row["title"]))
        elif row["system"] == "tob_frequency":
            yield from (("tob", f"0{code}{row['code']}", _ALWAYS, OPEN, f"{title}: {row['title']}") for code, title in facilities)
        else:
            yield row["system"], row["code"], _ALWAYS, OPEN, row["title"]
    for row in packaged.own_rows("revenue_codes"):
        for digit in row["digits"]:
            kind = {"0": "general", "9": "other"}.get(digit, "")
            yield "revenue", row["family"] + digit, _ALWAYS, OPEN, f"{row['label']}{', ' if kind else ''}{kind}"


def _services(connection: sqlite3.Connection) -> None:
    for row in packaged.own_rows("cpt_services"):
        first, last = int(row["from"] or _ALWAYS), int(row["to"] or OPEN)
        connection.execute(
            "INSERT INTO code VALUES ('cpt', ?, ?, ?, 1, ?, '', 'code', ?)", (row["code"], first, last, row["label"], row["area"])
        )
        triggers = [("cpt", row["code"], text, "synonym") for text in row["triggers"].split("|")]
        connection.executemany("INSERT OR IGNORE INTO synonym VALUES (?, ?, ?, ?)", triggers)


def _ncci(connection: sqlite3.Connection) -> None:
    for number, row in enumerate(packaged.own_rows("ncci_seed"), start=1):
        connection.execute("INSERT OR IGNORE INTO ncci_rationale (text) VALUES (?)", (row["rationale"],))
        rationale = connection.execute("SELECT id FROM ncci_rationale WHERE text = ?", (row["rationale"],)).fetchone()[0]
        pairs = [(a, b) for a in row["column1"].split() for b in row["column2"].split() if a != b]
        if not pairs:
            raise ValueError(f"ncci_seed row {number} has no pair")
        connection.executemany(
            "INSERT OR IGNORE INTO ncci VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(a, b, setting, int(row["since"]), OPEN, row["modifier"], rationale) for a, b in pairs for setting in ("p", "h")],
        )


def _mue(connection: sqlite3.Connection) -> None:
    for row in packaged.own_rows("mue_seed"):
        values = (row["setting"][0], int(row["since"]), OPEN, int(row["units"]), row["mai"], row["rationale"])
        connection.executemany("INSERT INTO mue VALUES (?, ?, ?, ?, ?, ?, ?)", [(code, *values) for code in row["codes"].split()])


def _fee_facts(connection: sqlite3.Connection) -> None:
    years = [(int(y["from"]), int(y["to"] or OPEN), y["factor"], y["release"]) for y in packaged.own_rows("conversion_factors")]
    rows = []
    for row in packaged.own_rows("rvu_seed"):
        code, modifier = row.pop("code"), row.pop("modifier")
        facts = {**row, "nonfacility_na": bool(row["nonfacility_na"]), "facility_na": bool(row["facility_na"])}
        for first, last, factor, release in years:
            rows.append((code, modifier, first, last, json.dumps({**facts, "conversion_factor": factor, "release": release})))
    connection.executemany("INSERT INTO rvu VALUES (?, ?, ?, ?, ?)", rows)
    places = [
        (r["carrier"], r["locality"], 2026, r["name"], r["state"], r["work"], r["pe"], r["malpractice"])
        for r in packaged.own_rows("gpci_2026")
    ]
    connection.executemany("INSERT INTO gpci VALUES (?, ?, ?, ?, ?, ?, ?, ?)", places)
