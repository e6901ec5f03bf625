"""The code-set store as the book that external codes are looked up in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cleanclaim.codesets import Store

_BILLED: Final = frozenset({"icd10cm", "icd10pcs"})


class StoreBook:
    """Answers from a store, for the days from which it has whole lists; of CPT, whose list is the user's to load, it says nothing else."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._since: dict[str, date | None] = {}

    def fault(self, system: str, code: str, on: date) -> str:
        """Say what is wrong with a code on a day; empty when nothing is, or the store cannot know."""
        if system not in self._since:
            self._since[system] = self._store.known_since(system)
        since = self._since[system]
        if since is None or on < since:
            return ""
        found = self._store.get(system, code, on)
        if found is not None:
            if system in _BILLED and not found.billable:
                return "is a heading; it needs more characters"
            return ""
        if self._store.history(system, code):
            return f"was not in force on {on.isoformat()}"
        return f"is not known (on {on.isoformat()})"
