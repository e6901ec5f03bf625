"""Narrowing to a chapter, a range or billable codes; codes with wildcards; operations by their usual name."""

from __future__ import annotations

import json
from datetime import date

import pytest

from cleanclaim.cli.main import main
from cleanclaim.encoder import search
from cleanclaim.encoder.search.narrowing import Span, spans_of, within
from cleanclaim.kernel.errors import UsageError

ON = date(2026, 10, 15)


def test_chapter_leaves_its_codes_alone(store):
    hits = search.find("pregnancy diabetes", store, system="icd10cm", on=ON, chapter="15")
    assert hits
    assert all(hit.code.startswith(("O", "o")) for hit in hits)


@pytest.mark.parametrize(
    ("said", "code", "is_in"),
    [("C00-D49", "D49.9", True), ("C00-D49", "D50.0", False), ("s72", "S72.001A", True), ("4", "E11.9", True)],
)
def test_range_beginning_and_number_name_a_chapter(store, said, code, is_in):
    assert within(code, spans_of(store, said, ON)) is is_in


def test_number_is_a_beginning_outside_diagnoses(store):
    assert spans_of(store, "4", ON, "icd10pcs") == (Span("4", "4"),)


def test_chapter_that_is_none_is_refused(store):
    with pytest.raises(UsageError, match="is no chapter"):
        spans_of(store, "fractures!", ON)


def test_billable_only_leaves_no_heading(store):
    assert all(hit.billable for hit in search.find("umbilical hernia", store, system="icd10cm", on=ON, billable_only=True))


def test_question_mark_stands_for_one_character(store):
    codes = {hit.code for hit in search.find("s72.00?a", store, system="icd10cm", on=ON)}
    assert codes == {"S72.001A", "S72.002A", "S72.009A"}


def test_walk_lists_the_values_of_the_next_axis(store, monkeypatch, capsys):
    monkeypatch.setenv("CLEANCLAIM_HOME", str(store.file.parent))
    assert main(["lookup", "--pcs", "0ft4", "--on", "2026-10-15", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [axis["label"] for axis in answer["axes"]][-1] == "Gallbladder"
    assert {choice["label"] for choice in answer["choices"]} == {"Open", "Percutaneous Endoscopic"}


def test_book_that_is_not_imported_is_named(store, monkeypatch, capsys):
    monkeypatch.setenv("CLEANCLAIM_HOME", str(store.file.parent))
    assert main(["lookup", "--book", "drug", "aspirin"]) == 2
    assert "not imported" in capsys.readouterr().err


def test_code_of_another_year_says_when_it_was_in_force(store, monkeypatch, capsys):
    monkeypatch.setenv("CLEANCLAIM_HOME", str(store.file.parent))
    known = {code.code for code in store.iter_codes("icd10cm", date(2026, 9, 30), billable_only=True)}
    gone = min(known - {code.code for code in store.iter_codes("icd10cm", ON)})
    assert main(["lookup", gone, "--system", "icd10cm", "--on", "2026-10-15"]) == 1
    assert "2026-09-30" in capsys.readouterr().err
