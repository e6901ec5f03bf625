"""The code in force that says what a code of the annotated cases said: the editions since have divided and completed codes."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, NamedTuple

from cleanclaim.encoder.candidates.codebook import CodeStore, answers_of

_FULL_PCS: Final = 7


class Current(NamedTuple):
    """A code as it is written on the day, its title, and what was changed to get there."""

    code: str
    title: str
    is_complete: bool
    reasons: tuple[str, ...] = ()


def current_code(store: CodeStore | None, system: str, code: str, on: date) -> Current | None:
    """Return the code in force on a day for a code as the corpus writes it; None if the book has nothing below it."""
    known: dict[tuple[str, str], Current | None] = answers_of(store, on, "current")
    key = (system, code)
    if key not in known:
        known[key] = _current(store, system, code, on)
    return known[key]


def _current(store: CodeStore | None, system: str, code: str, on: date) -> Current | None:
    """Find the code.

    Without a store, or before the store's first edition, the code stands as it is. A procedure that names only its operation and body
    part stays incomplete, and says so.
    """
    written = code.upper()
    if system == "icd10pcs":
        title = _title(store, system, written, on)
        if len(written) == _FULL_PCS:
            return Current(written, title, is_complete=True)
        return Current(
            written, title, False, ("Only the operation and the body part are told: complete the approach, device and qualifier.",)
        )
    if store is None or (not store.children(system, written[:3], on) and store.get(system, written[:3], on) is None):
        return Current(written, "", is_complete=True)
    found = store.get(system, written, on)
    if found is not None and found.billable:
        return Current(found.code, found.title, is_complete=True)
    reached = _below(store, system, found, written, on)
    if reached is None:
        return None
    return Current(reached.code, reached.title, True, (f"{written} is not complete on this day: taken to its unspecified code.",))


def _below(store: CodeStore, system: str, found: Any, written: str, on: date) -> Any:
    """Return the unspecified billable code below a heading (or below the nearest heading above a code that is no more), or None."""
    while found is None and len(written) > 3:
        written = written[:-1].rstrip(".")
        found = store.get(system, written, on)
    for _ in range(4):
        if found is None or found.billable:
            return found
        found = _unspecified(list(store.children(system, found.code, on)))
    return None


def _unspecified(children: list[Any]) -> Any:
    """Choose the child that says least: unspecified, at an initial encounter, closed; else an only child, else the one ending in 9."""
    for words in (("unspecified", "initial encounter"), ("initial encounter", "closed"), ("initial encounter",), ("unspecified",)):
        fitting = [child for child in children if all(word in child.title.lower() for word in words)]
        if fitting:
            return min(fitting, key=lambda child: (len(child.title), child.code))
    ninth = children if len(children) == 1 else [child for child in children if child.code.endswith("9")]
    return ninth[0] if ninth else None


def _title(store: CodeStore | None, system: str, code: str, on: date) -> str:
    found = store.get(system, code, on) if store is not None else None
    return str(found.title) if found is not None else ""
