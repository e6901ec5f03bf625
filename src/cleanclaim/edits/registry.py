"""The register of edits: each rule is a small named function with its severity, its source and its first day in force.

A rule takes a `Case` and yields `Hit`s; `scrub` turns them into findings. Rules answer about the claim alone, so each can be read, tested
and switched off by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanclaim.documents import Claim, ServiceLine
from cleanclaim.kernel.findings import Severity

if TYPE_CHECKING:
    from cleanclaim.codesets import Store
    from cleanclaim.kernel.money import Rate


class PayerRules(NamedTuple):
    """What a claim's payer is known to ask for. `timely_filing_days` counts from the last day of service; None means not known."""

    timely_filing_days: int | None = None
    needs_prior_authorization: frozenset[str] = frozenset()


class PastService(NamedTuple):
    """A service of this patient on another claim, for rules that look past the claim (duplicates, units of a day, new patients)."""

    procedure: str
    served_on: date
    modifiers: tuple[str, ...] = ()
    units: Rate | int = 1
    patient_control_number: str = ""
    rendering_npi: str = ""


class Case(NamedTuple):
    """All that a rule may look at: the claim, the codes in force, the day of the check, earlier services, the payer's own rules."""

    claim: Claim
    store: Store | None
    on: date
    history: tuple[PastService, ...] = ()
    payer: PayerRules = PayerRules()

    def day_of(self, line: ServiceLine) -> date:
        """The day whose codes judge a line: its own, else the claim's, else the day of the check."""
        return line.served_on or self.claim.served_on or self.on

    @property
    def served_on(self) -> date:
        """The day whose codes judge the claim."""
        return self.claim.served_on or self.on


class Hit(NamedTuple):
    """One place where a rule holds: the place in the biller's words and one plain sentence. `severity` overrides the rule's own."""

    where: str
    says: str
    severity: Severity | None = None


Check = Callable[[Case], Iterable[Hit]]


class Rule(NamedTuple):
    """An edit in the register. `kinds` are the claims it reads; `needs_codes` rules wait for a code-set store."""

    name: str
    severity: Severity
    source: str
    effective: date
    check: Check
    kinds: frozenset[str]
    needs_codes: bool

    @property
    def says(self) -> str:
        """What the rule is for, in one sentence (the check's docstring)."""
        return (self.check.__doc__ or "").strip().partition("\n")[0]


RULES: Final[dict[str, Rule]] = {}
"""Every edit by its name, in the order in which findings are listed."""

ALL_KINDS: Final = frozenset({"837P", "837I", "837D"})
PROFESSIONAL: Final = frozenset({"837P"})
IMPLEMENTATION_5010: Final = date(2012, 1, 1)
"""Version 5010 has been the HIPAA standard since this day (45 CFR 162.1102(c))."""


def rule(
    name: str,
    severity: Severity,
    source: str,
    *,
    effective: date = IMPLEMENTATION_5010,
    kinds: frozenset[str] = ALL_KINDS,
    needs_codes: bool = False,
) -> Callable[[Check], Check]:
    """Enter a check in the register under a stable upper-case name."""

    def enter(check: Check) -> Check:
        if name in RULES:
            raise ValueError(f"Two edits are called {name}.")
        RULES[name] = Rule(name, severity, source, effective, check, kinds, needs_codes)
        return check

    return enter


def at_line(line: ServiceLine) -> str:
    """The place of a line in the biller's words."""
    return f"line {line.number}"


def lines_with_days(case: Case) -> Iterator[tuple[ServiceLine, date]]:
    """Each line of the claim with the day whose codes judge it."""
    for line in case.claim.lines:
        yield line, case.day_of(line)
