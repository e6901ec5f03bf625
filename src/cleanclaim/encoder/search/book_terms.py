"""The imported index books as wordings for codes: every path, with its nonessential modifiers, its columns and its *see* references.

A *see* line prints no code of its own; its words lead to the code of the entry that it points to, so that who types the old name arrives.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from cleanclaim.codesets import Store

BOOKS: Final = ("index", "external", "drug", "neoplasm")
COLUMNS: Final = {
    "drug": {"2": "poisoning accidental", "3": "poisoning intentional self-harm", "4": "poisoning assault", "5": "poisoning undetermined", "6": "adverse effect", "7": "underdosing"},
    "neoplasm": {"2": "malignant neoplasm", "3": "secondary malignant neoplasm", "4": "carcinoma in situ", "5": "benign neoplasm", "6": "neoplasm of uncertain behavior", "7": "neoplasm of unspecified behavior"},
}  # fmt: skip
"""What the columns of the two tables stand for (ICD-10-CM Table of Drugs and Chemicals, Table of Neoplasms)."""
_FOLLOWED: Final = 3
"""How many *see* lines in a row are followed; the book prints no longer chain."""


class BookEntry(NamedTuple):
    """A line of an index book as it is stored."""

    number: int
    parent: int
    title: str
    nonessential: str
    code: str
    see: str
    see_also: str
    cells: str


class Book:
    """One imported book, its lines findable by the words of their path."""

    def __init__(self, store: Store, name: str) -> None:
        self.name: Final = name
        sql = "SELECT id, parent, title, nonessential, code, see, see_also, cells FROM book_entry WHERE book = ? ORDER BY id"
        self.entries: Final = {row[0]: BookEntry(*row) for row in store.query(sql, name)}
        self._below: Final[dict[tuple[int, str], int]] = {}
        self.children: Final[dict[int, list[int]]] = defaultdict(list)
        for entry in self.entries.values():
            self.children[entry.parent].append(entry.number)
            for key in _keys(entry.title):
                self._below.setdefault((entry.parent, key), entry.number)

    def path(self, entry: BookEntry) -> str:
        """The titles from the main term down to a line; the brackets of the book kept."""
        names: list[str] = []
        at: BookEntry | None = entry
        while at is not None:
            names.append(f"{at.title} {at.nonessential}".strip())
            at = self.entries.get(at.parent)
        return ", ".join(reversed(names))

    def resolve(self, reference: str) -> BookEntry | None:
        """The line that a reference such as `Disease, heart, ischemic` points to; None where it leads nowhere."""
        at = 0
        for step in _steps(reference):
            found = self._below.get((at, step))
            if found is None:
                return None
            at = found
        return self.entries.get(at)

    def codes_of(self, entry: BookEntry) -> Iterator[str]:
        """The codes of a line, or of the line that it refers to."""
        for _ in range(_FOLLOWED):
            if entry.code:
                yield entry.code.split()[0].rstrip("-").rstrip(".")
                return
            target = self.resolve(entry.see or entry.see_also)
            if target is None or target is entry:
                return
            entry = target


def _keys(title: str) -> Iterator[str]:
    plain = re.sub(r"\s*\([^()]*\)", "", title.lower()).strip()
    yield plain
    yield plain.partition(",")[0]


def _steps(reference: str) -> list[str]:
    first = re.sub(r"\([^()]*\)", "", re.split(r";| - ", reference)[0])
    return [step.strip().lower() for step in first.split(",") if step.strip() and step.strip().lower() != "by site"]


def terms(store: Store) -> Iterator[tuple[str, str, str]]:
    """Every `(code, wording, kind)` of the books that are imported; codes without a dot."""
    for name in BOOKS:
        book = Book(store, name)
        for entry in book.entries.values():
            path = book.path(entry)
            for code in book.codes_of(entry):
                yield code.replace(".", ""), path, "index"
            for cell in filter(None, entry.cells.split(";")):
                column, _, code = cell.partition("=")
                says = COLUMNS.get(name, {}).get(column, "")
                yield (
                    code.rstrip("-").rstrip(".").replace(".", ""),
                    f"{path}, {says}" if says else path,
                    "drug" if name == "drug" else "index",
                )


def procedure_terms(store: Store) -> Iterator[tuple[str, str, str]]:
    """The imported index of ICD-10-PCS: its lines lead to a code or to a table of three characters."""
    book = Book(store, "pcs_index")
    for entry in book.entries.values():
        for code in entry.code.split():
            yield (code if len(code) == _WHOLE else code[:_TABLE]), f"{book.path(entry)} {entry.see}".strip(), "index"


_WHOLE: Final = 7
_TABLE: Final = 3
"""The characters of a whole ICD-10-PCS code, and of a table."""
