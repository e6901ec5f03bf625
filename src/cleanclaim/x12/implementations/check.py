"""A file against the standard, its guides, its own arithmetic and its situations: `check` returns every finding as a value.

One pass in bounded memory. Envelope faults are found here; segments and loops by the grammar; balancing and situational rules by the
hooks of `claim_rules` and `remittance_rules`, which see each segment once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cleanclaim.x12.grammar.elements import Fault
from cleanclaim.x12.grammar.walker import Walker, Where
from cleanclaim.x12.implementations.checked import CheckedFile, CheckedGroup, CheckedInterchange, CheckedTransaction
from cleanclaim.x12.implementations.external_codes import CodeBook, CodeWatch
from cleanclaim.x12.implementations.guides import guide_for, shown_set
from cleanclaim.x12.implementations.interchange_rules import header_faults
from cleanclaim.x12.implementations.partners import Partner, PartnerWatch, file_faults
from cleanclaim.x12.implementations.partners import header_faults as partner_header_faults
from cleanclaim.x12.implementations.rule_sets import rules_for
from cleanclaim.x12.implementations.rules import Rules
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.findings import ELEMENT, ERROR, GROUP, INFO, INTERCHANGE, SEGMENT, TRANSACTION, X12Finding
from cleanclaim.x12.tokens.lexer import CHUNK, Batch, lex
from cleanclaim.x12.tokens.source import Source
from cleanclaim.x12.tokens.values import is_digits

FINDINGS_KEPT: Final = 50_000  # of a file; the rest is counted. A file with more is not corrected by reading findings.
WARNINGS_KEPT: Final = 5_000  # a slip that every claim repeats leaves room for the errors
_PAD: Final = [""] * 20
_ILL_FORMED: Final = frozenset({INTERCHANGE, GROUP, TRANSACTION})


def check(
    source: Source, *, findings_kept: int = FINDINGS_KEPT, chunk_size: int = CHUNK, progress: Callable[[int], None] | None = None,
    codes: CodeBook | None = None, partner: Partner | None = None,
) -> CheckedFile:  # fmt: skip
    """Check a source and return its envelopes, transactions and findings. Never raises on data.

    `progress` is told how many bytes are done. `codes` answers for external codes (level 5), `partner` is a companion guide (level 7).
    """
    checker = _Checker(findings_kept, codes, partner)
    for batch in lex(source, chunk_size):
        if partner is not None:  # names the first foreign character of each batch
            checker.take(batch)
        else:
            for part in batch.parts():
                checker.take(part)
        if progress is not None:
            progress(batch.offset + len(batch.raw))
    return checker.finish()


class _Checker:
    """The state of one check: which envelopes are open, and what was found."""

    def __init__(self, findings_kept: int, codes: CodeBook | None = None, partner: Partner | None = None) -> None:
        self._kept = findings_kept
        self._codes = codes
        self._partner = partner
        self._left_out = 0
        self._warnings = 0
        self._well_formed = True
        self._findings: list[X12Finding] = []
        self._interchanges: list[CheckedInterchange] = []
        self._groups: list[CheckedGroup] = []
        self._transactions: list[CheckedTransaction] = []
        self._walkers: dict[tuple[str, Delimiters], tuple[Walker, Rules]] = {}
        self._batch: Batch | None = None
        self._segments: list[str] = []
        self._delimiters = Delimiters()
        self._isa: list[str] = []
        self._group_count = 0
        self._gs: list[str] = []
        self._set_count = 0
        self._set_numbers: set[str] = set()
        self._st: list[str] = []
        self._st_ordinal = 0
        self._set_errors = 0
        self._walker: Walker | None = None
        self._rules: Rules | None = None
        self._is_unknown = False
        self._end = (0, 0, 0)

    # -- taking batches ---------------------------------------------------------------------------------------------------------

    def take(self, batch: Batch) -> None:
        """Check one batch."""
        self._batch = batch
        self._segments = segments = batch.segments()
        if self._rules is not None:
            self._rules.current = batch
        if batch.opens:
            self._close_interchange(0, complete=False)
            self._delimiters = batch.delimiters
            self._walkers.clear()
        for finding in batch.findings:
            if finding.severity == ERROR:
                self._well_formed = False
            self._keep(finding._replace(interchange=len(self._interchanges) + 1 if batch.opens else len(self._interchanges)))
        if self._partner is not None:
            self._hold_to_characters(self._partner)
        element = self._delimiters.element
        index, count = 0, len(segments)
        while index < count:
            if self._walker is not None:
                index = self._walker.run(segments, index)
            elif self._rules is not None:
                index = self._scan(segments, index, self._rules)
            if index >= count:
                break
            tag = segments[index].partition(element)[0]
            row = segments[index].split(element) + _PAD
            self._envelope(tag, row, index)
            index += 1
        if count:
            start, end = batch.span(count - 1, segments)
            self._end = (batch.first + count - 1, start, end)

    def _scan(self, segments: list[str], start: int, rules: Rules) -> int:
        """Count what a transaction of an unknown guide holds, without judging its segments."""
        element = self._delimiters.element
        for index in range(start, len(segments)):
            tag = segments[index].partition(element)[0]
            if tag in {"SE", "ST", "GE", "GS", "ISA", "IEA"}:
                return index
            hook = rules.hooks.get(tag)
            if hook is not None:
                hook.tell(segments[index], index)
        return len(segments)

    def finish(self) -> CheckedFile:
        """Close what is open and return the result."""
        self._close_interchange(max(len(self._segments) - 1, 0), complete=False)
        if not self._interchanges and not self._transactions:
            self._well_formed = False
            if not self._findings:
                says = "The file is empty: it holds no interchange."
                self._findings.append(X12Finding("NO_INTERCHANGE", 1, ERROR, 0, 0, 0, "", "", "", "024", says, INTERCHANGE))
        if self._partner is not None:
            claims = sum(transaction.claims for transaction in self._transactions)
            for rule, says in file_faults(self._partner, len(self._transactions), claims):
                self._found(len(self._segments), rule, 7, ERROR, "", says, scope=SEGMENT)
        self._findings.sort(key=lambda finding: finding.segment)
        return CheckedFile(
            self._well_formed, tuple(self._interchanges), tuple(self._groups), tuple(self._transactions), tuple(self._findings),
            self._left_out,
        )  # fmt: skip

    def _hold_to_characters(self, partner: Partner) -> None:
        """Name the first segment of each piece that has a character which the partner does not take."""
        batch = self._batch
        foreign = partner.foreign(self._delimiters)
        if batch is None or foreign is None:
            return
        for index, segment in enumerate(self._segments):
            found = foreign.search(segment)
            if found is not None:
                says = f"{partner.name} does not take the character {found.group()!r}."
                self._found(index, "PARTNER_CHARACTER", 7, ERROR, "", says, scope=SEGMENT, value=found.group())
                return

    # -- findings ---------------------------------------------------------------------------------------------------------------

    def _keep(self, finding: X12Finding) -> None:
        is_kept = len(self._findings) < self._kept
        if finding.severity != ERROR:
            self._warnings += 1
            is_kept = is_kept and self._warnings <= WARNINGS_KEPT
        if is_kept:
            self._findings.append(finding)
        else:
            self._left_out += 1

    def _report(self, index: int | Where, fault: Fault, path: str, tag: str) -> None:
        """Take a fault of a segment or element from the grammar or the rules."""
        if fault.severity == ERROR:
            self._set_errors += 1
        if len(self._findings) >= self._kept or (self._warnings >= WARNINGS_KEPT and fault.severity != ERROR):
            self._left_out += 1
            return
        element = ""
        if fault.element:
            element = f"{tag}{fault.element:02d}" + (f"-{fault.component}" if fault.component else "")
        self._found(
            index, fault.rule, fault.level, fault.severity, fault.code, fault.says, scope=ELEMENT if fault.element else SEGMENT, path=path,
            element=element, value=fault.value, tag=tag, places=(fault.element, fault.component, fault.repetition), reference=fault.reference,
        )  # fmt: skip

    def _found(
        self, index: int | Where, rule: str, level: int, severity: str, code: str, says: str, *, scope: str, path: str = "", element: str = "",
        value: str = "", tag: str = "", places: tuple[int, int, int] = (0, 0, 0), reference: str = "",
    ) -> None:  # fmt: skip
        batch, segments = self._batch, self._segments
        if isinstance(index, tuple):
            held, index = index
            batch = held if isinstance(held, Batch) else batch
            segments = batch.segments() if batch is not None and batch is not self._batch else segments
        if batch is not None and segments and index < len(segments):
            ordinal = batch.first + index
            start, end = batch.span(index, segments)
            tag = tag or segments[index].partition(self._delimiters.element)[0]
        else:
            ordinal, start, end = self._end
        if scope in _ILL_FORMED and severity == ERROR and rule not in {"VERSION_UNSUPPORTED", "SET_UNKNOWN"}:
            self._well_formed = False
        if scope == TRANSACTION and severity == ERROR:
            self._set_errors += 1
        inside = bool(self._st)
        self._keep(X12Finding(
            rule, level, severity, ordinal, start, end, path, element, value[:200], code, says, scope, tag,
            ordinal - self._st_ordinal + 1 if inside else 0, *places, reference, len(self._transactions) + 1 if inside else 0,
            len(self._groups) if self._gs else 0, len(self._interchanges), self._rules.subject if self._rules is not None else "",
        ))  # fmt: skip

    # -- envelopes --------------------------------------------------------------------------------------------------------------

    def _envelope(self, tag: str, row: list[str], index: int) -> None:
        if tag == "ST":
            self._open_set(row, index)
        elif tag == "SE":
            self._close_set(row, index)
        elif tag == "GS":
            self._open_group(row, index)
        elif tag == "GE":
            self._close_group(row, index)
        elif tag == "ISA":
            self._open_interchange(row, index)
        elif tag == "IEA":
            self._close_interchange(index, complete=True, row=row)
        elif tag == "TA1":
            self._check_ta1(row, index)
        elif not self._st:
            says = f"A segment {tag[:3]} stands outside any transaction."
            self._found(index, "SEGMENT_OUTSIDE", 1, ERROR, "024" if not self._gs else "", says, scope=INTERCHANGE, value=tag[:3])

    def _open_interchange(self, row: list[str], index: int) -> None:
        self._isa = row
        self._group_count = 0
        self._interchanges.append(CheckedInterchange(
            row[13].strip(), row[6].strip(), row[8].strip(), row[5], row[7], row[9], row[10], row[14] == "1", row[15].strip(),
            len(self._interchanges) + 1,
        ))  # fmt: skip
        for rule, code, element, says, severity in header_faults(row):
            self._found(index, rule, 1, severity, code, says, scope=INTERCHANGE, element=f"ISA{element:02d}", value=row[element])
        if self._partner is not None:
            for rule, element, says in partner_header_faults(self._partner, row, self._delimiters):
                self._found(index, rule, 7, ERROR, "", says, scope=SEGMENT, element=f"ISA{element:02d}", value=row[element])

    def _close_interchange(self, index: int, *, complete: bool, row: list[str] | None = None) -> None:
        self._close_group(None, index)
        if complete and row is not None:
            if not self._isa:
                return
            if row[2].strip() != self._isa[13].strip():
                says = "The control numbers of the interchange header and trailer differ (ISA13, IEA02)."
                self._found(
                    index, "INTERCHANGE_NUMBERS_DIFFER", 1, ERROR, "001", says, scope=INTERCHANGE, element="IEA02", value=row[2]
                )
            if row[1].strip() != str(self._group_count):
                says = f"The trailer counts {row[1] or 'no'} groups; there are {self._group_count} (IEA01)."
                self._found(index, "GROUP_COUNT_WRONG", 1, ERROR, "021", says, scope=INTERCHANGE, element="IEA01", value=row[1])
        elif self._isa:
            says = "The interchange has no trailer (IEA): the file may be cut off."
            self._found(index, "INTERCHANGE_TRAILER_MISSING", 1, ERROR, "023", says, scope=INTERCHANGE)
        self._isa = []

    def _check_ta1(self, row: list[str], index: int) -> None:
        if self._gs:
            says = "A TA1 stands inside a group; it belongs between the ISA and the first GS."
            self._found(index, "TA1_MISPLACED", 1, ERROR, "022", says, scope=INTERCHANGE)
        if row[4] not in {"A", "E", "R"} or len(row[5]) != 3 or not row[1]:
            says = "The TA1 lacks its control number, status or note code."
            self._found(index, "TA1_INCOMPLETE", 1, ERROR, "024", says, scope=INTERCHANGE)

    def _open_group(self, row: list[str], index: int) -> None:
        self._close_group(None, index)
        self._gs = row
        self._group_count += 1
        self._set_count = 0
        self._set_numbers = set()
        declared = 0
        self._groups.append(CheckedGroup(
            row[1], row[6], row[8], row[2], row[3], declared, len(self._groups) + 1, len(self._interchanges),
        ))  # fmt: skip
        if not (row[1] and row[2] and row[3] and row[8]) or not is_digits(row[6]) or len(row[6]) > 9 or row[7] != "X":
            says = "The group header (GS) lacks an element or has one that cannot be."
            self._found(index, "GROUP_HEADER_BROKEN", 1, ERROR, "024" if self._isa else "6", says, scope=INTERCHANGE)

    def _close_group(self, row: list[str] | None, index: int) -> None:
        self._close_set(None, index)
        if not self._gs:
            if row is not None:
                self._found(index, "GROUP_TRAILER_ALONE", 1, ERROR, "024", "A group trailer (GE) has no header.", scope=INTERCHANGE)
            return
        if row is None:
            self._found(index, "GROUP_TRAILER_MISSING", 1, ERROR, "3", "The group has no trailer (GE).", scope=GROUP)
        else:
            if row[2] != self._gs[6]:
                says = "The control numbers of the group header and trailer differ (GS06, GE02)."
                self._found(index, "GROUP_NUMBERS_DIFFER", 1, ERROR, "4", says, scope=GROUP, element="GE02", value=row[2])
            if row[1] != str(self._set_count):
                says = f"The trailer counts {row[1] or 'no'} transactions; there are {self._set_count} (GE01)."
                self._found(index, "SET_COUNT_WRONG", 1, ERROR, "5", says, scope=GROUP, element="GE01", value=row[1])
            declared = int(row[1]) if is_digits(row[1]) and len(row[1]) < 7 else 0
            self._groups[-1] = self._groups[-1]._replace(declared=declared)
        self._gs = []

    # -- transactions -----------------------------------------------------------------------------------------------------------

    def _open_set(self, row: list[str], index: int) -> None:
        self._close_set(None, index)
        batch = self._batch
        self._st = row
        self._st_ordinal = batch.first + index if batch is not None else 0
        self._set_errors = 0
        self._set_count += 1
        version = row[3] or (self._gs[8] if self._gs else "")
        self._choose(row[1], version, index)
        if self._walker is not None:
            self._walker.open(self._segments[index], index)
        if not self._gs:
            self._found(
                index, "GROUP_HEADER_MISSING", 1, ERROR, "022", "A transaction stands outside any group (GS).", scope=INTERCHANGE
            )
        if not 4 <= len(row[2]) <= 9:
            self._found(
                index,
                "SET_NUMBER_INVALID",
                1,
                ERROR,
                "7",
                "The control number ST02 has 4 to 9 characters.",
                scope=TRANSACTION,
                value=row[2],
            )
        elif row[2] in self._set_numbers:
            says = "Two transactions of one group have the same control number (ST02)."
            self._found(index, "SET_NUMBER_REPEATED", 1, ERROR, "23", says, scope=TRANSACTION, element="ST02", value=row[2])
        if len(self._set_numbers) < 1 << 16:
            self._set_numbers.add(row[2])
        stated = self._gs[8] if self._gs else ""
        if row[3] and stated and row[3] != stated:
            says = f"The transaction names guide {row[3]}, its group {stated} (ST03, GS08)."
            self._found(index, "GUIDE_DIFFERS", 1, ERROR, "I6", says, scope=TRANSACTION, element="ST03", value=row[3])

    def _choose(self, set_id: str, version: str, index: int) -> None:
        """Pick the guide and the rules of a transaction."""
        is_response = set_id == "278" and any(
            text.startswith("BHT") and text.split(self._delimiters.element)[2:3] == ["11"]
            for text in self._segments[index + 1 : index + 3]
        )
        guide = guide_for(set_id, version, is_response=is_response)
        self._is_unknown = guide is None
        name = f"{guide.name}{'-response' if is_response else ''}" if guide is not None else set_id
        held = self._walkers.get((name, self._delimiters))
        if held is None:
            shown = shown_set(set_id, version)
            rules = rules_for(shown, self._delimiters, self._report)
            if self._codes is not None:
                rules.watches.append(CodeWatch(rules, shown, self._codes))
            if self._partner is not None:
                rules.watches.append(PartnerWatch(rules, shown, self._partner))
            walker = Walker(guide, self._delimiters, self._report, rules.hooks) if guide is not None else None
            if walker is not None:
                self._walkers[name, self._delimiters] = (walker, rules)
            self._walker, self._rules = walker, rules
        else:
            self._walker, self._rules = held
        self._rules.current = self._batch
        self._rules.is_judging = guide is not None
        self._rules.open()
        for watch in self._rules.watches:
            watch.open()
        if guide is not None and self._gs and self._gs[1] != guide.functional_id and self._set_count == 1:
            says = f"GS01 is {self._gs[1][:4] or 'empty'}; a group of {guide.name} is {guide.functional_id}."
            self._found(index, "GROUP_TYPE_DIFFERS", 1, ERROR, "1", says, scope=GROUP, element="GS01", value=self._gs[1])
        if guide is None:
            self._unsupported(set_id, version, index)
        elif version != guide.version:
            says = f"Guide {version} is read as {guide.version}."
            self._found(
                index,
                "GUIDE_READ_ALIKE",
                2,
                INFO,
                "",
                says,
                scope=TRANSACTION,
                element="ST03" if self._st[3] else "GS08",
                value=version,
            )

    def _unsupported(self, set_id: str, version: str, index: int) -> None:
        known = {"837", "835", "270", "271", "276", "277", "278", "834", "820", "999"}
        if set_id == "997":
            return
        if set_id in known:
            says = f"Version {version or '(none)'} of set {set_id} is not supported; only its structure was read."
            self._found(index, "VERSION_UNSUPPORTED", 1, ERROR, "I6", says, scope=TRANSACTION, value=version)
        else:
            says = f"Set {set_id[:6] or '(none)'} is not one of the HIPAA sets; only its structure was read."
            self._found(index, "SET_UNKNOWN", 1, ERROR, "1", says, scope=TRANSACTION, value=set_id)

    def _close_set(self, row: list[str] | None, index: int) -> None:
        if not self._st:
            if row is not None:
                self._found(
                    index, "SET_TRAILER_ALONE", 1, ERROR, "024", "A transaction trailer (SE) has no header.", scope=INTERCHANGE
                )
            return
        rules = self._rules
        if self._walker is not None:
            self._walker.close(self._segments[index] if row is not None else "", index)
        if rules is not None:
            rules.close(index)
            for watch in rules.watches:
                watch.close(index)
        if row is None:
            self._found(index, "SET_TRAILER_MISSING", 1, ERROR, "2", "The transaction has no trailer (SE).", scope=TRANSACTION)
        else:
            batch = self._batch
            count = (batch.first + index if batch is not None else 0) - self._st_ordinal + 1
            if row[1] != str(count):
                says = f"The trailer counts {row[1] or 'no'} segments; there are {count} (SE01)."
                self._found(index, "SEGMENT_COUNT_WRONG", 1, ERROR, "4", says, scope=TRANSACTION, element="SE01", value=row[1])
            if row[2] != self._st[2]:
                says = "The control numbers of the transaction header and trailer differ (ST02, SE02)."
                self._found(index, "SET_NUMBERS_DIFFER", 1, ERROR, "3", says, scope=TRANSACTION, element="SE02", value=row[2])
        self._transactions.append(self._sum_up(rules))
        self._st = []
        self._walker = self._rules = None

    def _sum_up(self, rules: Rules | None) -> CheckedTransaction:
        version = self._st[3] or (self._gs[8] if self._gs else "")
        totals = rules.totals if rules is not None else None
        return CheckedTransaction(
            shown_set(self._st[1], version), version, self._st[2], not self._set_errors,
            *(totals or (0, 0, 0, 0, 0, 0, 0)), self._st[1], self._st[3], len(self._transactions) + 1, len(self._groups) if self._gs else 0,
        )  # fmt: skip
