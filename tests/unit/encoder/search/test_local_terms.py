"""A practice's own words are kept day by day, and the command answers in the agreed JSON."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest

from cleanclaim.cli.main import main
from cleanclaim.encoder.search import LocalTerm, local_terms
from cleanclaim.kernel.errors import UnreadableInput


def test_local_terms_are_told_for_each_day(tmp_path):
    path = tmp_path / local_terms.FILE
    term = LocalTerm("icd10cm", "R53.83", "tired Tuesday")
    local_terms.record(path, term, on=date(2026, 10, 1))
    local_terms.record(path, term, on=date(2026, 11, 1), change="taken")
    assert local_terms.read(path, date(2026, 9, 30)) == ()
    assert local_terms.read(path, date(2026, 10, 31)) == (term,)
    assert local_terms.read(path, date(2026, 11, 1)) == ()


def test_broken_line_is_named(tmp_path):
    path = tmp_path / local_terms.FILE
    path.write_text("2026-10-01\tgiven\ticd10cm\n")
    with pytest.raises(UnreadableInput, match="line 1"):
        local_terms.read(path, date(2026, 10, 1))


def test_command_answers_each_line_with_a_list(store, search_home, monkeypatch, capsys):
    assert store
    monkeypatch.setenv("CLEANCLAIM_HOME", str(search_home))
    assert main(["lookup", "our", "flu", "--remember", "J10.1", "--on", "2026-10-15"]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("our flu\nI10\n\n"))
    capsys.readouterr()
    assert main(["lookup", "--stdin", "--local", "--system", "icd10cm", "--limit", "2", "--on", "2026-10-15"]) == 0
    lists = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [hits[0]["code"] if hits else None for hits in lists] == ["J10.1", "I10", None]
    assert {"system", "code", "title", "billable", "valid_from", "valid_to", "why"} <= lists[0][0].keys()
    assert main(["lookup", "I10", "--on", "yesterday"]) == 2
    assert main(["lookup"]) == 2
