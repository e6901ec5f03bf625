"""834 (005010X220A1) to enrollments, one member at a time."""

from __future__ import annotations

from collections.abc import Iterator

from cleanclaim.documents import Amount, DateFact, Enrollment, MemberCoverage, Party, Reference
from cleanclaim.x12.implementations.reading import Reading
from cleanclaim.x12.tokens.blocks import Block, blocks
from cleanclaim.x12.tokens.source import Source

_ENDS = frozenset({"SE", "GE", "IEA", "ST", "GS", "ISA"})


def read_enrollments(source: Source) -> Iterator[Enrollment]:
    """Read the members of every 834, in bounded memory. Never raises on data."""
    reading = Reading()
    sponsor: Party | None = None
    payer: Party | None = None
    is_enrollment = False
    for block in blocks(source, "INS"):
        reading.use(block.delimiters)
        segments = block.segments()
        at = 0
        if block.is_headed and is_enrollment:
            member, at = _member(segments, reading, block)
            yield member._replace(sponsor=sponsor, payer=payer)
        for segment in segments[at:]:
            row = reading.row(segment)
            if row[0] == "ST":
                is_enrollment, sponsor, payer = row[1] == "834", None, None
            elif row[0] == "N1" and row[1] in {"P5", "IN"}:
                party = Party(row[1], last_name=row[2], id_qualifier=row[3], id=row[4])
                sponsor, payer = (party, payer) if row[1] == "P5" else (sponsor, party)


def _member(segments: list[str], reading: Reading, block: Block) -> tuple[Enrollment, int]:
    """Read loop 2000."""
    ins = reading.row(segments[0])
    member: Party | None = None
    dates: list[DateFact] = []
    references: list[Reference] = []
    coverages: list[MemberCoverage] = []
    number = policy = ""
    in_coverage = False
    at = 1
    while at < len(segments):
        segment = segments[at]
        row = reading.row(segment)
        tag = row[0]
        if tag in _ENDS:
            break
        if tag == "HD":
            coverages.append(MemberCoverage(row[1], row[3], row[4], row[5]))
            in_coverage = True
        elif tag in {"LX", "COB", "LS"}:
            in_coverage = False
        elif tag == "DTP" and in_coverage:
            coverages[-1] = coverages[-1]._replace(dates=(*coverages[-1].dates, reading.fact(segment)))
        elif tag == "DTP" and not coverages:
            dates.append(reading.fact(segment))
        elif tag == "REF" and in_coverage:
            coverages[-1] = coverages[-1]._replace(references=(*coverages[-1].references, Reference(row[1], row[2])))
        elif tag == "REF" and not coverages:
            if row[1] == "0F" and not number:
                number = row[2]
            elif row[1] == "1L" and not policy:
                policy = row[2]
            else:
                references.append(Reference(row[1], row[2]))
        elif tag == "AMT" and in_coverage:
            amounts = (*coverages[-1].amounts, Amount(row[1], reading.cents[row[2]]))
            coverages[-1] = coverages[-1]._replace(amounts=amounts)
        elif tag == "NM1" and row[1] in {"IL", "74"} and member is None:
            member, at = reading.party(segments, at)
            continue
        at += 1
    return Enrollment(
        member or Party("IL"), ins[1] == "Y", ins[2], ins[3], ins[4], ins[5], ins[8], number, policy, tuple(dates), tuple(references),
        tuple(coverages), None, None, block.place(0, at, segments),
    ), at  # fmt: skip
