"""Reads tables by the words of their header, never by position, and fixed-width lines with their layout checked."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

from cleanclaim.codesets.importers.incoming import Incoming
from cleanclaim.codesets.importers.problems import ImportRefused
from cleanclaim.codesets.values import OPEN

Columns = dict[str, tuple[str, ...]]
"""Our name of a column -> the words that files use for it, normalised; a name that ends in `?` may be missing."""

LOOK_AHEAD: Final = 40
LONGEST_CELL: Final = 2_000_000
"""Coverage articles carry their whole text in one cell, longer than the csv module's own limit."""
csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))


def plain(text: str) -> str:
    """Normalise a header: letters and digits alone, lower case."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


class Row:
    """One record with its line number; a cell that cannot be is refused with its line and column."""

    __slots__ = ("_names", "cells", "file", "line", "where")

    def __init__(self, file: str, line: int, cells: list[str], where: dict[str, int], names: dict[str, str]) -> None:
        self.file, self.line, self.cells, self.where, self._names = file, line, cells, where, names

    def __getitem__(self, name: str) -> str:
        at = self.where.get(name)
        return self.cells[at].strip(" \t\r\n\x1a\xa0") if at is not None and at < len(self.cells) else ""

    def refuse(self, name: str, says: str) -> ImportRefused:
        """Return the error for one cell."""
        return ImportRefused(self.file, says, line=self.line, column=self._names.get(name, name))

    def number(self, name: str) -> str:
        """Return a decimal number as text, two places at least; blank is 0."""
        text = self[name].replace(",", "").replace("$", "").strip()
        if not text:
            return "0.00"
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise self.refuse(name, f"“{self[name][:30]}” is no number.") from None
        if not value.is_finite() or value.adjusted() > 9:
            raise self.refuse(name, f"“{self[name][:30]}” is no number.")
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -8:  # a binary fraction written out: 0.7899999999999999
            value = round(value, 8).normalize()
        return format(value if -value.as_tuple().exponent >= 2 else value.quantize(Decimal("0.01")), "f")  # type: ignore[operator]

    def whole(self, name: str) -> int:
        """Return a whole number."""
        text = self[name].replace(",", "")
        if not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise self.refuse(name, f"“{self[name][:30]}” is no whole number.")
        return int(text)

    def day(self, name: str, default: int = OPEN) -> int:
        """Return a date (CCYYMMDD, MM/DD/CCYY, CCYY-MM-DD or CCYYDDD) as a number; blank or `*` is the default."""
        text = self[name]
        if text in {"", "*"}:
            return default
        found = day_of(text)
        if not found:
            raise self.refuse(name, f"“{text[:30]}” is no date.")
        return found

    def code(self, name: str, pattern: str) -> str:
        """Return a code that must fit a pattern."""
        text = self[name].upper()
        if not re.fullmatch(pattern, text):
            raise self.refuse(name, f"“{text[:30]}” is no code of this table.")
        return text


def day_of(text: str) -> int:
    """Return the CCYYMMDD number of a date in one of the ways that CMS writes it; 0 when it is none."""
    from datetime import date, timedelta

    text = text.strip().split(" ")[0].split("T")[0]
    try:
        if re.fullmatch(r"\d{8}", text):
            day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
        elif re.fullmatch(r"\d{7}", text):
            day = date(int(text[:4]), 1, 1) + timedelta(days=int(text[4:]) - 1)
        elif found := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", text):
            day = date(int(found[3]), int(found[1]), int(found[2]))
        else:
            day = date.fromisoformat(text)
    except (ValueError, OverflowError):
        return 0
    return day.year * 10000 + day.month * 100 + day.day


def records(file: Incoming, delimiter: str = ",", *, quoted: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number of the record's first line, cells)."""
    lines = file.lines(file.encoding())
    if not quoted:
        for number, line in lines:
            yield number, line.split(delimiter)
        return
    last = [0]

    def feed() -> Iterator[str]:
        for number, line in lines:
            last[0] = number
            yield line + "\n"

    reader = csv.reader(feed(), delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = last[0] + 1
    except csv.Error as wrong:
        raise ImportRefused(file.name, f"the record cannot be read: {wrong}.", line=start) from None


def table(file: Incoming, columns: Columns, *, delimiter: str = ",", quoted: bool = True, stacked: int = 1) -> Iterator[Row]:
    """Yield the rows below the header, wherever it stands in the first lines; up to `stacked` lines may make one header."""
    found: tuple[dict[str, int], dict[str, str], int] | None = None
    above: list[list[str]] = []
    nearest: tuple[int, list[str], int] = (-1, [], 1)
    for line, cells in records(file, delimiter, quoted=quoted):
        if found is None:
            above.append(cells)
            for depth in range(1, stacked + 1):
                header = _stack(above[-depth:])
                where, missing = _match(header, columns)
                score = len(where)
                if not missing:
                    found = (where, {name: header[at] for name, at in where.items()}, len(cells))
                if score > nearest[0]:
                    nearest = (score, missing, line)
            if found is None and len(above) > LOOK_AHEAD:
                break
            continue
        if not any(cell.strip() for cell in cells):
            continue
        yield Row(file.name, line, cells, found[0], found[1])
    if found is None:
        says = f"the column “{columns[nearest[1][0]][0] if nearest[1] else '?'}” is missing" + (
            f" (and {len(nearest[1]) - 1} more)." if len(nearest[1]) > 1 else "."
        )
        raise ImportRefused(file.name, says, line=nearest[2], column=nearest[1][0] if nearest[1] else None)


def _stack(rows: list[list[str]]) -> list[str]:
    width = max(len(row) for row in rows)
    return [" ".join(row[at].strip() for row in rows if at < len(row) and row[at].strip()) for at in range(width)]


def _match(header: list[str], columns: Columns) -> tuple[dict[str, int], list[str]]:
    names = [plain(cell) for cell in header]
    where: dict[str, int] = {}
    missing: list[str] = []
    for name, words in columns.items():
        optional = name.endswith("?")
        at = next((names.index(plain(word)) for word in words if plain(word) in names), None)
        if at is None:
            starts = [plain(word[:-1]) for word in words if word.endswith("*")]
            at = next((i for i, text in enumerate(names) if any(text.startswith(s) for s in starts)), None)
        if at is not None:
            where[name.rstrip("?")] = at
        elif not optional:
            missing.append(name)
    return where, missing


def complete(rows: Iterable[Row], *needed: str) -> Iterator[Row]:
    """Refuse a record that ends before the columns that matter: the file was cut off."""
    for row in rows:
        for name in needed:
            if row.where[name] >= len(row.cells):
                raise row.refuse(name, "the line ends early: the file is cut off or has another layout.")
        yield row
