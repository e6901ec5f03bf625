"""The printed books beside the lists: alphabetic index, external causes, drugs, neoplasms, ICD-10-PCS index. Empty until imported."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanclaim.codesets import wording
from cleanclaim.codesets.values import bare

if TYPE_CHECKING:
    from cleanclaim.codesets.store import Store

BOOKS: Final = {
    "index": ("Alphabetic index", "icd10cm", "icd10cm-index"),
    "external": ("External causes", "icd10cm", "icd10cm-external"),
    "drug": ("Drugs and chemicals", "icd10cm", "icd10cm-drug"),
    "neoplasm": ("Neoplasms", "icd10cm", "icd10cm-neoplasm"),
    "pcs_index": ("ICD-10-PCS index", "icd10pcs", "icd10pcs-index"),
}
"""name -> (title, the system that its codes belong to, the importer that brings it)"""
COLUMNS: Final = {
    "drug": ("Accidental", "Self-harm", "Assault", "Undetermined", "Adverse effect", "Underdosing"),
    "neoplasm": ("Primary", "Secondary", "In situ", "Benign", "Uncertain", "Unspecified"),
}
"""The columns 2 to 7 of the two tables."""


class BookCode(NamedTuple):
    """One code as a book prints it: `code` leads to a page (blank where no such code is in force), `column` is the table's heading."""

    printed: str
    code: str
    column: str = ""


class BookEntry(NamedTuple):
    """One line of a book with its codes; `below` counts the lines under it; `way` are the lines above it, the main term first."""

    id: int
    level: int
    title: str
    nonessential: str
    codes: tuple[BookCode, ...]
    see: str
    see_also: str
    below: int
    way: tuple[tuple[int, str], ...] = ()


def counts(store: Store) -> dict[str, int]:
    """Return how many lines each book has; a book that is not imported has none."""
    rows = store.query("SELECT book, count(*) FROM book_entry GROUP BY book").fetchall()
    return {name: dict(rows).get(name, 0) for name in BOOKS}


def letters(store: Store, book: str) -> tuple[str, ...]:
    """Return the initials that a book has main terms under."""
    rows = store.query("SELECT DISTINCT upper(substr(title, 1, 1)) FROM book_entry WHERE book = ? AND parent = 0 ORDER BY 1", book)
    return tuple(letter for (letter,) in rows if letter)


_ENTRY: Final = "id, level, title, nonessential, code, see, see_also, cells, parent"


def below(store: Store, book: str, on: date, *, entry: int = 0, letter: str = "", limit: int = 2000) -> tuple[BookEntry, ...]:
    """Return the lines directly under an entry, or the main terms of a letter, in the order of the book."""
    if entry:
        rows = store.query(f"SELECT {_ENTRY} FROM book_entry WHERE book = ? AND parent = ? ORDER BY id LIMIT ?", book, entry, limit)
    else:
        rows = store.query(
            f"SELECT {_ENTRY} FROM book_entry WHERE book = ? AND parent = 0 AND (? = '' OR upper(substr(title, 1, 1)) = ?) ORDER BY id LIMIT ?",
            book, letter, letter, limit,
        )  # fmt: skip
    return tuple(_entry(store, book, row, on) for row in rows.fetchall())


def entry_of(store: Store, book: str, entry: int, on: date) -> BookEntry | None:
    """Return one line with the way down to it."""
    row = store.query(f"SELECT {_ENTRY} FROM book_entry WHERE book = ? AND id = ?", book, entry).fetchone()
    return _entry(store, book, row, on)._replace(way=_way(store, book, row[8])) if row else None


def matching(store: Store, book: str, words: str, on: date, limit: int = 60) -> tuple[BookEntry, ...]:
    """Return the lines that have all the words, the closest first, each with the way down to it."""
    found = (entry_of(store, book, number, on) for number in wording.entries_with(store, words, book, limit))
    return tuple(entry for entry in found if entry is not None)


def naming(store: Store, system: str, code: str, limit: int = 40) -> tuple[tuple[str, int, str], ...]:
    """Return (book, entry, the whole line) of the lines that lead to a code."""
    out = []
    key = bare(code)
    printed = f"{key[:3]}.{key[3:]}" if system == "icd10cm" and len(key) > 3 else key
    rows = store.query(
        "SELECT book, id, parent, title FROM book_entry WHERE code = ? OR code = ? ORDER BY book, id LIMIT ?",
        printed,
        f"{printed}-",
        limit,
    ).fetchall()
    for book, number, parent, title in rows:
        if BOOKS.get(book, ("", "", ""))[1] == system:
            out.append((book, number, ", ".join((*(text for _, text in _way(store, book, parent)), title))))
    return tuple(out)


def follow(store: Store, book: str, text: str) -> int:
    """Return the entry that “see Pain, abdominal” leads to, as far down as the words go; 0 where the book has no such main term."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        return 0
    row = store.query(
        "SELECT id FROM book_entry WHERE book = ? AND parent = 0 AND (title = ? COLLATE NOCASE OR title LIKE ? OR title LIKE ?)"
        " ORDER BY title != ? COLLATE NOCASE, id LIMIT 1",
        book, words[0], f"{_like(words[0])},%", f"%, {_like(words[0])}", words[0],
    ).fetchone()  # fmt: skip
    if row is None:
        return 0
    at = int(row[0])
    for word in words[1:]:
        row = store.query(
            "SELECT id FROM book_entry WHERE book = ? AND parent = ? AND (title = ? COLLATE NOCASE OR title LIKE ?) ORDER BY id LIMIT 1",
            book, at, word, f"{_like(word)}%",
        ).fetchone()  # fmt: skip
        if row is None:
            break
        at = int(row[0])
    return at


def _like(word: str) -> str:
    return re.sub(r"[%_]", "", word)


_Row = tuple[int, int, str, str, str, str, str, str, int]


def _entry(store: Store, book: str, row: _Row, on: date) -> BookEntry:
    number, level, title, nonessential, code, see, see_also, cells, _ = row
    codes = [_code(store, book, word, on) for word in code.split() if word]
    heads = COLUMNS.get(book, ())
    for cell in filter(None, cells.split(";")):
        column, _, printed = cell.partition("=")
        place = int(column) - 2 if column.isdigit() else -1
        codes.append(_code(store, book, printed, on)._replace(column=heads[place] if 0 <= place < len(heads) else ""))
    count = store.query("SELECT count(*) FROM book_entry WHERE book = ? AND parent = ?", book, number).fetchone()[0]
    return BookEntry(number, level, title or see, nonessential, tuple(codes), see if title else "", see_also, count)


def _code(store: Store, book: str, printed: str, on: date) -> BookCode:
    key = bare(printed.strip("[]").rstrip("-"))
    system = BOOKS[book][1]
    if (
        system == "icd10pcs"
        and not store.query("SELECT 1 FROM code WHERE system = 'icd10pcs' AND code >= ? AND code < ?", key, f"{key}~").fetchone()
    ):
        return BookCode(printed, "")
    if system == "icd10cm" and store.get(system, key, on) is None:
        return BookCode(printed, "")
    return BookCode(printed, key)


def _way(store: Store, book: str, parent: int) -> tuple[tuple[int, str], ...]:
    way: list[tuple[int, str]] = []
    while parent and len(way) < 15:
        row = store.query("SELECT id, title, parent FROM book_entry WHERE book = ? AND id = ?", book, parent).fetchone()
        if row is None:
            break
        way.append((row[0], row[1]))
        parent = row[2]
    return tuple(reversed(way))
