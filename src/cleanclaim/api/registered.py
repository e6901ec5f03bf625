"""Patients and their coverages. A search is a POST, so that no name stands in an address."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Body, Query
from pydantic import Field

from cleanclaim.api import cursors
from cleanclaim.api.desk import Desk, actor_of, changing, open_chart, reply, reply_page
from cleanclaim.api.shapes import Answer, Asked, Cents, Count, Day, Flag, Given, Id, Name, Reason, Words, page, shape
from cleanclaim.documents import Address, Party
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.payers import queries as payers
from cleanclaim.practice.people import queries as people
from cleanclaim.practice.registration import actions, queries

DESK: Final = ("front_desk", "biller", "manager", "provider")
REGISTERS: Final = ("front_desk", "manager")
COVERS: Final = ("front_desk", "manager", "biller")
CHOOSES: Final = ("front_desk", "biller", "manager", "provider", "auditor", "coder")

desk = Desk("Patients")
_PATIENT: Final = shape(queries.PatientCard)
_LINE: Final = shape(queries.PatientRow)
_COVERAGE: Final = shape(queries.CoverageCard)
Sex = Literal["F", "M", "U"]


class AddressGiven(Given):
    """A postal address."""

    line1: Annotated[str, Field(max_length=55)]
    line2: Annotated[str, Field(max_length=55)] = ""
    city: Annotated[str, Field(max_length=30)]
    state: Annotated[str, Field(min_length=2, max_length=2)]
    zip: Annotated[str, Field(max_length=10)]

    def address(self) -> Address:
        """Return the address as a document holds it."""
        return Address(
            self.line1.strip(), self.line2.strip(), self.city.strip(), self.state.upper(), self.zip.replace("-", "").strip()
        )


class PatientGiven(Given):
    """A person to register."""

    last_name: Name
    first_name: Annotated[str, Field(max_length=35)]
    middle_name: Annotated[str, Field(max_length=25)] = ""
    suffix: Annotated[str, Field(max_length=10)] = ""
    born_on: Day
    sex: Sex
    address: AddressGiven | None = None
    phone: Annotated[str, Field(max_length=20)] = ""
    email: Annotated[str, Field(max_length=100)] = ""
    ssn: Annotated[str, Field(max_length=11)] = ""
    is_restricted: Flag = False
    is_somebody_new: Flag = False


class PatientChanges(Given):
    """Facts of a registration to correct; what is not named stays."""

    last_name: Name | None = None
    first_name: Annotated[str, Field(max_length=35)] | None = None
    middle_name: Annotated[str, Field(max_length=25)] | None = None
    suffix: Annotated[str, Field(max_length=10)] | None = None
    born_on: Day | None = None
    sex: Sex | None = None
    address: AddressGiven | None = None
    phone: Annotated[str, Field(max_length=20)] | None = None
    email: Annotated[str, Field(max_length=100)] | None = None
    ssn: Annotated[str, Field(max_length=11)] | None = None
    is_restricted: Flag | None = None
    releases_information: Flag | None = None
    assigns_benefits: Flag | None = None


class SearchGiven(Given):
    """What would be typed: beginnings of names, a birth date, a telephone, a chart number. Every word must fit."""

    words: Words
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class PatientsAsked(Asked):
    """A page of the patients."""

    cursor: Words = ""
    limit: Count = 50
    sort: Literal["created", "-created"] = "created"


class SubscriberGiven(Given):
    """Who holds the coverage, where it is not the patient."""

    last_name: Name
    first_name: Annotated[str, Field(max_length=35)] = ""
    born_on: Day | None = None


class CoverageGiven(Given):
    """A coverage to add."""

    payer_id: Id
    member_id: Annotated[str, Field(max_length=80)]
    valid_from: Day
    valid_to: Day | None = None
    sequence: Literal["P", "S", "T"] = "P"
    relationship: Annotated[str, Field(max_length=2)] = "18"
    subscriber: SubscriberGiven | None = None
    group_number: Annotated[str, Field(max_length=50)] = ""
    group_name: Name = ""
    plan_name: Annotated[str, Field(max_length=50)] = ""
    insurance_type: Annotated[str, Field(max_length=2)] = ""
    copay_cents: Cents | None = None
    ends_previous: Flag = False


class LastDay(Given):
    """The last day in force."""

    last_day: Day


class ReasonGiven(Given):
    """Why."""

    reason: Reason


class PatientLines(Answer):
    """Those who were found, the best fit first."""

    items: list[_LINE]  # type: ignore[valid-type]


class CoverageLines(Answer):
    """The coverages of an account."""

    items: list[_COVERAGE]  # type: ignore[valid-type]


class PayerLine(Answer):
    """A payer of the practice."""

    payer_id: str
    name: str
    number: str
    kind: str
    claim_filing: str


class NamedLine(Answer):
    """Somebody or something that a request names."""

    id: str
    name: str
    npi: str


class Lines(Answer):
    """A short list."""

    items: list[NamedLine]


class PayerLines(Answer):
    """The payers of the practice."""

    items: list[PayerLine]


def _card(by_practice: int, patient_id: str, *, status: int = 200) -> HttpResponse:
    card = queries.card(by_practice, patient_id)
    return reply(card, status=status, version=card.version)


@desk.get("/patients", roles=DESK, answer=page(_LINE, "PatientPage"), screen="patients")
def list_patients(request: HttpRequest, asked: Query[PatientsAsked]) -> HttpResponse:
    """List the patients in the order in which they were registered."""
    by = actor_of(request)
    about = cursors.about("patients", asked.dict())
    after = cursors.unseal(asked.cursor, by=by, about=about)
    found = queries.patient_page(by.practice_id, after=after, size=asked.limit, newest_first=asked.sort == "-created")
    return reply_page(found, by=by, about=about)


@desk.post("/patients/search", roles=DESK, answer=PatientLines, repeatable=True, screen="patients")
def search_patients(request: HttpRequest, given: Body[SearchGiven]) -> HttpResponse:
    """Find patients by the beginnings of names, birth date, telephone, chart number or e-mail."""
    return reply({"items": queries.find_patients(actor_of(request).practice_id, given.words, limit=given.limit)})


@desk.post("/patients", roles=REGISTERS, answer=_PATIENT, status=201, screen="register")
def register_patient(request: HttpRequest, given: Body[PatientGiven]) -> HttpResponse:
    """Register a person. Somebody alike on file is a 409 with the candidates; `is_somebody_new` says that it is somebody else."""
    by = actor_of(request)
    facts: dict[str, Any] = {name: getattr(given, name) for name in PatientGiven.model_fields if name != "address"}
    patient = actions.register_patient(**facts, address=given.address.address() if given.address else None, by=by)
    response = _card(by.practice_id, patient.public_id, status=201)
    response["Location"] = f"/api/v1/patients/{patient.public_id}"
    return response


@desk.get("/patients/{patient_id}", roles=DESK, answer=_PATIENT, screen="patient")
def show_patient(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Show a patient. Of a social security number only the last four digits are told."""
    return _card(actor_of(request).practice_id, patient_id)


@desk.patch("/patients/{patient_id}", roles=COVERS, answer=_PATIENT, version="needed", screen="patient-correct")
def correct_patient(request: HttpRequest, patient_id: str, given: Body[PatientChanges]) -> HttpResponse:
    """Correct facts of a registration; claims that were built keep what they were built from."""
    by = actor_of(request)
    changes: dict[str, Any] = given.dict(exclude_unset=True)
    if "address" in changes:
        changes["address"] = given.address.address() if given.address else None
    missing = sorted(name for name, value in changes.items() if value is None and name != "address")
    if missing:
        raise InvalidValue(f"{missing[0]} is not taken away with null: send an empty text, or leave it out.")
    with changing(request, queries.patient_row(by.practice_id, patient_id)):
        actions.correct_patient(patient_id=patient_id, changes=changes, by=by)
    return _card(by.practice_id, patient_id)


@desk.get("/patients/{patient_id}/coverages", roles=DESK, answer=CoverageLines, screen="patient")
def list_coverages(request: HttpRequest, patient_id: str) -> HttpResponse:
    """List a patient's coverages in order of place and period, voided ones left out."""
    return reply({"items": queries.coverages_of(actor_of(request).practice_id, patient_id)})


@desk.post("/patients/{patient_id}/coverages", roles=COVERS, answer=_COVERAGE, status=201, screen="coverage-add")
def add_coverage(request: HttpRequest, patient_id: str, given: Body[CoverageGiven]) -> HttpResponse:
    """Add a coverage; the same one again returns the first record."""
    by = actor_of(request)
    facts: dict[str, Any] = {name: getattr(given, name) for name in CoverageGiven.model_fields if name != "subscriber"}
    holder = given.subscriber
    party = (
        Party(entity="IL", is_person=True, last_name=holder.last_name, first_name=holder.first_name, born_on=holder.born_on)
        if holder
        else None
    )
    made = actions.add_coverage(patient_id=patient_id, subscriber=party, by=by, **facts)
    card = next(row for row in queries.coverages_of(by.practice_id, patient_id) if row.coverage_id == made.public_id)
    return reply(card, status=201, version=card.version)


def _coverage(request: HttpRequest, coverage_id: str) -> HttpResponse:
    by = actor_of(request)
    row = queries.coverage_row(by.practice_id, coverage_id)
    rows = queries.coverages_of(by.practice_id, row.patient.public_id, with_voided=True)
    card = next(item for item in rows if item.coverage_id == coverage_id)
    return reply(card, version=card.version)


@desk.get("/coverages/{coverage_id}", roles=DESK, answer=_COVERAGE, screen="patient")
def show_coverage(request: HttpRequest, coverage_id: str) -> HttpResponse:
    """Show one coverage."""
    open_chart(request, queries.coverage_row(actor_of(request).practice_id, coverage_id).patient.public_id)
    return _coverage(request, coverage_id)


@desk.post("/coverages/{coverage_id}/end", roles=COVERS, answer=_COVERAGE, version="asked", screen="coverage-act")
def end_coverage(request: HttpRequest, coverage_id: str, given: Body[LastDay]) -> HttpResponse:
    """End a coverage on its last day in force."""
    by = actor_of(request)
    row = queries.coverage_row(by.practice_id, coverage_id)
    open_chart(request, row.patient.public_id)
    with changing(request, row, needed=False):
        actions.end_coverage(coverage_id=coverage_id, last_day=given.last_day, by=by)
    return _coverage(request, coverage_id)


@desk.post("/coverages/{coverage_id}/void", roles=COVERS, answer=_COVERAGE, version="asked", screen="coverage-act")
def void_coverage(request: HttpRequest, coverage_id: str, given: Body[ReasonGiven]) -> HttpResponse:
    """Void a coverage that was never the patient's; it stays on file for the claims that were built from it."""
    by = actor_of(request)
    row = queries.coverage_row(by.practice_id, coverage_id)
    open_chart(request, row.patient.public_id)
    with changing(request, row, needed=False):
        actions.void_coverage(coverage_id=coverage_id, reason=given.reason, by=by)
    return _coverage(request, coverage_id)


@desk.get("/payers", roles=CHOOSES, answer=PayerLines)
def list_payers(request: HttpRequest) -> HttpResponse:
    """List the practice's payers by name."""
    rows = payers.payers(actor_of(request).practice_id)
    return reply(
        {
            "items": [
                {
                    "payer_id": row.public_id,
                    "name": row.name,
                    "number": row.payer_id,
                    "kind": row.kind,
                    "claim_filing": row.claim_filing,
                }
                for row in rows
            ]
        }
    )


@desk.get("/providers", roles=CHOOSES, answer=Lines)
def list_providers(request: HttpRequest) -> HttpResponse:
    """List the clinicians by name."""
    rows = people.providers(actor_of(request).practice_id)
    return reply({"items": [{"id": row.public_id, "name": row.display_name, "npi": row.npi} for row in rows]})


@desk.get("/sites", roles=CHOOSES, answer=Lines)
def list_sites(request: HttpRequest) -> HttpResponse:
    """List the places where patients are seen."""
    rows = people.sites(actor_of(request).practice_id)
    return reply({"items": [{"id": row.public_id, "name": row.name, "npi": row.npi} for row in rows]})
