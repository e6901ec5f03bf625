"""Lists of appointments, each with what the desk must mend about its coverage."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import QuerySet

from cleanclaim.kernel.findings import Finding
from cleanclaim.practice.eligibility import queries as eligibility
from cleanclaim.practice.foundation.transactions import get_or_refuse
from cleanclaim.practice.registration import coverage_order
from cleanclaim.practice.registration.models import Coverage
from cleanclaim.practice.registration.queries import account_ids, coverage_fact
from cleanclaim.practice.scheduling import rules
from cleanclaim.practice.scheduling.models import Appointment


class AppointmentRow(NamedTuple):
    """A line of the day's list. `problems` are what the desk mends before the visit."""

    appointment_id: str
    patient_id: str
    patient_name: str
    chart_number: int
    provider_id: str
    provider_name: str
    site_name: str
    starts_at: datetime
    ends_at: datetime
    served_on: date
    kind: str
    reason: str
    state: str
    is_self_pay: bool
    encounter_id: str
    payer_name: str
    problems: tuple[Finding, ...]
    version: int
    site_id: str = ""

    def __repr__(self) -> str:
        return f"AppointmentRow({self.appointment_id})"


def slots(practice_id: int, first: datetime, last: datetime) -> tuple[rules.Slot, ...]:
    """Return every slot that touches a stretch of time."""
    rows = Appointment.objects.of(practice_id).filter(starts_at__lt=last, ends_at__gt=first)
    facts = rows.values_list("public_id", "provider__public_id", "patient__public_id", "starts_at", "ends_at", "state")
    return tuple(rules.Slot(*row) for row in facts)


def appointments(
    practice_id: int, *, first: date, last: date | None = None, provider_id: str = "", states: tuple[str, ...] = ()
) -> list[AppointmentRow]:
    """Return the appointments of a day (or a run of days) in order of time, with the coverage problems of those still to come."""
    rows = Appointment.objects.of(practice_id).filter(served_on__gte=first, served_on__lte=last or first)
    if provider_id:
        rows = rows.filter(provider__public_id=provider_id)
    if states:
        rows = rows.filter(state__in=states)
    return _lines(practice_id, list(_with_names(rows).order_by("starts_at", "id")))


def appointments_of(practice_id: int, patient_id: str) -> list[AppointmentRow]:
    """Return an account's appointments, the latest first."""
    rows = Appointment.objects.of(practice_id).filter(patient__public_id__in=account_ids(practice_id, patient_id))
    return _lines(practice_id, list(_with_names(rows).order_by("-starts_at", "-id")))


def appointment_row(practice_id: int, appointment_id: str) -> Appointment:
    """Return one appointment's row with its patient. Raises NotFound."""
    rows = Appointment.objects.of(practice_id).select_related("patient")
    found: Appointment = get_or_refuse(rows, what="appointment", public_id=appointment_id)
    return found


def appointment(practice_id: int, appointment_id: str) -> AppointmentRow:
    """Return one appointment. Raises NotFound."""
    rows = _with_names(Appointment.objects.of(practice_id))
    return _lines(practice_id, [get_or_refuse(rows, what="appointment", public_id=appointment_id)])[0]


def coverage_worklist(practice_id: int, *, first: date, last: date) -> list[AppointmentRow]:
    """Return the booked visits of a run of days whose coverage needs a hand, the nearest first; mere notes do not count."""
    rows = appointments(practice_id, first=first, last=last, states=(Appointment.State.BOOKED, Appointment.State.ARRIVED))
    return [row for row in rows if any(finding.severity != "info" for finding in row.problems)]


def _with_names(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    return rows.select_related("patient", "provider", "site", "authorization", "encounter")


def _lines(practice_id: int, rows: list[Appointment]) -> list[AppointmentRow]:
    coverages: dict[int, list[Coverage]] = {}
    patients = {row.patient_id for row in rows}
    accounts = _account_patients(practice_id, patients)
    found = Coverage.objects.of(practice_id).filter(patient_id__in=set(accounts), voided_at__isnull=True).select_related("payer")
    for coverage in found:
        coverages.setdefault(accounts[coverage.patient_id], []).append(coverage)
    answers = eligibility.latest_answers(practice_id, [coverage.pk for group in coverages.values() for coverage in group])
    return [_line(row, coverages.get(row.patient_id, []), answers) for row in rows]


def _account_patients(practice_id: int, patients: set[int]) -> dict[int, int]:
    """Map each registration (aliases included) to the patient whose appointment is listed."""
    from cleanclaim.practice.registration.models import Patient

    found = {pk: pk for pk in patients}
    front = set(patients)
    while front:
        aliases = Patient.objects.of(practice_id).filter(merged_into__in=front).values_list("pk", "merged_into_id")
        front = set()
        for pk, into in aliases:
            if pk not in found:
                found[pk] = found[into]
                front.add(pk)
    return found


def _line(row: Appointment, coverages: list[Coverage], answers: dict[int, eligibility.LatestAnswer]) -> AppointmentRow:
    by_id = {coverage.public_id: coverage for coverage in coverages}
    order = coverage_order.coverages_on(tuple(coverage_fact(coverage) for coverage in coverages), row.served_on)
    primary = by_id[order.coverage_ids[0]] if order.coverage_ids else None
    problems: tuple[Finding, ...] = ()
    if row.state in {Appointment.State.BOOKED, Appointment.State.ARRIVED}:
        answer = answers.get(primary.pk) if primary else None
        check = rules.CoverageCheck(
            row.served_on, row.is_self_pay, bool(coverages), primary is not None, answer.verdict_or_state if answer else "",
            answer.is_old_for(row.served_on) if answer else False, answer.alerts if answer else (),
            answer.authorization_required if answer else False, row.authorization_id is not None,
        )  # fmt: skip
        problems = (
            *rules.coverage_problems(check),
            *(() if row.is_self_pay else tuple(f for f in order.findings if f.rule != "COVERAGE_LAPSED")),
        )
    encounter = getattr(row, "encounter", None)
    return AppointmentRow(
        row.public_id, row.patient.public_id, row.patient.display_name, row.patient.chart_number, row.provider.public_id,
        row.provider.display_name, row.site.name, row.starts_at, row.ends_at, row.served_on, row.kind, row.reason, row.state,
        row.is_self_pay, encounter.public_id if encounter else "", primary.payer.name if primary else "", problems, row.version, row.site.public_id,
    )  # fmt: skip
