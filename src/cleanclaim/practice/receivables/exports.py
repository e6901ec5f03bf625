"""Tables as CSV and XLSX. A cell that a spreadsheet would take for a formula is written as text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from openpyxl import Workbook

from cleanclaim.kernel.money import Money

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")
"""What no workbook may hold, and what a spreadsheet skips before it looks for a formula."""
_NUMBER: Final = re.compile(r"-[0-9]+(\.[0-9]+)?")


def _plain(name: str, value: Any) -> Any:
    if name.endswith("_cents") and isinstance(value, int):
        return str(Money(value))
    if isinstance(value, str):
        text = _CONTROL.sub(" ", value)
        return "'" + text if text[:1] in {"=", "+", "@"} or (text[:1] == "-" and not _NUMBER.fullmatch(text)) else text
    return "" if value is None else value


def _heading(name: str) -> str:
    return name.removesuffix("_cents").replace("_", " ")


def csv_of(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as CSV; columns named `*_cents` are written as dollars with two decimals."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow([_heading(name) for name in names])
    writer.writerows([[_plain(name, value) for name, value in zip(names, row, strict=True)] for row in rows])
    return made.getvalue()


def xlsx_of(names: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "Report") -> bytes:
    """Return a table as XLSX; amounts are written as text with two decimals, so that no spreadsheet turns them into floats."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.append([_heading(name) for name in names])
    for row in rows:
        sheet.append([_plain(name, value) for name, value in zip(names, row, strict=True)])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
