"""The source itself: sizes, module docstrings, names, and what must never stand in it."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for path in (ROOT / "src").rglob("*.py") if "migrations" not in path.parts)
LONGEST_FILE = 500
LONGER_FOR_A_REASON: dict[str, str] = {}
"""File below src/cleanclaim -> why it reads better in one piece."""
BANNED_NAMES = re.compile(r"^(utils?|helpers?|common|managers?|handlers?|info|data)$")


def _name(path: Path) -> str:
    return path.relative_to(ROOT / "src").as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_module_says_what_it_is(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree), "a module has one line at its top"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_file_can_be_read_in_one_sitting(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE or path.relative_to(ROOT / "src" / "cleanclaim").as_posix() in LONGER_FOR_A_REASON, (
        f"{lines} lines"
    )


def test_modules_are_nouns_of_the_field():
    assert [_name(path) for path in SOURCES if BANNED_NAMES.match(path.stem)] == []


def test_libraries_and_rules_know_no_django():
    layers = ("kernel", "documents", "ledger", "codesets", "x12", "encoder", "edits", "fees", "grouping", "forms", "simulator")
    wrong = []
    for path in SOURCES:
        parts = path.relative_to(ROOT / "src" / "cleanclaim").parts
        if parts[0] in layers or path.name == "rules.py":
            text = path.read_text(encoding="utf-8")
            if re.search(r"^\s*(from|import) django", text, re.MULTILINE):
                wrong.append(_name(path))
    assert wrong == []


def test_screens_and_commands_change_rows_only_through_actions():
    writes = re.compile(r"\.(save|delete|bulk_create|update_or_create|get_or_create)\(|\.objects\.create\(")
    wrong = []
    for path in SOURCES:
        parts = path.relative_to(ROOT / "src" / "cleanclaim").parts
        if parts[0] in {"web", "api"} and writes.search(path.read_text(encoding="utf-8")):
            wrong.append(_name(path))
    assert wrong == []


def test_rows_are_reached_through_their_practice():
    unscoped = re.compile(r"\b[A-Z]\w+\.objects\.(all|filter|get|exclude|order_by|values|first|last|count|aggregate|annotate)\(")
    tables_of_all_practices = re.compile(r"\b(Practice|User|Session|Authenticator|Site_)\.objects")
    wrong = []
    for path in SOURCES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if unscoped.search(line) and not tables_of_all_practices.search(line):
                wrong.append(f"{_name(path)}:{number}")
    assert wrong == []


def test_no_descriptor_text_of_others_and_no_addresses_of_registries_are_tracked():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    wrong = []
    for name in listed:
        if name.endswith((".txt", ".toml", ".in", ".cfg")):
            text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
            if re.search(r"--(extra-)?index-url|resolved\": *\"https?:", text):
                wrong.append(name)
    assert wrong == []
