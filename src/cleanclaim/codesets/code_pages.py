"""Everything that the book and the store know about one code, for the code page."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cleanclaim.codesets.pcs_walk import Axis
from cleanclaim.codesets.store import Store
from cleanclaim.codesets.values import Code, MceAttributes, Notes, SeventhCharacter, bare


class SeventhChoice(NamedTuple):
    """One complete code that the seventh-character builder offers."""

    char: str
    meaning: str
    code: str
    billable: bool


class CodePage(NamedTuple):
    """What the code page shows; `history` has every period of validity, `mce` and `poa_exempt` what the inpatient editor says."""

    code: Code
    path: tuple[Code, ...]
    children: tuple[Code, ...]
    neighbours: tuple[Code, ...]
    notes: Notes | None
    seventh: tuple[SeventhChoice, ...]
    history: tuple[Code, ...]
    mce: MceAttributes | None
    poa_exempt: bool
    axes: tuple[Axis, ...] = ()


def code_page(store: Store, system: str, code: str, on: date) -> CodePage | None:
    """Return the page of a code; None when the store has never had it."""
    history = store.history(system, code)
    if not history:
        return None
    current = store.get(system, code, on)
    found = current or history[-1]
    is_diagnosis = system == "icd10cm"
    notes = store.notes(found.code, on) if is_diagnosis else None
    return CodePage(
        code=found,
        path=store.path(system, code, on),
        children=store.children(system, code, on),
        neighbours=store.neighbours(system, code, on),
        notes=notes,
        seventh=seventh_choices(store, found.code, notes.seventh, on) if notes else (),
        history=history,
        mce=store.mce(code, on, system) if system in {"icd10cm", "icd10pcs"} else None,
        poa_exempt=is_diagnosis and store.poa_exempt(code, on),
        axes=store.pcs_axes(found.code) if system == "icd10pcs" else (),
    )


def seventh_choices(store: Store, code: str, choices: tuple[SeventhCharacter, ...], on: date) -> tuple[SeventhChoice, ...]:
    """Build the complete codes of a stem: empty places before the seventh are filled with X (guideline I.A.5)."""
    key = bare(code)
    stem = key[:6] if len(key) == 7 else key
    if len(stem) < 3 or "-" in stem:
        return ()
    out = []
    for choice in choices:
        full = stem.ljust(6, "X") + choice.char
        found = store.get("icd10cm", full, on)
        if found is not None and found.billable:
            out.append(SeventhChoice(choice.char, choice.meaning, found.code, billable=True))
    return tuple(out)
