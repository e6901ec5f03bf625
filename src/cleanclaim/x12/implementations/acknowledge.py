"""TA1 and 999 from the findings of a check.

The TA1 speaks of the interchange alone and stands before the first group. Each group gets a 999, one of an unknown guide too; a group of
acknowledgements gets none. What is wrong inside a transaction rejects that transaction, never a single claim.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple

from cleanclaim.x12.envelope.envelope import Envelope, Group, Transaction, write_interchange
from cleanclaim.x12.implementations.check import check
from cleanclaim.x12.implementations.checked import CheckedFile, CheckedGroup, CheckedInterchange, CheckedTransaction
from cleanclaim.x12.implementations.interchange_rules import QUALIFIERS
from cleanclaim.x12.tokens.findings import ELEMENT, ERROR, GROUP, INTERCHANGE, SEGMENT, TRANSACTION, X12Finding
from cleanclaim.x12.tokens.source import Source
from cleanclaim.x12.tokens.values import is_digits
from cleanclaim.x12.tokens.writer import SegmentWriter

GUIDE: Final = "005010X231A1"
_ERRORS_SHOWN: Final = 1000  # IK3 segments of one transaction; a receiver stops reading long before
# What leaves an interchange readable is E (accepted, errors noted); everything else rejects it.
_NOTED: Final = frozenset({"001", "021", "022", "024"})
_SEGMENT_CODES: Final = frozenset("1 2 3 4 5 6 7 8 I4 I6 I7 I8 I9".split())
ALL_LEVELS: Final = frozenset(range(1, 8))


class Acknowledged(NamedTuple):
    """The answers to a file: a TA1 alone, the 999s alone, and both in one interchange. Empty bytes where nothing is due."""

    ta1: bytes
    functional: bytes
    together: bytes
    is_accepted: bool


def acknowledge(
    source: Source, *, instant: datetime, control_number: int = 1, checked: CheckedFile | None = None,
    levels: frozenset[int] = ALL_LEVELS,
) -> Acknowledged:  # fmt: skip
    """Check a file and write its acknowledgements: one interchange per received one, numbered on from `control_number`.

    `levels` are the SNIP levels that reject a transaction; a receiver that answers claims by a 277CA leaves 3 and 4 to it.
    """
    checked = checked or check(source)
    alone: list[bytes] = []
    functional: list[bytes] = []
    together: list[bytes] = []
    is_accepted = bool(checked.transactions or checked.interchanges)
    number = control_number
    index = _Index(checked, levels)
    for interchange in _interchanges(checked):
        faults = index.faults.get(interchange.number, [])
        status, note = _status(faults)
        groups = [group for group in index.groups.get(interchange.number, []) if group.functional_id != "FA"]
        has_groups = interchange.number in index.groups
        envelope = _answer_envelope(interchange, instant, number)
        is_answer_only = not has_groups and not faults
        head = None if is_answer_only or not interchange.control_number else _ta1(interchange, status, note)
        bodies = [] if status == "R" else [_Functional(index, group) for group in groups]
        is_accepted = is_accepted and status == "A" and all(body.status == "A" for body in bodies)
        number += 1
        if head is not None:
            alone.append(write_interchange([], envelope, before_groups=head))
        if bodies:
            functional.append(write_interchange(_written(bodies), envelope))
        if head is not None or bodies:
            together.append(write_interchange(_written(bodies), envelope, before_groups=head))
    return Acknowledged(b"".join(alone), b"".join(functional), b"".join(together), is_accepted)


def _interchanges(checked: CheckedFile) -> list[CheckedInterchange]:
    """Return the interchanges; groups without one are answered under the ids of their GS."""
    homeless = [group for group in checked.groups if not group.interchange]
    found = list(checked.interchanges)
    if homeless:
        found.insert(0, CheckedInterchange("", homeless[0].sender, homeless[0].receiver, "ZZ", "ZZ"))
    return found


class _Index:
    """The findings of a check, sorted to the interchange, group and transaction that they belong to."""

    def __init__(self, checked: CheckedFile, levels: frozenset[int]) -> None:
        self.faults: dict[int, list[str]] = {}
        self.groups: dict[int, list[CheckedGroup]] = {}
        self.sets: dict[int, list[CheckedTransaction]] = {}
        self.errors: dict[int, list[X12Finding]] = {}
        self.group_codes: dict[int, list[str]] = {}
        self.is_cut_short = bool(checked.findings_left_out)
        for group in checked.groups:
            self.groups.setdefault(group.interchange, []).append(group)
        for transaction in checked.transactions:
            self.sets.setdefault(transaction.group, []).append(transaction)
        for finding in checked.findings:
            if finding.severity != ERROR:
                continue
            if finding.scope == INTERCHANGE and finding.code:
                self.faults.setdefault(finding.interchange, []).append(finding.code)
            if finding.level not in levels:
                continue
            if finding.scope == GROUP:
                self.group_codes.setdefault(finding.group, []).append(finding.code)
            elif finding.transaction:
                self.errors.setdefault(finding.transaction, []).append(finding)


def _status(codes: list[str]) -> tuple[str, str]:
    """Return TA104 and TA105 of an interchange: A 000, E or R with the note of its first fault that weighs most."""
    if not codes:
        return "A", "000"
    rejecting = [code for code in codes if code not in _NOTED]
    return ("R", rejecting[0]) if rejecting else ("E", codes[0])


def _answer_envelope(interchange: CheckedInterchange, instant: datetime, number: int) -> Envelope:
    return Envelope(
        answer_id(interchange.receiver), answer_id(interchange.sender), instant, number, number,
        usage=interchange.usage if interchange.usage in {"T", "P"} else "P",
        sender_qualifier=interchange.receiver_qualifier if interchange.receiver_qualifier in QUALIFIERS else "ZZ",
        receiver_qualifier=interchange.sender_qualifier if interchange.sender_qualifier in QUALIFIERS else "ZZ",
    )  # fmt: skip


def answer_id(name: str) -> str:
    """Return the interchange id under which an answer goes out or comes in."""
    return plain(name)[:15].strip() or "UNKNOWN"


def plain(text: str) -> str:
    """Keep what an answer can repeat: printable characters that are no delimiters of ours."""
    return "".join(mark for mark in text if " " <= mark <= "~" and mark not in "*:~^").strip()


def _fitted(text: str, least: int, most: int) -> str:
    """Make a code or number of the received file fit the answer: letters and digits alone, padded with zeros."""
    return "".join(mark for mark in text if mark.isalnum() and mark.isascii())[:most].rjust(least, "0")


class _Ta1:
    def __init__(self, interchange: CheckedInterchange, status: str, note: str) -> None:
        self._interchange = interchange
        self._answer = (status, note)

    def __call__(self, out: SegmentWriter) -> None:
        interchange = self._interchange
        number = "".join(mark for mark in interchange.control_number if is_digits(mark) and mark.isascii())[-9:].zfill(9)
        out.add("TA1", number, plain(interchange.date)[:6], plain(interchange.time)[:4], *self._answer)


def _ta1(interchange: CheckedInterchange, status: str, note: str) -> _Ta1:
    return _Ta1(interchange, status, note)


def _written(bodies: list[_Functional]) -> Iterator[Group]:
    if bodies:
        yield Group("FA", GUIDE, [Transaction("999", GUIDE, body) for body in bodies])


class _Functional:
    """The 999 of one group."""

    def __init__(self, index: _Index, group: CheckedGroup) -> None:
        self._group = group
        self._is_cut_short = index.is_cut_short
        self._sets = index.sets.get(group.number, [])
        self._errors = {transaction.number: index.errors.get(transaction.number, []) for transaction in self._sets}
        self._group_codes = list(dict.fromkeys(index.group_codes.get(group.number, [])))
        # Where findings were too many to keep, a transaction with errors is rejected though none of them can be shown.
        self._accepted = [
            transaction for transaction in self._sets
            if not self._errors[transaction.number] and (transaction.valid or not index.is_cut_short)
        ]  # fmt: skip
        self._accepted_numbers = {transaction.number for transaction in self._accepted}
        if self._sets and all(self._is_unsupported(transaction) for transaction in self._sets):
            self._group_codes.append("2")
        self.status = "R" if self._group_codes or not self._accepted else "A" if len(self._accepted) == len(self._sets) else "P"

    def _is_unsupported(self, transaction: CheckedTransaction) -> bool:
        return any(finding.rule in {"VERSION_UNSUPPORTED", "SET_UNKNOWN"} for finding in self._errors[transaction.number])

    def __call__(self, out: SegmentWriter, _reference: str) -> None:
        group = self._group
        number = group.control_number if is_digits(group.control_number) and len(group.control_number) < 10 else "0"
        out.add("AK1", _fitted(group.functional_id, 2, 2), number, plain(group.version)[:12])
        for transaction in self._sets:
            self._write_set(out, transaction)
        included = group.declared or len(self._sets)
        accepted = 0 if self.status == "R" else len(self._accepted)
        out.add("AK9", self.status, str(included), str(len(self._sets)), str(accepted), *self._group_codes[:5])

    def _write_set(self, out: SegmentWriter, transaction: CheckedTransaction) -> None:
        """Write AK2 to IK5: what is wrong with one transaction, segment by segment."""
        errors = self._errors[transaction.number]
        set_id, control = _fitted(transaction.set_id, 3, 3), _fitted(transaction.control_number, 4, 9)
        out.add("AK2", set_id, control, plain(transaction.stated_version)[:35])
        inside = [finding for finding in errors if finding.scope in {SEGMENT, ELEMENT} and finding.code]
        inside.sort(key=lambda finding: finding.position)
        shown = 0
        for _, members in groupby(inside, key=lambda finding: finding.position):
            if shown >= _ERRORS_SHOWN:
                break
            shown += self._write_segment(out, list(members))
        codes = list(dict.fromkeys(finding.code for finding in errors if finding.scope == TRANSACTION and finding.code))
        if inside:
            codes.append("5")
        if transaction.number in self._accepted_numbers:
            out.add("IK5", "A")
        else:
            out.add("IK5", "R", *(codes or ["5"] if self._is_cut_short else codes)[:5])

    @staticmethod
    def _write_segment(out: SegmentWriter, members: list[X12Finding]) -> int:
        """Write the IK3s of one segment: one per segment error, one for all its element errors."""
        first = members[0]
        written = 0
        for finding in members:
            if finding.scope == SEGMENT:
                _write_ik3(out, finding, finding.code if finding.code in _SEGMENT_CODES else "8")
                written += 1
        elements = [finding for finding in members if finding.scope == ELEMENT]
        if elements:
            _write_ik3(out, first, "8")
            written += 1
            for finding in elements[:99]:
                place = (str(finding.element_position), str(finding.component_position or ""), str(finding.repetition or ""))
                value = plain(finding.value)[:99]
                reference = finding.element_reference if is_digits(finding.element_reference) else ""
                out.add("IK4", out.composite(*place), reference, finding.code, value)
        return written


def _write_ik3(out: SegmentWriter, finding: X12Finding, code: str) -> None:
    tag = "".join(mark for mark in finding.segment_id if mark.isalnum() and mark.isascii())[:3] or "ZZ"
    loop = finding.path.rpartition("/")[2]
    # IK303 holds four characters, so 2010AA is written 2010.
    out.add("IK3", tag.ljust(2, "Z"), str(max(finding.position, 1)), loop[:4], code)
    kind, _, number = finding.subject.partition(":")
    if kind == "CLM01" and plain(number):
        out.add("CTX", out.composite(kind, plain(number)[:35]))
