"""The terms of a contract with a payer, as the practice records them: methods, rates, case rates and carve-outs with their dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from cleanclaim.kernel.dates import Period, parse_date
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.money import Rate

FEE_SCHEDULE: Final = "fee_schedule"
PERCENT_OF_MEDICARE: Final = "percent_of_medicare"
PERCENT_OF_CHARGE: Final = "percent_of_charge"
METHODS: Final = (FEE_SCHEDULE, PERCENT_OF_MEDICARE, PERCENT_OF_CHARGE)
_ALWAYS: Final = Period(date.min)


class Method(NamedTuple):
    """One way to price a line. `rates` holds cents by procedure (`99213`) or procedure and modifier (`71046-26`); `percent` is exact."""

    kind: str
    rates: Mapping[str, int] = {}
    percent: Rate = Rate(100)


class CarveOut(NamedTuple):
    """Procedures that a contract prices in another way, in a period."""

    codes: frozenset[str]
    method: Method
    period: Period = _ALWAYS


class CaseRate(NamedTuple):
    """One amount for everything of a day on which one of these procedures is done, in a period."""

    codes: frozenset[str]
    cents: int
    period: Period = _ALWAYS


class Terms(NamedTuple):
    """What was agreed. `otherwise_percent` prices what a fee schedule does not list, as a percentage of the charge; None: nothing is agreed."""

    method: Method
    carrier: str = ""
    locality: str = ""
    otherwise_percent: Rate | None = None
    lesser_of_charge: bool = True
    multiple_procedures: bool = False
    carve_outs: tuple[CarveOut, ...] = ()
    case_rates: tuple[CaseRate, ...] = ()

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Terms:
        """Read the terms of a contract. Raises InvalidValue with what is wrong in them."""
        if not isinstance(facts, Mapping):
            raise InvalidValue("The terms of a contract are a table of named values.")
        otherwise = facts.get("otherwise_percent")
        return cls(
            method=_method(facts),
            carrier=str(facts.get("carrier", "")),
            locality=str(facts.get("locality", "")),
            otherwise_percent=None if otherwise is None else _percent(otherwise),
            lesser_of_charge=bool(facts.get("lesser_of_charge", True)),
            # a contract at a percentage of Medicare follows Medicare's rules; a schedule reduces only where it says so
            multiple_procedures=bool(facts.get("multiple_procedures", facts.get("method") == PERCENT_OF_MEDICARE)),
            carve_outs=tuple(CarveOut(_codes(item), _method(item), _period(item)) for item in _rows(facts, "carve_outs")),
            case_rates=tuple(
                CaseRate(_codes(item), _cents(item.get("cents")), _period(item)) for item in _rows(facts, "case_rates")
            ),
        )

    def method_for(self, procedure: str, on: date) -> Method:
        """Return how a procedure is priced on a day: the first carve-out that names it, else the contract's method."""
        return next((item.method for item in self.carve_outs if procedure in item.codes and on in item.period), self.method)

    def case_rate_for(self, procedure: str, on: date) -> CaseRate | None:
        """Return the case rate that a procedure starts on a day."""
        return next((item for item in self.case_rates if procedure in item.codes and on in item.period), None)


def _method(facts: Mapping[str, Any]) -> Method:
    kind = str(facts.get("method", "")) or (FEE_SCHEDULE if facts.get("rates") else "")
    if kind not in METHODS:
        raise InvalidValue(f"A contract prices by one of: {', '.join(METHODS)}.")
    rates = facts.get("rates", {})
    if not isinstance(rates, Mapping):
        raise InvalidValue("The rates of a contract are cents by procedure.")
    return Method(
        kind,
        {str(code).upper().replace(":", "-"): _cents(cents) for code, cents in rates.items()},
        _percent(facts.get("percent", "100")),
    )


def _percent(value: Any) -> Rate:
    if isinstance(value, float):
        raise InvalidValue("A percentage is written as text, so that it stays exact.")
    try:
        percent = Decimal(str(value))
    except InvalidOperation:
        raise InvalidValue("A percentage is a number such as 115 or 87.5.") from None
    if not percent.is_finite() or not 0 <= percent <= 1000:
        raise InvalidValue("A percentage lies between 0 and 1000.")
    return percent


def _cents(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidValue("An agreed amount is whole cents, zero or more.")
    return value


def _rows(facts: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = facts.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise InvalidValue(f"The {name.replace('_', ' ')} of a contract are a list of tables.")
    return rows


def _codes(facts: Mapping[str, Any]) -> frozenset[str]:
    codes = facts.get("codes")
    if not isinstance(codes, list) or not codes:
        raise InvalidValue("A carve-out or case rate lists its procedures.")
    return frozenset(str(code).upper() for code in codes)


def _period(facts: Mapping[str, Any]) -> Period:
    first, last = facts.get("from"), facts.get("to")
    return Period(parse_date(str(first)) if first else date.min, parse_date(str(last)) if last else None)
