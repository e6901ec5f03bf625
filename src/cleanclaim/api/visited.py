"""Appointments and visits: book, arrive, open, write the note, sign it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Body, Query
from pydantic import Field

from cleanclaim.api import cursors
from cleanclaim.api.desk import Desk, actor_of, changing, open_chart, reply, reply_page
from cleanclaim.api.registered import ReasonGiven
from cleanclaim.api.shapes import Answer, Asked, Count, Day, Flag, Given, Id, Instant, Text, Words, as_plain, page, shape
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.encounters import actions, policy, queries
from cleanclaim.practice.registration.queries import account_ids
from cleanclaim.practice.scheduling import actions as scheduling
from cleanclaim.practice.scheduling import queries as schedule

BOOKS: Final = ("front_desk", "manager")
MOVES: Final = ("front_desk", "provider", "manager")
SEES: Final = ("front_desk", "provider", "manager", "biller", "auditor")
WRITES: Final = ("provider", "manager")
_LONGEST_STRETCH: Final = timedelta(days=31)

appointments = Desk("Appointments")
visits = Desk("Visits")
_APPOINTMENT: Final = shape(schedule.AppointmentRow)
_VISIT: Final = shape(queries.EncounterRow)


class AppointmentLines(Answer):
    """The appointments of some days in order of time."""

    items: list[_APPOINTMENT]  # type: ignore[valid-type]


class NoteAnswer(Answer):
    """A version of a note; its words are told to those who read the record."""

    number: int
    kind: str
    written_by: str
    signed_by: str


class VisitAnswer(_VISIT):  # type: ignore[valid-type,misc]
    """A visit with its record. `notes` and `text` are left out for the front desk."""

    age_years: int
    is_new_patient: bool | None
    accident: dict[str, Any] | None
    version: int


class AppointmentGiven(Given):
    """A time to book."""

    patient_id: Id
    provider_id: Id
    site_id: Id
    starts_at: Instant
    minutes: Annotated[int, Field(ge=5, le=480)] = 20
    kind: Annotated[str, Field(max_length=20)] = "visit"
    reason: Annotated[str, Field(max_length=120)] = ""
    is_self_pay: Flag = False
    overbook: Flag = False


class DaysAsked(Asked):
    """Some days, 31 at most; today where none is named."""

    first: Day | None = None
    last: Day | None = None
    provider_id: Id = ""


class VisitGiven(Given):
    """A visit to open."""

    patient_id: Id
    provider_id: Id
    site_id: Id
    served_on: Day
    appointment_id: Id = ""
    place_of_service: Annotated[str, Field(max_length=2)] = ""
    setting: Literal["outpatient", "inpatient"] = "outpatient"
    kind: Annotated[str, Field(max_length=20)] = "visit"
    is_self_pay: Flag = False
    is_new_patient: Flag | None = None


class AccidentGiven(Given):
    """What happened, where a claim must say it: AA auto, EM at work, OA other."""

    cause: Literal["AA", "EM", "OA"]
    state: Annotated[str, Field(max_length=2)] = ""
    on: Day | None = None


class VisitChanges(Given):
    """Facts of a visit to correct; what is not named stays."""

    place_of_service: Annotated[str, Field(min_length=2, max_length=2)] | None = None
    setting: Literal["outpatient", "inpatient"] | None = None
    served_on: Day | None = None
    is_self_pay: Flag | None = None
    is_new_patient: Flag | None = None
    accident: AccidentGiven | None = None


class VisitsAsked(Asked):
    """Which visits, in which order."""

    cursor: Words = ""
    limit: Count = 50
    sort: Literal["created", "-created"] = "created"
    state: Literal["", "open", "signed", "coded", "charged", "billed", "void"] = ""
    patient_id: Id = ""
    served_from: Day | None = None
    served_to: Day | None = None


class NoteGiven(Given):
    """The words of a note, and the version that the writer had read."""

    text: Text
    expected_number: Annotated[int, Field(ge=0, le=10_000)] | None = None


class SignGiven(Given):
    """Which version is signed; the last one where none is named."""

    number: Annotated[int, Field(ge=1, le=10_000)] | None = None


class AddendumGiven(Given):
    """Words to add to a signed note."""

    text: Text
    sign: Flag = False


def _appointment(practice_id: int, appointment_id: str, *, status: int = 200) -> HttpResponse:
    row = schedule.appointment(practice_id, appointment_id)
    return reply(row, status=status, version=row.version)


@appointments.get("/appointments", roles=MOVES, answer=AppointmentLines, screen="schedule")
def list_appointments(request: HttpRequest, asked: Query[DaysAsked]) -> HttpResponse:
    """List the appointments of some days, with what the front desk mends before each."""
    by = actor_of(request)
    first = asked.first or by.today
    last = asked.last or first
    if not timedelta(0) <= last - first < _LONGEST_STRETCH:
        raise InvalidValue("Ask for at most 31 days, the first one first.")
    return reply({"items": schedule.appointments(by.practice_id, first=first, last=last, provider_id=asked.provider_id)})


@appointments.post("/appointments", roles=BOOKS, answer=_APPOINTMENT, status=201, screen="book")
def book_appointment(request: HttpRequest, given: Body[AppointmentGiven]) -> HttpResponse:
    """Book a time. Somebody in two places at once is refused, unless `overbook` says that it is meant."""
    by = actor_of(request)
    open_chart(request, given.patient_id)
    facts = {name: getattr(given, name) for name in AppointmentGiven.model_fields if name != "minutes"}
    made = scheduling.book_appointment(**facts, ends_at=given.starts_at + timedelta(minutes=given.minutes), by=by)
    return _appointment(by.practice_id, made.public_id, status=201)


def _opened(request: HttpRequest, appointment_id: str) -> Any:
    """Return an appointment whose patient's chart is open."""
    row = schedule.appointment_row(actor_of(request).practice_id, appointment_id)
    open_chart(request, row.patient.public_id)
    return row


@appointments.get("/appointments/{appointment_id}", roles=MOVES, answer=_APPOINTMENT, screen="schedule")
def show_appointment(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Show one appointment."""
    _opened(request, appointment_id)
    return _appointment(actor_of(request).practice_id, appointment_id)


@appointments.post(
    "/appointments/{appointment_id}/arrive", roles=MOVES, answer=_APPOINTMENT, version="asked", screen="appointment-move"
)
def arrive(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Note that the patient is here."""
    with changing(request, _opened(request, appointment_id), needed=False):
        scheduling.arrive(appointment_id=appointment_id, by=actor_of(request))
    return _appointment(actor_of(request).practice_id, appointment_id)


@appointments.post(
    "/appointments/{appointment_id}/no-show", roles=MOVES, answer=_APPOINTMENT, version="asked", screen="appointment-move"
)
def miss_appointment(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Note that the patient did not come."""
    with changing(request, _opened(request, appointment_id), needed=False):
        scheduling.no_show(appointment_id=appointment_id, by=actor_of(request))
    return _appointment(actor_of(request).practice_id, appointment_id)


@appointments.post(
    "/appointments/{appointment_id}/cancel", roles=MOVES, answer=_APPOINTMENT, version="asked", screen="appointment-move"
)
def cancel_appointment(request: HttpRequest, appointment_id: str, given: Body[ReasonGiven]) -> HttpResponse:
    """Cancel an appointment for a reason."""
    with changing(request, _opened(request, appointment_id), needed=False):
        scheduling.cancel(appointment_id=appointment_id, reason=given.reason, by=actor_of(request))
    return _appointment(actor_of(request).practice_id, appointment_id)


@visits.get("/encounters", roles=SEES, answer=page(_VISIT, "VisitPage"))
def list_encounters(request: HttpRequest, asked: Query[VisitsAsked]) -> HttpResponse:
    """List visits by state, patient and days of service."""
    by = actor_of(request)
    about = cursors.about("encounters", asked.dict())
    found = queries.encounter_page(
        by.practice_id, after=cursors.unseal(asked.cursor, by=by, about=about), size=asked.limit, newest_first=asked.sort == "-created",
        state=asked.state, served_from=asked.served_from, served_to=asked.served_to,
        patients=account_ids(by.practice_id, asked.patient_id) if asked.patient_id else None,
    )  # fmt: skip
    return reply_page(found, by=by, about=about)


@visits.post("/encounters", roles=policy.OPENS, answer=VisitAnswer, status=201, screen="visit-begin")
def open_encounter(request: HttpRequest, given: Body[VisitGiven]) -> HttpResponse:
    """Open a visit; an appointment has one, and asking again returns it."""
    by = actor_of(request)
    open_chart(request, given.patient_id)
    made = actions.open_encounter(**{name: getattr(given, name) for name in VisitGiven.model_fields}, by=by)
    return _visit(request, made.public_id, status=201)


def _visit(request: HttpRequest, encounter_id: str, *, status: int = 200) -> HttpResponse:
    by = actor_of(request)
    card = queries.card(by.practice_id, encounter_id)
    facts: dict[str, Any] = as_plain(card)
    facts = {**facts.pop("row"), **facts}
    if not by.roles & set(policy.READS):
        del facts["text"], facts["notes"], facts["attachments"]
    return reply(facts, status=status, version=card.version)


@visits.get("/encounters/{encounter_id}", roles=SEES, answer=VisitAnswer, screen="visit")
def show_encounter(request: HttpRequest, encounter_id: str) -> HttpResponse:
    """Show a visit with its record; the front desk is not told the note."""
    return _visit(request, encounter_id)


@visits.patch("/encounters/{encounter_id}", roles=(*policy.OPENS, "biller"), answer=VisitAnswer, version="needed")
def change_encounter(request: HttpRequest, encounter_id: str, given: Body[VisitChanges]) -> HttpResponse:
    """Correct a visit's facts until it is billed."""
    by = actor_of(request)
    changes: dict[str, Any] = given.dict(exclude_unset=True)
    missing = sorted(name for name, value in changes.items() if value is None and name not in {"is_new_patient", "accident"})
    if missing:
        raise InvalidValue(f"{missing[0]} is not taken away: leave it out where it stays.")
    if changes.get("accident"):
        accident = changes["accident"]
        changes["accident"] = {
            **accident,
            "state": accident["state"].upper(),
            "on": accident["on"].isoformat() if accident["on"] else "",
        }
    with changing(request, queries.encounter_row(by.practice_id, encounter_id)):
        actions.change_visit(encounter_id=encounter_id, changes=changes, by=by)
    return _visit(request, encounter_id)


def _noted(request: HttpRequest, encounter_id: str, number: int) -> HttpResponse:
    card = queries.card(actor_of(request).practice_id, encounter_id)
    return reply(next(note for note in card.notes if note.number == number))


@visits.put("/encounters/{encounter_id}/note", roles=WRITES, answer=NoteAnswer)
def write_note(request: HttpRequest, encounter_id: str, given: Body[NoteGiven]) -> HttpResponse:
    """Write a version of the note as a draft; the same words again change nothing."""
    made = actions.write_note(
        encounter_id=encounter_id, text=given.text, expected_number=given.expected_number, by=actor_of(request)
    )
    return _noted(request, encounter_id, made.number)


@visits.post("/encounters/{encounter_id}/sign", roles=policy.SIGNS, answer=NoteAnswer)
def sign_note(request: HttpRequest, encounter_id: str, given: Body[SignGiven]) -> HttpResponse:
    """Sign the note, in the name of the member whose key it is; the visit goes to the coders."""
    made = actions.sign_note(encounter_id=encounter_id, number=given.number, by=actor_of(request))
    return _noted(request, encounter_id, made.number)


@visits.post("/encounters/{encounter_id}/addenda", roles=WRITES, answer=NoteAnswer, status=201)
def add_addendum(request: HttpRequest, encounter_id: str, given: Body[AddendumGiven]) -> HttpResponse:
    """Add to a signed note; `sign` signs it at once."""
    made = actions.add_addendum(encounter_id=encounter_id, text=given.text, sign=given.sign, by=actor_of(request))
    response = _noted(request, encounter_id, made.number)
    response.status_code = 201
    return response
