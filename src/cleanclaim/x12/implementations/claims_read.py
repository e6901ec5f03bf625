"""837P, 837I and 837D to claims, one claim at a time and as fast as the interpreter allows.

The file is cut at every CLM, a claim at its first HL and at every LX, so the interpreter's own search does most of the work; what follows a
claim (HL, SBR, names ...) is the context of the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from cleanclaim.documents import (
    Amount,
    Claim,
    CodedFact,
    DateFact,
    Diagnosis,
    OtherCoverage,
    Party,
    Place,
    Reference,
    ServiceLine,
    Subscriber,
)
from cleanclaim.x12.implementations.claim_coverages_read import CoverageReader
from cleanclaim.x12.implementations.claim_extras_read import EXTRA_TAGS, Extras, Gathered
from cleanclaim.x12.implementations.claim_lines_read import LineReader
from cleanclaim.x12.implementations.reading import MANY, PAD, PAD12, Memo, Reading, Row, defaults_from, guide_of
from cleanclaim.x12.tokens.blocks import Block, blocks
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.source import Source

_KINDS: Final = {"X222": "837P", "X098": "837P", "X223": "837I", "X096": "837I", "X224": "837D", "X097": "837D"}
_DIAGNOSES: Final = frozenset({"ABK", "ABF", "ABJ", "APR", "ABN", "BK", "BF", "BJ", "PR", "BN"})
_ENDS: Final = frozenset({"HL", "SE", "GE", "IEA", "ST", "GS", "ISA", "CLM", "LX"})
_SERVICES: Final = frozenset({"SV1", "SV2", "SV3"})
_Saying: TypeAlias = tuple[str, str, str, str, str, str, str, tuple[str, ...], str, str]
_SUBSCRIBER_REST: Final = defaults_from(Subscriber, 8)
_NOBODY: Final = Party()
_DRAFTS_KEPT: Final = 1 << 10
_place_of = Claim._fields.index
_AT_BILLING, _AT_SUBSCRIBER, _AT_LINES, _AT_DIAGNOSES = map(_place_of, ("billing", "subscriber", "lines", "diagnoses"))
_AT_PATIENT, _AT_PAY_TO, _AT_PROVIDERS, _AT_COVERAGES = map(_place_of, ("patient", "pay_to", "providers", "other_coverages"))
_AT_FACTS, _AT_ADMISSION, _AT_DATES, _AT_REFERENCES = map(_place_of, ("coded_facts", "admission_type", "dates", "references"))
_AT_SUBMITTER, _AT_RECEIVER, _AT_PLACE, _AT_UNREADABLE = map(_place_of, ("submitter", "receiver", "place", "unreadable"))
_AT_KIND, _AT_SIGNATURE = map(_place_of, ("kind", "provider_signature"))
_AT_PAID, _AT_AMOUNTS, _AT_NOTE, _AT_EXTRAS = map(_place_of, ("patient_paid_cents", "amounts", "note", "attachments"))
_REFERENCES: Final = {
    "X4": _place_of("clia_number"), "F8": _place_of("payer_claim_control_number"), "G1": _place_of("prior_authorization"),
    "9F": _place_of("referral_number"),
}  # fmt: skip
_new = tuple.__new__


def read_claims(source: Source) -> Iterator[Claim]:
    """Read the claims of every 837 in a source, in order, in bounded memory. Never raises on data: see `Claim.unreadable`."""
    read = ClaimReader().read
    for block in blocks(source, "CLM"):
        claim = read(block)
        if claim is not None:
            yield claim


class ClaimReader:
    """One pass over the 837s of a source: holds the loops above the claim."""

    def __init__(self) -> None:
        self.reading = Reading()
        self._extras = Extras(self.reading)
        self._lines = LineReader(self.reading, self._extras)
        self._coverages = CoverageReader(self.reading)
        self._delimiters: Delimiters | None = None
        self._separator = ""
        self._guide = ""
        self._kind = ""
        self._is_claims = True
        self._forget()
        self._reset()

    def _forget(self) -> None:
        unreadable = self.reading.unreadable
        self._lines.forget()
        self._separator = ""
        self._codes = Memo(self._coded, unreadable)
        self._sayings: Memo[_Saying] = Memo(self._saying, unreadable, 1 << 10)
        self._drafts: dict[str, list[Any]] = {}
        element = self.reading.element
        self._insured_start, self._payer_start = f"NM1{element}IL{element}", f"NM1{element}PR{element}"

    def _reset(self) -> None:
        self.submitter: Party | None = None
        self.receiver: Party | None = None
        self._reset_provider()

    def _reset_provider(self) -> None:
        self.billing = _NOBODY
        self.pay_to: Party | None = None
        self.taxonomy = ""
        self._reset_subscriber()

    def _reset_subscriber(self) -> None:
        self.subscriber: Subscriber | None = None
        self.sbr: Row = PAD
        self.insured = _NOBODY
        self.payer = _NOBODY
        self._reset_patient()

    def _reset_patient(self) -> None:
        self.patient: Party | None = None
        self.relationship = ""

    def read(self, block: Block) -> Claim | None:
        """Read the claim that a block starts with, if it does, and keep what follows for the next one."""
        delimiters, separator, text, is_headed, _, _, _ = block
        if delimiters is not self._delimiters:
            self._delimiters = delimiters
            self.reading.use(delimiters)
            self._forget()
        if separator != self._separator:
            self._separator = separator
            self._level_mark = f"{separator}HL{self.reading.element}"
            self._line_mark = f"{separator}LX{self.reading.element}"
        if not (is_headed and self._is_claims):
            self._context(text.split(separator))
            return None
        text, mark, following = text.partition(self._level_mark)
        claim, left = self._claim(text, block)
        if mark:
            segments = following.split(separator)
            if left:
                self._context([*left, f"HL{self.reading.element}{segments[0]}", *segments[1:]])
            else:
                self._level(segments)
        elif left:
            self._context(left)
        return claim

    # -- the loops above the claim ----------------------------------------------------------------------------------------------

    def _level(self, segments: list[str]) -> None:
        """Read a level and what follows it, from behind its `HL*` on."""
        reading = self.reading
        row = segments[0].split(reading.element, 3)
        if len(row) > 2 and row[2] == "22":
            self.patient, self.relationship = None, ""
            self.sbr, self.insured, self.payer = PAD, _NOBODY, _NOBODY
            self.subscriber = None
        else:
            self._enter(row[2] if len(row) > 2 else "")
        at, count = 1, len(segments)
        if at + 2 < count and segments[at][:3] == "SBR":  # the order in which a subscriber's level mostly comes
            self.sbr, self.subscriber = reading.rows[segments[at]], None
            at += 1
            if segments[at][:7] == self._insured_start:
                self.insured, at = reading.party(segments, at)
                if at + 1 == count and segments[at][:7] == self._payer_start:  # mostly the last before a claim, and mostly the same
                    self.payer = reading.names[segments[at]]
                    return
        if at < count:
            self._context(segments, at)

    def _enter(self, level: str) -> None:
        if level == "22":
            self.subscriber = self.patient = None
            self.sbr, self.insured, self.payer, self.relationship = PAD, _NOBODY, _NOBODY, ""
        elif level == "20":
            self._reset_provider()
        else:
            self._reset_patient()

    def _context(self, segments: list[str], at: int = 0) -> None:
        """Read what stands between claims."""
        reading = self.reading
        element, names = reading.element, reading.names
        count = len(segments)
        while at < count:
            segment = segments[at]
            tag = segment[:3]
            if tag == "NM1":
                if at + 1 == count:
                    self._name(names[segment])
                    return
                party, at = reading.party(segments, at)
                self._name(party)
                continue
            at += 1
            if tag == "SBR":
                self.sbr, self.subscriber = reading.rows[segment], None
                continue
            row = segment.split(element)
            tag = row[0]
            if tag == "HL":
                self._enter(row[3] if len(row) > 3 else "")
                continue
            row.extend(PAD12)
            if tag == "PAT":
                self.relationship, self.subscriber = row[1], None
            elif tag == "PRV":
                self.taxonomy = row[3]
            elif tag == "ST":
                self._reset()
                self._is_claims = row[1] == "837"
                self._kind = _KINDS.get(guide_of(row[3] or self._guide), "")
                self._drafts.clear()
            elif tag == "GS":
                self._guide = row[8]
                self._kind, self._is_claims = _KINDS.get(guide_of(self._guide), ""), True
                self._drafts.clear()
            elif tag == "ISA":
                self._guide, self._is_claims = "", True
                self._reset()

    def _name(self, party: Party) -> None:
        entity = party.entity
        if entity == "IL":
            self.insured, self.subscriber = party, None
        elif entity == "PR":
            self.payer, self.subscriber = party, None
        elif entity == "QC":
            self.patient = party
        elif entity == "85":
            self.billing = party._replace(taxonomy=self.taxonomy) if self.taxonomy else party
        elif entity == "87":
            self.pay_to = party
        elif entity == "41":
            self.submitter = party
        elif entity == "40":
            self.receiver = party

    def _coverage_of_claim(self) -> Subscriber:
        sbr = self.sbr
        relationship = self.relationship or sbr[2] or ("" if self.patient is not None else "18")
        subscriber = self.subscriber = _new(
            Subscriber,
            (self.insured, self.payer, sbr[1], relationship, sbr[3], sbr[4], sbr[5], sbr[9], *_SUBSCRIBER_REST),
        )
        return subscriber

    # -- the claim --------------------------------------------------------------------------------------------------------------

    def _claim(self, text: str, block: Block, *, is_odd: bool = False) -> tuple[Claim, list[str]]:
        """Read loop 2300 with what belongs to it; return the claim and the segments that are not its own."""
        reading = self.reading
        separator, element = block.separator, reading.element
        pieces = text.split(self._line_mark)
        head = pieces[0].split(separator)
        clm = head[0].split(reading.element, 5)
        if len(clm) < 6:
            clm.extend(PAD12)
        draft = (self._drafts.get(clm[5]) or self._draft(clm[5])).copy()
        count = len(head)
        many = count > MANY
        diagnoses: tuple[Diagnosis, ...] = ()
        facts: tuple[CodedFact, ...] = ()
        providers: tuple[Party, ...] = ()
        coverages: tuple[OtherCoverage, ...] = ()
        dates: tuple[DateFact, ...] = ()
        references: tuple[Reference, ...] = ()
        amounts: tuple[Amount, ...] = ()
        if many:
            diagnoses, facts, providers, coverages, dates, references, amounts = [], [], [], [], [], [], []  # type: ignore[assignment]
        lines: list[ServiceLine] = []
        notes: list[str] = []
        left: list[str] = []
        extras: Gathered | None = None
        at = 1
        while at < count:
            segment = head[at]
            tag = segment[:3]
            if tag == "REF":
                row = segment.split(element)
                if len(row) < 3:
                    row.extend(PAD12)
                position = _REFERENCES.get(row[1])
                if position is not None and not draft[position]:
                    draft[position] = row[2]
                else:
                    references += (_new(Reference, (row[1], row[2])),)
            elif tag == "NM1":
                party, at = reading.provider(head, at)
                providers += (party,)
                continue
            elif tag[:2] == "HI":
                codes, others = self._codes[segment]
                diagnoses += codes
                facts += others
            elif tag == "DTP":
                dates += (reading.facts[segment],)
            elif tag == "SBR":
                coverage, at = self._coverages.read(head, at)
                coverages += (coverage,)
                continue
            elif tag == "AMT":
                amount = reading.amount(segment)
                if amount is not None:
                    if amount.qualifier == "F5" and draft[_AT_PAID] is None:
                        draft[_AT_PAID] = amount.cents
                    else:
                        amounts += (amount,)
            elif tag == "NTE":
                notes.append(reading.row(segment)[2])
            elif tag == "CL1":
                draft[_AT_ADMISSION : _AT_ADMISSION + 3] = reading.row(segment)[1:4]
            elif tag in EXTRA_TAGS or tag[:2] == "K3":
                extras = self._extras.gather(segment, extras)
            elif tag in _SERVICES:
                lines, left = self._lines.read([separator.join(["", *head[at:]])], separator, None)
                break
            elif segment.partition(element)[0] in _ENDS:
                left = head[at:]
                break
            at += 1
        if many:
            diagnoses, facts, providers, coverages = tuple(diagnoses), tuple(facts), tuple(providers), tuple(coverages)
            dates, references, amounts = tuple(dates), tuple(references), tuple(amounts)
        if len(pieces) > 1:
            if left:
                left += separator.join(["", *(f"LX{element}{piece}" for piece in pieces[1:])]).split(separator)[1:]
            else:
                first: tuple[int, int] | None = None
                ends: list[int] | None = None
                if not is_odd and not lines:
                    first = block.ordinal + count, block.start + len(pieces[0]) + len(separator)
                    ends = None if block.ends is None else block.ends[count:]
                more, left = self._lines.read(pieces[1:], separator, first, ends)
                lines = lines + more if lines else more
        if left and left[0] == "LX":  # a line without a number
            numbered = (text + separator).replace(f"{separator}LX{separator}", f"{self._line_mark}{separator}")
            return self._claim(numbered[: -len(separator)], block, is_odd=True)
        if block.ends is None and not left and not is_odd:
            place = _new(Place, (block.ordinal, block.start, block.start + len(text)))
        else:
            place = block.place(0, text.count(separator) + 1 - len(left), block.segments())
        draft[0], draft[1] = clm[1], reading.cents[clm[2]]
        draft[_AT_BILLING], draft[_AT_SUBSCRIBER], draft[_AT_LINES] = (
            self.billing,
            self.subscriber or self._coverage_of_claim(),
            tuple(lines),
        )
        draft[_AT_PATIENT], draft[_AT_PAY_TO], draft[_AT_PROVIDERS] = self.patient, self.pay_to, providers
        draft[_AT_DIAGNOSES], draft[_AT_SUBMITTER], draft[_AT_RECEIVER], draft[_AT_PLACE] = (
            diagnoses,
            self.submitter,
            self.receiver,
            place,
        )
        if coverages or facts or dates or references or amounts or notes:
            draft[_AT_COVERAGES], draft[_AT_FACTS], draft[_AT_DATES], draft[_AT_REFERENCES] = coverages, facts, dates, references
            draft[_AT_AMOUNTS], draft[_AT_NOTE] = amounts, " ".join(filter(None, notes))
        if extras is not None:
            draft[_AT_EXTRAS:] = extras.fields()
        if not self._kind:
            kind = draft[_AT_KIND] = _kind_by_lines(text.split(separator))
            if kind == "837I" and not draft[_AT_SIGNATURE]:
                draft[_AT_SIGNATURE] = "Y"
        if reading.unreadable:
            draft[_AT_UNREADABLE] = reading.trouble()
        return _new(Claim, draft), left

    def _draft(self, text: str) -> list[Any]:
        """Return the fields of a claim that CLM05 and on decide; the others are empty."""
        facility, place_qualifier, frequency, signature, assignment, benefits, release, causes, state, delay = self._sayings[text]
        if len(self._drafts) >= _DRAFTS_KEPT:
            self._drafts.clear()
        draft = self._drafts[text] = list(Claim(
            "", 0, _NOBODY, Subscriber(_NOBODY, _NOBODY), (), (), self._kind, facility, place_qualifier, frequency,
            provider_signature=signature or ("Y" if self._kind == "837I" else ""), assignment=assignment, benefits_assigned=benefits,
            release_of_information=release, accident_causes=causes, accident_state=state, delay_reason=delay,
        ))  # fmt: skip
        return draft

    def _coded(self, segment: str) -> tuple[tuple[Diagnosis, ...], tuple[CodedFact, ...]]:
        """Read an HI: diagnoses, and the other codes of an institutional claim."""
        diagnoses: list[Diagnosis] = []
        facts: list[CodedFact] = []
        for composite in segment.split(self.reading.element)[1:]:
            parts = composite.split(self.reading.component)
            parts.extend(PAD12)
            if parts[0] in _DIAGNOSES:
                diagnoses.append(Diagnosis(parts[1], parts[0], parts[8]))
            elif composite:
                begin, _, end = parts[3].partition("-")
                first, last = self.reading.days[begin[:8]], self.reading.days[end]
                facts.append(CodedFact(parts[0], parts[1], first, last, self.reading.optional_cents(parts[4])))
        return tuple(diagnoses), tuple(facts)

    def _saying(self, text: str) -> _Saying:
        """Read CLM05 and on: facility, its qualifier, frequency; signature, assignment, benefits, release; causes, state, delay."""
        row = text.split(self.reading.element) + PAD
        component = self.reading.component
        where = [*row[0].split(component), "", "", ""]
        causes = [*row[6].split(component), "", "", "", ""]
        return (
            where[0], where[1], where[2], row[1], row[2], row[3], row[4], tuple(part for part in causes[:3] if part), causes[3], row[15],
        )  # fmt: skip


def _kind_by_lines(segments: list[str]) -> str:
    """Tell the kind of a claim whose transaction names no guide by its service segments."""
    tags = {segment[:3] for segment in segments}
    return "837I" if "SV2" in tags else "837D" if "SV3" in tags else "837P"
