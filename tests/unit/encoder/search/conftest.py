"""One store and one search index for all tests of the search."""

from __future__ import annotations

import pytest

from cleanclaim import codesets


@pytest.fixture(scope="session")
def search_home(tmp_path_factory):
    return tmp_path_factory.mktemp("search-home")


@pytest.fixture(scope="session")
def store(search_home):
    return codesets.open_store(search_home / "codesets.sqlite3")
