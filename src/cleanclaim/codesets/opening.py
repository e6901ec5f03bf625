"""Finds the store, and builds it first where there is none."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from cleanclaim.codesets import packaged, schema
from cleanclaim.codesets.building import Progress, build
from cleanclaim.codesets.store import Store

_opened: dict[str, tuple[tuple[int, int, int], Store]] = {}
_lock = threading.Lock()


def default_path() -> Path:
    """Return where the store is kept: `codesets.sqlite3` below CLEANCLAIM_HOME (default ./var)."""
    return Path(os.environ.get("CLEANCLAIM_HOME") or "var") / "codesets.sqlite3"


def open_store(path: str | os.PathLike[str] | None = None, progress: Progress | None = None) -> Store:
    """Open the store read-only; the same file gives the same Store. One that is absent is built from the packaged tables first."""
    where = Path(path) if path is not None else default_path()
    key = str(where.absolute())
    with _lock:
        mark = _mark(where)
        known = _opened.get(key)
        if known is not None and known[0] == mark:
            return known[1]
        if mark is None or not is_current(where):
            with building_lock(where):
                if _mark(where) is None or not is_current(where):
                    _set_aside(where)
                    build(where, progress)
        mark = _mark(where)
        if mark is None:
            raise FileNotFoundError(2, "no store", str(where))
        store = Store(where)
        _opened[key] = (mark, store)
        return store


def _set_aside(path: Path) -> None:
    """Keep a store of an older layout that holds imports: they are not thrown away unasked, only read no more."""
    if path.exists() and _meta(path).get("imports"):
        path.replace(path.with_name(f"{path.stem}.older-layout.sqlite3"))


def _meta(path: Path) -> dict[str, str]:
    with contextlib.closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)) as connection:
        try:
            return dict(connection.execute("SELECT key, value FROM meta").fetchall())
        except sqlite3.Error:
            return {}


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def has_this_layout(path: Path) -> bool:
    """Say whether a store file has the tables that this program reads."""
    return _meta(path).get("version") == str(schema.VERSION)


def set_aside(path: Path) -> Path | None:
    """Return the store of an older layout that was set aside with its imports, if there is one."""
    older = path.with_name(f"{path.stem}.older-layout.sqlite3")
    return older if older.exists() else None


def is_current(path: Path) -> bool:
    """Say whether a store can be used: of this layout, and made of these packaged tables unless official files were imported into it."""
    meta = _meta(path)
    if meta.get("version") != str(schema.VERSION):
        return False
    return meta.get("packaged") == packaged.fingerprint() or "imports" in meta


def has_newer_packaged_tables(path: Path) -> bool:
    """Say whether a store with imports was built from packaged tables older than this program's."""
    return _meta(path).get("packaged") != packaged.fingerprint()


@contextlib.contextmanager
def building_lock(path: Path) -> Iterator[None]:
    """Hold the one lock under which a store file is replaced; others wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / f".{path.name}.lock").open("a+b") as lock:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
