"""Edits of the National Correct Coding Initiative: pairs that exclude each other, and units that are medically unlikely."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from cleanclaim.documents import ServiceLine
from cleanclaim.edits.registry import Case, Hit, at_line, lines_with_days, rule
from cleanclaim.edits.services import INJECTIONS_AND_VACCINATIONS, OFFICE_VISITS, PREVENTIVE_VISITS, is_surgery
from cleanclaim.kernel.findings import Severity

_SEPARATING: Final = frozenset(
    {
        "24",
        "25",
        "27",
        "57",
        "58",
        "59",
        "78",
        "79",
        "91",
        "XE",
        "XP",
        "XS",
        "XU",
        "LT",
        "RT",
        "LC",
        "LD",
        "RC",
        "LM",
        "RI",
        "E1",
        "E2",
        "E3",
        "E4",
    }
    | {f"{side}{digit}" for side in "FT" for digit in "123456789A"}
)
"""The modifiers that may separate a pair of indicator 1 (NCCI Policy Manual, ch. I, E)."""
_SINCE: Final = date(1996, 1, 1)


def _setting(case: Case) -> str:
    return "hospital" if case.claim.kind == "837I" else "practitioner"


def _rendering(line: ServiceLine) -> str:
    return next((party.id for party in line.providers if party.entity == "82"), "")


@rule(
    "NCCI_PAIR",
    Severity.STOP,
    "NCCI procedure-to-procedure edits; 42 CFR 405.902; Policy Manual, ch. I",
    effective=_SINCE,
    kinds=frozenset({"837P", "837I"}),
    needs_codes=True,
)
def ncci_pair(case: Case) -> Iterator[Hit]:
    """Two services of one clinician on one day are not paid together when a pair of NCCI says so."""
    if case.store is None:
        return
    by_day: dict[tuple[date, str], list[ServiceLine]] = defaultdict(list)
    for line, day in lines_with_days(case):
        if line.procedure:
            by_day[day, _rendering(line)].append(line)
    for (day, _), lines in by_day.items():
        for first in lines:
            for second in lines:
                if first.procedure == second.procedure or _visit_beside_procedure(first, second):
                    continue
                edit = case.store.ncci(first.procedure, second.procedure, day, _setting(case))
                if edit is None:
                    continue
                if edit.modifier_indicator == "0":
                    says = f"{second.procedure} is never paid beside {first.procedure} ({edit.rationale or 'NCCI'}); no modifier separates them. Take it off."
                elif not _SEPARATING & {*first.modifiers, *second.modifiers}:
                    says = f"{second.procedure} is in the payment of {first.procedure} ({edit.rationale or 'NCCI'}). If the record shows a separate service, add the modifier that says so (59, XE, XS, XP, XU or the site)."
                else:
                    continue
                yield _hit(second, says, "NCCI pairs", is_seed=edit.is_seed)


def _hit(line: ServiceLine, says: str, table: str, *, is_seed: bool) -> Hit:
    """Stop by an official table; by a beginning of our own only warn, and say so."""
    if not is_seed:
        return Hit(at_line(line), says)
    told = f"{says} This is from the seed of {table}, not from the official file: import that to be sure."
    return Hit(at_line(line), told, Severity.WARN)


def _visit_beside_procedure(first: ServiceLine, second: ServiceLine) -> bool:
    """VISIT_WITHOUT_25 already says what is to be said about these."""
    return second.procedure in OFFICE_VISITS | PREVENTIVE_VISITS and (
        is_surgery(first.procedure) or first.procedure in INJECTIONS_AND_VACCINATIONS
    )


@rule(
    "MUE_EXCEEDED",
    Severity.STOP,
    "NCCI medically unlikely edits",
    effective=date(2007, 1, 1),
    kinds=frozenset({"837P", "837I"}),
    needs_codes=True,
)
def mue_exceeded(case: Case) -> Iterator[Hit]:
    """Units stay within what one patient plausibly gets: by line (indicator 1), or by day over all lines and claims (2 and 3)."""
    if case.store is None:
        return
    units: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    last: dict[tuple[str, date], ServiceLine] = {}
    for line, day in lines_with_days(case):
        if not line.procedure or not line.quantity.is_finite():
            continue
        units[line.procedure, day] += line.quantity
        last[line.procedure, day] = line
        limit = case.store.mue(line.procedure, day, _setting(case))
        if limit is not None and limit.mai == "1" and line.quantity > limit.units:
            says = (
                f"Line {line.number} reports {_units(line.quantity)} units of {line.procedure}; {limit.units} is the most on a line"
            )
            says += ". Split it with the modifiers that the record supports (59, 76, 77, 91, a site)."
            yield _hit(line, says, "unlikely units", is_seed=limit.is_seed)
    for past in case.history:
        if (past.procedure, past.served_on) in units and past.patient_control_number != case.claim.patient_control_number:
            units[past.procedure, past.served_on] += Decimal(past.units)
    for (code, day), count in units.items():
        limit = case.store.mue(code, day, _setting(case))
        if limit is not None and limit.mai in {"2", "3"} and count > limit.units:
            why = (
                "by policy, no modifier changes that"
                if limit.mai == "2"
                else "check the units; if they are right, appeal with the record"
            )
            says = f"{_units(count)} units of {code} on {day}; {limit.units} is the most in a day: {why}."
            yield _hit(last[code, day], says, "unlikely units", is_seed=limit.is_seed)


def _units(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"
