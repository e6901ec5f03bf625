"""Audit of coded visits by two readers: the sample, each reader's score, where they part, and what the coder is told. Pure decisions.

Counting rule: accuracy is correct codes over codes audited, missed ones included; a code in the wrong order or with a wrong modifier,
unit or pointer counts as one error of its own kind, never as two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from cleanclaim.kernel.money import Rate

REASONS: Final = {
    "wrong-code": "another code is right",
    "missed": "the record supports a code that was not reported",
    "unsupported": "the record does not support the code",
    "order": "another diagnosis is first-listed",
    "modifier": "a modifier is missing or wrong",
    "units": "the units are wrong",
    "pointer": "the line points to the wrong diagnosis",
}
"""Reasons for an error, in the words that the report uses."""

PASS_MARK: Final = Rate("0.95")
"""The accuracy that the trade expects of a coder."""


class AuditCode(NamedTuple):
    """A code as an audit compares it. `place` is its place among the diagnoses or lines, from 1."""

    system: str
    code: str
    place: int = 0
    modifiers: tuple[str, ...] = ()
    units: Rate = Rate(1)
    pointers: tuple[int, ...] = ()


class AuditError(NamedTuple):
    """One error: its reason, the code as reported (empty: missed) and as the reader has it (empty: unsupported)."""

    reason: str
    system: str
    reported: str
    right: str


class AuditScore(NamedTuple):
    """A reading: codes audited (missed ones included), correct ones, the errors, and accuracy as an exact share."""

    audited: int
    correct: int
    errors: tuple[AuditError, ...]

    @property
    def accuracy(self) -> Rate:
        """Correct over audited; 1 for a visit with nothing to audit."""
        return Rate(self.correct) / Rate(self.audited) if self.audited else Rate(1)

    @property
    def has_passed(self) -> bool:
        """At or over the pass mark."""
        return self.accuracy >= PASS_MARK


def draw_sample(encounter_ids: Iterable[str], *, size: int, seed: str, strata: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Draw a sample that anybody can draw again: visits are ranked by a hash of seed and id.

    With `strata` (visit to coder, say) each stratum gives its share, at least one while the size allows.
    """
    ranked = sorted(set(encounter_ids), key=lambda item: hashlib.sha256(f"{seed}:{item}".encode()).digest())
    if strata is None:
        return tuple(ranked[:size])
    groups: dict[str, list[str]] = {}
    for item in ranked:
        groups.setdefault(strata.get(item, ""), []).append(item)
    queues = [groups[name] for name in sorted(groups)]
    share = {id(queue): max(1, size * len(queue) // len(ranked)) for queue in queues}
    chosen = [item for queue in queues for item in queue[: share[id(queue)]]][:size]
    left = [item for item in ranked if item not in set(chosen)]
    return tuple(sorted([*chosen, *left[: size - len(chosen)]], key=ranked.index))


def score_reading(reported: tuple[AuditCode, ...], read: tuple[AuditCode, ...]) -> AuditScore:
    """Compare a visit's codes with what a reader would have reported."""
    errors: list[AuditError] = []
    correct = 0
    left = list(read)
    unmatched = []
    for item in reported:
        match = next((other for other in left if (other.system, other.code) == (item.system, item.code)), None)
        if match is None:
            unmatched.append(item)
            continue
        left.remove(match)
        reason = _part_error(item, match)
        if reason:
            errors.append(AuditError(reason, item.system, item.code, match.code))
        else:
            correct += 1
    audited = len(reported)
    for item in unmatched:
        # another code of the same category in the reader's list is what this one should have been; else it is unsupported
        near = next((other for other in left if other.system == item.system and other.code[:3] == item.code[:3]), None)
        if near is not None:
            left.remove(near)
            errors.append(AuditError("wrong-code", item.system, item.code, near.code))
        else:
            errors.append(AuditError("unsupported", item.system, item.code, ""))
    for other in left:
        audited += 1
        errors.append(AuditError("missed", other.system, "", other.code))
    return AuditScore(audited, correct, tuple(errors))


def _part_error(item: AuditCode, match: AuditCode) -> str:
    if item.system == "icd10cm":
        return "order" if (item.place == 1) != (match.place == 1) and match.place == 1 else ""
    if sorted(item.modifiers) != sorted(match.modifiers):
        return "modifier"
    if item.units != match.units:
        return "units"
    if match.pointers and item.pointers[:1] != match.pointers[:1]:
        return "pointer"
    return ""


class Comparison(NamedTuple):
    """Two readings of one visit: codes on which both agree, all codes named, and those in dispute with who named them."""

    agreed: int
    named: int
    disputed: tuple[tuple[str, str, str], ...]

    @property
    def agreement(self) -> Rate:
        """Agreed over named, an exact share; 1 where nobody named a code."""
        return Rate(self.agreed) / Rate(self.named) if self.named else Rate(1)


def compare_readings(first: tuple[AuditCode, ...], second: tuple[AuditCode, ...]) -> Comparison:
    """Compare two readers who did not see each other's work. What they dispute goes to a third."""
    one = {_sameness(item) for item in first}
    two = {_sameness(item) for item in second}
    disputed = sorted((system, code, "first") for system, code, *_ in one - two) + sorted(
        (system, code, "second") for system, code, *_ in two - one
    )
    return Comparison(len(one & two), len(one | two), tuple(disputed))


def _sameness(item: AuditCode) -> tuple[str, str, str, str]:
    if item.system == "icd10cm":
        return item.system, item.code, "first" if item.place == 1 else "", ""
    return item.system, item.code, ",".join(sorted(item.modifiers)), str(item.units.normalize())
