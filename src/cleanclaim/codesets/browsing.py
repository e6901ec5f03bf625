"""Walks the code lists from the top: chapters and sections of ICD-10-CM, axes of ICD-10-PCS, groups of HCPCS and of our service list."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanclaim.codesets import pcs_walk
from cleanclaim.codesets.values import bare, day_number

if TYPE_CHECKING:
    from cleanclaim.codesets.store import Store

BROWSED: Final = {
    "icd10cm": "ICD-10-CM", "icd10pcs": "ICD-10-PCS", "hcpcs": "HCPCS II", "cpt": "CPT numbers", "modifier": "Modifiers",
    "pos": "Place of service", "tob": "Type of bill", "revenue": "Revenue codes", "condition": "Condition codes",
    "occurrence": "Occurrence codes", "value": "Value codes", "discharge": "Discharge status", "group": "Adjustment groups",
    "carc": "Adjustment reasons (CARC)", "rarc": "Remarks (RARC)", "status_category": "Claim status categories", "status": "Claim status",
    "taxonomy": "Provider taxonomy",
}  # fmt: skip
"""Every list that can be walked; those after the modifiers are flat."""


class Twig(NamedTuple):
    """One line of a branch: `at` leads on (blank for a code), `codes` is how many codes stand below where that is known."""

    at: str
    code: str
    title: str
    is_billable: bool = False
    codes: int = 0
    label: str = ""


class Branch(NamedTuple):
    """What stands below one place: the way to it, what the next step is called, and its lines."""

    at: str
    title: str
    way: tuple[Twig, ...]
    step: str
    twigs: tuple[Twig, ...]


def branch(store: Store, system: str, at: str, on: date) -> Branch | None:
    """Return the branch of a system at a place; None when there is no such place on the date."""
    walk = {"icd10cm": _diagnoses, "icd10pcs": _procedures, "hcpcs": _supplies, "cpt": _services}.get(system)
    if walk is not None:
        return walk(store, at.strip(), on)
    return _flat(store, system, on) if system in BROWSED and not at.strip() else None


def _diagnoses(store: Store, at: str, on: date) -> Branch | None:
    here = store.get("icd10cm", at, on) if at else None
    if at and here is None:
        return None
    way = [Twig(c.code, c.code, c.title) for c in store.path("icd10cm", at, on)] if at else []
    twigs = []
    for child in store.children("icd10cm", at, on):
        leads_on = bool(store.children("icd10cm", child.code, on))
        label = {"chapter": f"Chapter {child.code}", "section": child.code}.get(child.kind, "")
        twigs.append(Twig(child.code if leads_on else "", child.code, child.title, child.billable, label=label))
    return Branch(at, here.title if here else "", tuple(way), "chapter" if not at else "code", tuple(twigs))


def _procedures(store: Store, at: str, on: date) -> Branch | None:
    key = bare(at)
    choices = store.pcs_choices(key, on)
    if not choices:
        return None
    axes = store.pcs_axes(key) if key else ()
    way = tuple(Twig(key[: axis.position], axis.value, axis.label or "(not known)", label=axis.name) for axis in axes)
    names = pcs_walk.AXES.get(key[:1], pcs_walk.AXES["0"])
    twigs = tuple(
        Twig(
            key + c.value if len(key) < 6 else "", key + c.value, _procedure_title(store, key + c.value, c.label, on), len(key) == 6,
            c.codes, c.value,
        )
        for c in choices
    )  # fmt: skip
    return Branch(key, axes[-1].definition if axes else "", way, names[len(key)], twigs)


def _procedure_title(store: Store, code: str, label: str, on: date) -> str:
    found = store.get("icd10pcs", code, on) if len(code) == 7 else None
    return found.title if found and found.title else label or "(its meaning is not loaded)"


def _supplies(store: Store, at: str, on: date) -> Branch | None:
    key, day = bare(at), day_number(on)
    way: list[Twig] = []
    if key:
        head = store.get("hcpcs", key[0], on)
        if head is None:
            return None
        way = [Twig(key[:n], key[:n], head.title if n == 1 else f"{key[:n]}000 to {key[:n]}999") for n in range(1, len(key) + 1)]
    if len(key) < 2:
        rows = store.query(
            "SELECT substr(code, ?, 1), count(DISTINCT code) FROM code WHERE system = 'hcpcs' AND billable = 1 AND code >= ? AND code < ?"
            " AND valid_from <= ? AND valid_to >= ? GROUP BY 1 ORDER BY 1",
            len(key) + 1, key, f"{key}~", day, day,
        ).fetchall()  # fmt: skip
        twigs = [Twig(key + char, key + char, _group_title(store, key + char, on), codes=count) for char, count in rows]
        return Branch(key, "", tuple(way), "group", tuple(twigs))
    codes = [
        c for c in (store.get("hcpcs", code, on) for (code,) in store.query(
            "SELECT DISTINCT code FROM code WHERE system = 'hcpcs' AND billable = 1 AND code >= ? AND code < ? AND valid_from <= ? AND valid_to >= ? ORDER BY code",
            key, f"{key}~", day, day,
        ).fetchall()) if c
    ]  # fmt: skip
    return Branch(key, "", tuple(way), "code", tuple(Twig("", c.code, c.title, True) for c in codes))


def _group_title(store: Store, key: str, on: date) -> str:
    head = store.get("hcpcs", key, on) if len(key) == 1 else None
    return head.title if head else f"{key}000 to {key}999"


def _services(store: Store, at: str, on: date) -> Branch | None:
    day = day_number(on)
    if not at:
        rows = store.query(
            "SELECT parent, count(DISTINCT code) FROM code WHERE system = 'cpt' AND valid_from <= ? AND valid_to >= ? GROUP BY 1 ORDER BY min(code)",
            day, day,
        ).fetchall()  # fmt: skip
        return Branch(
            "", "", (), "area", tuple(Twig(area or "-", "", area or "Without an area", codes=count) for area, count in rows)
        )
    area = "" if at == "-" else at
    codes = store.query(
        "SELECT code, title FROM code WHERE system = 'cpt' AND parent = ? AND valid_from <= ? AND valid_to >= ? ORDER BY code LIMIT 3000",
        area, day, day,
    ).fetchall()  # fmt: skip
    if not codes:
        return None
    twigs = tuple(Twig("", code, title, True) for code, title in codes)
    return Branch(at, "", (Twig(at, "", area or "Without an area"),), "number", twigs)


def _flat(store: Store, system: str, on: date) -> Branch:
    """A list without a tree; numbers that we have no words for stand with a blank title, since the words belong to others."""
    twigs = tuple(Twig("", c.code, c.title, True) for c in store.iter_codes(system, on))
    return Branch("", "", (), "code", twigs)
