"""Walks ICD-10-PCS axis by axis: what each character of a code means, and which values may come next."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanclaim.codesets.values import bare, day_number

if TYPE_CHECKING:
    from cleanclaim.codesets.store_file import StoreFile

_SURGICAL: Final = ("Section", "Body System", "Operation", "Body Part", "Approach", "Device", "Qualifier")
AXES: Final[dict[str, tuple[str, ...]]] = {
    "0": _SURGICAL, "1": _SURGICAL,
    "2": ("Section", "Anatomical Region", "Operation", "Body Region", "Approach", "Device", "Qualifier"),
    "3": ("Section", "Body System", "Operation", "Body System / Region", "Approach", "Substance", "Qualifier"),
    "4": ("Section", "Body System", "Operation", "Body System", "Approach", "Function / Device", "Qualifier"),
    "5": ("Section", "Physiological Systems", "Operation", "Body System", "Duration", "Function", "Qualifier"),
    "6": ("Section", "Physiological Systems", "Operation", "Body System", "Duration", "Qualifier", "Qualifier"),
    "7": ("Section", "Anatomical Regions", "Operation", "Body Region", "Approach", "Method", "Qualifier"),
    "8": ("Section", "Body System", "Operation", "Body Region", "Approach", "Method", "Qualifier"),
    "9": ("Section", "Anatomical Regions", "Operation", "Body Region", "Approach", "Method", "Qualifier"),
    "B": ("Section", "Body System", "Type", "Body Part", "Contrast", "Qualifier", "Qualifier"),
    "C": ("Section", "Body System", "Type", "Body Part", "Radionuclide", "Qualifier", "Qualifier"),
    "D": ("Section", "Body System", "Modality", "Treatment Site", "Modality Qualifier", "Isotope", "Qualifier"),
    "F": ("Section", "Section Qualifier", "Type", "Body System / Region", "Type Qualifier", "Equipment", "Qualifier"),
    "G": ("Section", "Body System", "Type", "Qualifier", "Qualifier", "Qualifier", "Qualifier"),
    "H": ("Section", "Body System", "Type", "Qualifier", "Qualifier", "Qualifier", "Qualifier"),
    "X": ("Section", "Body System", "Operation", "Body Part", "Approach", "Device / Substance / Technology", "Qualifier"),
}  # fmt: skip
"""The name of each of the seven characters, by section."""


class Axis(NamedTuple):
    """One character of an ICD-10-PCS code: its name, value, meaning (blank where not known), and the definition of an operation or approach."""

    position: int
    name: str
    value: str
    label: str
    definition: str = ""


class Choice(NamedTuple):
    """One value that may come next, its meaning, and how many valid codes it leads to."""

    value: str
    label: str
    codes: int


def axes(store: StoreFile, code: str) -> tuple[Axis, ...]:
    """Return the meaning of each character of a code, or of the first characters of one."""
    key = bare(code)[:7]
    names = AXES.get(key[:1], _SURGICAL)
    out = []
    for at, value in enumerate(key):
        label = _label(store, key[:at], value)
        out.append(Axis(at + 1, names[at], value, label, _definition(store, key[0], names[at], label)))
    return tuple(out)


def choices(store: StoreFile, prefix: str, on: date) -> tuple[Choice, ...]:
    """Return the values that may follow the first characters of a code on a date: only those that lead to a valid code."""
    key, day = bare(prefix), day_number(on)
    if len(key) > 6:
        return ()
    rows = store.query(
        "SELECT substr(code, ?, 1), count(*) FROM code WHERE system = 'icd10pcs' AND billable = 1 AND code >= ? AND code < ?"
        " AND valid_from <= ? AND valid_to >= ? GROUP BY 1 ORDER BY 1",
        len(key) + 1, key, key + "~", day, day,
    )  # fmt: skip
    return tuple(Choice(value, _label(store, key, value), count) for value, count in rows.fetchall())


def _label(store: StoreFile, before: str, value: str) -> str:
    """Return what a value means after the characters before it."""
    position = len(before) + 1
    if position <= 3:
        row = store.query("SELECT title FROM code WHERE system = 'icd10pcs' AND code = ? LIMIT 1", before + value).fetchone()
        return row[0] if row else ""
    row = store.query(
        "SELECT label FROM pcs_axis WHERE pcs_table = ? AND position = ? AND value = ? ORDER BY row_no LIMIT 1",
        before[:3],
        position,
        value,
    ).fetchone()
    return row[0] if row else ""


def _definition(store: StoreFile, section: str, axis: str, label: str) -> str:
    if axis not in {"Operation", "Approach"} or not label:
        return ""
    row = store.query(
        "SELECT definition FROM pcs_definition WHERE section = ? AND axis = ? AND term = ?", section, axis, label
    ).fetchone()
    return row[0] if row else ""
