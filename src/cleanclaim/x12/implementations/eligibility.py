"""270 and 271 (005010X279A1): what the front desk asks about a coverage, and the payer's answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from cleanclaim.documents import Benefit, DateFact, EligibilityRequest, EligibilityResponse, Party, Reference
from cleanclaim.kernel.errors import Refused
from cleanclaim.x12.envelope.envelope import Envelope, Group, Transaction, write_interchange
from cleanclaim.x12.implementations.levels import Level, parties_of, read_levels
from cleanclaim.x12.implementations.parts import write_address, write_contact, write_date, write_name
from cleanclaim.x12.implementations.reading import Reading
from cleanclaim.x12.tokens.source import Source
from cleanclaim.x12.tokens.values import day_text, is_digits, money_text, rate_text
from cleanclaim.x12.tokens.writer import SegmentWriter

GUIDE: Final = "005010X279A1"
_NOBODY: Final = Party()


def read_eligibility_requests(source: Source) -> Iterator[EligibilityRequest]:
    """Read the questions of every 270, one person at a time."""
    reading = Reading()
    payer = provider = subscriber = _NOBODY
    for level in read_levels(source, "270", reading):
        parties = parties_of(level, reading)
        if level.code == "20":
            payer = parties[0] if parties else _NOBODY
        elif level.code == "21":
            provider = parties[0] if parties else _NOBODY
        else:
            person = parties[0] if parties else _NOBODY
            if level.code == "22":
                subscriber = person
            rows = level.rows
            if not any(row[0] == "EQ" for row in rows):
                continue
            trace = next((row[2] for row in rows if row[0] == "TRN"), "")
            day = next((reading.fact(text).first for text, row in zip(level.segments, rows, strict=True) if row[0] == "DTP"), None)
            header_day = next((reading.days[row[4]] for row in level.header if row[0] == "BHT"), None)
            asked_for = day or header_day
            if asked_for is None:
                continue
            mark = reading.delimiters.repetition
            types = [row[1].split(mark) if mark else [row[1]] for row in rows if row[0] == "EQ"]
            relationship = next((row[2] for row in rows if row[0] == "INS"), "")
            dependent = person if level.code == "23" else None
            yield EligibilityRequest(
                payer, provider, subscriber, trace, asked_for, dependent, relationship or ("" if dependent else "18"),
                tuple(code for group in types for code in group if code), level.place,
            )  # fmt: skip


def read_eligibility_responses(source: Source) -> Iterator[EligibilityResponse]:
    """Read the answers of every 271, one person at a time. A refusal above the person (AAA) is an answer as well."""
    reading = Reading()
    payer = provider = subscriber = _NOBODY
    above: tuple[str, ...] = ()
    for level in read_levels(source, "271", reading):
        refusals = tuple(row[3] for row in level.rows if row[0] == "AAA" and row[3])
        parties = parties_of(level, reading)
        first = parties[0] if parties else _NOBODY
        if level.code == "20":
            payer, provider, subscriber, above = first, _NOBODY, _NOBODY, refusals
        elif level.code == "21":
            provider, above = first, above + refusals
        if level.code in {"20", "21"}:
            if above and not level.has_children:
                yield EligibilityResponse(payer, provider, _NOBODY, rejections=above, place=level.place)
            continue
        dependent = first if level.code == "23" else None
        if level.code == "22":
            subscriber = first
            if level.has_children and not any(row[0] in {"EB", "AAA", "TRN"} for row in level.rows):
                continue
        trace = next((row[2] for row in level.rows if row[0] == "TRN"), "")
        benefits, dates = _benefits(level, reading)
        yield EligibilityResponse(payer, provider, subscriber, trace, dependent, benefits, dates, above + refusals, level.place)


def _benefits(level: Level, reading: Reading) -> tuple[tuple[Benefit, ...], tuple[DateFact, ...]]:
    """Read every EB of a person with what belongs to it, and the person's own dates."""
    found: list[Benefit] = []
    dates: list[DateFact] = []
    mark = reading.delimiters.repetition
    at = 0
    while at < len(level.rows):
        row, segment = level.rows[at], level.segments[at]
        tag = row[0]
        if tag == "EB":
            types = row[3].split(mark) if mark else [row[3]]
            found.append(Benefit(
                row[1], row[2], tuple(code for code in types if code), row[4], row[5], row[6], reading.optional_cents(row[7]),
                reading.rates[row[8]], reading.rates[row[10]], row[11], row[12],
            ))  # fmt: skip
        elif tag == "DTP" and not found:
            dates.append(reading.fact(segment))
        elif found and tag == "DTP":
            found[-1] = found[-1]._replace(dates=(*found[-1].dates, reading.fact(segment)))
        elif found and tag == "MSG":
            found[-1] = found[-1]._replace(messages=(*found[-1].messages, row[1]))
        elif found and tag == "REF":
            found[-1] = found[-1]._replace(references=(*found[-1].references, Reference(row[1], row[2])))
        elif found and tag == "NM1":
            party, at = reading.party(level.segments, at)
            if found[-1].related is None:
                found[-1] = found[-1]._replace(related=party)
            continue
        at += 1
    return tuple(found), tuple(dates)


# -- writing ------------------------------------------------------------------------------------------------------------------------


def write_eligibility_requests(requests: Iterable[EligibilityRequest], envelope: Envelope) -> bytes:
    """Write questions as one 270 transaction each, so that a payer answers them in real time or in a batch alike."""
    listed = list(requests)
    if not listed:
        raise Refused("There is no eligibility question to write.")
    bodies = [Transaction("270", GUIDE, _question(request, envelope)) for request in listed]
    return write_interchange([Group("HS", GUIDE, bodies)], envelope)


def write_eligibility_responses(responses: Iterable[EligibilityResponse], envelope: Envelope) -> bytes:
    """Write answers as one 271 transaction each."""
    listed = list(responses)
    if not listed:
        raise Refused("There is no eligibility answer to write.")
    bodies = [Transaction("271", GUIDE, _answer(response, envelope)) for response in listed]
    return write_interchange([Group("HB", GUIDE, bodies)], envelope)


Body = Callable[[SegmentWriter, str], None]


def _question(request: EligibilityRequest, envelope: Envelope) -> Body:
    def write(out: SegmentWriter, reference: str) -> None:
        _write_head(out, envelope, reference, "13", request.payer, request.provider)
        out.add("HL", "3", "2", "22", "1" if request.dependent else "0")
        if not request.dependent:
            _write_trace(out, "1", request.trace_number, envelope)
        _write_person(out, request.subscriber, "IL")
        if request.dependent:
            out.add("HL", "4", "3", "23", "0")
            _write_trace(out, "1", request.trace_number, envelope)
            _write_person(out, request.dependent, "03")
            if request.relationship in {"01", "19", "34"}:
                out.add("INS", "N", request.relationship)
        out.add("DTP", "291", "D8", day_text(request.asked_for))
        out.add("EQ", out.repeated(*request.service_types))

    return write


def _answer(response: EligibilityResponse, envelope: Envelope) -> Body:
    def write(out: SegmentWriter, reference: str) -> None:
        _write_head(out, envelope, reference, "11", response.payer, response.provider)
        out.add("HL", "3", "2", "22", "1" if response.dependent else "0")
        if not response.dependent and response.trace_number:
            _write_trace(out, "2", response.trace_number, envelope)
        _write_person(out, response.subscriber, "IL", refusals=() if response.dependent else response.rejections)
        if response.dependent:
            out.add("HL", "4", "3", "23", "0")
            if response.trace_number:
                _write_trace(out, "2", response.trace_number, envelope)
            _write_person(out, response.dependent, "03", refusals=response.rejections)
        for fact in response.dates:
            write_date(out, fact)
        for benefit in response.benefits:
            _write_benefit(out, benefit)

    return write


def _write_head(out: SegmentWriter, envelope: Envelope, reference: str, purpose: str, payer: Party, provider: Party) -> None:
    instant = envelope.instant
    name = envelope.reference or f"{envelope.interchange_control_number}-{reference}"
    out.add("BHT", "0022", purpose, name, instant.strftime("%Y%m%d"), instant.strftime("%H%M"))
    out.add("HL", "1", "", "20", "1")
    write_name(out, payer, payer.entity or "PR")
    if purpose == "11":
        write_contact(out, payer)
    out.add("HL", "2", "1", "21", "1")
    write_name(out, provider, provider.entity or "1P")


def _write_trace(out: SegmentWriter, kind: str, number: str, envelope: Envelope) -> None:
    digits = "".join(mark for mark in envelope.sender_id if is_digits(mark))[:9]
    out.add("TRN", kind, number, "9" + digits.rjust(9, "0"))


def _write_person(out: SegmentWriter, person: Party, entity: str, *, refusals: tuple[str, ...] = ()) -> None:
    write_name(out, person, entity)
    if person.tax_id:
        out.add("REF", person.tax_id_qualifier or "SY", person.tax_id)
    for reference in person.references:
        out.add("REF", reference.qualifier, reference.value)
    write_address(out, person.address)
    for code in refusals:
        out.add("AAA", "N", "", code, "C")
    if person.born_on is not None or person.sex:
        out.add("DMG", "D8" if person.born_on else "", day_text(person.born_on) if person.born_on else "", person.sex)


def _write_benefit(out: SegmentWriter, benefit: Benefit) -> None:
    """Write loop 2110 and, where another entity is named, 2120."""
    out.add(
        "EB", benefit.information, benefit.coverage_level, out.repeated(*benefit.service_types), benefit.insurance_type,
        out.free_text(benefit.plan, 50), benefit.period, money_text(benefit.cents) if benefit.cents is not None else "",
        rate_text(benefit.percent) if benefit.percent is not None else "", "VS" if benefit.quantity is not None else "",
        rate_text(benefit.quantity) if benefit.quantity is not None else "", benefit.authorization_required, benefit.in_network,
    )  # fmt: skip
    for reference in benefit.references:
        out.add("REF", reference.qualifier, reference.value)
    for fact in benefit.dates:
        write_date(out, fact)
    for message in benefit.messages:
        out.add("MSG", out.free_text(message, 264))
    if benefit.related is not None:
        out.add("LS", "2120")
        write_name(out, benefit.related)
        write_address(out, benefit.related.address)
        write_contact(out, benefit.related)
        out.add("LE", "2120")
