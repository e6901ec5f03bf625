"""Good faith estimates: drafted from the charge list when a self-pay visit is booked, given in time, held against the bill."""

from __future__ import annotations

from datetime import date

from cleanclaim.kernel.findings import stops
from cleanclaim.kernel.money import Rate
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.charges import estimate_rules, policy, queries, rules
from cleanclaim.practice.charges.models import GoodFaithEstimate
from cleanclaim.practice.coding.rules import system_of
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import locked, save_checked, transaction_for
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.registration.queries import account_of
from cleanclaim.practice.scheduling.models import Appointment


def draft_estimate(
    *, patient_id: str, served_on: date, services: tuple[tuple[str, Rate], ...], by: Actor, appointment_id: str = "",
    diagnoses: tuple[str, ...] = (), is_requested: bool = False, holidays: frozenset[date] = frozenset(),
) -> GoodFaithEstimate:  # fmt: skip
    """Draft what a visit will cost a patient who pays it, from (code, units) and the charge list of its day; redrafting replaces the draft.

    The day by which it must be given follows from when the visit was booked, or from the patient's asking. Raises NotPriced's sentence
    for a service without a price.
    """
    require(by, *policy.ESTIMATES)
    wanted = tuple(rules.Service(system_of(code), code.upper(), (), units, (), served_on) for code, units in services)
    with transaction_for(by):
        patient = account_of(by.practice_id, patient_id)
        pricing = rules.price_services(wanted, queries.prices_on(by.practice_id, served_on))
        if stops(list(pricing.findings)):
            raise rules.NotPriced(tuple(stops(list(pricing.findings))))
        appointment: Appointment | None = None
        if appointment_id:
            appointment = locked(Appointment.objects.of(by.practice_id), what="appointment", public_id=appointment_id)
        booked_on = appointment.created_at.date() if appointment else by.today
        due = (
            estimate_rules.estimate_on_request_due_on(requested_on=by.today, holidays=holidays)
            if is_requested
            else (estimate_rules.estimate_due_on(scheduled_on=booked_on, served_on=served_on, holidays=holidays))
        )
        rows = GoodFaithEstimate.objects.of(by.practice_id)
        estimate: GoodFaithEstimate | None = (
            rows.filter(appointment=appointment, given_on__isnull=True).first() if appointment else None
        )
        if estimate is None:
            estimate = GoodFaithEstimate(practice_id=by.practice_id, patient=patient, appointment=appointment, served_on=served_on,
                                         scheduled_on=booked_on, created_at=by.at)  # fmt: skip
        estimate.due_on, estimate.cents, estimate.diagnoses = due, pricing.cents, list(diagnoses)
        estimate.lines = [
            {"code": line.service.code, "label": line.label, "units": str(line.service.units), "cents": line.cents}
            for line in pricing.lines
        ]
        if estimate.pk:
            save_checked(estimate)
        else:
            estimate.save()
        record(by, "draft_estimate", estimate.public_id, cents=estimate.cents, due_on=due.isoformat() if due else "")
        emit(by, "estimate-drafted", estimate.public_id)
    return estimate


def give_estimate(*, estimate_id: str, by: Actor) -> GoodFaithEstimate:
    """Note that the patient was given the estimate today; from then on it stands as given."""
    require(by, *policy.ESTIMATES)
    with transaction_for(by):
        estimate: GoodFaithEstimate = locked(GoodFaithEstimate.objects.of(by.practice_id), what="estimate", public_id=estimate_id)
        if estimate.given_on is None:
            estimate.given_on = by.today
            save_checked(estimate, fields=["given_on"])
            record(by, "give_estimate", estimate.public_id)
            emit(by, "estimate-given", estimate.public_id)
    return estimate
