"""Index books as wordings: paths, references and the columns of the two tables."""

from __future__ import annotations

import sqlite3

from cleanclaim.encoder.search import book_terms

ROWS = [
    # book, id, parent, title, nonessential, code, see, see_also, cells
    ("index", 1, 0, "Abdominalgia", "", "", "Pain, abdominal", "", ""),
    ("index", 2, 0, "Pain, painful", "(chronic)", "R52", "", "", ""),
    ("index", 3, 2, "abdominal", "", "R10.9", "", "", ""),
    ("index", 4, 0, "Bellyache", "", "", "Abdominalgia", "", ""),
    ("index", 5, 0, "Lost", "", "", "Nowhere, at all", "", ""),
    ("index", 6, 0, "Circle", "", "", "Circle", "", ""),
    ("neoplasm", 1, 0, "breast", "", "", "", "", "2=C50.9-;3=C79.81"),
]  # fmt: skip


class _Store:
    def __init__(self):
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute("CREATE TABLE book_entry (book, id, parent, title, nonessential, code, see, see_also, cells)")
        self.connection.executemany("INSERT INTO book_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", ROWS)

    def query(self, sql, *values):
        return self.connection.execute(sql, values)


def test_see_line_leads_to_the_code_that_it_points_to():
    found = {(code, text) for code, text, _ in book_terms.terms(_Store())}
    assert ("R109", "Abdominalgia") in found
    assert ("R109", "Bellyache") in found
    assert ("R109", "Pain, painful (chronic), abdominal") in found


def test_reference_that_leads_nowhere_gives_no_wording():
    assert not {text for _, text, _ in book_terms.terms(_Store())} & {"Lost", "Circle"}


def test_column_of_a_table_is_part_of_the_wording():
    found = {(code, text) for code, text, _ in book_terms.terms(_Store())}
    assert ("C509", "breast, malignant neoplasm") in found
    assert ("C7981", "breast, secondary malignant neoplasm") in found
