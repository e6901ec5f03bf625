"""The store's file: one memory-mapped SQLite file that nobody writes while it is open, and what is remembered of it."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from cleanclaim.kernel.errors import CodeSetError

_T = TypeVar("_T")


class StoreFile:
    """An open store. Safe to share across threads: each thread has a connection of its own."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.file = Path(path)
        self._local = threading.local()
        self._memos: dict[str, Any] = {}
        self._uri = f"file:{quote(str(self.file.resolve()))}?mode=ro&immutable=1"

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's read-only connection."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            try:
                found = sqlite3.connect(self._uri, uri=True, isolation_level=None, check_same_thread=False)
                found.execute("PRAGMA mmap_size = 4294967296")
                found.execute("PRAGMA query_only = 1")
            except sqlite3.Error as broken:
                raise CodeSetError(f"The code-set store {self.file} cannot be opened: {broken}.") from None
            self._local.connection = found
        return found

    def query(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """Run a read-only query of your own; the tables are in codesets/schema.py."""
        return self.connection.execute(sql, values)

    def memo(self, name: str, make: Callable[[], _T]) -> _T:
        """Return what `make` once made under a name; the file never changes below an open store, so it stays true."""
        if name not in self._memos:
            self._memos[name] = make()
        return self._memos[name]  # type: ignore[no-any-return]
