"""A POST that names itself is done once, however often and however many at once ask; what was refused may be tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from api.conftest import Program, token_for
from cleanclaim.practice.integrations.actions import begin_request
from cleanclaim.practice.integrations.models import ApiKey, KeptAnswer
from cleanclaim.practice.integrations.rules import AnotherBody
from cleanclaim.practice.registration.models import Patient
from golden.money.writing import advice, answer, claim, claims_file, paid_line, remittance_file

INES = {"last_name": "Carvalho", "first_name": "Ines", "born_on": "1988-04-02", "sex": "F"}


@pytest.mark.django_db
def test_the_same_request_again_gets_the_same_answer_and_does_nothing(system, program):
    front = program("front_desk")
    first = front.post("/patients", INES, Idempotency_Key="a-1")
    again = front.post("/patients", INES, Idempotency_Key="a-1")
    assert first.status_code == again.status_code == 201
    assert (first.content, first["ETag"], first["Location"]) == (again.content, again["ETag"], again["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Patient.objects.of(system.practice_id).count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer, name FROM integrations_keptanswer")
        kept = str(cursor.fetchall())
    assert "Carvalho" not in kept
    assert "a-1" not in kept


@pytest.mark.django_db
def test_the_same_name_for_another_body_is_refused(system, program):
    front = program("front_desk")
    front.post("/patients", INES, Idempotency_Key="a-1")
    other = front.post("/patients", {**INES, "first_name": "Rosa"}, Idempotency_Key="a-1")
    assert other.status_code == 422
    assert other.json()["type"] == "urn:cleanclaim:problem:key-reused"
    assert (
        Program(token_for(system, "front_desk"))
        .post("/patients", {**INES, "is_somebody_new": True}, Idempotency_Key="a-1")
        .status_code
        == 201
    ), "another key's names are its own"


@pytest.mark.django_db
def test_what_was_refused_is_not_kept(system, program):
    front = program("front_desk")
    assert front.post("/patients", {**INES, "born_on": "2190-01-01"}, Idempotency_Key="a-1").status_code == 422
    assert KeptAnswer.objects.of(system.practice_id).count() == 0
    assert front.post("/patients", INES, Idempotency_Key="a-1").status_code == 201


@pytest.mark.django_db
def test_a_name_may_be_used_again_after_a_day(system, program):
    program("front_desk")
    key = ApiKey.objects.of(system.practice_id).get()
    begin_request(key=key, name="n", asked="one", by=system)
    with pytest.raises(AnotherBody):
        begin_request(key=key, name="n", asked="two", by=system.later(system.at + timedelta(hours=23)))
    assert begin_request(key=key, name="n", asked="two", by=system.later(system.at + timedelta(hours=25))).asked == "two"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["x" * 201, "bell\x07"])
def test_a_name_that_is_none_is_refused(name, program):
    assert program("front_desk").post("/patients", INES, Idempotency_Key=name).status_code == 400


@pytest.mark.django_db
def test_a_remittance_posts_once_and_is_answered_the_same(system, program):
    biller = program("biller")
    assert biller.post("/claims/import", claims_file(claim("1001", [("99214", 20000)]))).json()["imported"] == 1
    line = paid_line("99214", 20000, 12000, [("CO", "45", 8000)], "1001L1")
    content = remittance_file(advice([answer("1001", [line])], trace="CHK1"))
    first = biller.post("/remittances?file_name=may.835", content, Idempotency_Key="r-1")
    again = biller.post("/remittances?file_name=may.835", content, Idempotency_Key="r-1")
    assert first.status_code == 200, first.content
    assert first.content == again.content
    told = first.json()
    assert (told["deposit_cents"], told["ties"], told["posted"][0]["paid_cents"], told["duplicates"]) == (12000, True, 12000, [])
    later = biller.post("/remittances?file_name=may.835", content, Idempotency_Key="r-2").json()
    assert later["posted"] == []
    assert later["deposit_cents"] == 0
    assert later["duplicates"]
    found = biller.post("/claims/search", {"patient_control_number": "1001"}).json()
    assert found["insurance_paid_cents"] == 12000
    assert found["charge_cents"] == sum(found[name] for name in ("insurance_paid_cents", "contractual_cents", "patient_paid_cents",
                                        "other_write_off_cents", "insurance_balance_cents", "patient_balance_cents"))  # fmt: skip
