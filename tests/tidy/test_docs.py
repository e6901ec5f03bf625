"""The documents tell the truth: commands that they name exist, links lead somewhere, each app says what it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cleanclaim.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("README.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_that_are_named_exist(page):
    for name in re.findall(r"`cleanclaim ([a-z][a-z0-9]*)", page.read_text(encoding="utf-8")):
        assert name in COMMANDS, name


def test_each_app_of_the_practice_says_what_it_is():
    apps = [path for path in (ROOT / "src" / "cleanclaim" / "practice").iterdir() if (path / "__init__.py").exists()]
    assert [app.name for app in apps if not (app / "README.md").exists()] == []


def test_every_command_has_a_module_and_help():
    for name, (module, says) in COMMANDS.items():
        assert (ROOT / "src" / "cleanclaim" / "cli" / f"{module}.py").exists(), name
        assert says
