"""The reason for the visit: routine examinations with or without abnormal findings, and what age and sex allow."""

from __future__ import annotations

from typing import Final

from cleanclaim.encoder.candidates.gather import Gathered
from cleanclaim.encoder.candidates.lexicon import Concept
from cleanclaim.encoder.patterns import find
from cleanclaim.encoder.reading import Reading

_ROUTINE: Final = {"Z00.00": "Z00.01", "Z00.129": "Z00.121", "Z01.419": "Z01.411"}

_CHILDBEARING: Final = 9
"""A younger patient has no code of pregnancy."""


def decide_visit(gathered: Gathered) -> None:
    """Settle routine-examination codes and drop what the patient's age or sex rules out."""
    patient = gathered.reading.patient
    for candidate in list(gathered.by_code.values()):
        if candidate.why_not:
            continue
        concept = candidate.concept
        if concept.sex and patient.sex and concept.sex != patient.sex:
            candidate.why_not = f"The code is for {'women' if concept.sex == 'F' else 'men'} only."
        elif candidate.code.startswith("O") and patient.age_years is not None and patient.age_years < _CHILDBEARING:
            candidate.why_not = "Chapter 15 is for the mother's record, never the child's (guideline I.C.15.a.2)."
        elif concept.age == "child" and patient.age_years is not None and patient.age_years >= 18:
            candidate.why_not = "The code is for children under 18."
        elif concept.age == "adult" and patient.age_years is not None and patient.age_years < 18:
            candidate.why_not = "The code is for adults; a child's routine examination is Z00.12-."
            made = gathered.ensure("Z00.129", Concept("Z00.129", "p", age="child"))
            if made is not None and not made.mentions:
                made.assertion = "present"
                for mention in candidate.mentions:
                    made.add(mention, None)
                made.problems.extend(candidate.problems)


_NUMBERS: Final = {
    word: at
    for at, word in enumerate("one two three four five six seven eight nine ten eleven twelve thirteen fourteen".split(), 1)
}


def days_old(reading: Reading) -> int | None:
    """Return the age in days of a newborn of at most 28 days."""
    told = find(
        rf"\b(\d{{1,2}}|{'|'.join(_NUMBERS)})[- ]?(day|week)s?[- ]?old\b|\b(\d{{1,2}}) ?d ?o\b|\bdol ?(\d{{1,2}})\b",
        reading.lowered,
    )
    if told is None or (reading.patient.age_years or 0) > 0:
        return None
    number = told.group(1) or told.group(3) or told.group(4)
    days = (int(number) if number.isdigit() else _NUMBERS[number]) * (7 if told.group(2) == "week" else 1)
    return days if days <= 28 else None


def name_newborn(gathered: Gathered) -> None:
    """The routine examination of a newborn has codes of its own to the 28th day (guideline I.C.21.c.1)."""
    routine = gathered.by_code.get("Z00.129")
    age = days_old(gathered.reading)
    if routine is None or routine.why_not or age is None:
        return
    made = gathered.ensure("Z00.110" if age < 8 else "Z00.111", routine.concept)
    if made is not None:
        for mention in routine.mentions:
            made.add(mention, None)
        made.problems.extend(routine.problems)
        made.assertion = "present"
        routine.why_not = f"A newborn of {age} days takes {made.code} (guideline I.C.21.c.1)."


def raise_routine(gathered: Gathered) -> None:
    """A routine examination at which a problem is found or worked up is coded with abnormal findings (guideline I.C.21.c.13)."""
    for code, abnormal in _ROUTINE.items():
        routine = gathered.by_code.get(code)
        if routine is None or routine.why_not or not routine.mentions:
            continue
        problem = next(
            (
                one
                for one in gathered.by_code.values()
                if not one.why_not and one.problems and one.code[:1] not in {"Z", "V", "W", "X", "Y"} and one.assertion == "present"
            ),
            None,
        )
        if problem is None:
            continue
        made = gathered.ensure(abnormal, routine.concept)
        if made is None:
            continue
        for mention in routine.mentions:
            made.add(mention, None)
        made.problems.extend(routine.problems)
        made.assertion = "present"
        made.reasons.append(f"A problem was found or worked up at the routine examination ({problem.code}; guideline I.C.21.c.13).")
        routine.why_not = f"An abnormal finding or worked-up problem makes it {made.code} (guideline I.C.21.c.13)."
