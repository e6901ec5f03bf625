"""Marking fields: a registration against the face sheet and card, and the answers of a sheet. Pure.

The rubric, in points: what the key says each field is worth; a field that may be left empty and was filled with something else costs 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from cleanclaim.kernel.dates import parse_date
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.money import Money
from cleanclaim.practice.training.rules import Item

NOT_ON_PAPER: Final = 2


class KeyField(NamedTuple):
    """A field of the key: `kind` says how it is compared (text, digits, day, money, choice)."""

    group: str
    name: str
    label: str
    expected: str
    kind: str = "text"
    points: int = 4
    why: str = ""
    proof: str = ""
    rule: str = ""


def fields_from(told: Sequence[Mapping[str, Any]]) -> tuple[KeyField, ...]:
    """Read the fields of a key."""
    return tuple(KeyField(**row) for row in told)


def mark_fields(work: Mapping[str, str], key: Sequence[KeyField], *, shown: Mapping[str, str] | None = None) -> tuple[Item, ...]:
    """Mark fields by name. `shown` gives the words for values that are choices."""
    words = shown or {}
    return tuple(_field(row, work.get(row.name, ""), words) for row in key)


def _field(row: KeyField, given: str, words: Mapping[str, str]) -> Item:
    fits = folded(given, row.kind) == folded(row.expected, row.kind)
    expected = (_us(row.expected) if row.kind == "day" else words.get(row.expected, row.expected)) or "nothing"
    told = _us(given) if row.kind == "day" else words.get(given, given)
    if fits:
        return Item(row.group, row.label, "right", row.points, row.points, expected, told or "nothing", "", row.proof, row.rule)
    if not given.strip():
        return Item(
            row.group, row.label, "missing", 0, row.points, expected, "", row.why, row.proof, row.rule, f"missing: {row.label}"
        )
    if not row.expected:
        why = row.why or "The paper does not say so."
        return Item(
            row.group,
            row.label,
            "extra",
            -NOT_ON_PAPER,
            row.points,
            expected,
            told,
            why,
            row.proof,
            row.rule,
            f"extra: {row.label}",
        )
    return Item(row.group, row.label, "wrong", 0, row.points, expected, told, row.why, row.proof, row.rule, f"wrong: {row.label}")


def _us(text: str) -> str:
    day = _day(text)
    return f"{day:%m/%d/%Y}" if day else text


def folded(text: str, kind: str) -> str:
    """Bring a value into the form in which it is compared: case, spaces and points of a name say nothing, nor do signs in a number."""
    plain = " ".join(text.split())
    if kind == "digits":
        return re.sub(r"\W", "", plain).upper()
    if kind == "day":
        day = _day(plain)
        return day.isoformat() if day else plain
    if kind == "money":
        try:
            return str(int(Money.parse(plain.replace("$", "").replace(",", "")))) if plain else ""
        except InvalidValue:
            return plain
    if kind == "choice":
        return plain
    return re.sub(r"[.,]", "", plain).upper()


def _day(text: str) -> date | None:
    american = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    try:
        return parse_date(f"{american[3]}-{american[1]:0>2}-{american[2]:0>2}" if american else text)
    except InvalidValue:
        return None


def check_sheet(kinds: Mapping[str, str], given: Mapping[str, str], labels: Mapping[str, str]) -> None:
    """Raise InvalidValue for a day or an amount that cannot be read, before the sheet is handed in. An empty answer may be."""
    for name, kind in kinds.items():
        text = given.get(name, "").strip()
        if text and kind == "day" and _day(text) is None:
            raise InvalidValue(f"{labels[name]} A day is written 11/22/2026.")
        if text and kind == "money" and not re.fullmatch(r"-?\d+", folded(text, "money")):
            raise InvalidValue(f"{labels[name]} An amount is written 125.00.")
