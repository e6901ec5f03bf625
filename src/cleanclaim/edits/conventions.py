"""Edits of the coding conventions: Excludes1, manifestations, code first, external causes, age and sex."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import Final

from cleanclaim.codesets import bare, dotted
from cleanclaim.edits.codes import coded_on, diagnoses_in_store
from cleanclaim.edits.registry import Case, Hit, rule
from cleanclaim.kernel.dates import age_on
from cleanclaim.kernel.findings import Severity

_ICD10_FIRST_DAY: Final = date(2015, 10, 1)
_AGES: Final = {"newborn": (0, 0), "pediatric": (0, 17), "maternity": (9, 64), "adult": (15, 124)}
_SOFT: Final = ("if applicable", "if known", "if present", "any ")


def _first_listed(case: Case) -> int:
    """The place of the principal or first-listed diagnosis, 1-based."""
    return next((place for place, found in enumerate(case.claim.diagnoses, start=1) if found.qualifier in {"ABK", "BK"}), 1)


@rule(
    "EXCLUDES1",
    Severity.STOP,
    "ICD-10-CM tabular list; Official Guidelines, I.A.12.a",
    effective=_ICD10_FIRST_DAY,
    needs_codes=True,
)
def excludes1(case: Case) -> Iterator[Hit]:
    """Two codes that an Excludes1 note keeps apart do not stand on one claim."""
    if case.store is None or coded_on(case) < _ICD10_FIRST_DAY:
        return
    places = [(place, code) for place, code, found, _ in diagnoses_in_store(case) if found is not None]
    for (place, code), (_, other) in combinations(places, 2):
        note = case.store.excludes1(code, other, coded_on(case))
        if note is not None:
            yield Hit(
                f"diagnosis {place}",
                f"{note.code} and {note.excluded} are not coded together: {note.at} says “{note.text[:140]}” under Excludes1. Keep the one that the record supports.",
            )


@rule(
    "MANIFESTATION_FIRST",
    Severity.STOP,
    "ICD-10-CM Official Guidelines, I.A.13: etiology before manifestation",
    effective=_ICD10_FIRST_DAY,
    needs_codes=True,
)
def manifestation_first(case: Case) -> Iterator[Hit]:
    """A manifestation is never the first diagnosis; what causes it stands before it."""
    first = _first_listed(case)
    for place, code, found, store in diagnoses_in_store(case):
        if found is None or place != first:
            continue
        if store.mce(code, coded_on(case)).manifestation:
            notes = store.notes(code, coded_on(case)).code_first
            causes = ", ".join(dict.fromkeys(span.text for note in notes for span in note.ranges))
            yield Hit(
                f"diagnosis {place}",
                f"{dotted(code)} is a manifestation and cannot stand first. Code its cause before it"
                + (f" ({causes})." if causes else "."),
            )


@rule(
    "CODE_FIRST",
    Severity.WARN,
    "ICD-10-CM tabular list, code first notes; Official Guidelines, I.A.13",
    effective=_ICD10_FIRST_DAY,
    needs_codes=True,
)
def code_first(case: Case) -> Iterator[Hit]:
    """A code with a code first note follows what the note names."""
    first = _first_listed(case)
    codes = [bare(found.code) for found in case.claim.diagnoses]
    for place, code, found, store in diagnoses_in_store(case):
        if found is None or (place == first and store.mce(code, coded_on(case)).manifestation):
            continue
        notes = store.notes(code, coded_on(case)).code_first
        spans = [span for note in notes for span in note.ranges]
        if not spans or any(word in note.text.lower() for note in notes for word in _SOFT):
            continue
        before = codes[: place - 1] if place != first else []
        if not any(other in span for other in before for span in spans):
            named = ", ".join(dict.fromkeys(span.text for span in spans[:6]))
            yield Hit(
                f"diagnosis {place}",
                f"The book says to code first what underlies {dotted(code)} ({named}); nothing before it is one of these.",
            )


@rule(
    "EXTERNAL_CAUSE_FIRST", Severity.STOP, "ICD-10-CM Official Guidelines, I.C.20.a.6", effective=_ICD10_FIRST_DAY, needs_codes=True
)
def external_cause_first(case: Case) -> Iterator[Hit]:
    """An external cause is never the first diagnosis."""
    first = _first_listed(case)
    for place, code, found, _ in diagnoses_in_store(case):
        if found is not None and place == first and code[0] in "VWXY":
            yield Hit(f"diagnosis {place}", f"{dotted(code)} says how it happened, not what it is. Code the injury first.")


@rule(
    "UNACCEPTABLE_PRINCIPAL",
    Severity.STOP,
    "Medicare Code Editor, unacceptable principal diagnosis",
    effective=_ICD10_FIRST_DAY,
    kinds=frozenset({"837I"}),
    needs_codes=True,
)
def unacceptable_principal(case: Case) -> Iterator[Hit]:
    """An inpatient stay is not explained by a code that the Medicare Code Editor refuses as principal."""
    if not case.claim.facility_code.startswith("11"):
        return
    first = _first_listed(case)
    for place, code, found, store in diagnoses_in_store(case):
        if found is not None and place == first and store.mce(code, coded_on(case)).unacceptable_principal:
            yield Hit(f"diagnosis {place}", f"{dotted(code)} is not accepted as the principal diagnosis of an inpatient stay.")


@rule("DIAGNOSIS_AGE", Severity.STOP, "Medicare Code Editor, age conflict", effective=_ICD10_FIRST_DAY, needs_codes=True)
def diagnosis_age(case: Case) -> Iterator[Hit]:
    """A diagnosis of one age of life belongs to a patient of that age."""
    patient = case.claim.patient or case.claim.subscriber.party
    if patient.born_on is None:
        return
    age = age_on(patient.born_on, case.served_on)
    for place, code, found, store in diagnoses_in_store(case):
        kind = store.mce(code, coded_on(case)).age if found is not None else ""
        if kind and age >= 0 and not _AGES[kind][0] <= age <= _AGES[kind][1]:
            first, last = _AGES[kind]
            yield Hit(f"diagnosis {place}", f"{dotted(code)} is a diagnosis of ages {first} to {last}; the patient was {age}.")


_OF_WOMEN: Final = ("O", "Z33", "Z34", "Z3A", "N80", "C53", "C54", "C56")
_OF_MEN: Final = ("N40", "N41", "N42", "N45", "C61", "C62")


@rule(
    "DIAGNOSIS_SEX",
    Severity.WARN,
    "Titles that name an organ or state of one sex; Medicare Code Editor (sex conflict, until 2024-09-30)",
    effective=_ICD10_FIRST_DAY,
    needs_codes=True,
)
def diagnosis_sex(case: Case) -> Iterator[Hit]:
    """A diagnosis of one sex belongs to a patient of that sex; a mismatch is looked at, never stopped."""
    patient = case.claim.patient or case.claim.subscriber.party
    for place, code, found, store in diagnoses_in_store(case):
        sex = store.mce(code, coded_on(case)).sex if found is not None else ""
        sex = sex or ("F" if code.startswith(_OF_WOMEN) else "M" if code.startswith(_OF_MEN) else "")
        if sex and patient.sex in {"F", "M"} and patient.sex != sex:
            yield Hit(f"diagnosis {place}", f"{dotted(code)} is a diagnosis of the other sex. Check the code and the registration.")
