"""One change to the list of codes on the desk, as a coder makes it. Pure: a list and a form in, the new list out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from cleanclaim.documents import Suggestion, Suggestions
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.coding.rules import DeskCodes, DeskDiagnosis, DeskProcedure, with_dot
from cleanclaim.web.numbers import number_in


def changed(before: DeskCodes, how: str, given: Mapping[str, str], answer: Suggestions | None) -> DeskCodes:
    """Return the list after one change: confirm, add, drop, first or edit. Raises InvalidValue for anything else."""
    system, code = given.get("system", ""), given.get("code", "").strip().upper()
    if not code:
        raise InvalidValue("Say which code.")
    if how == "confirm":
        found = next((item for item in (answer.suggestions if answer else ()) if (item.system, item.code) == (system, code)), None)
        if found is None:
            raise InvalidValue("This code is not among the suggestions any more.")
        return _with_suggestion(before, found)
    if how == "add":
        return _with_typed(before, system, code)
    if how == "drop":
        if system == "icd10cm":
            return _without_diagnosis(before, code)
        place = _place(given, len(before.procedures))
        return before._replace(procedures=tuple(item for number, item in enumerate(before.procedures, 1) if number != place))
    if how == "first":
        chosen = [item for item in before.diagnoses if item.code == code]
        rest = [item for item in before.diagnoses if item.code != code]
        return _repointed(before, tuple(chosen + rest))
    if how == "edit":
        return _edited(before, given)
    raise InvalidValue("The desk does not know this change.")


def _with_suggestion(before: DeskCodes, found: Suggestion) -> DeskCodes:
    if found.system == "icd10cm":
        if any(item.code == found.code for item in before.diagnoses):
            return before
        return before._replace(diagnoses=(*before.diagnoses, DeskDiagnosis(found.code, "", "suggested", found.confidence)))
    added = DeskProcedure(found.system, found.code, found.modifiers, Decimal(found.units), (), "suggested", found.confidence)
    return before._replace(procedures=(*before.procedures, added))


def _with_typed(before: DeskCodes, system: str, code: str) -> DeskCodes:
    if system == "icd10cm":
        code = with_dot(code)
        if any(item.code == code for item in before.diagnoses):
            return before
        return before._replace(diagnoses=(*before.diagnoses, DeskDiagnosis(code)))
    if system not in {"cpt", "hcpcs", "icd10pcs"}:
        raise InvalidValue("Choose the code system.")
    return before._replace(procedures=(*before.procedures, DeskProcedure(system, code)))


def _without_diagnosis(before: DeskCodes, code: str) -> DeskCodes:
    return _repointed(before, tuple(item for item in before.diagnoses if item.code != code))


def _repointed(before: DeskCodes, diagnoses: tuple[DeskDiagnosis, ...]) -> DeskCodes:
    """Keep each service pointing at the same diagnoses wherever those stand now."""
    places = {item.code: number for number, item in enumerate(diagnoses, 1)}
    old = {number: item.code for number, item in enumerate(before.diagnoses, 1)}
    procedures = tuple(
        item._replace(pointers=tuple(places[old[pointer]] for pointer in item.pointers if old.get(pointer) in places))
        for item in before.procedures
    )
    return DeskCodes(diagnoses, procedures)


def _edited(before: DeskCodes, given: Mapping[str, str]) -> DeskCodes:
    place = _place(given, len(before.procedures))
    try:
        units = Decimal(given.get("units", "1").strip() or "1")
    except InvalidOperation:
        raise InvalidValue("Units are a number.") from None
    modifiers = tuple(given.get("modifiers", "").replace(",", " ").upper().split())
    pointers = [number_in(word) for word in given.get("pointers", "").replace(",", " ").split()]
    if None in pointers:
        raise InvalidValue("Pointers are the numbers of diagnoses, such as 1 2.")
    procedures = list(before.procedures)
    procedures[place - 1] = procedures[place - 1]._replace(
        units=units, modifiers=modifiers, pointers=tuple(pointer for pointer in pointers if pointer is not None)
    )
    return before._replace(procedures=tuple(procedures))


def _place(given: Mapping[str, str], last: int) -> int:
    place = number_in(given.get("place", ""))
    if place is None or not 1 <= place <= last:
        raise InvalidValue("Say which line.")
    return place
