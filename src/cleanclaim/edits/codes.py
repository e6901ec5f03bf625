"""Edits of codes: in force on the date of service, complete, and allowed beside one another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Final

from cleanclaim.documents import Claim, ServiceLine
from cleanclaim.edits.registry import PROFESSIONAL, Case, Hit, at_line, lines_with_days, rule
from cleanclaim.kernel.dates import age_on
from cleanclaim.kernel.findings import Severity

if TYPE_CHECKING:
    from cleanclaim.codesets import Store

_ICD: Final = "45 CFR 162.1002(c)(2): ICD-10-CM as in force on the date of service"
_GUIDE: Final = "ICD-10-CM Official Guidelines"
_NCCI: Final = "NCCI Policy Manual, ch. I"
_SEPARATE: Final = frozenset(
    "24 25 27 57 58 59 78 79 91 E1 E2 E3 E4 FA F1 F2 F3 F4 F5 F6 F7 F8 F9 LT RT LC LD LM RC RI TA T1 T2 T3 T4 T5 T6 T7 T8 T9 XE XP XS XU".split()
)
"""Modifiers that NCCI takes as a sign of a separate service (NCCI Policy Manual, ch. I, E)."""


def _store(case: Case) -> Store:
    assert case.store is not None  # rules that need codes run only with a store
    return case.store


def diagnoses_of(claim: Claim) -> list[tuple[int, str]]:
    """Return the claim's diagnoses with their 1-based places."""
    return [(place, diagnosis.code) for place, diagnosis in enumerate(claim.diagnoses, 1)]


@rule("DIAGNOSIS_NOT_IN_FORCE", Severity.STOP, _ICD, needs_codes=True)
def diagnosis_not_in_force(case: Case) -> Iterator[Hit]:
    """A diagnosis is a complete ICD-10-CM code in force on the date of service."""
    store, day = _store(case), _diagnosis_day(case)
    since = store.known_since("icd10cm")
    if since is not None and day < since:
        return
    for place, code in diagnoses_of(case.claim):
        found = store.get("icd10cm", code, day)
        if found is not None and found.billable:
            continue
        if found is not None:
            wants_seventh = bool(store.notes(code, day).seventh)
            says = "needs its 7th character" if wants_seventh else "is a heading: a more specific code below it is needed"
            yield Hit(f"diagnosis {place}", f"{found.code} {says}.")
        elif store.history("icd10cm", code):
            yield Hit(f"diagnosis {place}", f"{code} is not in force on {day.isoformat()}. Take the code of that day.")
        else:
            yield Hit(f"diagnosis {place}", f"{code[:8]} is no ICD-10-CM code.")


def _diagnosis_day(case: Case) -> date:
    """Inpatient stays are coded as of discharge, everything else as of the service."""
    if case.claim.kind == "837I":
        last = next((fact.last or fact.first for fact in case.claim.dates if fact.qualifier == "434"), None)
        if last is not None:
            return last
    return case.served_on


@rule("PROCEDURE_NOT_IN_FORCE", Severity.STOP, "45 CFR 162.1002: HCPCS as in force on the date of service", needs_codes=True)
def procedure_not_in_force(case: Case) -> Iterator[Hit]:
    """A HCPCS level II code is in force on its line's date of service; CPT numbers are judged only when the licensed list is imported."""
    store = _store(case)
    for line, day in lines_with_days(case):
        code = line.procedure
        if (
            line.procedure_qualifier != "HC"
            or len(code) != 5
            or code.isdigit()
            or not code[1:].isdigit()
            or not code[0].isalpha()
            or code[0] == "D"
        ):
            continue
        since = store.known_since("hcpcs")
        if store.get("hcpcs", code, day) is not None or (since is not None and day < since and not store.history("hcpcs", code)):
            continue
        history = store.history("hcpcs", code)
        if history:
            yield Hit(at_line(line), f"{code} is not in force on {day.isoformat()}.")
        else:
            yield Hit(at_line(line), f"{code} is no HCPCS code of the list at hand.")


@rule("PROCEDURE_MALFORMED", Severity.STOP, "HCPCS codes have five characters; ICD-10-PCS seven", kinds=PROFESSIONAL)
def procedure_malformed(case: Case) -> Iterator[Hit]:
    """A professional procedure has five characters: five digits, four digits and a letter, or a letter and four digits."""
    for line in case.claim.lines:
        code = line.procedure
        if (
            line.procedure_qualifier == "HC"
            and code
            and not (len(code) == 5 and code.isascii() and code.isalnum() and code[1:4].isdigit())
        ):
            yield Hit(at_line(line), "The procedure is no five-character code.")


@rule("MODIFIER_UNKNOWN", Severity.STOP, "CMS HCPCS modifiers and the CPT modifier numbers", needs_codes=True)
def modifier_unknown(case: Case) -> Iterator[Hit]:
    """A modifier exists, and stands once on its line."""
    store = _store(case)
    for line, day in lines_with_days(case):
        for modifier in dict.fromkeys(line.modifiers):
            if not modifier:
                continue
            if len(modifier) != 2 or (
                store.get("modifier", modifier, day) is None and not store.history("modifier", modifier) and not modifier.isdigit()
            ):
                yield Hit(at_line(line), f"{modifier[:4]} is no modifier.")
        if len(set(line.modifiers)) != len(line.modifiers):
            yield Hit(at_line(line), "The same modifier stands twice.")


@rule("EXCLUDES1", Severity.STOP, f"{_GUIDE} I.A.12.a: an Excludes1 note keeps two codes apart", needs_codes=True)
def excludes1(case: Case) -> Iterator[Hit]:
    """Two diagnoses that the book keeps apart do not stand together."""
    store, day = _store(case), _diagnosis_day(case)
    for (place, code), (other_place, other) in combinations(diagnoses_of(case.claim)[:25], 2):
        note = store.excludes1(code, other, day)
        if note is not None:
            says = f"{code} and {other} exclude each other: the note at {note.at} says “{note.text[:140]}”. Keep the one that the record supports."
            yield Hit(f"diagnoses {place} and {other_place}", says)


@rule("MANIFESTATION_FIRST", Severity.STOP, f"{_GUIDE} I.A.13: the underlying condition is sequenced first", needs_codes=True)
def manifestation_first(case: Case) -> Iterator[Hit]:
    """A manifestation is never listed first, and its cause stands before it."""
    store, day = _store(case), _diagnosis_day(case)
    listed = diagnoses_of(case.claim)
    if listed and store.mce(listed[0][1], day).manifestation:
        yield Hit("diagnosis 1", f"{listed[0][1]} is a manifestation: list the condition that causes it first.")


@rule("EXTERNAL_CAUSE_FIRST", Severity.STOP, f"{_GUIDE} I.C.20.a.6: an external cause is never first", needs_codes=True)
def external_cause_first(case: Case) -> Iterator[Hit]:
    """A code of chapter 20 says how an injury came about; the injury stands first."""
    listed = diagnoses_of(case.claim)
    if listed and listed[0][1][:1].upper() in "VWXY":
        yield Hit("diagnosis 1", f"{listed[0][1]} is an external cause: list the injury or condition first.")


@rule("DIAGNOSIS_AGE", Severity.STOP, "Medicare Code Editor: age conflict", needs_codes=True)
def diagnosis_age(case: Case) -> Iterator[Hit]:
    """A newborn, childhood, maternity or adult diagnosis fits the patient's age."""
    patient = case.claim.patient or case.claim.subscriber.party
    if patient.born_on is None:
        return
    store, day = _store(case), _diagnosis_day(case)
    age = age_on(patient.born_on, case.served_on)
    spans = {"newborn": (0, 0), "pediatric": (0, 17), "maternity": (9, 64), "adult": (15, 124)}
    for place, code in diagnoses_of(case.claim):
        span = spans.get(store.mce(code, day).age)
        if span is not None and not span[0] <= age <= span[1]:
            yield Hit(
                f"diagnosis {place}",
                f"{code} is for ages {span[0]} to {span[1]}; the patient is {age}.",
                None if age >= 0 else Severity.WARN,
            )


@rule(
    "DIAGNOSIS_SEX",
    Severity.WARN,
    "ICD-10-CM titles that name an organ or state of one sex; CMS ended its own edit on 2024-10-01",
    needs_codes=True,
)
def diagnosis_sex(case: Case) -> Iterator[Hit]:
    """A pregnancy diagnosis on a male patient, or a prostate diagnosis on a female one, is looked at."""
    patient = case.claim.patient or case.claim.subscriber.party
    for place, code in diagnoses_of(case.claim):
        if (patient.sex == "M" and code.startswith(("O", "Z34"))) or (
            patient.sex == "F" and code.startswith(("N40", "N41", "C61"))
        ):
            yield Hit(f"diagnosis {place}", f"{code} does not fit the sex on the claim. Check the record and the registration.")


@rule("NCCI_PAIR", Severity.STOP, f"{_NCCI}; procedure-to-procedure edits", kinds=PROFESSIONAL, needs_codes=True)
def ncci_pair(case: Case) -> Iterator[Hit]:
    """Two services of a day that NCCI bundles are not paid together unless a modifier may and does separate them."""
    store = _store(case)
    for line, other in combinations(case.claim.lines[:60], 2):
        day = case.day_of(line)
        if line.procedure == other.procedure or case.day_of(other) != day:
            continue
        for first, second in ((line, other), (other, line)):
            edit = store.ncci(first.procedure, second.procedure, day, "practitioner")
            if edit is None or edit.modifier_indicator == "9":
                continue
            if edit.modifier_indicator == "0":
                yield Hit(
                    at_line(second),
                    f"{second.procedure} is part of {first.procedure} on the same day; no modifier separates them. Remove it.",
                )
            elif not _SEPARATE & {*first.modifiers, *second.modifiers}:
                says = f"{second.procedure} is bundled into {first.procedure}. If the record shows a separate service, add the modifier that says so (25, 59, XE, XS ...)."
                yield Hit(at_line(second), says)


@rule("MUE_EXCEEDED", Severity.STOP, "NCCI medically unlikely edits", kinds=PROFESSIONAL, needs_codes=True)
def mue_exceeded(case: Case) -> Iterator[Hit]:
    """Units stay within what one patient plausibly gets: per line (indicator 1) or per day (2 and 3)."""
    store = _store(case)
    by_day: dict[tuple[str, date], list[ServiceLine]] = {}
    for line, day in lines_with_days(case):
        by_day.setdefault((line.procedure, day), []).append(line)
    for (procedure, day), lines in by_day.items():
        limit = store.mue(procedure, day, "practitioner")
        if limit is None:
            continue
        if limit.mai == "1":
            for line in lines:
                if line.quantity > limit.units:
                    yield Hit(
                        at_line(line), f"{procedure}: {_units(line.quantity)} units on a line, at most {limit.units} are plausible."
                    )
        else:
            past = sum(
                (Decimal(item.units) for item in case.history if item.procedure == procedure and item.served_on == day), Decimal(0)
            )
            total = sum((line.quantity for line in lines), past)
            if total > limit.units:
                says = f"{procedure}: {_units(total)} units on {day.isoformat()}, at most {limit.units} in a day"
                hard = limit.mai == "2"
                yield Hit(
                    at_line(lines[-1]),
                    f"{says}{' (by policy: no exception)' if hard else '; check the units, appeal if they are right'}.",
                )


@rule("LATERALITY_UNSPECIFIED", Severity.WARN, f"{_GUIDE} I.B.13: laterality is coded when it is documented", needs_codes=True)
def laterality_unspecified(case: Case) -> Iterator[Hit]:
    """A diagnosis of an unspecified side is looked at: the record usually tells which."""
    store, day = _store(case), _diagnosis_day(case)
    for place, code in diagnoses_of(case.claim):
        found = store.get("icd10cm", code, day)
        if found is None or "unspecified" not in found.title.lower():
            continue
        parent = store.parent("icd10cm", code, day)
        if parent is not None and any(
            ", left" in item.title.lower() or " left " in f" {item.title.lower()} "
            for item in store.children("icd10cm", parent.code, day)
        ):
            yield Hit(f"diagnosis {place}", f"{found.code} leaves the side open. If the record names it, code it.")


def _units(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"
