"""What a transaction adds up to, and rules that no table can hold: balancing (level 3) and situations (level 4).

A rule set registers hooks by segment, or by loop and segment (`2300/REF`), and is told where a transaction opens and closes.
"""

from __future__ import annotations

import re
from typing import Final, Protocol

from cleanclaim.x12.grammar.elements import Fault
from cleanclaim.x12.grammar.walker import Hook, Report, Where
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.findings import WARNING
from cleanclaim.x12.tokens.values import Cents, is_digits

PAD: Final = [""] * 24
STATES: Final = frozenset(
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA "
    "WA WV WI WY AS FM GU MH MP PR PW VI AA AE AP".split()
)
_TAXONOMY: Final = re.compile(r"[0-9A-Z]{9}X")
Totals = tuple[int, int, int, int, int, int, int]
"""Claims, lines, charge, paid, adjustments, payment, provider adjustments."""


class Listener(Protocol):
    """A watch beside the rules: told where a transaction opens and closes."""

    def open(self) -> None: ...

    def close(self, _index: int, /) -> None: ...


class Rules:
    """The rules that every set shares: the hierarchy of HL segments, and counters."""

    def __init__(self, delimiters: Delimiters, report: Report) -> None:
        self.delimiters = delimiters
        self._report = report
        self._unreadable: list[str] = []
        self.cents = Cents(self._unreadable)
        self.hooks: dict[str, Hook] = {
            "HL": Hook(self.on_hl), "N4": Hook(self.on_slips, self._place_faults), "PRV": Hook(self.on_slips, self._specialty_faults),
        }  # fmt: skip
        self.watches: list[Listener] = []
        self.claims = 0
        self.lines = 0
        self.current: object = None
        self.is_judging = True
        self.open()

    @property
    def totals(self) -> Totals:
        """What the transaction adds up to."""
        return (self.claims, self.lines, 0, 0, 0, 0, 0)

    def open(self) -> None:
        """Start a transaction."""
        self._unreadable.clear()
        self.subject = ""
        self.claims = self.lines = 0
        self._levels: set[str] = set()
        self._level_count = 0

    def close(self, _index: int) -> None:
        """End a transaction."""

    def row(self, segment: str) -> list[str]:
        """Split a segment, with empty elements behind it."""
        return segment.split(self.delimiters.element) + PAD

    def here(self, index: int) -> Where:
        """Remember a segment, so that a rule which decides later can point at it."""
        return (self.current, index)

    def fault(self, index: int | Where, fault: Fault, path: str, tag: str) -> None:
        """Report what a rule has found."""
        if self.is_judging or fault.level < 4:
            self._report(index, fault, path, tag)

    def count_claim(self, _segment: str, _index: int) -> None:
        """Count one claim."""
        self.claims += 1

    def count_line(self, _segment: str, _index: int) -> None:
        """Count one line."""
        self.lines += 1

    def adjusted(self, segment: str) -> int:
        """Add up the amounts of a CAS."""
        return sum(self.cents[text] for text in segment.split(self.delimiters.element)[3::3])

    def on_slips(self, slips: tuple[str, tuple[Fault, ...]], index: int) -> None:
        """Report what is wrong with a segment by its text alone."""
        tag, faults = slips
        for fault in faults:
            self.fault(index, fault, "", tag)

    def _place_faults(self, segment: str) -> tuple[str, tuple[Fault, ...]] | None:
        """An address of the United States has a state of theirs and a ZIP code of five or nine digits."""
        row = self.row(segment)
        state, code, country = row[2], row[3], row[4]
        if country not in {"", "US"}:
            return None
        found = []
        if state and state not in STATES:
            says = "N402 is no state or territory of the United States."
            found.append(Fault("STATE_UNKNOWN", 5, "", says, state, 2, 0, 0, "156", WARNING))
        if code and not (is_digits(code) and len(code) in {5, 9} and code[:5] != "00000"):
            says = "N403 is no ZIP code: five or nine digits, without a hyphen."
            found.append(Fault("ZIP_CODE", 5, "", says, code, 3, 0, 0, "116", WARNING))
        return ("N4", tuple(found)) if found else None

    def _specialty_faults(self, segment: str) -> tuple[str, tuple[Fault, ...]] | None:
        """A taxonomy code has nine letters or digits and an X."""
        row = self.row(segment)
        if row[2] == "PXC" and row[3] and not _TAXONOMY.fullmatch(row[3]):
            says = "PRV03 is no taxonomy code: ten characters, the last an X."
            return "PRV", (Fault("TAXONOMY_SHAPE", 5, "", says, row[3], 3, 0, 0, "127", WARNING),)
        return None

    def on_hl(self, segment: str, index: int) -> None:
        """HL01 counts on by one, HL02 names a level above: without that no reader can tell whose claim it is."""
        self.leave()
        row = segment.split(self.delimiters.element)
        if len(row) < 4:
            row += PAD
        number, parent = row[1], row[2]
        self._level_count += 1
        if number != str(self._level_count):
            says = f"HL01 is {number[:12] or 'empty'}; levels are numbered on by one, so {self._level_count} is due."
            self.fault(index, Fault("HL_NUMBER", 1, "7", says, number, 1, 0, 0, "628"), "", "HL")
        levels = self._levels
        if parent and parent not in levels:
            self.fault(index, Fault("HL_PARENT", 1, "7", "HL02 names no level above this one.", parent, 2, 0, 0, "734"), "", "HL")
        if len(levels) < 1 << 20:
            levels.add(number)
        self.enter(row[3])

    def leave(self) -> None:
        """Take note that a level ends."""

    def enter(self, level: str) -> None:
        """Take note of the level (HL03) that starts."""


class CountingRules(Rules):
    """Sets without money of their own: claims and lines are counted."""

    def __init__(self, delimiters: Delimiters, report: Report, claim: tuple[str, ...], line: tuple[str, ...]) -> None:
        super().__init__(delimiters, report)
        for name in claim:
            self.hooks[name] = Hook(self.count_claim)
        for name in line:
            self.hooks[name] = Hook(self.count_line)


class PremiumRules(Rules):
    """820: what was paid is what its remittance lines add up to."""

    def __init__(self, delimiters: Delimiters, report: Report) -> None:
        super().__init__(delimiters, report)
        self.hooks |= {"BPR": Hook(self.on_bpr), "RMR": Hook(self.on_rmr)}

    def open(self) -> None:
        super().open()
        self._payment = self._paid = 0

    @property
    def totals(self) -> Totals:
        return (self.claims, self.lines, 0, self._paid, 0, self._payment, 0)

    def on_bpr(self, segment: str, _index: int) -> None:
        self._payment = self.cents[self.row(segment)[2]]

    def on_rmr(self, segment: str, _index: int) -> None:
        self.lines += 1
        self._paid += self.cents[self.row(segment)[4]]
