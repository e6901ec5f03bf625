"""One store and one search index for all tests of the search."""

from __future__ import annotations

import pytest

from search_store import search_store


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    return search_store(tmp_path_factory)


@pytest.fixture(scope="session")
def search_home(store):
    return store.file.parent
