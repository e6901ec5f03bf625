"""276 and 277 (005010X212): what a biller asks about a claim that nobody answered, and what the payer says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final

from cleanclaim.documents import ClaimStatus, ClaimStatusRequest, Party, StatusCode
from cleanclaim.kernel.errors import Refused
from cleanclaim.x12.envelope.envelope import Envelope, Group, Transaction, write_interchange
from cleanclaim.x12.implementations.levels import Level, parties_of, read_levels
from cleanclaim.x12.implementations.parts import write_name
from cleanclaim.x12.implementations.reading import Reading, Row
from cleanclaim.x12.tokens.source import Source
from cleanclaim.x12.tokens.values import day_text, money_text
from cleanclaim.x12.tokens.writer import SegmentWriter

GUIDE: Final = "005010X212"
_NOBODY: Final = Party()


def _cut_at_traces(level: Level) -> Iterator[tuple[list[str], list[Row]]]:
    """Yield what stands under each TRN of a level: one claim each."""
    starts = [at for at, row in enumerate(level.rows) if row[0] == "TRN"]
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(level.rows)
        line = next((at for at in range(start, end) if level.rows[at][0] == "SVC"), end)
        yield level.segments[start:line], level.rows[start:line]


def read_status_requests(source: Source) -> Iterator[ClaimStatusRequest]:
    """Read the questions of every 276, one claim at a time."""
    reading = Reading()
    payer = provider = subscriber = _NOBODY
    for level in read_levels(source, "276", reading):
        person = _person(level, reading)
        if level.code == "20":
            payer = person
        elif level.code == "19":
            provider = person
        elif level.code in {"22", "23"}:
            if level.code == "22":
                subscriber = person
            for segments, rows in _cut_at_traces(level):
                references = {row[1]: row[2] for row in rows if row[0] == "REF"}
                charge = next((reading.optional_cents(row[2]) for row in rows if row[0] == "AMT" and row[1] == "T3"), None)
                first, last = _served(segments, rows, reading)
                yield ClaimStatusRequest(
                    payer, provider, subscriber, rows[0][2], references.get("EJ", ""), references.get("1K", ""), charge, first, last,
                    person if level.code == "23" else None, level.place,
                )  # fmt: skip


def _person(level: Level, reading: Reading) -> Party:
    """Return the party of a level; in 276 and 277 the birth date stands before the name."""
    parties = parties_of(level, reading)
    if not parties:
        return _NOBODY
    party = parties[0]._replace(references=(), tax_id="", tax_id_qualifier="")
    dmg = next((row for row in level.rows if row[0] == "DMG"), None)
    return party._replace(born_on=reading.days[dmg[2]], sex=dmg[3]) if dmg is not None else party


def _served(segments: list[str], rows: list[Row], reading: Reading) -> tuple[date | None, date | None]:
    for segment, row in zip(segments, rows, strict=True):
        if row[0] == "DTP" and row[1] == "472":
            fact = reading.fact(segment)
            return fact.first, fact.last
    return None, None


def read_statuses(source: Source) -> Iterator[ClaimStatus]:
    """Read the payer's words of every 277 that answers a 276, one claim at a time.

    A word on the receiver or provider as a whole, which names no claim, is a status as well: its trace tells what it answers.
    """
    reading = Reading()
    for level in read_levels(source, "277", reading):
        if level.code == "20" or any(row[0] == "BHT" and row[1] == "0085" for row in level.header):
            continue
        for segments, rows in _cut_at_traces(level):
            stcs = [row for row in rows if row[0] == "STC"]
            if not stcs:
                continue
            stc = stcs[0]
            codes = [_code(text, reading.component) for row in stcs for text in (row[1], row[10], row[11]) if text]
            references = {row[1]: row[2] for row in rows if row[0] == "REF"}
            first, last = _served(segments, rows, reading)
            yield ClaimStatus(
                rows[0][2], tuple(codes), reading.days[stc[2]], reading.optional_cents(stc[4]), reading.optional_cents(stc[5]),
                reading.days[stc[8]] or reading.days[stc[6]], stc[9], references.get("EJ", ""), references.get("1K", ""), first, last,
                level.place,
            )  # fmt: skip


def _code(text: str, component: str) -> StatusCode:
    parts = [*text.split(component), "", "", ""]
    return StatusCode(parts[0], parts[1], parts[2], parts[3])


# -- writing ------------------------------------------------------------------------------------------------------------------------

Body = Callable[[SegmentWriter, str], None]


def write_status_requests(requests: Iterable[ClaimStatusRequest], envelope: Envelope) -> bytes:
    """Write questions as one 276 transaction each."""
    listed = list(requests)
    if not listed:
        raise Refused("There is no status question to write.")
    return write_interchange(
        [Group("HR", GUIDE, [Transaction("276", GUIDE, _question(item, envelope)) for item in listed])], envelope
    )


def write_statuses(answers: Iterable[tuple[ClaimStatusRequest, ClaimStatus]], envelope: Envelope) -> bytes:
    """Write the answers to questions as one 277 transaction each."""
    listed = list(answers)
    if not listed:
        raise Refused("There is no status answer to write.")
    bodies = [Transaction("277", GUIDE, _answer(request, status, envelope)) for request, status in listed]
    return write_interchange([Group("HN", GUIDE, bodies)], envelope)


def _write_head(out: SegmentWriter, request: ClaimStatusRequest, envelope: Envelope, reference: str, purpose: str) -> None:
    """Write the levels of payer, receiver and provider, then the subscriber's and the dependent's."""
    instant = envelope.instant
    name = envelope.reference or f"{envelope.interchange_control_number}-{reference}"
    receiver = envelope.sender_id if purpose == "13" else envelope.receiver_id
    out.add("BHT", "0010", purpose, name, instant.strftime("%Y%m%d"), instant.strftime("%H%M"), "DG" if purpose == "08" else "")
    out.add("HL", "1", "", "20", "1")
    write_name(out, request.payer, "PR")
    out.add("HL", "2", "1", "21", "1")
    out.add("NM1", "41", "2", request.provider.last_name, "", "", "", "", "46", receiver)
    out.add("HL", "3", "2", "19", "1")
    write_name(out, request.provider, "1P")
    out.add("HL", "4", "3", "22", "1" if request.dependent else "0")
    if purpose == "13" and not request.dependent:
        _write_birth(out, request.subscriber)
    write_name(out, request.subscriber, "IL")
    if request.dependent:
        out.add("HL", "5", "4", "23")
        if purpose == "13":
            _write_birth(out, request.dependent)
        write_name(out, request.dependent._replace(id=""), "QC")


def _write_birth(out: SegmentWriter, person: Party) -> None:
    if person.born_on is not None:
        out.add("DMG", "D8", day_text(person.born_on), person.sex)


def _write_served(out: SegmentWriter, first: date | None, last: date | None) -> None:
    if first is not None and last is not None:
        out.add("DTP", "472", "RD8", f"{day_text(first)}-{day_text(last)}")
    elif first is not None:
        out.add("DTP", "472", "D8", day_text(first))


def _question(request: ClaimStatusRequest, envelope: Envelope) -> Body:
    def write(out: SegmentWriter, reference: str) -> None:
        _write_head(out, request, envelope, reference, "13")
        out.add("TRN", "1", request.trace_number)
        if request.payer_claim_control_number:
            out.add("REF", "1K", request.payer_claim_control_number)
        if request.patient_control_number:
            out.add("REF", "EJ", request.patient_control_number)
        if request.charge_cents is not None:
            out.add("AMT", "T3", money_text(request.charge_cents))
        _write_served(out, request.served_on, request.served_to)

    return write


def _answer(request: ClaimStatusRequest, status: ClaimStatus, envelope: Envelope) -> Body:
    def write(out: SegmentWriter, reference: str) -> None:
        _write_head(out, request, envelope, reference, "08")
        out.add("TRN", "2", status.trace_number or request.trace_number)
        if not status.statuses:
            raise Refused("A claim status needs at least one status code.")
        effective = status.effective_on or envelope.instant.date()
        for start in range(0, len(status.statuses), 3):
            codes = [out.composite(*code) for code in status.statuses[start : start + 3]]
            second, third = (*codes[1:], "", "")[:2]
            out.add(
                "STC", codes[0], day_text(effective), "", money_text(status.charge_cents) if status.charge_cents is not None else "",
                money_text(status.paid_cents) if status.paid_cents is not None else "", day_text(status.paid_on) if status.paid_on else "",
                "", day_text(status.paid_on) if status.paid_on and status.check_number else "", status.check_number, second, third,
            )  # fmt: skip
        if status.payer_claim_control_number:
            out.add("REF", "1K", status.payer_claim_control_number)
        if status.patient_control_number:
            out.add("REF", "EJ", status.patient_control_number)
        _write_served(out, status.served_on, status.served_to)

    return write
