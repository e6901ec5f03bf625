import contextlib
import json
import sqlite3
from pathlib import Path

import pytest

from cleanclaim.cli.main import main
from cleanclaim.codesets import importing


def ask(capsys, *words):
    code = main(["codesets", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_status_tells_every_table_its_release_and_how_much_is_there(built, capsys):
    code, told = ask(capsys, "status", "--store", str(built))
    assert code == 0
    tables = {table["name"]: table for table in told["tables"]}
    assert tables["icd10cm"]["coverage"] == "full"
    assert tables["ncci"]["coverage"] == "seed"
    assert all(len(table["sha256"]) == 64 for table in told["tables"])
    assert told["counts"]["icd10pcs"] > 79_000


def test_import_status_undo_round_trip(path, tmp_path, capsys):
    file = tmp_path / "2018_I10gem.txt"
    file.write_text("A000    0010    00000\n")
    code, told = ask(capsys, "import", str(file), "--store", str(path))
    assert (code, told["step"], told["imported"][0]["rows"]) == (0, 1, 1)
    assert ask(capsys, "import", str(file), "--store", str(path))[1]["imported"][0]["state"] == "unchanged"
    assert ask(capsys, "status", "--store", str(path))[1]["undo"] == [{"step": 1, "files": ["2018_I10gem.txt"]}]
    assert ask(capsys, "undo", "--store", str(path))[1] == {"undone": 1, "files": ["2018_I10gem.txt"]}
    assert ask(capsys, "undo", "--store", str(path))[1]["undone"] is None


def test_a_bad_file_ends_with_exit_2_and_one_sentence(path, tmp_path, capsys):
    file = tmp_path / "x.csv"
    file.write_text("<html>")
    assert main(["codesets", "import", str(file), "--store", str(path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "x.csv, line 1" in told.err
    assert "Traceback" not in told.err
    assert main(["codesets", "import", str(tmp_path / "none.txt"), "--store", str(path)]) == 2


@pytest.mark.django_db
def test_diff_lists_what_october_changed(built, capsys):
    code, told = ask(capsys, "diff", "2026-09-30", "2026-10-01", "--system", "icd10cm", "--store", str(built))
    assert code == 0
    assert (len(told["added"]), len(told["deleted"]), len(told["revised"])) == (190, 30, 4)
    assert all(row["effective"] == "2026-10-01" for kind in ("added", "deleted", "revised") for row in told[kind])
    assert {impact["what"] for impact in told["impacts"]} == {"rule"}
    assert all(impact["code"] in {row["code"] for row in told["deleted"]} for impact in told["impacts"])


def test_build_makes_the_store_anew_and_keeps_the_former_for_undo(tmp_path, capsys):
    path = tmp_path / "new" / "codesets.sqlite3"
    code, told = ask(capsys, "build", "--store", str(path))
    assert (code, told["icd10cm"] > 74_000) == (0, True)
    assert importing.history(path) == []
    before = path.read_bytes()
    assert ask(capsys, "build", "--store", str(path))[1]["step"] == 1
    importing.undo(path)
    assert path.read_bytes() == before


def test_the_how_to_page_names_every_importer():
    page = (Path(__file__).parents[3] / "docs" / "codesets" / "importing.md").read_text(encoding="utf-8")
    assert [importer.name for importer in importing.IMPORTERS if f"| `{importer.name}` |" not in page] == []


def test_an_import_of_an_earlier_layout_is_not_put_back(path, tmp_path, capsys):
    file = tmp_path / "2018_I10gem.txt"
    file.write_text("A000    0010    00000\n")
    assert main(["codesets", "import", str(file), "--store", str(path)]) == 0
    kept = importing.former_store(path)
    with contextlib.closing(sqlite3.connect(kept)) as connection:
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'version'")
        connection.commit()
    now = path.read_bytes()
    assert main(["codesets", "undo", "--store", str(path)]) == 1
    assert "earlier version" in capsys.readouterr().err
    assert path.read_bytes() == now


def test_wrong_words_end_with_exit_2_and_one_sentence(path, capsys):
    for words in (["diff", "FY2026", "yesterday"], ["import", "x.txt", "--effective", "soon"], ["update", "--site", "ftp://x"], ["diff", "before", "now"],
                  ["diff", "none.sqlite3", "now"], ["import", "x.txt", "--as", "nothing"], ["frobnicate"], ["import"]):  # fmt: skip
        assert main(["codesets", *words, *(["--store", str(path)] if words[0] != "frobnicate" else [])]) == 2, words
        told = capsys.readouterr()
        assert told.out == ""
        assert "Traceback" not in told.err
        assert told.err.strip()


def test_lookup_answers_with_the_keys_that_others_rely_on(capsys):
    assert main(["lookup", "E11.40", "--on", "2026-11-20", "--limit", "1", "--json"]) == 0
    hit = json.loads(capsys.readouterr().out)[0]
    assert {"system", "code", "title", "billable", "valid_from", "valid_to", "why"} <= hit.keys()
    assert (hit["system"], hit["code"], hit["billable"], hit["valid_from"], hit["valid_to"]) == (
        "icd10cm",
        "E11.40",
        True,
        "2015-10-01",
        None,
    )
