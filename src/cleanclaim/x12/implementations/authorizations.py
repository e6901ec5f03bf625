"""278 (005010X217): what a provider asks a reviewer to authorize, and what the reviewer decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from cleanclaim.documents import AuthorizationDecision, AuthorizationRequest, DateFact, Diagnosis, Party, Reference, ReviewedService
from cleanclaim.kernel.errors import Refused
from cleanclaim.x12.envelope.envelope import Envelope, Group, Transaction, write_interchange
from cleanclaim.x12.implementations.levels import Level, parties_of, read_levels
from cleanclaim.x12.implementations.parts import write_address, write_contact, write_date, write_name
from cleanclaim.x12.implementations.reading import Reading, Row
from cleanclaim.x12.tokens.source import Source
from cleanclaim.x12.tokens.values import day_text, is_digits, money_text, rate_text
from cleanclaim.x12.tokens.writer import SegmentWriter

GUIDE: Final = "005010X217"
_NOBODY: Final = Party()
_ANSWER: Final = "11"


def read_authorization_requests(source: Source) -> Iterator[AuthorizationRequest]:
    """Read the questions of every 278 request, one event at a time."""
    for purpose, decision in _events(source):
        if purpose != _ANSWER:
            yield decision.request


def read_authorization_decisions(source: Source) -> Iterator[AuthorizationDecision]:
    """Read the answers of every 278 response, one event at a time."""
    for purpose, decision in _events(source):
        if purpose == _ANSWER:
            yield decision


def _events(source: Source) -> Iterator[tuple[str, AuthorizationDecision]]:
    """Yield the purpose (BHT02) and everything that a review says, once its last service level has passed."""
    reading = Reading()
    reviewer = requester = subscriber = _NOBODY
    dependent: Party | None = None
    relationship = "18"
    refusals: tuple[str, ...] = ()
    held: tuple[str, AuthorizationDecision] | None = None
    for level in read_levels(source, "278", reading):
        purpose = next((row[2] for row in level.header if row[0] == "BHT"), "")
        if level.code == "SS" and held is not None:
            request = held[1].request
            held = (held[0], held[1]._replace(request=request._replace(services=(*request.services, _service(level, reading)))))
            continue
        if held is not None:
            yield held
            held = None
        own = tuple(row[3] for row in level.rows if row[0] == "AAA" and row[3])
        parties = parties_of(level, reading)
        first = parties[0] if parties else _NOBODY
        if level.code == "20":
            reviewer, refusals, dependent = first, own, None
        elif level.code == "21":
            requester, refusals = first, refusals + own
        elif level.code == "22":
            subscriber, dependent, relationship = first, None, "18"
            refusals += own
        elif level.code == "23":
            dependent, refusals = first, refusals + own
            relationship = next((row[2] for row in level.rows if row[0] == "INS"), "")
        elif level.code == "EV":
            request = _event(
                level,
                reading,
                AuthorizationRequest(reviewer, requester, subscriber, "", dependent=dependent, relationship=relationship),
            )
            hcr = next((row for row in level.rows if row[0] == "HCR"), [""] * 5)
            held = (purpose, AuthorizationDecision(request, hcr[1], hcr[2], hcr[3], refusals + own, level.place))
            refusals = ()
        if level.code != "EV" and refusals and not level.has_children:
            request = AuthorizationRequest(reviewer, requester, subscriber, "", dependent=dependent, relationship=relationship)
            yield purpose, AuthorizationDecision(request, rejections=refusals, place=level.place)
            refusals = ()
    if held is not None:
        yield held


def _event(level: Level, reading: Reading, request: AuthorizationRequest) -> AuthorizationRequest:
    rows = level.rows
    um = next((row for row in rows if row[0] == "UM"), [""] * 10)
    place = [*um[4].split(reading.component), "", ""]
    diagnoses: list[Diagnosis] = []
    for row in rows:
        if row[0] == "HI":
            for composite in row[1:13]:
                parts = [*composite.split(reading.component), "", ""]
                if composite:
                    diagnoses.append(Diagnosis(parts[1], parts[0]))
    return request._replace(
        trace_number=next((row[2] for row in rows if row[0] == "TRN"), ""), category=um[1], certification=um[2], service_type=um[3],
        facility_code=place[0], facility_qualifier=place[1], diagnoses=tuple(diagnoses), dates=_dates(level, reading),
        providers=tuple(parties_of(level, reading)), references=_references(rows),
        message=" ".join(row[1] for row in rows if row[0] == "MSG"), place=level.place,
    )  # fmt: skip


def _dates(level: Level, reading: Reading) -> tuple[DateFact, ...]:
    return tuple(reading.fact(segment) for segment, row in zip(level.segments, level.rows, strict=True) if row[0] == "DTP")


def _references(rows: list[Row]) -> tuple[Reference, ...]:
    """Return the REFs before the first name: those behind it belong to the provider."""
    found: list[Reference] = []
    for row in rows:
        if row[0] == "NM1":
            break
        if row[0] == "REF":
            found.append(Reference(row[1], row[2]))
    return tuple(found)


def _service(level: Level, reading: Reading) -> ReviewedService:
    trace = next((row[2] for row in level.rows if row[0] == "TRN"), "")
    hcr = next((row for row in level.rows if row[0] == "HCR"), [""] * 5)
    row = next((row for row in level.rows if row[0] in {"SV1", "SV2", "SV3"}), [""] * 12)
    composite = row[2] if row[0] == "SV2" else row[1]
    qualifier, code, modifiers, _, _ = reading.procedures[composite]
    money = {"SV1": 2, "SV2": 3, "SV3": 2}.get(row[0], 2)
    unit = {"SV1": 3, "SV2": 4}.get(row[0], 0)
    quantity = {"SV1": 4, "SV2": 5, "SV3": 6}.get(row[0], 4)
    return ReviewedService(
        code, qualifier or "HC", modifiers, reading.optional_cents(row[money]), reading.rates[row[quantity]], row[unit] if unit else "",
        row[1] if row[0] == "SV2" else "", row[0] or "SV1", _dates(level, reading), trace, hcr[1], hcr[2],
    )  # fmt: skip


# -- writing ------------------------------------------------------------------------------------------------------------------------

Body = Callable[[SegmentWriter, str], None]


def write_authorization_requests(requests: Iterable[AuthorizationRequest], envelope: Envelope) -> bytes:
    """Write questions as one 278 transaction each."""
    listed = [AuthorizationDecision(request) for request in requests]
    return _write(listed, envelope, "13")


def write_authorization_decisions(decisions: Iterable[AuthorizationDecision], envelope: Envelope) -> bytes:
    """Write answers as one 278 transaction each."""
    return _write(list(decisions), envelope, _ANSWER)


def _write(decisions: list[AuthorizationDecision], envelope: Envelope, purpose: str) -> bytes:
    if not decisions:
        raise Refused("There is no review to write.")
    return write_interchange(
        [Group("HI", GUIDE, [Transaction("278", GUIDE, _body(item, envelope, purpose)) for item in decisions])], envelope
    )


def _body(decision: AuthorizationDecision, envelope: Envelope, purpose: str) -> Body:
    request = decision.request

    def write(out: SegmentWriter, reference: str) -> None:
        instant = envelope.instant
        name = envelope.reference or f"{envelope.interchange_control_number}-{reference}"
        out.add(
            "BHT", "0007", purpose, name, instant.strftime("%Y%m%d"), instant.strftime("%H%M"), "18" if purpose == _ANSWER else ""
        )
        out.add("HL", "1", "", "20", "1")
        write_name(out, request.reviewer, request.reviewer.entity or "X3")
        out.add("HL", "2", "1", "21", "1")
        write_name(out, request.requester, request.requester.entity or "1P")
        for item in request.requester.references:
            out.add("REF", item.qualifier, item.value)
        write_address(out, request.requester.address)
        write_contact(out, request.requester)
        out.add("HL", "3", "2", "22", "1")
        _write_person(out, request.subscriber, "IL")
        level = 3
        if request.dependent is not None:
            level = 4
            out.add("HL", "4", "3", "23", "1")
            _write_person(out, request.dependent, "QC")
            if request.relationship:
                out.add("INS", "N", request.relationship)
        out.add("HL", str(level + 1), str(level), "EV", "1" if request.services else "0")
        _write_event(out, decision, envelope, purpose)
        for number, service in enumerate(request.services, level + 2):
            out.add("HL", str(number), str(level + 1), "SS", "0")
            _write_service(out, service, envelope, purpose)

    return write


def _write_person(out: SegmentWriter, person: Party, entity: str) -> None:
    write_name(out, person, entity)
    if person.tax_id:
        out.add("REF", person.tax_id_qualifier or "SY", person.tax_id)
    for item in person.references:
        out.add("REF", item.qualifier, item.value)
    write_address(out, person.address)
    if person.born_on is not None:
        out.add("DMG", "D8", day_text(person.born_on), person.sex)


def _write_trace(out: SegmentWriter, number: str, envelope: Envelope, purpose: str) -> None:
    if number:
        digits = "".join(mark for mark in envelope.sender_id if is_digits(mark))[:9]
        out.add("TRN", "2" if purpose == _ANSWER else "1", number, "9" + digits.rjust(9, "0"))


def _write_event(out: SegmentWriter, decision: AuthorizationDecision, envelope: Envelope, purpose: str) -> None:
    """Write loop 2000E: what is asked, and in an answer what was decided."""
    request = decision.request
    _write_trace(out, request.trace_number, envelope, purpose)
    for code in decision.rejections if purpose == _ANSWER else ():
        out.add("AAA", "N", "", code, "C")
    place = out.composite(request.facility_code, request.facility_qualifier or "A") if request.facility_code else ""
    out.add("UM", request.category, request.certification, request.service_type, place)
    if purpose == _ANSWER and decision.action:
        out.add("HCR", decision.action, decision.number, decision.reason)
    for item in request.references:
        out.add("REF", item.qualifier, item.value)
    for fact in request.dates:
        write_date(out, fact)
    if request.diagnoses:
        out.add("HI", *[out.composite(code.qualifier, code.code.replace(".", "")) for code in request.diagnoses[:12]])
    if request.message:
        out.add("MSG", out.free_text(request.message, 264))
    for provider in request.providers:
        write_name(out, provider)
        for item in provider.references:
            out.add("REF", item.qualifier, item.value)
        write_address(out, provider.address)
        write_contact(out, provider)
        if provider.taxonomy:
            out.add("PRV", "PE", "PXC", provider.taxonomy)


def _write_service(out: SegmentWriter, service: ReviewedService, envelope: Envelope, purpose: str) -> None:
    """Write loop 2000F."""
    _write_trace(out, service.trace_number, envelope, purpose)
    if purpose == _ANSWER and service.action:
        out.add("HCR", service.action, service.number)
    for fact in service.dates:
        write_date(out, fact)
    procedure = out.composite(service.procedure_qualifier, service.procedure, *service.modifiers) if service.procedure else ""
    charge = money_text(service.cents) if service.cents is not None else ""
    quantity = rate_text(service.quantity) if service.quantity is not None else ""
    if service.kind == "SV2":
        out.add("SV2", service.revenue_code, procedure, charge, service.unit, quantity)
    elif service.kind == "SV3":
        out.add("SV3", procedure, charge, "", "", "", quantity)
    else:
        out.add("SV1", procedure, charge, service.unit, quantity)
