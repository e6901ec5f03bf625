"""Marking the codes of a visit: each code against the key, the first-listed diagnosis, modifiers, units and pointers. Pure.

The rubric, in points: a diagnosis 20 (6 when it is another code of its category), listed first 4; a service 20 (5 when it is the visit at
another level), of which modifiers and units 3 each; pointers 4 for all services together. A code that the record does not support costs
3, a planted trap 5. The key itself earns everything; leaving out what is right never earns more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from cleanclaim.practice.training.rules import Item

DIAGNOSIS: Final = 20
SAME_CATEGORY: Final = 6
FIRST_LISTED: Final = 4
SERVICE: Final = 14
OTHER_LEVEL: Final = 5
MODIFIERS: Final = 3
UNITS: Final = 3
POINTERS: Final = 4
UNSUPPORTED: Final = 3
TRAP: Final = 5

_LEVELS: Final = ("9920[2-5]", "9921[1-5]", "9928[1-5]", "9938[1-7]", "9939[1-7]")
"""Families of visits by level or age: CPT numbers only."""


class CodedService(NamedTuple):
    """A service as it was coded; `diagnoses` are the codes that it points to."""

    code: str
    modifiers: tuple[str, ...] = ()
    units: str = "1"
    diagnoses: tuple[str, ...] = ()


class CodedVisit(NamedTuple):
    """The codes of a visit, the first-listed diagnosis first."""

    diagnoses: tuple[str, ...]
    services: tuple[CodedService, ...]


class KeyDiagnosis(NamedTuple):
    """A diagnosis of the key, with the words that prove it and the rule."""

    code: str
    proof: str
    rule: str
    may_also_be: tuple[str, ...] = ()


class KeyService(NamedTuple):
    """A service of the key. `or_modifiers` are other ways to write it that are as good; empty pointers ask for none."""

    code: str
    proof: str
    rule: str
    modifiers: tuple[str, ...] = ()
    units: str = "1"
    diagnoses: tuple[str, ...] = ()
    or_modifiers: tuple[tuple[str, ...], ...] = ()


class VisitKey(NamedTuple):
    """The key of a visit: what must stand, what may stand, and traps with why they are wrong. The first diagnosis is listed first."""

    diagnoses: tuple[KeyDiagnosis, ...]
    services: tuple[KeyService, ...]
    may_add: frozenset[str] = frozenset()
    traps: tuple[tuple[str, str], ...] = ()


def key_from(told: dict[str, Any]) -> VisitKey:
    """Read a key as it stands in an exercise."""
    return VisitKey(
        tuple(
            KeyDiagnosis(row["code"], row["proof"], row["rule"], tuple(row.get("may_also_be", ())))
            for row in told.get("diagnoses", ())
        ),
        tuple(
            KeyService(row["code"], row["proof"], row["rule"], tuple(row.get("modifiers", ())), str(row.get("units", 1)),
                       tuple(row.get("diagnoses", ())), tuple(tuple(words) for words in row.get("or_modifiers", ())))
            for row in told.get("services", ())
        ),
        frozenset(told.get("may_add", ())),
        tuple(told.get("traps", {}).items()),
    )  # fmt: skip


def work_of_key(key: VisitKey) -> CodedVisit:
    """Return the key as a learner would have to hand it in."""
    services = tuple(CodedService(row.code, row.modifiers, row.units, row.diagnoses) for row in key.services)
    return CodedVisit(tuple(row.code for row in key.diagnoses), services)


def work_from(told: dict[str, Any]) -> CodedVisit:
    """Read handed-in codes as they are kept."""
    services = tuple(
        CodedService(row["code"], tuple(row["modifiers"]), row["units"], tuple(row["diagnoses"])) for row in told["services"]
    )
    return CodedVisit(tuple(told["diagnoses"]), services)


def mark_codes(work: CodedVisit, key: VisitKey) -> tuple[Item, ...]:
    """Mark the codes of a visit."""
    return (*_diagnoses(work, key), *_first(work, key), *_services(work, key), *_pointers(work, key))


def _diagnoses(work: CodedVisit, key: VisitKey) -> Iterable[Item]:
    group = "Diagnoses"
    left = list(dict.fromkeys(work.diagnoses))
    exact: dict[str, str] = {}
    for row in key.diagnoses:
        found = next((code for code in (row.code, *row.may_also_be) if code in left), "")
        if found:
            exact[row.code] = found
            left.remove(found)
    near = _near([row.code for row in key.diagnoses if row.code not in exact], [code for code in left if code not in key.may_add])
    for row in key.diagnoses:
        if row.code in exact:
            yield Item(group, row.code, "right", DIAGNOSIS, DIAGNOSIS, row.code, exact[row.code], "", row.proof, row.rule)
        elif row.code in near:
            given = near[row.code]
            left.remove(given)
            verdict, why = _relation(given, row.code)
            yield Item(
                group,
                row.code,
                verdict,
                SAME_CATEGORY,
                DIAGNOSIS,
                row.code,
                given,
                why,
                row.proof,
                row.rule,
                f"{verdict}: {row.code}",
            )
        else:
            yield Item(
                group,
                row.code,
                "missing",
                0,
                DIAGNOSIS,
                row.code,
                "",
                "The record has it.",
                row.proof,
                row.rule,
                f"missing: {row.code}",
            )
    yield from _beside(group, left, key)


def _near(wanted: Sequence[str], offered: Sequence[str]) -> dict[str, str]:
    """Pair codes of the key with codes of the same category, the nearest (longest common start) first."""
    pairs = sorted(
        ((-_common(mine, theirs), mine, theirs) for theirs in wanted for mine in offered if mine[:3] == theirs[:3]),
    )
    made: dict[str, str] = {}
    for _, mine, theirs in pairs:
        if theirs not in made and mine not in made.values():
            made[theirs] = mine
    return made


def _common(one: str, other: str) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _relation(given: str, wanted: str) -> tuple[str, str]:
    """Say how a code stands to the key's code of the same category."""
    if (_is_vague(given) and not _is_vague(wanted)) or wanted.startswith(given):
        return "less specific", "The record says more than this code does."
    if _is_vague(wanted) or given.startswith(wanted):
        return "more specific", "The record does not say that much."
    return "another of its kind", "The right category, another code of it."


def _is_vague(code: str) -> bool:
    """Tell an unspecified code by its last character (9, or a 0 or 9 before the seventh character): ICD-10-CM's habit, not its law."""
    return bool(re.fullmatch(r"[A-Z][0-9A-Z]{2}(\.[0-9A-Z]*[09])?[A-Z]?", code)) if "." in code else True


def _beside(group: str, left: Sequence[str], key: VisitKey) -> Iterable[Item]:
    traps = dict(key.traps)
    for code in sorted(left):
        if code in key.may_add:
            yield Item(group, code, "accepted", 0, 0, "", code, "It may stand; it is not needed.")
        elif code in traps:
            yield Item(group, code, "trap", -TRAP, 0, "", code, traps[code], mistake=f"trap: {code}")
        else:
            why = "The record does not support it, or it is part of another code."
            yield Item(group, code, "extra", -UNSUPPORTED, 0, "", code, why, mistake=f"extra: {code}")


def _first(work: CodedVisit, key: VisitKey) -> Iterable[Item]:
    if len(key.diagnoses) < 2:
        return
    wanted = key.diagnoses[0]
    given = work.diagnoses[0] if work.diagnoses else ""
    is_right = given[:3] in {
        code[:3] for code in (wanted.code, *wanted.may_also_be)
    }  # another code of the category was marked above
    yield Item(
        "First-listed diagnosis", wanted.code, "right" if is_right else "wrong order", FIRST_LISTED if is_right else 0, FIRST_LISTED,
        wanted.code, given, "" if is_right else "The reason for the visit, or the code that the conventions put first, is listed first.",
        wanted.proof, "ICD-10-CM guidelines IV.G; for an aetiology and its manifestation I.A.13", "" if is_right else "first-listed diagnosis",
    )  # fmt: skip


def _services(work: CodedVisit, key: VisitKey) -> Iterable[Item]:
    group = "Services"
    left = list(work.services)
    exact: dict[int, CodedService] = {}
    for place, row in enumerate(key.services):
        same = [mine for mine in left if mine.code == row.code]
        if same:
            best = max(same, key=lambda mine: (_modifiers_fit(mine, row), _units(mine.units) == _units(row.units), mine))
            exact[place] = best
            left.remove(best)
    for place, row in enumerate(key.services):
        name = "-".join((row.code, *row.modifiers))
        if place in exact:
            yield from _service(group, name, exact[place], row)
            continue
        level = next((mine for mine in sorted(left) if _same_family(mine.code, row.code)), None)
        whole = SERVICE + MODIFIERS + UNITS
        if level is not None:
            left.remove(level)
            why = "The visit is coded at another level than the record carries."
            yield Item(
                group, row.code, "other level", OTHER_LEVEL, whole, name, level.code, why, row.proof, row.rule, f"level: {row.code}"
            )
        else:
            yield Item(
                group, row.code, "missing", 0, whole, name, "", "The record has it.", row.proof, row.rule, f"missing: {row.code}"
            )
    yield from _beside(group, [mine.code for mine in left], key)


def _service(group: str, name: str, mine: CodedService, row: KeyService) -> Iterable[Item]:
    yield Item(group, row.code, "right", SERVICE, SERVICE, name, mine.code, "", row.proof, row.rule)
    fits = _modifiers_fit(mine, row)
    if row.modifiers or not fits:
        given = " ".join(mine.modifiers) or "none"
        why = "" if fits else "The modifiers are others than the record asks for."
        yield Item(group, f"{row.code}: modifiers", "right" if fits else "wrong modifiers", MODIFIERS if fits else 0, MODIFIERS,
                   " ".join(row.modifiers) or "none", given, why, row.proof, row.rule, "" if fits else f"modifiers: {row.code}")  # fmt: skip
    else:
        yield Item(group, f"{row.code}: modifiers", "right", MODIFIERS, MODIFIERS, "none", "none")
    same = _units(mine.units) == _units(row.units)
    why = "" if same else "The units are counted from the record."
    yield Item(group, f"{row.code}: units", "right" if same else "wrong units", UNITS if same else 0, UNITS, row.units, mine.units, why,
               row.proof, row.rule, "" if same else f"units: {row.code}")  # fmt: skip


def _units(text: str) -> Decimal:
    return Decimal(text)


def _modifiers_fit(mine: CodedService, row: KeyService) -> bool:
    given = sorted(mine.modifiers)
    return any(given == sorted(words) for words in (row.modifiers, *row.or_modifiers))


def _same_family(one: str, other: str) -> bool:
    return any(re.fullmatch(family, one) and re.fullmatch(family, other) for family in _LEVELS)


def _pointers(work: CodedVisit, key: VisitKey) -> Iterable[Item]:
    """Mark which diagnoses the services point to: a share of four points for each service that points as the key does."""
    wanted = [row for row in key.services if row.diagnoses]
    if not wanted:
        return
    also = {code: row.code for row in key.diagnoses for code in row.may_also_be}
    right = []
    for row in wanted:
        mine = [{also.get(code, code) for code in item.diagnoses} for item in work.services if item.code == row.code]
        if set(row.diagnoses) in mine:
            right.append(row.code)
    wrong = [row for row in wanted if row.code not in right]
    earned = POINTERS * (len(wanted) - len(wrong)) // len(wanted)
    given = "; ".join(f"{item.code} to {', '.join(item.diagnoses) or 'nothing'}" for item in work.services)
    yield Item(
        "Pointers", "which diagnosis each service is for", "right" if not wrong else "wrong pointers", earned, POINTERS,
        "; ".join(f"{row.code} to {', '.join(row.diagnoses)}" for row in wanted), given,
        f"Look at {', '.join(row.code for row in wrong)}." if wrong else "", "", "005010X222A1 loop 2400 SV107", "pointers" if wrong else "",
    )  # fmt: skip
