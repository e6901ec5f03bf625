"""Codes as an auditor types them, a line each. Pure: text in, a list of the desk out."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.coding.auditing import AuditCode
from cleanclaim.practice.coding.rules import DeskCodes, DeskDiagnosis, DeskProcedure, system_of, with_dot

_DIAGNOSIS: Final = re.compile(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?")
_SERVICE: Final = re.compile(
    r"(?P<code>[0-9A-Z]{5}|[0-9A-HJ-NP-Z]{7})"
    r"(?P<modifiers>(?:\s*[-,]\s*[0-9A-Z]{2})*)"
    r"(?:\s*[X*×]\s*(?P<units>[0-9]{1,6}(?:\.[0-9]{1,3})?))?"
    r"(?:\s*@\s*(?P<pointers>[1-9][0-9]?(?:[\s,]+[1-9][0-9]?)*))?"
)
_MOST_LINES: Final = 100


def read_codes(diagnoses: str, services: str) -> DeskCodes:
    """Read diagnoses (first-listed first) and services such as `99213-25 x1 @1,2`. Raises InvalidValue that names the line."""
    return DeskCodes(
        tuple(DeskDiagnosis(_diagnosis(number, line)) for number, line in _lines(diagnoses)),
        tuple(_service(number, line) for number, line in _lines(services)),
    )


def as_lines(codes: tuple[AuditCode, ...]) -> tuple[str, str]:
    """Write codes as they would be typed: the diagnoses, the services."""
    diagnoses = [item.code for item in codes if item.system == "icd10cm"]
    services = [_written(item) for item in codes if item.system != "icd10cm"]
    return "\n".join(diagnoses), "\n".join(services)


def _written(item: AuditCode) -> str:
    head = "-".join((item.code, *item.modifiers))
    units = f" x{item.units.normalize():f}" if item.units != 1 else ""
    return head + units + (" @" + ",".join(map(str, item.pointers)) if item.pointers else "")


def _lines(text: str) -> list[tuple[int, str]]:
    found = [(number, line.strip().upper()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(found) > _MOST_LINES:
        raise InvalidValue(f"A visit has at most {_MOST_LINES} codes of a kind.")
    return found


def _diagnosis(number: int, line: str) -> str:
    if not _DIAGNOSIS.fullmatch(line):
        raise InvalidValue(f"Diagnosis line {number}: write one ICD-10-CM code, such as J45.21.")
    return with_dot(line)


def _service(number: int, line: str) -> DeskProcedure:
    match = _SERVICE.fullmatch(line)
    system = system_of(match["code"]) if match else ""
    if match is None or not system:
        raise InvalidValue(f"Service line {number}: write a code, its modifiers, units and diagnoses, such as 99213-25 x1 @1,2.")
    modifiers = tuple(re.findall(r"[0-9A-Z]{2}", match["modifiers"]))
    pointers = tuple(int(word) for word in re.findall(r"[0-9]+", match["pointers"] or ""))
    return DeskProcedure(system, match["code"], modifiers, Decimal(match["units"] or 1), pointers)
