"""`cleanclaim intake read`: the keys that integrators rely on, and the exit codes."""

from __future__ import annotations

import json

import intake_drawn as drawn
from cleanclaim.cli.main import main


def test_read_prints_pages_words_and_what_waits(tmp_path, capsys):
    page = tmp_path / "note.pdf"
    page.write_bytes(drawn.typed_pdf())
    assert main(["intake", "read", str(page), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["file"] == str(page)
    assert said["text"].splitlines()[2] == "Denies fever. No trauma."
    assert said["words_unsure"] == []
    (first,) = said["pages"]
    assert set(first) >= {"page", "width", "height", "lines"}
    assert set(first["lines"][0]) >= {"text", "confidence", "box", "words"}
    assert len(first["lines"][0]["box"]) == 4


def test_unreadable_file_is_one_sentence_and_exit_2(tmp_path, capsys):
    good, bad = tmp_path / "note.pdf", tmp_path / "bad.png"
    good.write_bytes(drawn.typed_pdf())
    bad.write_bytes(b"no picture")
    assert main(["intake", "read", str(bad), str(good)]) == 2
    said = capsys.readouterr()
    assert "Visit of 10/12/2026" in said.out
    assert said.err.count("\n") == 1
    assert main(["intake", "read", str(tmp_path / "none.pdf")]) == 2


def test_superbill_is_drawn_kept_and_read_from_its_own_pdf(tmp_path, capsys):
    codes, paper = tmp_path / "codes.csv", tmp_path / "form.pdf"
    codes.write_text("section,code,label\nVisits,99213,Known\nDiagnoses,I10,Hypertension\n")
    assert main(["intake", "form", str(codes), "--title", "Maple Hill", "--out", str(paper), "--json"]) == 0
    number = json.loads(capsys.readouterr().out)["number"]
    assert main(["intake", "superbill", str(codes), str(paper), "--title", "Maple Hill", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["form"] == number
    assert {field["name"]: field["value"] for field in said["fields"]}["99213"] == "empty"
    assert said["waiting"] == 0
    assert main(["intake", "superbill", str(codes), str(paper), "--title", "Another"]) == 2
    codes.write_text("99213,Known\n")
    assert main(["intake", "form", str(codes), "--out", str(paper)]) == 2
