import hashlib
import shutil
import sqlite3

import pytest

from cleanclaim import codesets


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    path = tmp_path_factory.mktemp("codesets") / "codesets.sqlite3"
    codesets.build(path)
    return path


@pytest.fixture(scope="session")
def store(built):
    return codesets.open_store(built)


@pytest.fixture
def path(small, tmp_path):
    """A small store of the test's own."""
    own = tmp_path / "codesets.sqlite3"
    shutil.copyfile(small, own)
    return own


@pytest.fixture
def full_path(built, tmp_path):
    """A store of the test's own with every code list; taken away afterwards, since it is large."""
    own = tmp_path / "codesets.sqlite3"
    shutil.copyfile(built, own)
    yield own
    own.unlink()
    shutil.rmtree(tmp_path / "codesets.history", ignore_errors=True)


@pytest.fixture(scope="session")
def small(built, tmp_path_factory):
    """A store without the code lists: enough for tables that do not look at them, and quick to copy."""
    own = tmp_path_factory.mktemp("small") / "codesets.sqlite3"
    shutil.copyfile(built, own)
    connection = sqlite3.connect(own, isolation_level=None)
    for table in ("note", "mce", "poa_exempt", "pcs_axis", "full_list"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute("DELETE FROM code WHERE system IN ('icd10cm', 'icd10pcs', 'hcpcs', 'status', 'tob')")
    connection.execute("INSERT INTO full_list VALUES ('icd10cm', 20261001), ('icd10pcs', 20261001), ('hcpcs', 20260701)")
    connection.execute("VACUUM")
    connection.close()
    return own


@pytest.fixture(scope="session")
def content():
    """Return one hash over what a store says, leaving out when it was told."""

    def digest(path):
        connection = sqlite3.connect(path)
        total = hashlib.sha256()
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            columns = "*" if table != "source" else "name, release, coverage, effective_from, origin, sha256, row_count"
            names = [column[0] for column in connection.execute(f"SELECT {columns} FROM {table} LIMIT 1").description]
            row = " || ',' || ".join(f"quote({name})" for name in names)
            listed = f"SELECT {columns} FROM {table} ORDER BY {', '.join(names)}"
            text = connection.execute(f"SELECT group_concat({row}, ';') FROM ({listed})").fetchone()[0]
            total.update(f"{table}: {text}".encode())
        connection.close()
        return total.hexdigest()

    return digest


@pytest.fixture(scope="session")
def file_hash():
    """Return the hash of a store's bytes: one that was not touched, or was taken back, is the very same file."""
    return lambda path: hashlib.sha256(path.read_bytes()).hexdigest()
