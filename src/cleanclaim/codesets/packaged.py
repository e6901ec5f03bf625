"""The tables inside the package: `.csv.xz` made by tools/vendor_codesets.py, and `.csv` written by us."""

from __future__ import annotations

import csv
import hashlib
import io
import lzma
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple


class PackagedTable(NamedTuple):
    """What provenance.csv says of one packaged table."""

    table: str
    release: str
    official_source: str
    packages: str
    licence: str
    rows: int
    sha256: str


def read_bytes(name: str) -> bytes:
    """Return the bytes of a file in the tables folder."""
    return (resources.files("cleanclaim.codesets") / "tables" / name).read_bytes()


def rows(name: str) -> Iterator[list[str]]:
    """Yield the rows of a vendored table, header left out."""
    reader = csv.reader(io.StringIO(lzma.decompress(read_bytes(f"{name}.csv.xz")).decode()))
    next(reader)
    yield from reader


def own_rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table that we wrote ourselves, as dictionaries."""
    yield from csv.DictReader(line for line in io.StringIO(read_bytes(f"{name}.csv").decode()) if not line.startswith("#"))


def sha256(name: str) -> str:
    """Return the hash of a file in the tables folder."""
    return hashlib.sha256(read_bytes(name)).hexdigest()


@cache
def provenance() -> dict[str, PackagedTable]:
    """Return what is known of each vendored table."""
    found = csv.DictReader(io.StringIO(read_bytes("provenance.csv").decode()))
    return {
        row["table"]: PackagedTable(
            row["table"], row["release"], row["official_source"], row["packages"], row["licence"], int(row["rows"]), row["sha256"]
        )
        for row in found
    }


@cache
def fingerprint() -> str:
    """Return one hash over every packaged table: a store built from other tables is built again."""
    total = hashlib.sha256()
    folder = resources.files("cleanclaim.codesets") / "tables"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith((".csv", ".xz")):
            total.update(file.name.encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
