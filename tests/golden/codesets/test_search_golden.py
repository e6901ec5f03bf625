"""What we say a query means: every folder here holds queries with the code that must come first, and why."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from cleanclaim.encoder import search
from search_store import search_store

HERE = Path(__file__).parent
ON = date(2026, 10, 15)


def _cases():
    for file in sorted(HERE.glob("*/queries.tsv")):
        with file.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows, delimiter="\t"):
                yield pytest.param(row["system"], row["typed"], row["code"], id=f"{file.parent.name}: {row['typed']}")


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    return search_store(tmp_path_factory)


@pytest.mark.parametrize(("system", "typed", "code"), list(_cases()))
def test_first_hit_is_the_code_that_is_meant(store, system, typed, code):
    hits = search.find(typed, store, system=system, on=ON)
    assert hits, "nothing found"
    assert hits[0].code in code.split(), [(hit.code, hit.title, hit.why) for hit in hits[:3]]


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in HERE.glob("*/queries.tsv")))
def test_every_folder_says_why(folder):
    assert (HERE / folder / "why.md").read_text(encoding="utf-8").strip()
