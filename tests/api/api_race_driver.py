"""Many programs at once on one database: run by test_api_races.py in a process of its own. Prints what they were told."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import django

django.setup()

from django.core.management import call_command
from django.db import connections

from api.conftest import Program, token_for
from cleanclaim.practice.foundation.actions import found_practice
from cleanclaim.practice.foundation.actor import system_actor
from cleanclaim.practice.receivables.models import PatientPayment
from cleanclaim.practice.registration.models import Patient
from golden.money.writing import advice, answer, claim, claims_file, paid_line, remittance_file
from practice import visit_cast as cast


def at_once(count, ask):
    def told(number):
        try:
            got = ask(number)
            return [got.status_code, "Idempotency-Replayed" in got, got.content.decode()]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(told, range(count)))
    return {
        "statuses": sorted({row[0] for row in answers}), "replayed": sum(row[1] for row in answers), "different": len({row[2] for row in answers}),
        "problems": sorted({json.loads(row[2])["type"] for row in answers if row[0] >= 400}),
    }  # fmt: skip


def main(count):
    call_command("migrate", verbosity=0)
    practice = found_practice(name="Maple Hill Family Medicine", at=datetime.now(UTC))
    by = system_actor(practice.pk, at=datetime.now(UTC), zone=practice.time_zone)
    token = token_for(by, "front_desk", "biller")
    ines = {"last_name": "Novak", "first_name": "Ines", "born_on": "1988-04-02", "sex": "F"}
    registered = at_once(count, lambda _number: Program(token).post("/patients", ines, Idempotency_Key="one"))
    who = cast.patient(by, last_name="Oakes")
    cash = {"cents": 2500, "method": "cash"}
    paid = at_once(count, lambda _number: Program(token).post(f"/patients/{who.public_id}/payments", cash, Idempotency_Key="two"))
    Program(token).post("/claims/import", claims_file(claim("1001", [("99214", 20000)])))
    line = paid_line("99214", 20000, 12000, [("CO", "45", 8000)], "1001L1")
    content = remittance_file(advice([answer("1001", [line])], trace="CHK1"))
    posted = at_once(count, lambda _number: Program(token).post("/remittances", content, Idempotency_Key="three"))
    read = Program(token).get(f"/patients/{who.public_id}")["ETag"]
    corrected = at_once(
        count,
        lambda number: Program(token)("PATCH", f"/patients/{who.public_id}", {"phone": f"802555{1000 + number}"}, If_Match=read),
    )
    claim_ = Program(token).post("/claims/search", {"patient_control_number": "1001"}).json()
    print(json.dumps({
        "registered": registered, "patients": Patient.objects.of(practice.pk).count(), "paid": paid,
        "payments": PatientPayment.objects.of(practice.pk).count(), "posted": posted, "insurance_paid_cents": claim_["insurance_paid_cents"],
        "corrected": corrected, "version": int(Program(token).get(f"/patients/{who.public_id}")["ETag"].strip('"')) - int(read.strip('"')),
    }))  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]))
