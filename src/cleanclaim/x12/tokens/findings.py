"""What a check of an X12 file reports: findings as values, each with the place and the acknowledgement code that it causes."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

ERROR: Final = "error"
WARNING: Final = "warning"
INFO: Final = "info"

INTERCHANGE: Final = "interchange"
GROUP: Final = "group"
TRANSACTION: Final = "transaction"
SEGMENT: Final = "segment"
ELEMENT: Final = "element"


class X12Finding(NamedTuple):
    """One thing that is wrong with a file, where it stands and what a receiver answers to it.

    `level` is the SNIP level (1 syntax, 2 guide, 3 balance, 4 situation, 5 external code, 7 partner); `segment` the ordinal in the file
    (the first ISA is 1); `start` and `end` the byte span; `path` the loop (2300, or 2000B/2300/2400); `element` SV102 or SV101-2;
    `code` what the acknowledgement carries: TA105 for an interchange, AK905 for a group, IK502 for a transaction, IK304 for a segment,
    IK403 for an element. `scope` says which of them. `position` is the segment's place in its transaction (ST is 1);
    `transaction`, `group` and `interchange` count from 1 through the file, 0 where none is meant. `subject` names the
    claim that was being read (`CLM01:1001`).
    """

    rule: str
    level: int
    severity: str
    segment: int
    start: int
    end: int
    path: str
    element: str
    value: str
    code: str
    says: str
    scope: str = SEGMENT
    segment_id: str = ""
    position: int = 0
    element_position: int = 0
    component_position: int = 0
    repetition: int = 0
    element_reference: str = ""
    transaction: int = 0
    group: int = 0
    interchange: int = 0
    subject: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `cleanclaim x12 check` prints."""
        return self._asdict()

    def __repr__(self) -> str:
        return f"X12Finding({self.rule} at segment {self.segment} {self.element})"
