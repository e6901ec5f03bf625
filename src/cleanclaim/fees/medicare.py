"""Medicare's physician fee schedule: (work x GPCI + practice expense x GPCI + malpractice x GPCI) x conversion factor (42 CFR 414.20)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanclaim.kernel.money import Money, Rate

if TYPE_CHECKING:
    from cleanclaim.codesets import Rvu, Store

FACILITY_PLACES: Final = frozenset({"02", "19", "21", "22", "23", "24", "26", "31", "34", "41", "42", "51", "52", "53", "56", "61"})
"""Places of service where Medicare pays the facility rate (Claims Processing Manual, ch. 12, 20.4.2); 10 and 11 pay the other one."""
_PAYABLE: Final = frozenset({"A", "R", "T"})
_HALVES: Final = frozenset({"26", "TC", "53"})
ONE: Final = Rate(1)


class MedicarePrice(NamedTuple):
    """What Medicare allows for a line, with the steps that lead there. `row` is the fee schedule row that was read."""

    cents: int
    unit_cents: int
    row: Rvu
    steps: tuple[str, ...]
    locality: str


def is_facility(place_of_service: str) -> bool:
    """Tell whether a place of service pays the facility rate."""
    return place_of_service in FACILITY_PLACES


def medicare_price(
    store: Store, procedure: str, modifiers: tuple[str, ...] = (), units: Rate = ONE, *, on: date, carrier: str, locality: str,
    place_of_service: str = "11",
) -> MedicarePrice | None:  # fmt: skip
    """Return what the fee schedule allows for a line; None where the schedule has no price (not listed, status not payable, no locality).

    `carrier` and `locality` are the Medicare contractor's numbers. Modifiers 26, TC and 53 choose their own row; 50, 62, 66, 80, 81, 82, AS
    and 54, 55, 56 change the amount (Claims Processing Manual, ch. 12). Reductions for several procedures are not made here.
    """
    component = next((modifier for modifier in modifiers if modifier in _HALVES), "")
    row = store.rvu(procedure, component, on)
    index = store.gpci(carrier, locality, on)
    if row is None or index is None or row.status not in _PAYABLE:
        return None
    facility = is_facility(place_of_service)
    if row.facility_na if facility else row.nonfacility_na:
        facility = not facility  # "NA": the service is not done in this setting; the schedule then has one price only
    expense = row.pe_facility if facility else row.pe_nonfacility
    total = row.work * index.work + expense * index.pe + row.malpractice * index.malpractice
    if total <= 0:
        return None
    unit = Money.rounded(total * row.conversion_factor)
    steps = [
        f"({row.work} x {index.work} + {expense} x {index.pe} + {row.malpractice} x {index.malpractice}) x {row.conversion_factor} = {unit}",
        f"{'facility' if facility else 'office'} rate, {row.release}",
    ]
    factor = Rate(1)
    for modifier in modifiers:
        share, says = _share(modifier, row)
        if share != 1:
            factor *= share
            steps.append(says)
    cents = unit.times(factor * units)
    if units != 1:
        steps.append(f"{units:f} units")
    return MedicarePrice(int(cents), int(unit), row, tuple(steps), f"{index.carrier}-{index.locality}")


def _share(modifier: str, row: Rvu) -> tuple[Rate, str]:
    """The part of the amount that a modifier leaves, with its reason."""
    if modifier == "50":
        if row.bilateral == "1":
            return Rate("1.5"), "both sides: 150% (bilateral indicator 1)"
        if row.bilateral == "3":
            return Rate(2), "both sides: 100% each (bilateral indicator 3)"
    if modifier in {"80", "81", "82"} and row.assistant in {"0", "2"}:
        return Rate("0.16"), "assistant surgeon: 16%"
    if modifier == "AS" and row.assistant in {"0", "2"}:
        return Rate("0.136"), "assistant at surgery who is no physician: 85% of 16%"
    if modifier == "62" and row.co_surgeon in {"1", "2"}:
        return Rate("0.625"), "two surgeons: 62.5% each"
    if modifier == "54" and row.pre + row.intra:
        return row.pre + row.intra, "surgery only: the part before and during"
    if modifier == "55" and row.post:
        return row.post, "care after surgery only"
    if modifier == "56" and row.pre:
        return row.pre, "care before surgery only"
    return Rate(1), ""
