"""A folder is a test: official-layout files (invented rows) go in, the store answers as `case.json` says, and an undo leaves the same file."""

import hashlib
import json
import re
from datetime import date
from pathlib import Path

import pytest

from cleanclaim import codesets
from cleanclaim.codesets import importing
from cleanclaim.codesets.importers.plan import Options
from cleanclaim.codesets.importers.problems import ImportRefused

HERE = Path(__file__).parent
CASES = sorted(path.name for path in HERE.iterdir() if (path / "case.json").exists())


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    made = tmp_path_factory.mktemp("golden") / "codesets.sqlite3"
    codesets.build(made)
    return made


def in_words(value):
    """Read dates and decimals of an answer as the case writes them."""
    if hasattr(value, "_asdict"):
        return {key: in_words(one) for key, one in value._asdict().items()}
    if isinstance(value, (tuple, list, frozenset)):
        return [in_words(one) for one in (sorted(value) if isinstance(value, frozenset) else value)]
    return value if isinstance(value, (int, str, type(None))) else str(value)


def asked(word):
    return date.fromisoformat(word) if isinstance(word, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", word) else word


def hash_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", CASES)
def test_the_files_of_a_case_go_in_and_the_store_answers(name, path):
    case = json.loads((HERE / name / "case.json").read_text(encoding="utf-8"))
    why = (HERE / name / "why.md").read_text(encoding="utf-8")
    before, steps = hash_of(path), 0
    for step in case.get("steps", []):
        files = [str(HERE / name / file) for file in step["files"]]
        at = hash_of(path)
        if "refused" in step:
            with pytest.raises(ImportRefused) as refused:
                importing.import_files(files, path=path, options=Options(**step.get("options", {})))
            assert str(refused.value) == step["refused"], why
            assert hash_of(path) == at
            continue
        report = importing.import_files(files, path=path, options=Options(**step.get("options", {})))
        assert [[item.importer, item.rows] for item in report.items] == step["imported"], why
        assert importing.import_files(files, path=path, options=Options(**step.get("options", {}))).step == 0
        steps += 1
    store = codesets.open_store(path)
    for method, words, expected in case.get("ask", []):
        answer = in_words(getattr(store, method)(*(asked(word) for word in words)))
        if isinstance(expected, dict) and isinstance(answer, dict):
            answer = {key: answer.get(key) for key in expected}
        assert answer == expected, f"{method}{tuple(words)}: {why}"
    for _ in range(steps):
        importing.undo(path)
    assert hash_of(path) == before
