"""Codes that the book adds to a reported diagnosis: long-term drugs, body mass, weeks of gestation.

Each is reported only beside the diagnosis that calls for it, and stands on its own words in the note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cleanclaim.documents.coding import Evidence, Suggestion
from cleanclaim.encoder.candidates.gather import Candidate, Gathered
from cleanclaim.encoder.model.features import drugs, drugs_named
from cleanclaim.encoder.patterns import any_case, find

SURENESS: Final = 0.85
"""What share of these codes a coder accepts is measured in docs/encoder/evaluation.md."""
_NOT_TAKEN: Final = any_case(
    r"\b(?:stop(?:ped)?|used to|discontinu\w+|d/c|dc'?d|held|hold|allerg\w+|intoleran\w+|no longer|off (?:of )?(?:her|his|the)?|declin\w+|refus\w+|consider\w*|discuss\w*|avoid|never|previously|if|instead of|rather than|could|may|might|would|option|interested|hear about|ask(?:s|ed|ing)? about|talk about|inquir\w+|candidate for)\b"
)
_COURSE: Final = any_case(r"\b(?:taper|burst|pack|x ?\d+ ?d(?:ays?)?|for \d+ (?:days?|weeks?)|prn|as needed|one dose|once)\b")
_BODY_MASS: Final = any_case(
    r"\b(?:bmi|body mass index)\b(?: \[?bmi\]?)?[^0-9\n%]{0,16}(\d{2}(?:\.\d{1,2})?)(?! ?(?:th|st|nd|rd|%|percent|to\b))"
)
_WEIGHT: Final = re.compile(r"^(?:E66|E4[0-6]|R63\.[4-6]|E65|E68|F50|O99\.21|Z71\.3|R64|R63\.8)")
_GROWN: Final = 20
"""Body mass is coded by number from this age on, by percentile before."""
_WEEKS: Final = any_case(r"\b(?:(\d{1,2}) ?(?:weeks?|wks?|w)(?: ?(?:and )?[0-6] ?(?:days?|d|/7))?(?: (?:gestation|pregnant|iup|ga|ega|by)|(?= ?[0-6] ?d\b))|(?:iup|intrauterine pregnancy|gestation\w*|pregnan\w+|ga|ega)(?: (?:at|of|age|is|now|=))*[: ]{1,2}(\d{1,2}) ?(?:weeks?|wks?|w\b)|"
    r"(\d{1,2})(?:\+[0-6]|w[0-6]d| [0-6]/7)(?: ?(?:weeks?|wks?))?)")  # fmt: skip
_PREGNANT: Final = re.compile(r"^(?:O(?!0[0-8]|8[5-9]|9[0-4])|Z34|Z36|Z33\.1)")
_TRIMESTERS: Final = ("first trimester", "second trimester", "third trimester")


def additional_codes(gathered: Gathered, diagnoses: list[Suggestion]) -> list[Suggestion]:
    """Return the additional codes that the reported diagnoses call for."""
    known = {one.code for one in diagnoses}
    found: list[Suggestion] = []
    for made in (*_drugs(gathered, diagnoses), *_body_mass(gathered, diagnoses), *_gestation(gathered, diagnoses)):
        if made.code not in known:
            known.add(made.code)
            found.append(made)
    return found


def added(gathered: Gathered, code: str, span: tuple[int, int], why: str, sureness: float = SURENESS) -> Suggestion | None:
    """Return a code that stands on a stretch of the note, if it is in force."""
    code = gathered.book.in_force(code)
    if not code:
        return None
    reading = gathered.reading
    start, end = span
    section = reading.sections.at(start)
    words = Evidence(start, end, reading.written[start:end], section.title or section.kind, "present")
    return Suggestion("icd10cm", code, gathered.book.title(code), sureness, "look", (words,), (why,))


def _drugs(gathered: Gathered, diagnoses: list[Suggestion]) -> Iterator[Suggestion]:
    """Long-term drugs beside the disease they are taken for (guidelines I.C.21.c.3, I.C.4.a.3)."""
    reported = [one.code for one in diagnoses if one.band != "hint"]
    table = drugs()
    for name, places in sorted(drugs_named(gathered.reading.lowered).items(), key=lambda one: one[1][0]):
        families, code = table[name]
        if not code or not any(one.startswith(family) for one in reported for family in families):
            continue
        if code == "Z79.4" and not any(one.startswith(("E11", "E13", "E08", "E09", "O24.1", "O24.3", "O24.8")) for one in reported):
            continue
        span = next((place for place in places if _is_taken(gathered, *place)), None)
        if span is not None:
            made = added(gathered, code, span, f"{name.capitalize()} is taken for a condition of the visit: its long-term use is an additional code (guideline I.C.21.c.3).")  # fmt: skip
            if made is not None:
                yield made


def _is_taken(gathered: Gathered, start: int, end: int) -> bool:
    reading = gathered.reading
    for sentence in reading.sentences:
        if sentence.start <= start < sentence.end:
            at = start - sentence.start
            around = sentence.text[max(0, at - 60) : at + end - start + 40]
            asserted, _ = reading.assertion(sentence, start, end)
            return (
                sentence.section.kind not in {"family", "allergies"}
                and asserted in {"present", "historical"}
                and not _NOT_TAKEN.search(around)
                and not _COURSE.search(around)
            )
    return False


def _body_mass(gathered: Gathered, diagnoses: list[Suggestion]) -> Iterator[Suggestion]:
    """The body mass beside a weight diagnosis of the provider's own (guideline I.B.14)."""
    reading = gathered.reading
    years = reading.patient.age_years
    if years is not None and years < _GROWN:
        return
    if not any(_WEIGHT.match(one.code) and one.band != "hint" for one in diagnoses) or any(
        one.code.startswith("Z68") for one in diagnoses
    ):
        return
    told = None
    for told in _BODY_MASS.finditer(reading.text):  # noqa: B007 - the last one told is the current one
        pass
    if told is not None and (code := _body_mass_code(float(told.group(1)))):
        made = added(
            gathered, code, told.span(), "The body mass index beside a weight diagnosis of the provider's (guideline I.B.14)."
        )
        if made is not None:
            yield made


def _body_mass_code(value: float) -> str:
    if not 10 <= value < 100:
        return ""
    if value < 20:
        return "Z68.1"
    if value < 40:
        return f"Z68.{int(value)}"
    return (
        "Z68.45" if value >= 70 else "Z68.44" if value >= 60 else "Z68.43" if value >= 50 else "Z68.42" if value >= 45 else "Z68.41"
    )


def weeks_told(gathered: Gathered) -> tuple[int, tuple[int, int]] | None:
    """Return the completed weeks of gestation that the note tells, and where."""
    for told in _WEEKS.finditer(gathered.reading.text):
        weeks = int(told.group(1) or told.group(2) or told.group(3))
        before = gathered.reading.lowered[max(0, told.start() - 40) : told.start()]
        after = gathered.reading.lowered[told.end() : told.end() + 14]
        if 4 <= weeks <= 42 and not re.search(r"\b(?:return|rtc|follow[- ]?up|f/u|recheck|at|us|ultrasound|in|delivered|born|by|c/w|between)\b[^.;,\n]{0,12}$", before) and not re.match(r" ?(?:us|ultrasound|old)\b", after):  # fmt: skip
            return weeks, told.span()
    return None


def _gestation(gathered: Gathered, diagnoses: list[Suggestion]) -> Iterator[Suggestion]:
    """The weeks of gestation beside a code of the pregnancy (guideline I.C.21.c.11; chapter 15)."""
    if not any(_PREGNANT.match(one.code) and one.band != "hint" for one in diagnoses) or any(
        one.code.startswith("Z3A") for one in diagnoses
    ):
        return
    told = weeks_told(gathered)
    if told is None:
        return
    weeks, span = told
    code = "Z3A.01" if weeks < 8 else f"Z3A.{weeks:02d}"
    made = added(
        gathered,
        code,
        span,
        f"{weeks} completed weeks of gestation beside a code of the pregnancy (chapter 15, use additional code).",
    )
    if made is not None:
        yield made


def tell_trimester(gathered: Gathered) -> None:
    """A pregnancy code of an untold trimester takes that of the weeks told (guideline I.C.15.a.3), and gestational diabetes its control."""
    _control_of_diabetes(gathered)
    told = None
    for candidate in list(gathered.by_code.values()):
        if (
            candidate.why_not
            or not candidate.code.startswith(("O", "Z34"))
            or "trimester" not in gathered.book.title(candidate.code).lower()
        ):
            continue
        told = told or weeks_told(gathered)
        if told is None:
            return
        trimester = _TRIMESTERS[0 if told[0] < 14 else 1 if told[0] < 28 else 2]
        title = gathered.book.title(candidate.code)
        if "unspecified trimester" not in title.lower():
            continue
        wanted = re.sub("unspecified trimester", trimester, title, flags=re.IGNORECASE).lower()
        store = gathered.book.store
        parent = candidate.code[:-1].rstrip(".")
        same = (
            next((one for one in store.children("icd10cm", parent, gathered.book.on) if one.title.lower() == wanted), None)
            if store
            else None
        )
        made = gathered.ensure(same.code, candidate.concept) if same is not None and same.billable else None
        if made is not None:
            _move(candidate, made, f"{told[0]} weeks: {trimester} (guideline I.C.15.a.3).")
            gathered.cite(made, *told[1])


def _control_of_diabetes(gathered: Gathered) -> None:
    for code in ("Z79.4", "Z79.84"):
        taken = gathered.by_code.get(code)
        if (
            taken is not None
            and not taken.why_not
            and any(one.startswith("O24.4") and not known.why_not for one, known in gathered.by_code.items())
        ):
            taken.why_not = (
                "Gestational diabetes tells its own treatment; no long-term drug code goes with O24.4 (guideline I.C.15.i)."
            )
    untold = gathered.by_code.get("O24.419")
    if untold is None or untold.why_not:
        return
    for code, pattern in (
        ("O24.414", r"\binsulin\b"),
        ("O24.415", r"\b(?:metformin|glyburide)\b"),
        ("O24.410", r"\bdiet[- ]controlled|\ba1 ?gdm|\bgdm ?a1\b"),
    ):
        told = find(pattern, gathered.reading.lowered)
        if told is not None and (code == "O24.410" or _is_taken(gathered, *told.span())):
            made = gathered.ensure(code, untold.concept)
            if made is not None:
                _move(untold, made, "The note tells how the diabetes of the pregnancy is controlled (guideline I.C.15.i).")
                gathered.cite(made, *told.span())
                return


def _move(general: Candidate, exact: Candidate, why: str) -> None:
    """Let a more exact code take the place of a general one."""
    for mention in general.mentions:
        exact.add(mention, None)
    exact.problems.extend(problem for problem in general.problems if problem not in exact.problems)
    exact.assertion = general.assertion
    exact.reasons.append(why)
    general.why_not = f"The note supports the more specific {exact.code} (guideline I.B.2)."
