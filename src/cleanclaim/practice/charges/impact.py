"""What a change of code sets touches in the practice: open visits, favourites, local terms, the charge list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from cleanclaim.practice.charges.models import ChargeItem
from cleanclaim.practice.coding.models import CodedDiagnosis, CodedProcedure, Favourite, LocalTerm
from cleanclaim.practice.coding.rules import with_dot
from cleanclaim.practice.encounters.models import Encounter

UNBILLED = (Encounter.State.OPEN, Encounter.State.SIGNED, Encounter.State.CODED, Encounter.State.CHARGED)


class Touched(NamedTuple):
    """One thing that a changed code stands in: where (visit, favourite, local-term, charge-list), its id, and what happens to the code."""

    where: str
    thing_id: str
    system: str
    code: str
    what: str
    says: str


def impact_of(practice_id: int, changes: Mapping[tuple[str, str], str], *, effective: date) -> tuple[Touched, ...]:
    """Return what changed codes touch, the open visits first.

    `changes` maps (system, code) to deleted, revised or added, as `codesets diff` lists them; an added code touches nothing. A visit is
    touched when its service is on or after the first day of the change, since codes are judged by the day of service.
    """
    wanted = {
        (system, with_dot(code) if system == "icd10cm" else code.upper()): what
        for (system, code), what in changes.items()
        if what != "added"
    }
    if not wanted:
        return ()
    codes = {code for _, code in wanted}
    return (
        *_visits(practice_id, wanted, codes, effective),
        *_favourites(practice_id, wanted, codes),
        *_terms(practice_id, wanted, codes),
        *_prices(practice_id, wanted, codes, effective),
    )


_Wanted = Mapping[tuple[str, str], str]


def _visits(practice_id: int, wanted: _Wanted, codes: set[str], effective: date) -> list[Touched]:
    where = {"voided_at__isnull": True, "code__in": codes, "encounter__state__in": UNBILLED, "encounter__served_on__gte": effective}
    found = []
    diagnoses = CodedDiagnosis.objects.of(practice_id).filter(**where)
    services = CodedProcedure.objects.of(practice_id).filter(**where)
    rows = [(visit, "icd10cm", code) for visit, code in diagnoses.values_list("encounter__public_id", "code")]
    rows += services.values_list("encounter__public_id", "system", "code")
    for visit, system, code in rows:
        what = wanted.get((system, code))
        if what:
            found.append(Touched("visit", visit, system, code, what, _visit_says(code, what)))
    return sorted(found)


def _visit_says(code: str, what: str) -> str:
    return (
        f"{code} is not in force on the day of service any more: code the visit again."
        if what == "deleted"
        else f"The title of {code} changed: look at it again."
    )


def _favourites(practice_id: int, wanted: _Wanted, codes: set[str]) -> list[Touched]:
    rows = Favourite.objects.of(practice_id).filter(code__in=codes).order_by("code", "id")
    return [Touched("favourite", row.public_id, row.system, row.code, what, f"The favourite {row.code} is {what}.")
            for row in rows if (what := wanted.get((row.system, row.code)))]  # fmt: skip


def _terms(practice_id: int, wanted: _Wanted, codes: set[str]) -> list[Touched]:
    rows = LocalTerm.objects.of(practice_id).filter(code__in=codes, ended_at__isnull=True).order_by("folded")
    return [Touched("local-term", row.public_id, row.system, row.code, what, f"The local term “{row.term}” stands for {row.code}, which is {what}.")
            for row in rows if (what := wanted.get((row.system, row.code)))]  # fmt: skip


def _prices(practice_id: int, wanted: _Wanted, codes: set[str], effective: date) -> list[Touched]:
    rows = (
        ChargeItem.objects.of(practice_id).filter(code__in=codes).select_related("charge_list").order_by("code", "modifiers", "id")
    )
    found = []
    for row in rows:
        listed = row.charge_list
        is_over = (row.valid_to and row.valid_to < effective) or (listed.valid_to and listed.valid_to < effective)
        what = wanted.get((row.system, row.code))
        if what and not is_over:
            says = (
                f"The charge list “{listed.name}” prices {row.code}{' ' + row.modifiers if row.modifiers else ''}, which is {what}."
            )
            found.append(Touched("charge-list", listed.public_id, row.system, row.code, what, says))
    return found
