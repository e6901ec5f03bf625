"""The code book as the encoder asks it: is a code in force and billable on the day of service, and what is it called?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any, Final, Protocol

from cleanclaim.kernel.errors import CleanclaimError


class CodeStore(Protocol):
    """What the encoder needs of the code-set store."""

    def get(self, system: str, code: str, on: date) -> Any: ...
    def children(self, system: str, code: str, on: date) -> tuple[Any, ...]: ...
    def excludes1(self, code_a: str, code_b: str, on: date) -> Any: ...
    def iter_terms(self, system: str, on: date) -> Iterator[Any]: ...


_MOST_KEPT: Final = 20_000


def answers_of(store: CodeStore | None, on: date, question: str) -> dict[Any, Any]:
    """Return where answers about a day are kept: notes ask for the same codes again, and a store's file never changes while it is open."""
    asked: Any = store
    kept: dict[Any, Any] = _kept(asked, on, question)
    return kept


@lru_cache(maxsize=16)
def _kept(store: Any, on: date, question: str) -> dict[Any, Any]:  # noqa: ARG001 - they tell the answers apart
    return {}


class CodeBook:
    """Answers about codes on one day of service; without a store it believes the encoder's own tables."""

    def __init__(self, store: CodeStore | None, on: date) -> None:
        self.store: Final = store
        self.on: Final = on
        self._known: Final = answers_of(store, on, "codes")

    def entry(self, code: str, system: str = "icd10cm") -> Any:
        """Return the store's entry of a code, or None."""
        if self.store is None:
            return None
        key = (system, code)
        if key not in self._known:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[key] = self.store.get(system, code, self.on)
        return self._known.get(key)

    def is_billable(self, code: str, system: str = "icd10cm") -> bool:
        """Tell whether a code may be reported on the day."""
        if self.store is None:
            return True
        found = self.entry(code, system)
        return bool(found is not None and found.billable)

    def title(self, code: str, system: str = "icd10cm") -> str:
        """Return the title of a code; empty where none is shipped."""
        found = self.entry(code, system)
        return str(found.title) if found is not None else ""

    def in_force(self, code: str) -> str:
        """Return the code itself, or the code that says the same on the day (codes split and merge each October); empty if there is none."""
        if self.is_billable(code):
            return code
        parent = code[:-1].rstrip(".") if len(code) > 3 else ""
        if len(parent) >= 3 and self.is_billable(parent):
            return parent
        for ending in ("9", "0", "00", "90"):
            child = code + ("." if len(code) == 3 else "") + ending
            if self.is_billable(child):
                return child
        return ""

    def excludes1(self, one: str, other: str) -> Any:
        """Return the Excludes1 note between two codes, or None."""
        return self.store.excludes1(one, other, self.on) if self.store is not None else None


_DEFAULT: Final[dict[str, CodeStore | None]] = {}


def default_store() -> CodeStore | None:
    """Open the packaged code sets once; None where they cannot be opened."""
    if "store" not in _DEFAULT:
        try:
            from cleanclaim import codesets

            _DEFAULT["store"] = codesets.open_store()
        except (ImportError, OSError, CleanclaimError, AttributeError):
            _DEFAULT["store"] = None
    return _DEFAULT["store"]
