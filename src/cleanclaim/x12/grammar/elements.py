"""Segments against their use, element by element: the slow path, taken only when the fast acceptance of a segment fails."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from cleanclaim.x12.grammar.dictionary import dictionary
from cleanclaim.x12.grammar.guide import ElementUse, SegmentUse
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.findings import ERROR, WARNING
from cleanclaim.x12.tokens.values import cents_of, day_of

_NUMBER: Final = re.compile(r"-?[0-9]+")
_DECIMAL: Final = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9](?:[0-9]{1,2})?)?")
_PRINTABLE: Final = re.compile(r"[ -~]*")
_MONEY: Final = "782"


class Fault(NamedTuple):
    """What is wrong with one element: the rule, its SNIP level, IK403 code, place in the segment, value and sentence.

    `tag` names the segment that is missing, where that is the fault.
    """

    rule: str
    level: int
    code: str
    says: str
    value: str = ""
    element: int = 0
    component: int = 0
    repetition: int = 0
    reference: str = ""
    severity: str = ERROR
    tag: str = ""


def check_elements(use: SegmentUse, text: str, delimiters: Delimiters) -> list[Fault]:
    """Check every element of a segment and return all that is wrong."""
    row = text.split(delimiters.element)
    faults: list[Fault] = []
    known = dictionary().segments[use.tag]
    if len(row) > 1 and not row[-1]:
        faults.append(Fault("TRAILING_SEPARATOR", 1, "", f"{use.tag} ends with a needless element separator.", severity=WARNING))
    while len(row) > 1 and not row[-1]:
        row.pop()
    if len(row) - 1 > len(known.elements):
        says = f"{use.tag} has {len(row) - 1} elements; the standard knows {len(known.elements)}."
        faults.append(Fault("TOO_MANY_ELEMENTS", 1, "3", says, row[len(known.elements) + 1], len(known.elements) + 1))
        row = row[: len(known.elements) + 1]
    for position in range(1, max(len(row), len(use.elements) + 1)):
        value = row[position] if position < len(row) else ""
        if position <= len(use.elements):
            _check_element(use, use.elements[position - 1], value, position, row, delimiters, faults)
        elif value:
            faults.append(_not_used(use.tag, position, 0, value, known.elements[position - 1]))
    _check_notes(use.tag, known.notes, row, 0, known.elements, faults)
    return faults


def _not_used(tag: str, position: int, component: int, value: str, reference: str) -> Fault:
    name = _name(tag, position, component)
    return Fault("ELEMENT_NOT_USED", 2, "I10", f"{name} is not used by this guide here.", value, position, component, 0, reference)


def _name(tag: str, position: int, component: int) -> str:
    return f"{tag}{position:02d}-{component}" if component else f"{tag}{position:02d}"


def _check_element(
    use: SegmentUse, element: ElementUse, value: str, position: int, row: list[str], delimiters: Delimiters, faults: list[Fault]
) -> None:
    """Check one element with its repetitions and components."""
    if not value:
        if element.usage == "R":
            says = f"{_name(use.tag, position, 0)} is required and missing."
            faults.append(Fault("ELEMENT_MISSING", 2, "1", says, "", position, 0, 0, element.reference))
        return
    if element.usage == "N":
        faults.append(_not_used(use.tag, position, 0, value, element.reference))
        return
    mark = delimiters.repetition
    repetitions = value.split(mark) if mark and mark in value else [value]
    if len(repetitions) > 1 and not element.repeats:
        says = f"{_name(use.tag, position, 0)} may not repeat."
        faults.append(Fault("TOO_MANY_REPETITIONS", 1, "12", says, value, position, 0, 0, element.reference))
    for number, text in enumerate(repetitions, 1):
        repetition = number if len(repetitions) > 1 else 0
        if element.parts is None:
            if delimiters.component in text:
                says = f"{_name(use.tag, position, 0)} has components; it is a simple element."
                faults.append(Fault("TOO_MANY_COMPONENTS", 1, "13", says, text, position, 0, repetition, element.reference))
                continue
            fault = _check_value(use.tag, element, text, position, 0, row[position - 1] if element.reference == "1251" else "")
            if fault is not None:
                faults.append(fault._replace(repetition=repetition))
        else:
            _check_composite(use.tag, element, text, position, repetition, delimiters, faults)


def _check_composite(
    tag: str, element: ElementUse, text: str, position: int, repetition: int, delimiters: Delimiters, faults: list[Fault]
) -> None:
    parts = text.split(delimiters.component)
    known = dictionary().composites[element.reference]
    uses = element.parts or ()
    if len(parts) > len(known.elements):
        says = f"{_name(tag, position, 0)} has {len(parts)} components; the standard knows {len(known.elements)}."
        faults.append(
            Fault("TOO_MANY_COMPONENTS", 1, "3", says, text, position, len(known.elements) + 1, repetition, element.reference)
        )
        parts = parts[: len(known.elements)]
    for index in range(max(len(parts), len(uses))):
        value = parts[index] if index < len(parts) else ""
        component = index + 1
        if index >= len(uses) or uses[index].usage == "N":
            if value:
                faults.append(_not_used(tag, position, component, value, known.elements[index])._replace(repetition=repetition))
        elif not value:
            if uses[index].usage == "R":
                says = f"{_name(tag, position, component)} is required and missing."
                faults.append(Fault("ELEMENT_MISSING", 2, "1", says, "", position, component, repetition, uses[index].reference))
        else:
            form = parts[index - 1] if uses[index].reference == "1251" else ""
            fault = _check_value(tag, uses[index], value, position, component, form)
            if fault is not None:
                faults.append(fault._replace(repetition=repetition))
    _check_notes(tag, known.notes, ["", *parts], position, known.elements, faults)


def _check_value(tag: str, use: ElementUse, value: str, position: int, component: int, form: str) -> Fault | None:
    """Check one simple value: characters, length, type, code."""
    element = dictionary().elements.get(use.reference)
    name = _name(tag, position, component)

    def fault(rule: str, level: int, code: str, says: str, severity: str = ERROR) -> Fault:
        return Fault(rule, level, code, says, value, position, component, 0, use.reference, severity)

    if element is None:
        return None
    if not _PRINTABLE.fullmatch(value):
        return fault("INVALID_CHARACTER", 1, "6", f"{name} holds a character that X12 cannot carry.")
    wrong = _wrong_type(element.kind, use.reference, value, form)
    if wrong:
        return fault(wrong[0], 1, wrong[1], f"{name} {wrong[2]}.")
    size = len(value.replace("-", "", 1).replace(".", "", 1)) if element.kind in {"R", "N0"} else len(value)
    if size < element.least:
        return fault("ELEMENT_TOO_SHORT", 1, "4", f"{name} is shorter than {element.least} characters.")
    if size > element.most:
        return fault("ELEMENT_TOO_LONG", 1, "5", f"{name} is longer than {element.most} characters.")
    if use.codes is not None and value not in use.codes:
        known = ", ".join(sorted(use.codes)[:12])
        return fault("CODE_NOT_IN_GUIDE", 2, "7", f"{name} has a code that this guide does not know here (it knows {known}).")
    if value[-1] == " " and element.kind == "AN":
        return fault("TRAILING_SPACE", 1, "", f"{name} ends with spaces.", WARNING)
    return None


def _wrong_type(kind: str, reference: str, value: str, form: str) -> tuple[str, str, str] | None:
    """Say how a value breaks its type: rule, IK403 code, words."""
    if kind == "DT" and (len(value) != 8 or day_of(value) is None):
        return "INVALID_DATE", "8", "is no day of the calendar written CCYYMMDD"
    if kind == "TM" and not _TIME.fullmatch(value):
        return "INVALID_TIME", "9", "is no time written HHMM"
    if kind == "N0" and not _NUMBER.fullmatch(value):
        return "INVALID_NUMBER", "6", "is no whole number"
    if kind == "R":
        if not _DECIMAL.fullmatch(value):
            return "INVALID_NUMBER", "6", "is no decimal number"
        if reference == _MONEY and cents_of(value) is None:
            return "AMOUNT_DECIMALS", "6", "is an amount with more than two decimals"
    if reference == "1251" and form:
        return _wrong_period(value, form)
    return None


def _wrong_period(value: str, form: str) -> tuple[str, str, str] | None:
    """Check a date element by the format that stands before it (D8, RD8, DT, TM)."""
    if form == "D8" and (len(value) != 8 or day_of(value) is None):
        return "INVALID_DATE", "8", "is no day of the calendar written CCYYMMDD"
    if form == "RD8":
        first, dash, last = value.partition("-")
        if not dash or len(first) != 8 or len(last) != 8 or day_of(first) is None or day_of(last) is None:
            return "INVALID_DATE", "8", "is no range of days written CCYYMMDD-CCYYMMDD"
    if form == "DT" and (len(value) < 12 or day_of(value[:8]) is None or not _TIME.fullmatch(value[8:])):
        return "INVALID_DATE", "8", "is no day and time written CCYYMMDDHHMM"
    if form == "TM" and not _TIME.fullmatch(value):
        return "INVALID_TIME", "9", "is no time written HHMM"
    return None


def _check_notes(
    tag: str,
    notes: tuple[tuple[str, tuple[int, ...]], ...],
    row: list[str],
    position: int,
    references: tuple[str, ...],
    faults: list[Fault],
) -> None:
    """Check the syntax notes: P paired, R one at least, E at most one, C the first asks for the rest, L for one of the rest."""
    for kind, places in notes:
        present = [place for place in places if place < len(row) and row[place]]
        absent = [place for place in places if place not in present]
        missing = 0
        if (kind == "P" and present and absent) or (kind == "C" and places[0] in present and absent):
            missing = absent[0]
        elif kind == "R" and not present:
            missing = places[0]
        elif kind == "L" and places[0] in present and len(present) == 1:
            missing = places[1]
        elif kind == "E" and len(present) > 1:
            where, part = (position, present[1]) if position else (present[1], 0)
            says = f"{_name(tag, where, part)} may not stand beside {_name(tag, position or present[0], present[0] if position else 0)}."
            faults.append(Fault("ELEMENT_EXCLUDED", 1, "10", says, row[present[1]], where, part, 0, references[present[1] - 1]))
        if missing:
            where, part = (position, missing) if position else (missing, 0)
            says = f"{_name(tag, where, part)} is missing although the elements that it belongs to are there."
            faults.append(Fault("ELEMENT_CONDITIONAL", 1, "2", says, "", where, part, 0, references[missing - 1]))
