"""`cleanclaim lookup --pcs` and `--book`: walking ICD-10-PCS axis by axis, and turning the pages of the imported index books."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from datetime import date

    from cleanclaim.codesets import Store
    from cleanclaim.codesets.books import BookEntry

_LENGTH = 7
"""The characters of an ICD-10-PCS code."""


def run(args: argparse.Namespace, typed: str, on: date) -> int:
    """Print one step of a walk; exit 1 where it leads nowhere."""
    from cleanclaim import codesets

    store = codesets.open_store()
    return _pcs(args, store, typed, on) if args.pcs else _book(args, store, typed, on)


def _pcs(args: argparse.Namespace, store: Store, typed: str, on: date) -> int:
    prefix = typed.replace(".", "").replace(" ", "").upper()
    if len(prefix) > _LENGTH or not (prefix.isalnum() or not prefix):
        raise UsageError("--pcs takes the first characters of an ICD-10-PCS code, such as 0FT4; nothing at all lists the sections.")
    axes, choices = store.pcs_axes(prefix), store.pcs_choices(prefix, on)
    code = store.get("icd10pcs", prefix, on) if len(prefix) == _LENGTH else None
    if args.json:
        value = {
            "prefix": prefix, "axes": [axis._asdict() for axis in axes], "choices": [choice._asdict() for choice in choices],
            "code": {"code": code.code, "title": code.title, "billable": code.billable} if code else None,
        }  # fmt: skip
        print(json.dumps(value, ensure_ascii=False, indent=1))
    else:
        for axis in axes:
            print(f"{axis.value}  {axis.name:<28} {axis.label}")
        if code:
            print(f"{code.code} {code.title}")
        for choice in choices:
            print(f"   {prefix}{choice.value:<{_LENGTH + 1 - len(prefix)}} {choice.label or '-'}  ({choice.codes:,} codes)")
    if not choices and code is None:
        print(f"No ICD-10-PCS code in force on {on.isoformat()} begins with {prefix}.", file=sys.stderr)
        return 1
    return 0


def _book(args: argparse.Namespace, store: Store, typed: str, on: date) -> int:
    from cleanclaim.codesets import books

    title, _, importer = books.BOOKS[args.book]
    if not typed.strip():
        raise UsageError("Say at which word to open the book.")
    if not books.counts(store)[args.book]:
        raise UsageError(f"{title}: not imported; `cleanclaim codesets import FILE` brings it ({importer}).")
    lines = books.matching(store, args.book, typed, on, limit=max(args.limit, 25))
    if args.json:
        print(json.dumps([_line(entry) for entry in lines], ensure_ascii=False, indent=1))
    else:
        for entry in lines:
            refers = "".join(f"; {word} {to}" for word, to in (("see", entry.see), ("see also", entry.see_also)) if to)
            codes = "; ".join(f"{code.column} {code.printed}".strip() for code in entry.codes)
            more = f"  ({entry.below} below)" if entry.below else ""
            print(f"{_path(entry)}  {codes}{refers}{more}".rstrip())
    if not lines:
        print(f"{title}: no line has {typed}.", file=sys.stderr)
        return 1
    return 0


def _path(entry: BookEntry) -> str:
    return ", ".join((*(title for _, title in entry.way), f"{entry.title} {entry.nonessential}".strip()))


def _line(entry: BookEntry) -> dict[str, Any]:
    return {
        "path": _path(entry), "codes": [code._asdict() for code in entry.codes], "see": entry.see, "see_also": entry.see_also, "below": entry.below,
    }  # fmt: skip
