"""Files that a page hands out: PDF, CSV, XLSX, text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from cleanclaim.practice.receivables.exports import csv_of, xlsx_of

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file_answer(content: bytes | str, name: str, kind: str, *, inline: bool = False) -> HttpResponse:
    """Return a file; `inline` lets the browser show it."""
    answer = HttpResponse(content, content_type=kind)
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name)
    answer["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{safe}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """Return a PDF for the browser to show."""
    return file_answer(content, f"{name}.pdf", "application/pdf", inline=True)


def wanted_table(request: HttpRequest) -> str:
    """Return csv or xlsx when the page's address asks for a file (`?as=csv`), else nothing."""
    wanted = request.GET.get("as", "")
    return wanted if wanted in {"csv", "xlsx"} else ""


def table_answer(wanted: str, names: Sequence[str], rows: Iterable[Sequence[Any]], *, name: str, title: str) -> HttpResponse:
    """Return a table as CSV or XLSX; columns named `*_cents` stand in dollars."""
    if wanted == "xlsx":
        return file_answer(xlsx_of(names, rows, title=title), f"{name}.xlsx", _XLSX)
    return file_answer(csv_of(names, rows), f"{name}.csv", "text/csv; charset=utf-8")
