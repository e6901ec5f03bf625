"""Settings, names and numbers that cannot be: one plain sentence and the exit code of the contract, never a traceback."""

import os

import pytest

from cleanclaim.cli.main import main
from cleanclaim.kernel.errors import SettingsError
from cleanclaim.settings.database import database_from_url
from cleanclaim.settings.environment import address_from, home_from, log_level_from, seconds_from
from cli.program import cleanclaim


@pytest.mark.parametrize(
    "url", ["postgresql://host:notaport/x", "http://[", "mysql://x", "postgresql://u@/", "postgresql://h:99999/x"]
)
def test_a_database_url_that_cannot_be_read_is_said(url):
    with pytest.raises(SettingsError):
        database_from_url(url)


def test_settings_of_the_environment_are_refused_in_words(tmp_path):
    (tmp_path / "file").touch()
    for wrong in (lambda: home_from(str(tmp_path / "file")), lambda: seconds_from("X", "abc"), lambda: seconds_from("X", "-1"), lambda: log_level_from("loud")):  # fmt: skip
        with pytest.raises(SettingsError):
            wrong()
    for address in ("https://[", "https://h:port", "http://elsewhere.example", "https://h/?q=1", "ftp://h", "word"):
        with pytest.raises(SettingsError):
            address_from("X", address)
    assert home_from(str(tmp_path / "new")).stat().st_mode & 0o777 == 0o700
    assert seconds_from("X", "28800") == 28800
    assert log_level_from("debug") == "DEBUG"


def test_a_file_that_is_no_database_is_one_sentence_for_doctor_too(tmp_path):
    (tmp_path / "noise").write_bytes(os.urandom(3000))
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'noise'}"}
    proof = cleanclaim("ledger", "verify", "--json", home=tmp_path / "home", env=env)
    looked = cleanclaim("doctor", "--json", home=tmp_path / "home", env=env)
    for wrong in (proof, looked):
        assert wrong.code == 1
        assert "Traceback" not in wrong.err
    assert "database does not answer" in proof.err
    assert [check["ok"] for check in looked.json["checks"] if check["name"] == "database"] == [False]


def test_a_path_that_cannot_be_is_one_sentence(tmp_path, capsys):
    (tmp_path / "file").touch()
    for path in ("x" * 5000, str(tmp_path / "file" / "below")):
        assert main(["code", path, "--json"]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert len(said.err.splitlines()) == 1


def test_names_and_lines_of_other_encodings_are_borne(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("Cough for three days.")
    read = cleanclaim("code", os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"), "--json", home=tmp_path)
    assert (read.code, "Traceback" in read.err) == (0, False)
    assert read.json["file"].endswith(".txt")


@pytest.mark.parametrize("words", [["--port", "99999"], ["--port", "0"], ["--port", "-1"], ["--threads", "0"]])
def test_a_port_that_cannot_be_is_refused_before_anything_starts(words, capsys):
    assert main(["serve", *words]) == 2
    assert "cleanclaim serve:" in capsys.readouterr().err


def test_json_that_is_nested_without_end_is_one_sentence(tmp_path, capsys):
    deep, note = tmp_path / "deep.json", tmp_path / "note.txt"
    deep.write_text("[" * 200_000)
    note.write_text("Cough for three days.")
    for words in (["code", "--context", deep, note], ["x12", "check", "--partner", deep, note], ["simulate", "--plans", deep, "-o", tmp_path, note],
                  ["simulate", "--state", deep, "-o", tmp_path, note]):  # fmt: skip
        assert main(list(map(str, words))) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert len(said.err.splitlines()) == 1


def test_a_backup_is_not_written_to_a_folder(tmp_path, capsys):
    for path in ("", ".", "/", str(tmp_path)):
        assert main(["backup", path]) == 2
        assert "is a folder" in capsys.readouterr().err
