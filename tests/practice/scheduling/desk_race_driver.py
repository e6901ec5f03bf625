"""Several desks at once on one database: run by test_desk_races.py in a process of its own. Prints what each of them was told."""

from __future__ import annotations

import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import django

django.setup()

from django.core.management import call_command
from django.db import connections

from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.practice.charges.actions import price_charges
from cleanclaim.practice.charges.queries import charges_of
from cleanclaim.practice.coding import queries as coding
from cleanclaim.practice.coding.actions import confirm_codes
from cleanclaim.practice.coding.rules import DeskCodes, DeskDiagnosis, DeskProcedure
from cleanclaim.practice.foundation.actions import found_practice
from cleanclaim.practice.foundation.actor import Actor, system_actor
from cleanclaim.practice.scheduling.actions import book_appointment
from cleanclaim.practice.scheduling.models import Appointment
from practice import visit_cast as cast

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
AT = datetime(2026, 11, 23, 15, tzinfo=UTC)


def at_once(count, job):
    """Run a job on many threads and count what each was told."""

    def told(number):
        try:
            return str(job(number))
        except CleanclaimError as refused:
            return type(refused).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return dict(Counter(pool.map(told, range(count))))


def main(count):
    call_command("migrate", verbosity=0)
    practice = found_practice(name="Maple Hill Family Medicine", at=NOON)
    by: Actor = system_actor(practice.pk, at=NOON, zone=practice.time_zone)
    place = cast.clinic(by)
    people = [cast.patient(by, first_name=f"P{number}", is_somebody_new=True) for number in range(count)]

    def book(number):
        book_appointment(patient_id=people[number].public_id, provider_id=place.provider.public_id, site_id=place.site.public_id, starts_at=AT,
                         ends_at=AT + timedelta(minutes=30), by=by)  # fmt: skip
        return "booked"

    visit = cast.signed_visit(by, place, people[0])
    read = coding.chart(practice.pk, visit.public_id).version
    lists = [
        DeskCodes((DeskDiagnosis("J20.9" if number % 2 else "E11.9"),), (DeskProcedure("cpt", "99213"),)) for number in range(count)
    ]

    def confirm(number):
        confirm_codes(encounter_id=visit.public_id, codes=lists[number], by=by, expected_version=read)
        return "confirmed"

    coded = cast.coded_visit(by, place, people[1])

    def price(_number):
        return len(price_charges(encounter_id=coded.public_id, by=by))

    def register(_number):
        return cast.patient(by, last_name="Novak", source="hl7:77", is_somebody_new=True).public_id

    from cleanclaim.practice.coding.sessions import open_chart
    from cleanclaim.practice.encounters.actions import open_encounter
    from cleanclaim.practice.registration.actions import merge_patients

    def sit(_number):
        return open_chart(encounter_id=visit.public_id, by=by).coder

    def arrive(_number):
        return open_encounter(patient_id=people[2].public_id, provider_id=place.provider.public_id, site_id=place.site.public_id,
                              served_on=cast.VISIT_DAY, source="hl7:v1", by=by).public_id  # fmt: skip

    def merge(number):
        pair = [people[3].public_id, people[4].public_id]
        merge_patients(survivor_id=pair[number % 2], absorbed_id=pair[1 - number % 2], reason="twice", by=by, despite_warnings=True)
        return "merged"

    seen = {"book": at_once(count, book), "confirm": at_once(count, confirm), "price": at_once(count, price)}
    seen["sit"], seen["merge"] = at_once(count, sit), at_once(count, merge)
    seen["visits"] = len(at_once(count, arrive))
    seen["registered"] = len(at_once(count, register))
    seen["booked"] = Appointment.objects.of(practice.pk).filter(starts_at=AT).count()
    seen["lines"] = len(charges_of(practice.pk, coded.public_id))
    seen["diagnoses"] = len(coding.chart(practice.pk, visit.public_id).diagnoses)
    print(json.dumps(seen))


main(int(sys.argv[1]))
