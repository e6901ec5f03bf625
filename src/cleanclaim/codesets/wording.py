"""The full-text tables of the store (FTS5): titles of codes and entries of the books, for browsing by words."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from cleanclaim.codesets import schema
from cleanclaim.codesets.values import day_number

if TYPE_CHECKING:
    from cleanclaim.codesets.store import Store

_MOST_WORDS: Final = 12


def _make_anew(connection: sqlite3.Connection, table: str) -> None:
    connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(schema.WORDS[table])


def fill_codes(connection: sqlite3.Connection) -> None:
    """Write the words of every code's newest title anew."""
    _make_anew(connection, "code_words")
    connection.execute(
        "INSERT INTO code_words (system, code, title) SELECT system, code, title FROM ("
        " SELECT system, code, title, max(valid_from) FROM code WHERE title != '' AND system != 'icd10pcs' GROUP BY system, code)"
    )
    connection.execute("INSERT INTO code_words (code_words) VALUES ('optimize')")


def fill_books(connection: sqlite3.Connection) -> None:
    """Write the words of every line of the imported books anew, each with the lines above it: “Pain, abdominal”."""
    _make_anew(connection, "book_words")
    connection.executemany("INSERT INTO book_words (book, id, title) VALUES (?, ?, ?)", _whole_lines(connection))
    connection.execute("INSERT INTO book_words (book_words) VALUES ('optimize')")


def _whole_lines(connection: sqlite3.Connection) -> Iterator[tuple[str, int, str]]:
    lines: dict[tuple[str, int], str] = {}
    rows = connection.execute("SELECT book, id, parent, title, nonessential FROM book_entry ORDER BY book, id").fetchall()
    for book, number, parent, title, nonessential in rows:
        above = lines.get((book, parent), "")
        lines[book, number] = f"{above} {title}".strip()
        if title:
            yield book, number, f"{lines[book, number]} {nonessential}".strip()


def phrase(words: str) -> str:
    """Return what FTS5 is asked: every word as typed, each also as the beginning of a longer one; blank when there is none."""
    found = re.findall(r"[^\W_]+", words)[:_MOST_WORDS]
    return " ".join(f'"{word}"*' for word in found)


def codes_with(store: Store, words: str, systems: Sequence[str], on: date, limit: int = 50) -> list[tuple[str, str]]:
    """Return the (system, code) pairs in force on a date whose title has all the words, the closest titles first."""
    asked = phrase(words)
    if not asked:
        return []
    day, marks = day_number(on), ",".join("?" * len(systems))
    rows = store.query(
        f"SELECT w.system, w.code FROM code_words w WHERE code_words MATCH ? AND w.system IN ({marks}) AND EXISTS ("
        " SELECT 1 FROM code c WHERE c.system = w.system AND c.code = w.code AND c.valid_from <= ? AND c.valid_to >= ?)"
        " ORDER BY bm25(code_words), w.code LIMIT ?",
        asked, *systems, day, day, limit,
    )  # fmt: skip
    return [(system, code) for system, code in rows]


def entries_with(store: Store, words: str, book: str, limit: int = 50) -> list[int]:
    """Return the lines of a book that have all the words, in their own line or above it, the closest first."""
    asked = phrase(words)
    if not asked:
        return []
    rows = store.query(
        "SELECT w.id FROM book_words w WHERE book_words MATCH ? AND w.book = ? ORDER BY bm25(book_words), w.id LIMIT ?",
        asked, book, limit,
    )  # fmt: skip
    return [int(number) for (number,) in rows]
