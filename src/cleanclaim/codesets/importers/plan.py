"""What every importer shares: its name, what it was asked to do, and what it did."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Final, NamedTuple

from cleanclaim.codesets.importers.incoming import Incoming
from cleanclaim.codesets.importers.problems import ImportRefused
from cleanclaim.codesets.periods import Changed

PUBLIC: Final = "US government work"


class Options(NamedTuple):
    """What the user asked for: `effective` the release's first day, `partial` a file that adds and changes but ends nothing,
    `licensed` that the site holds the licence to the file's descriptions, `again` to import a file that is already in.
    """

    effective: int = 0
    partial: bool = False
    licensed: bool = False
    again: bool = False


class Loaded(NamedTuple):
    """What one file brought into the store."""

    release: str
    effective: int
    rows: int
    coverage: str = "full"
    licence: str = PUBLIC
    changed: Changed | None = None
    notice: str = ""
    is_whole: bool = True
    """Whether the file is a whole table by itself, so that one with far fewer rows than the release before was cut off."""


Tell = Callable[[int], None]
"""Told how many rows have been read so far."""


Loader = Callable[[sqlite3.Connection, Incoming, Options, Tell], Loaded]


class Importer(NamedTuple):
    """One official layout. `table` is the name in `codesets status`; `recognises` looks at the name and the first bytes alone."""

    name: str
    table: str
    title: str
    recognises: Callable[[Incoming], bool]
    load: Loader


MONTHS: Final = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}


def year_in(text: str) -> int:
    """Return the first year 2000-2099 that a file name or caption tells, or 0."""
    found = re.search(r"(?<!\d)(20\d\d)(?!\d)", text) or re.search(r"(20\d\d)", text)
    return int(found[1]) if found else 0


def month_in(text: str) -> int:
    """Return the month that a file name or caption tells by word, or 0."""
    found = re.search(r"(?<![a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", text.lower())
    return MONTHS[found[1]] if found else 0


def fiscal_day(file: Incoming, options: Options, version: int = 0) -> int:
    """Return the first day of an ICD-10 release: October 1 before the year of its name, or April 1 of an April update."""
    name = file.name.lower()
    named = year_in(name)
    if version and named and version != named:
        raise ImportRefused(
            file.name, f"the name says {named}, the file itself says {version}: this is another year's file.", line=1
        )
    year = version or named
    month = 4 if "april" in name or re.search(r"[-_ ]apr[-_. ]", name) else 10
    told = options.effective
    if told:
        if year and told // 10000 + (told % 10000 >= 1001) != year:
            raise ImportRefused(
                file.name, f"the file is of FY{year}, which {told} does not belong to: this is another year's file.", line=1
            )
        return told
    if not year:
        raise ImportRefused(file.name, "neither the name nor the file tells the year; name it with --effective.", line=1)
    return year * 10000 + 401 if month == 4 else (year - 1) * 10000 + 1001


def quarter_day(file: Incoming, options: Options, caption: str = "") -> int:
    """Return the first day of a quarterly release, as the option, the name or a caption tells it."""
    if options.effective:
        return options.effective
    name = file.name.lower()
    found = re.search(r"eff[_ -]*(\d{2})-(\d{2})-(\d{4})", name)
    if found:
        return int(found[3]) * 10000 + int(found[1]) * 100 + int(found[2])
    for text in (name, caption.lower()):
        year, month = year_in(text), month_in(text)
        short = re.search(r"rvu(\d\d)([a-d])", text) or re.search(r"(\d\d)clabq(\d)", text)
        if short:
            step = "abcd".index(short[2]) if short[2].isalpha() else int(short[2]) - 1
            return (2000 + int(short[1])) * 10000 + (step * 3 + 1) * 100 + 1
        quarter = re.search(r"(20\d\d)[-_ ]?q([1-4])", text)
        if quarter:
            return int(quarter[1]) * 10000 + (int(quarter[2]) * 3 - 2) * 100 + 1
        if year and month:
            return year * 10000 + month * 100 + 1
        if year and "annual" in text:
            return year * 10000 + 101
    for text in (name, caption.lower()):
        if year_in(text):
            return year_in(text) * 10000 + 101
    raise ImportRefused(file.name, "neither the name nor the file tells when it takes effect; name it with --effective.", line=1)


def check_size(file: Incoming, stated: int, known: int, what: str) -> None:
    """Refuse a full list that is far from what the store has for its days: cut off, of another year, or another table."""
    if known and not known * 0.9 <= stated <= known * 1.15:
        raise ImportRefused(
            file.name,
            f"the file has {stated:,} {what} where the store knows {known:,} on that day: it is cut off or of another year"
            " (a file that only adds and changes is imported with --partial).",
            line=stated + 1,
        )
