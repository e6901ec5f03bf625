"""What a change of code sets touches in the practice: open visits, favourites, local terms, remarks, contracts, the charge list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from cleanclaim import codesets
from cleanclaim.codesets.changes import CodeChange, Impact
from cleanclaim.practice.charges.models import ChargeItem
from cleanclaim.practice.coding.models import CodedDiagnosis, CodedProcedure, CodeNote, Favourite, LocalTerm
from cleanclaim.practice.coding.rules import with_dot
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.payers.models import Contract

UNBILLED = (Encounter.State.OPEN, Encounter.State.SIGNED, Encounter.State.CODED, Encounter.State.CHARGED)


def find_impacts(changes: Sequence[CodeChange]) -> list[Impact]:
    """Answer `codesets diff`, `import` and `update`: what the changes touch, in every practice of this installation."""
    practices = list(Practice.objects.order_by("id").values_list("pk", flat=True))
    return [
        Impact(_WHAT[item.where], item.thing_id, item.system, item.code, item.says)
        for key in practices
        for item in impacts_in(key, changes)
    ]


def impacts_in(practice_id: int, changes: Sequence[CodeChange]) -> list[Touched]:
    """Return what the changes touch in one practice, each judged by the first day on which it holds."""
    by_day: dict[date | None, dict[tuple[str, str], str]] = {}
    for change in changes:
        if change.change != "added":
            by_day.setdefault(change.effective, {})[change.system, change.code] = change.change
    found = [item for day, wanted in by_day.items() for item in impact_of(practice_id, wanted, effective=day)]
    return sorted(found, key=lambda item: (list(_WHAT).index(item.where), item.code, item.thing_id))


_WHAT: Final = {
    "visit": "open encounter", "favourite": "favourite", "local-term": "local term", "remark": "remark", "charge-list": "charge",
    "contract": "rule",
}  # fmt: skip


class Touched(NamedTuple):
    """One thing that a changed code stands in: where (visit, favourite, local-term, remark, contract, charge-list), its id, and what happens to the code."""

    where: str
    thing_id: str
    system: str
    code: str
    what: str
    says: str


def impact_of(practice_id: int, changes: Mapping[tuple[str, str], str], *, effective: date | None = None) -> tuple[Touched, ...]:
    """Return what changed codes touch, the open visits first.

    `changes` maps (system, code) to deleted, revised or added, as `codesets diff` lists them; an added code touches nothing. A visit is
    touched when its service is on or after the first day of the change, since codes are judged by the day of service; without that
    day, a deleted code touches the visits on whose day the installed code sets do not have it in force.
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
        *_remarks(practice_id, wanted, codes),
        *_contracts(practice_id, wanted, effective),
        *_prices(practice_id, wanted, codes, effective),
    )


_Wanted = Mapping[tuple[str, str], str]


def _visits(practice_id: int, wanted: _Wanted, codes: set[str], effective: date | None) -> list[Touched]:
    where: dict[str, Any] = {"voided_at__isnull": True, "code__in": codes, "encounter__state__in": UNBILLED}
    if effective is not None:
        where["encounter__served_on__gte"] = effective
    diagnoses = CodedDiagnosis.objects.of(practice_id).filter(**where)
    services = CodedProcedure.objects.of(practice_id).filter(**where)
    rows = [
        (visit, "icd10cm", code, day)
        for visit, code, day in diagnoses.values_list("encounter__public_id", "code", "encounter__served_on")
    ]
    rows += services.values_list("encounter__public_id", "system", "code", "encounter__served_on")
    found = []
    for visit, system, code, day in rows:
        what = wanted.get((system, code))
        if what and (effective is not None or what != "deleted" or codesets.open_store().get(system, code, day) is None):
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


def _remarks(practice_id: int, wanted: _Wanted, codes: set[str]) -> list[Touched]:
    rows = CodeNote.objects.of(practice_id).filter(code__in=codes, ended_at__isnull=True).order_by("code")
    return [Touched("remark", row.public_id, row.system, row.code, what, f"The practice's remark on {row.code} stands at a code that is {what}.")
            for row in rows if (what := wanted.get((row.system, row.code)))]  # fmt: skip


def _contracts(practice_id: int, wanted: _Wanted, effective: date | None) -> list[Touched]:
    """A payer's contract that prices, carves out or asks authorisation for a code."""
    by_code = {code: (system, what) for (system, code), what in wanted.items()}
    found = []
    for row in Contract.objects.of(practice_id).select_related("payer").order_by("id"):
        if row.valid_to is not None and effective is not None and row.valid_to < effective:
            continue
        for code in sorted(_words(row.terms) & by_code.keys()):
            system, what = by_code[code]
            says = f"The contract “{row.name}” with {row.payer.name} names {code}, which is {what}."
            found.append(Touched("contract", row.public_id, system, code, what, says))
    return found


def _words(terms: object) -> set[str]:
    """Every key and text in a contract's terms."""
    if isinstance(terms, dict):
        return {str(key).upper() for key in terms} | {word for value in terms.values() for word in _words(value)}
    if isinstance(terms, list):
        return {word for value in terms for word in _words(value)}
    return {terms.upper()} if isinstance(terms, str) else set()


def _prices(practice_id: int, wanted: _Wanted, codes: set[str], effective: date | None) -> list[Touched]:
    rows = (
        ChargeItem.objects.of(practice_id).filter(code__in=codes).select_related("charge_list").order_by("code", "modifiers", "id")
    )
    found = []
    for row in rows:
        listed = row.charge_list
        ends = [day for day in (row.valid_to, listed.valid_to) if day is not None]
        is_over = bool(ends) and (effective is None or min(ends) < effective)
        what = wanted.get((row.system, row.code))
        if what and not is_over:
            says = (
                f"The charge list “{listed.name}” prices {row.code}{' ' + row.modifiers if row.modifiers else ''}, which is {what}."
            )
            found.append(Touched("charge-list", listed.public_id, row.system, row.code, what, says))
    return found
