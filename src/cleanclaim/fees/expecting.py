"""The expected allowed amount of each line under a contract, and where a payer's answer differs from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanclaim.documents import ClaimPayment, ServiceLine, ServicePayment
from cleanclaim.fees.contracts import FEE_SCHEDULE, PERCENT_OF_CHARGE, PERCENT_OF_MEDICARE, Method, Terms
from cleanclaim.fees.medicare import medicare_price
from cleanclaim.fees.reductions import ranked_reductions
from cleanclaim.kernel.money import Money

if TYPE_CHECKING:
    from cleanclaim.codesets import Store


class ExpectedLine(NamedTuple):
    """What a contract makes of a line. `allowed_cents` is None where nothing is agreed; `why` has the steps in plain words."""

    line: int
    procedure: str
    charge_cents: int
    allowed_cents: int | None
    method: str
    why: tuple[str, ...] = ()
    control_number: str = ""
    modifiers: tuple[str, ...] = ()


class Variance(NamedTuple):
    """A line that a payer allowed otherwise than agreed. `cents` above zero is underpaid, below zero overpaid."""

    line: int
    procedure: str
    expected_cents: int
    allowed_cents: int
    cents: int
    method: str
    why: tuple[str, ...] = ()

    @property
    def is_underpaid(self) -> bool:
        """The payer allowed less than was agreed."""
        return self.cents > 0


def expected(
    lines: Sequence[ServiceLine], terms: Terms, store: Store | None, *, on: date, place_of_service: str = "11"
) -> tuple[ExpectedLine, ...]:
    """Return the expected allowed amount of every line, in the order given. `on` judges lines that have no day of their own.

    A case rate pays once for its day: the line that starts it carries it all, the other lines of the day carry nothing.
    """
    priced = [_price(line, terms, store, line.served_on or on, line.place_of_service or place_of_service) for line in lines]
    if terms.multiple_procedures and store is not None:
        priced = _reduce(priced, lines, store, on)
    priced = _with_case_rates(priced, lines, terms, on)
    if terms.lesser_of_charge:
        priced = [_capped(item) for item in priced]
    return tuple(priced)


def _line(line: ServiceLine, cents: int | None, method: str, *why: str) -> ExpectedLine:
    return ExpectedLine(line.number, line.procedure, line.charge_cents, cents, method, why, line.control_number, line.modifiers)


def _price(line: ServiceLine, terms: Terms, store: Store | None, day: date, place: str) -> ExpectedLine:
    method = terms.method_for(line.procedure.upper(), day)
    if method.kind == PERCENT_OF_CHARGE:
        cents = Money(line.charge_cents).times(method.percent / 100)
        return _line(line, int(cents), method.kind, f"{method.percent}% of the charge")
    if method.kind == PERCENT_OF_MEDICARE:
        price = None
        if store is not None and terms.carrier:
            price = medicare_price(
                store, line.procedure, line.modifiers, line.quantity, on=day, carrier=terms.carrier, locality=terms.locality, place_of_service=place
            )  # fmt: skip
        if price is not None:
            cents = Money(price.cents).times(method.percent / 100)
            return _line(line, int(cents), method.kind, *price.steps, f"{method.percent}% of Medicare")
        return _otherwise(line, terms, method, "Medicare's schedule has no price for it here")
    rate = _listed(line, method)
    if rate is not None:
        cents = Money(rate).times(line.quantity)
        return _line(line, int(cents), FEE_SCHEDULE, f"{Money(rate):$} a unit by the contract's schedule")
    return _otherwise(line, terms, method, "the contract's schedule does not list it")


def _listed(line: ServiceLine, method: Method) -> int | None:
    code = line.procedure.upper()
    for modifier in line.modifiers:
        if f"{code}-{modifier}" in method.rates:
            return method.rates[f"{code}-{modifier}"]
    return method.rates.get(code)


def _otherwise(line: ServiceLine, terms: Terms, method: Method, reason: str) -> ExpectedLine:
    if terms.otherwise_percent is None:
        return _line(line, None, method.kind, f"{reason}, and nothing else is agreed")
    cents = Money(line.charge_cents).times(terms.otherwise_percent / 100)
    return _line(line, int(cents), PERCENT_OF_CHARGE, f"{reason}: {terms.otherwise_percent}% of the charge")


def _reduce(priced: list[ExpectedLine], lines: Sequence[ServiceLine], store: Store, on: date) -> list[ExpectedLine]:
    """Halve the second and later procedures of a day, where the price comes from a schedule and Medicare's indicator says so."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        if priced[place].allowed_cents is not None and priced[place].method in {FEE_SCHEDULE, PERCENT_OF_MEDICARE}:
            by_day[line.served_on or on].append(place)
    reduced = list(priced)
    for day, places in by_day.items():
        rows = [store.rvu(lines[place].procedure, "", day) for place in places]
        amounts = [
            (row.multiple_procedure if row else "", priced[place].allowed_cents or 0)
            for place, row in zip(places, rows, strict=True)
        ]
        for place, (cents, reason) in zip(places, ranked_reductions(amounts), strict=True):
            if reason:
                reduced[place] = priced[place]._replace(allowed_cents=cents, why=(*priced[place].why, reason))
    return reduced


def _with_case_rates(priced: list[ExpectedLine], lines: Sequence[ServiceLine], terms: Terms, on: date) -> list[ExpectedLine]:
    answer = list(priced)
    started: dict[date, int] = {}
    for place, line in enumerate(lines):
        day = line.served_on or on
        rate = terms.case_rate_for(line.procedure.upper(), day)
        if rate is not None and day not in started:
            started[day] = place
            answer[place] = priced[place]._replace(
                allowed_cents=rate.cents, method="case_rate", why=(f"case rate of {Money(rate.cents):$}",)
            )
    for place, line in enumerate(lines):
        start = started.get(line.served_on or on)
        if start is not None and start != place:
            answer[place] = priced[place]._replace(
                allowed_cents=0, method="case_rate", why=(f"in the case rate of line {lines[start].number}",)
            )
    return answer


def _capped(item: ExpectedLine) -> ExpectedLine:
    # a case rate is one amount for the day whatever each line charges, so the charge caps it only by agreement
    if item.allowed_cents is None or item.method == "case_rate" or item.allowed_cents <= item.charge_cents:
        return item
    return item._replace(allowed_cents=item.charge_cents, why=(*item.why, "no more than the charge"))


_STILL_ALLOWED: Final = frozenset({"253", "23", "104", "105"})
"""Adjustments that lower the payment but not what was allowed: sequestration, other payers, withholdings."""
_REFUSALS: Final = frozenset(
    "4 5 6 7 8 9 11 16 18 22 26 27 29 31 39 49 50 51 55 58 96 97 109 119 125 129 146 151 167 170 181 182 183 185 197 198 199 204 226 227 231 234 236 252 256 272 273 288".split()
)


def allowed_by(line: ServicePayment) -> int | None:
    """Return what a payer allowed for a line: AMT*B6 where it says so, else payment, patient's share and what is held back; None when refused."""
    said = next((amount.cents for amount in line.amounts if amount.qualifier == "B6"), None)
    if said is not None:
        return said
    if line.paid_cents == 0 and any(item.reason in _REFUSALS and item.cents > 0 for item in line.adjustments):
        return None
    held = sum(item.cents for item in line.adjustments if item.group == "PR" or item.reason in _STILL_ALLOWED)
    return line.paid_cents + held


def variances(lines: Sequence[ExpectedLine], payment: ClaimPayment, *, tolerance_cents: int = 0) -> tuple[Variance, ...]:
    """List the lines that a payer allowed otherwise than agreed. Refused lines are denials, not variances; reversals are none either."""
    if payment.is_reversal:
        return ()
    left = list(payment.lines)
    found: list[Variance] = []
    for item in lines:
        answer = _answer_to(item, left)
        if answer is None:
            continue
        left.remove(answer)
        allowed = allowed_by(answer)
        if item.allowed_cents is None or allowed is None:
            continue
        out_by = item.allowed_cents - allowed
        if abs(out_by) > tolerance_cents:
            found.append(Variance(item.line, item.procedure, item.allowed_cents, allowed, out_by, item.method, item.why))
    return tuple(found)


def _answer_to(item: ExpectedLine, left: Sequence[ServicePayment]) -> ServicePayment | None:
    """The answer to a line: by its control number, else by procedure, modifiers and charge, else by procedure and charge."""
    if item.control_number:
        for line in left:
            if line.line_control_number == item.control_number:
                return line
    for line in left:
        same = item.procedure in {line.procedure, line.submitted_procedure} and line.charge_cents == item.charge_cents
        if same and set(line.modifiers) == set(item.modifiers):
            return line
    return next(
        (
            line
            for line in left
            if item.procedure in {line.procedure, line.submitted_procedure} and line.charge_cents == item.charge_cents
        ),
        None,
    )
