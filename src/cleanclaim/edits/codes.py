"""Edits of the codes themselves: in force on the day of service, specific enough, of a known modifier and place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from cleanclaim.codesets import Code, Store, bare, dotted
from cleanclaim.edits.registry import PROFESSIONAL, Case, Hit, at_line, lines_with_days, rule
from cleanclaim.edits.services import VISITS, is_surgery
from cleanclaim.kernel.findings import Severity

_ICD10_FIRST_DAY: Final = date(2015, 10, 1)
_HCPCS_FULL_UNTIL: Final = date(2026, 9, 30)  # the last day of the last one; later codes may be missing from it
_HCPCS: Final = re.compile(r"[ABCE-V][0-9]{4}")  # D codes are the dentists' own, and not packaged
_CPT: Final = re.compile(r"[0-9]{4}[0-9FTU]")


def coded_on(case: Case) -> date:
    """The day whose ICD-10-CM judges the claim: discharge for an institutional claim's period, else the service."""
    if case.claim.kind == "837I":
        last = next((fact.last or fact.first for fact in case.claim.dates if fact.qualifier == "434"), None)
        if last is not None:
            return last
    return case.served_on


def diagnoses_in_store(case: Case) -> Iterator[tuple[int, str, Code | None, Store]]:
    """Each ICD-10-CM diagnosis of the claim: its place, its code without dot, what the store knows of it, and the store.

    Before ICD-10-CM came in there is nothing to judge by.
    """
    day = coded_on(case)
    if case.store is None or day < _ICD10_FIRST_DAY:
        return
    for place, diagnosis in enumerate(case.claim.diagnoses, start=1):
        code = bare(diagnosis.code)
        if code:
            yield place, code, case.store.get("icd10cm", code, day), case.store


@rule(
    "DIAGNOSIS_NOT_IN_FORCE",
    Severity.STOP,
    "45 CFR 162.1002(c)(2); ICD-10-CM in force on the date of service",
    effective=_ICD10_FIRST_DAY,
    needs_codes=True,
)
def diagnosis_not_in_force(case: Case) -> Iterator[Hit]:
    """A diagnosis is a code of ICD-10-CM on the day of service."""
    for place, code, found, store in diagnoses_in_store(case):
        if found is not None:
            ended = _was_complete_until(store, found)
            if ended is not None:
                yield Hit(
                    f"diagnosis {place}", f"{dotted(code)} was a complete code until {ended}; from then on one below it is needed."
                )
            continue
        periods = store.history("icd10cm", code)
        since = store.known_since("icd10cm")
        if not periods and since is not None and coded_on(case) < since and _SHAPE.fullmatch(code):
            continue  # before that day the list is not whole, so that absence says nothing
        if not periods:
            yield Hit(f"diagnosis {place}", f"{dotted(code)} is no ICD-10-CM code. Look the condition up again.")
        elif periods[0].valid_from > coded_on(case):
            yield Hit(
                f"diagnosis {place}",
                f"{dotted(code)} is valid from {periods[0].valid_from} on; the service was on {coded_on(case)}. Use the code of that year.",
            )
        else:
            yield Hit(
                f"diagnosis {place}",
                f"{dotted(code)} ended on {periods[-1].valid_to}; the service was on {coded_on(case)}. Use what replaced it.",
            )


def _was_complete_until(store: Store, found: Code) -> date | None:
    """The last day on which what is now a heading was a code that a claim could carry; None when it never was one before."""
    if found.billable:
        return None
    return next(
        (
            period.valid_to
            for period in store.history("icd10cm", found.code)
            if period.billable and period.valid_from < found.valid_from
        ),
        None,
    )


@rule(
    "DIAGNOSIS_NOT_SPECIFIC",
    Severity.STOP,
    "ICD-10-CM Official Guidelines, I.B.2: code to the highest number of characters",
    effective=_ICD10_FIRST_DAY,
    needs_codes=True,
)
def diagnosis_not_specific(case: Case) -> Iterator[Hit]:
    """A heading is no diagnosis: the code goes on."""
    for place, code, found, store in diagnoses_in_store(case):
        if found is None or found.billable or seventh_missing(store, code, coded_on(case)) or _was_complete_until(store, found):
            continue
        below = [child.code for child in store.children("icd10cm", code, coded_on(case))][:4]
        yield Hit(
            f"diagnosis {place}",
            f"{dotted(code)} is a heading; choose a code below it" + (f" ({', '.join(below)} ...)." if below else "."),
        )


def seventh_missing(store: Store, code: str, day: date) -> bool:
    """Tell whether a code lacks nothing but its seventh character."""
    notes = store.notes(code, day)
    return (
        len(code) < 7 and bool(notes.seventh) and all(len(bare(child.code)) == 7 for child in store.children("icd10cm", code, day))
    )


@rule(
    "SEVENTH_CHARACTER_MISSING",
    Severity.STOP,
    "ICD-10-CM Official Guidelines, I.A.5: 7th characters",
    effective=_ICD10_FIRST_DAY,
    needs_codes=True,
)
def seventh_character_missing(case: Case) -> Iterator[Hit]:
    """A code that takes a seventh character has one, with X in the places between."""
    for place, code, found, store in diagnoses_in_store(case):
        if found is not None and not found.billable and seventh_missing(store, code, coded_on(case)):
            choices = ", ".join(
                f"{choice.char} {choice.meaning.lower()}" for choice in store.notes(code, coded_on(case)).seventh[:3]
            )
            yield Hit(f"diagnosis {place}", f"{dotted(code)} needs its seventh character ({choices} ...).")


_SHAPE: Final = re.compile(r"[A-TV-Z][0-9][0-9A-Z][0-9A-Z]{0,4}|U[0-9]{2,5}")
_UNSPECIFIED: Final = re.compile(r"\bunspecified\b", re.IGNORECASE)


@rule(
    "LATERALITY_UNSPECIFIED",
    Severity.WARN,
    "ICD-10-CM Official Guidelines, I.B.13: laterality",
    effective=_ICD10_FIRST_DAY,
    needs_codes=True,
)
def laterality_unspecified(case: Case) -> Iterator[Hit]:
    """A code for an unspecified side is avoided where the record tells the side; payers deny it more and more."""
    for place, code, found, store in diagnoses_in_store(case):
        if found is not None and found.billable and _has_sides(store, found, coded_on(case)):
            yield Hit(
                f"diagnosis {place}", f"{dotted(code)} leaves the side open. Choose right, left or both when the note says it."
            )


def _has_sides(store: Store, code: Code, day: date) -> bool:
    parent = store.parent("icd10cm", code.code, day)
    for node, above in ((code, parent), (parent, store.parent("icd10cm", parent.code, day) if parent else None)):
        if node is None or above is None or not _UNSPECIFIED.search(node.title):
            continue
        titles = {child.title.lower() for child in store.children("icd10cm", above.code, day)}
        text = node.title.lower()
        for match in _UNSPECIFIED.finditer(text):
            if f"{text[: match.start()]}right{text[match.end() :]}" in titles:
                return True
    return False


@rule(
    "PROCEDURE_NOT_IN_FORCE",
    Severity.STOP,
    "45 CFR 162.1002(c)(1) and (5): HCPCS and CPT in force on the date of service",
    needs_codes=True,
)
def procedure_not_in_force(case: Case) -> Iterator[Hit]:
    """A procedure is a number in force on the day of service. CPT is judged as far as the site has loaded it."""
    store = case.store
    if store is None:
        return
    for line, day in lines_with_days(case):
        code = line.procedure
        if not code or line.procedure_qualifier not in {"HC", ""}:
            continue
        if _HCPCS.fullmatch(code):
            if store.get("hcpcs", code, day) is None and _list_is_whole(store, day):
                periods = store.history("hcpcs", code)
                if periods and periods[-1].valid_to is not None and periods[-1].valid_to < day:
                    yield Hit(at_line(line), f"{code} ended on {periods[-1].valid_to}; the service was on {day}.")
                elif periods:
                    yield Hit(at_line(line), f"{code} is valid from {periods[0].valid_from} on; the service was on {day}.")
                else:
                    newer = " If it is newer than the list at hand, import the quarter's file." if day > _HCPCS_FULL_UNTIL else ""
                    yield Hit(at_line(line), f"{code} is no HCPCS code of the list at hand.{newer}")
        elif _CPT.fullmatch(code) and store.coverage("cpt").coverage == "full" and store.get("cpt", code, day) is None:
            yield Hit(at_line(line), f"{code} is no CPT number in force on {day}.")


def _list_is_whole(store: Store, day: date) -> bool:
    since = store.known_since("hcpcs")
    return since is not None and day >= since


@rule("PROCEDURE_MALFORMED", Severity.STOP, "HCPCS and CPT codes have five characters", kinds=PROFESSIONAL)
def procedure_malformed(case: Case) -> Iterator[Hit]:
    """A professional procedure has five characters: five digits, four digits and a letter, or a letter and four digits."""
    for line in case.claim.lines:
        code = line.procedure
        if code and line.procedure_qualifier in {"HC", ""} and not re.fullmatch(r"[A-Z0-9][0-9]{3}[A-Z0-9]", code):
            yield Hit(at_line(line), f"{code[:12]} has not the shape of a procedure code: it has five characters.")


_PAIRS_NEVER: Final = (
    frozenset({"26", "TC"}),
    frozenset({"50", "RT"}),
    frozenset({"50", "LT"}),
    frozenset({"GA", "GZ"}),
    frozenset({"KX", "GZ"}),
)
_X: Final = frozenset({"XE", "XP", "XS", "XU"})


@rule("MODIFIER_UNKNOWN", Severity.STOP, "HCPCS and CPT modifiers in force on the date of service", needs_codes=True)
def modifier_unknown(case: Case) -> Iterator[Hit]:
    """A modifier has two characters and is in force."""
    store = case.store
    if store is None:
        return
    for line, day in lines_with_days(case):
        for modifier in line.modifiers:
            if len(modifier) != 2 or not modifier.isalnum():
                yield Hit(at_line(line), f"{modifier} has not the shape of a modifier (two characters).")
            elif store.get("modifier", modifier, day) is None:
                # the packaged list of two-digit modifiers is our own; an unknown one is doubtful, not wrong
                yield Hit(
                    at_line(line),
                    f"Modifier {modifier} is not known to be in force on {day}.",
                    Severity.WARN if modifier.isdigit() else None,
                )


@rule("MODIFIERS_CONFLICT", Severity.STOP, "NCCI Policy Manual, ch. I (E); Claims Processing Manual, ch. 12", kinds=PROFESSIONAL)
def modifiers_conflict(case: Case) -> Iterator[Hit]:
    """A line's modifiers do not contradict each other and none stands twice."""
    for line in case.claim.lines:
        have = frozenset(line.modifiers)
        if len(have) < len(line.modifiers):
            yield Hit(at_line(line), f"Line {line.number} carries a modifier twice.")
        for pair in _PAIRS_NEVER:
            if pair <= have:
                yield Hit(at_line(line), f"Modifiers {' and '.join(sorted(pair))} on line {line.number} contradict each other.")
        if "59" in have and have & _X:
            yield Hit(at_line(line), f"Line {line.number} carries 59 and {min(have & _X)}; use the more precise one alone.")


@rule(
    "MODIFIER_DOES_NOT_FIT",
    Severity.STOP,
    "CPT, appendix A: 24, 25 and 57 belong to visits, 59 and 51 to procedures",
    kinds=PROFESSIONAL,
)
def modifier_does_not_fit(case: Case) -> Iterator[Hit]:
    """Visit modifiers stand on visits, procedure modifiers on procedures."""
    for line in case.claim.lines:
        have = frozenset(line.modifiers)
        if have & {"24", "25", "57"} and is_surgery(line.procedure):
            yield Hit(at_line(line), f"{min(have & {'24', '25', '57'})} belongs on the visit, not on procedure {line.procedure}.")
        if have & {"59", "51", *_X, "50"} and line.procedure in VISITS:
            yield Hit(
                at_line(line), f"{min(have & {'59', '51', *_X, '50'})} belongs on a procedure, not on visit {line.procedure}."
            )


@rule("POS_UNKNOWN", Severity.STOP, "CMS place of service code set", kinds=PROFESSIONAL, needs_codes=True)
def pos_unknown(case: Case) -> Iterator[Hit]:
    """A place of service is one of CMS's codes."""
    store = case.store
    if store is None:
        return
    places = [("claim", case.claim.facility_code)] + [(at_line(line), line.place_of_service) for line in case.claim.lines]
    for where, place in places:
        if place.strip() and store.get("pos", place.strip(), coded_on(case)) is None:
            yield Hit(where, f"{place} is no place of service code.")
