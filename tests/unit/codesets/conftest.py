import pytest

from cleanclaim import codesets


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("codesets") / "codesets.sqlite3"
    return codesets.open_store(path)
