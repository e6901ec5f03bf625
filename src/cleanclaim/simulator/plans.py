"""What a payer covers and how it pays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from cleanclaim.documents import ClaimPayment
from cleanclaim.kernel.errors import InvalidValue, UnreadableInput
from cleanclaim.kernel.money import Money, Rate
from cleanclaim.simulator.keeping import decision_as_json, decision_from_json

VISIT_CODES: Final = frozenset(["99202", "99203", "99204", "99205", "99211", "99212", "99213", "99214", "99215"])
"""Services that a visit copay belongs to."""

PREVENTIVE_CODES: Final = frozenset(
    ["G0438", "G0439", "G0008", "G0009", "G0010", "90460", "90461", "90471", "90472", "90473", "90474",
     *(str(code) for code in range(90476, 90760)), *(str(code) for code in range(99381, 99398))]
)  # fmt: skip
"""Yearly visits, vaccines and their giving: no cost sharing (45 CFR 147.130; Medicare Part B vaccines)."""


class Plan(NamedTuple):
    """A payer's rules for every member: whole cents, exact rates.

    `allowed_cents` is by procedure and unit; what is not listed is allowed at `allowed_rate` of the charge. `excluded` maps a procedure to
    who bears its refusal (PR or CO). `second` says how it pays after another payer: the patient's share (medigap) or never more
    than its own allowed amount in all (lesser-of).
    """

    payer_id: str
    name: str
    allowed_cents: Mapping[str, int] = {}
    allowed_rate: Rate = Rate("0.6")
    deductible_cents: int = 0
    coinsurance: Rate = Rate(0)
    copay_cents: int = 0
    excluded: Mapping[str, str] = {}
    filing_limit_days: int = 365
    sequestration: Rate = Rate(0)
    second: str = "patient-share"
    needs_authorization: frozenset[str] = frozenset()
    member_prefixes: tuple[str, ...] = ()

    def allowed_for(self, procedure: str, charge_cents: int, units: Rate) -> int:
        """Return what the plan says a line is worth, never more than its charge."""
        listed = self.allowed_cents.get(procedure)
        worth = Money(listed).times(units) if listed is not None else Money(charge_cents).times(self.allowed_rate)
        return min(int(worth), charge_cents)


class Memory(NamedTuple):
    """What a payer remembers between files. Deductibles by member and year, originals by their number, the last numbers it gave.

    `decided` keeps each decision in force by the payer's claim number, so that a replacement or void takes it back, and a status
    question finds it. `forward_cents` is what the provider owes from a check that would have been negative (PLB FB).
    """

    deductible_met: Mapping[str, int] = {}
    seen: Mapping[str, str] = {}
    last_claim_number: int = 0
    last_check: int = 0
    decided: Mapping[str, ClaimPayment] = {}
    forward_cents: int = 0
    forward_trace: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return a shape that `from_json` reads again."""
        return {"deductible_met": dict(self.deductible_met), "seen": dict(self.seen), "last_claim_number": self.last_claim_number,
                "last_check": self.last_check, "decided": {icn: decision_as_json(kept) for icn, kept in self.decided.items()}, "forward_cents": self.forward_cents,
                "forward_trace": self.forward_trace}  # fmt: skip

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Memory:
        """Read what `as_json` made. Raises UnreadableInput for anything else."""
        try:
            return cls({str(key): int(cents) for key, cents in facts["deductible_met"].items()},
                       {str(key): str(value) for key, value in facts["seen"].items()},
                       int(facts["last_claim_number"]), int(facts["last_check"]),
                       {str(icn): decision_from_json(kept) for icn, kept in facts.get("decided", {}).items()},
                       int(facts.get("forward_cents", 0)), str(facts.get("forward_trace", "")))  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
            raise UnreadableInput("This is no memory of the simulated payer.") from None


def plan_from_json(facts: Mapping[str, Any]) -> Plan:
    """Read a plan: the names of `Plan`, amounts in whole cents, rates as text. Raises InvalidValue with what is wrong."""
    unknown = sorted(set(facts) - set(Plan._fields))
    if unknown:
        raise InvalidValue(f"A plan has no {unknown[0]}. It has: {', '.join(Plan._fields)}.")
    rates = {name: _rate(facts[name], name) for name in ("allowed_rate", "coinsurance", "sequestration") if name in facts}
    for name in ("deductible_cents", "copay_cents", "filing_limit_days"):
        if name in facts and (not isinstance(facts[name], int) or isinstance(facts[name], bool) or facts[name] < 0):
            raise InvalidValue(f"{name} of a plan is a whole number, zero or more.")
    try:
        return Plan(
            **{
                **facts, **rates, "payer_id": str(facts["payer_id"]), "name": str(facts.get("name", facts["payer_id"])),
                "allowed_cents": {str(code): int(cents) for code, cents in facts.get("allowed_cents", {}).items()},
                "excluded": {str(code): str(group) for code, group in facts.get("excluded", {}).items()},
                "needs_authorization": frozenset(facts.get("needs_authorization", ())),
                "member_prefixes": tuple(facts.get("member_prefixes", ())),
            }
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InvalidValue("A plan names its payer_id and holds tables, lists and whole cents.") from None


def _rate(value: Any, name: str) -> Rate:
    try:
        rate = Rate("exact" if isinstance(value, float | bool) else value)
    except (ArithmeticError, TypeError, ValueError):
        raise InvalidValue(f'{name} of a plan is an exact rate, written as text: "0.2".') from None
    if not rate.is_finite() or not 0 <= rate <= 10:
        raise InvalidValue(f"{name} of a plan lies between 0 and 10.")
    return rate
