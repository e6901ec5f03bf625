"""Asking payers about the coverages of the coming days' visits, in one go, before anybody is at the desk."""

from __future__ import annotations

from datetime import timedelta

from cleanclaim.practice.eligibility.asking import check_eligibility
from cleanclaim.practice.eligibility.queries import latest_answers
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.registration.queries import coverage_rows_on
from cleanclaim.practice.scheduling import policy
from cleanclaim.practice.scheduling.models import Appointment


def ask_for_coming_visits(*, by: Actor, days: int = 3) -> int:
    """Want to know about every coverage in force of the visits booked for the coming days, where no answer of this month is on file.

    Returns how many questions were asked for. Self-pay visits ask nothing. Doing it again asks nothing twice.
    """
    require(by, *policy.BOOKS, "biller")
    rows = Appointment.objects.of(by.practice_id).filter(
        state=Appointment.State.BOOKED, is_self_pay=False, served_on__gte=by.today, served_on__lte=by.today + timedelta(days=days)
    )
    wanted = 0
    for appointment in rows.select_related("patient").order_by("served_on", "id"):
        coverages, _ = coverage_rows_on(by.practice_id, appointment.patient.public_id, appointment.served_on)
        answers = latest_answers(by.practice_id, [coverage.pk for coverage in coverages])
        for coverage in coverages:
            answer = answers.get(coverage.pk)
            if answer is None or (answer.verdict and answer.is_old_for(appointment.served_on)):
                check_eligibility(coverage_id=coverage.public_id, asked_for=appointment.served_on, by=by)
                wanted += 1
    return wanted
