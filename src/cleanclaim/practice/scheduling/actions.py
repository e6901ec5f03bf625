"""Booking appointments and moving them on. The only writer of appointments."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.kernel.findings import Finding
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.eligibility.models import Authorization
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import get_or_refuse, locked, save_checked, transaction_for
from cleanclaim.practice.people.models import Provider, Site
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.registration.queries import account_of
from cleanclaim.practice.scheduling import policy, queries, rules
from cleanclaim.practice.scheduling.models import Appointment


class BookedTwice(Refused):
    """The provider or the patient has another appointment at that time; `findings` say which."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings[0].says)
        self.findings = findings


def book_appointment(
    *,
    patient_id: str,
    provider_id: str,
    site_id: str,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    kind: str = "visit",
    reason: str = "",
    is_self_pay: bool = False,
    authorization_id: str = "",
    overbook: bool = False,
    source: str = "",
) -> Appointment:
    """Book a time. Raises BookedTwice when somebody would be in two places at once, unless `overbook` says that this is meant.

    Instants carry their zone; the day of service is the day where the practice is. The same source again returns the first booking.
    """
    require(by, *policy.BOOKS)
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise InvalidValue("An instant carries its zone.")
    if ends_at <= starts_at:
        raise InvalidValue("An appointment ends after it starts.")
    with transaction_for(by):
        patient = account_of(by.practice_id, patient_id)
        provider = locked(Provider.objects.of(by.practice_id), what="provider", public_id=provider_id)
        known: Appointment | None = Appointment.objects.of(by.practice_id).filter(source=source).first() if source else None
        if known is not None:
            return known
        site = get_or_refuse(Site.objects.of(by.practice_id), what="site", public_id=site_id)
        permission = _authorization(by, authorization_id)
        found = rules.find_conflicts(
            rules.Slot("", provider_id, patient.public_id, starts_at, ends_at), queries.slots(by.practice_id, starts_at, ends_at)
        )
        if found and not overbook:
            raise BookedTwice(found)
        appointment = Appointment(
            practice_id=by.practice_id, patient=patient, provider=provider, site=site, starts_at=starts_at, ends_at=ends_at,
            served_on=starts_at.astimezone(ZoneInfo(by.zone)).date(), kind=kind, reason=reason, is_self_pay=is_self_pay,
            authorization=permission, source=source, created_at=by.at,
        )  # fmt: skip
        appointment.save()
        record(by, "book_appointment", appointment.public_id, patient=patient.public_id, overbooked=bool(found))
        emit(by, "appointment-booked", appointment.public_id, patient=patient.public_id, served_on=appointment.served_on.isoformat(),
             is_self_pay=is_self_pay)  # fmt: skip
    return appointment


def move_appointment(
    *,
    appointment_id: str,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    overbook: bool = False,
    expected_version: int | None = None,
) -> Appointment:
    """Give a booked appointment another time."""
    require(by, *policy.BOOKS)
    if ends_at <= starts_at:
        raise InvalidValue("An appointment ends after it starts.")
    with transaction_for(by):
        appointment = _one(by, appointment_id)
        if appointment.state != Appointment.State.BOOKED:
            raise Refused(f"An appointment that is {appointment.state} is not moved.")
        slot = rules.Slot(appointment.public_id, appointment.provider.public_id, appointment.patient.public_id, starts_at, ends_at)
        found = rules.find_conflicts(slot, queries.slots(by.practice_id, starts_at, ends_at))
        if found and not overbook:
            raise BookedTwice(found)
        appointment.starts_at, appointment.ends_at = starts_at, ends_at
        appointment.served_on = starts_at.astimezone(ZoneInfo(by.zone)).date()
        save_checked(appointment, expected_version=expected_version, fields=["starts_at", "ends_at", "served_on"])
        record(by, "move_appointment", appointment.public_id)
        emit(by, "appointment-moved", appointment.public_id, served_on=appointment.served_on.isoformat())
    return appointment


def arrive(*, appointment_id: str, by: Actor) -> Appointment:
    """The patient is here."""
    return _move(appointment_id, Appointment.State.ARRIVED, by)


def complete(*, appointment_id: str, by: Actor) -> Appointment:
    """The visit took place; a visit without an encounter now shows as a missing charge."""
    require(by, *policy.COMPLETES)
    return _move(appointment_id, Appointment.State.COMPLETED, by)


def no_show(*, appointment_id: str, by: Actor) -> Appointment:
    """The patient did not come."""
    return _move(appointment_id, Appointment.State.NO_SHOW, by)


def cancel(*, appointment_id: str, reason: str, by: Actor) -> Appointment:
    """Cancel an appointment for a reason."""
    if not reason.strip():
        raise Refused("Cancelling needs a reason.")
    return _move(appointment_id, Appointment.State.CANCELLED, by, reason=reason)


def rebook(*, appointment_id: str, by: Actor) -> Appointment:
    """Undo arrived, no-show or cancelled: the appointment is booked again."""
    return _move(appointment_id, Appointment.State.BOOKED, by)


def mark_self_pay(*, appointment_id: str, by: Actor, is_self_pay: bool = True) -> Appointment:
    """Say that the patient pays this visit themself, or that insurance does after all."""
    require(by, *policy.BOOKS)
    with transaction_for(by):
        appointment = _one(by, appointment_id)
        if appointment.is_self_pay != is_self_pay:
            appointment.is_self_pay = is_self_pay
            save_checked(appointment, fields=["is_self_pay"])
            record(by, "mark_self_pay", appointment.public_id, is_self_pay=is_self_pay)
            emit(by, "appointment-self-pay", appointment.public_id, is_self_pay=is_self_pay)
    return appointment


def _move(appointment_id: str, state: str, by: Actor, *, reason: str = "") -> Appointment:
    require(by, *policy.COMPLETES)
    with transaction_for(by):
        appointment = _one(by, appointment_id)
        if appointment.state == state:
            return appointment
        rules.check_move(appointment.state, state)
        appointment.state, appointment.state_reason = state, reason[:120]
        if state == Appointment.State.ARRIVED:
            appointment.arrived_at = by.at
        save_checked(appointment, fields=["state", "state_reason", "arrived_at"])
        record(by, f"appointment_{state}", appointment.public_id, reason=reason[:120])
        emit(by, f"appointment-{state}", appointment.public_id)
    return appointment


def _one(by: Actor, appointment_id: str) -> Appointment:
    rows = Appointment.objects.of(by.practice_id)
    found: Appointment = locked(rows, what="appointment", public_id=appointment_id)
    return found


def _authorization(by: Actor, authorization_id: str) -> Authorization | None:
    if not authorization_id:
        return None
    found: Authorization = get_or_refuse(Authorization.objects.of(by.practice_id), what="authorisation", public_id=authorization_id)
    return found
