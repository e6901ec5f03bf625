"""One code-set store with its search index for every test of the search in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanclaim import codesets

if TYPE_CHECKING:
    import pytest


def search_store(factory: pytest.TempPathFactory) -> codesets.Store:
    """Return the packaged store in a folder of this run; the first test that searches builds the index beside it."""
    home = factory.getbasetemp() / "search-home"
    home.mkdir(exist_ok=True)
    return codesets.open_store(home / "codesets.sqlite3")
