"""Pages, versions, bodies: complete under inserts, refused in plain words, never a traceback, nothing of a patient in log or address."""

from __future__ import annotations

import json
import logging

import pytest
from django.db import OperationalError

from api.conftest import token_for
from api.two_practices import furnish, other_practice
from cleanclaim.practice.registration import actions
from cleanclaim.practice.registration.models import Patient
from practice import visit_cast as cast

pytestmark = pytest.mark.django_db
INES = {"last_name": "Carvalho", "first_name": "Ines", "born_on": "1988-04-02", "sex": "F"}


def several(system, count, first=0):
    return [cast.patient(system, last_name=f"Oakes{chr(97 + (first + number) % 26)}", first_name=f"A{chr(97 + (first + number) // 26)}", is_somebody_new=True).public_id
            for number in range(count)]  # fmt: skip


@pytest.mark.parametrize("sort", ["created", "-created"])
def test_pages_hold_everybody_once_while_others_register(sort, system, program):
    front, there, seen, cursor = program("front_desk"), several(system, 23), [], ""
    while True:
        told = front.get(f"/patients?limit=5&sort={sort}&cursor={cursor}").json()
        seen += [row["patient_id"] for row in told["items"]]
        several(system, 2, first=100 + len(seen))
        cursor = told["next"]
        if cursor is None or len(seen) > 60:
            break
    assert len(seen) == len(set(seen))
    assert set(there) <= set(seen)


def test_pages_of_claims_are_ordered_by_what_was_asked(system, program):
    from golden.money.writing import claim, claims_file

    biller = program("biller")
    biller.post(
        "/claims/import", claims_file(*[claim(str(2000 + number), [("99214", 10000 + number % 3 * 100)]) for number in range(11)])
    )
    seen, cursor = [], ""
    while cursor is not None:
        told = biller.get(f"/claims?sort=-charge&limit=4&status=sent&cursor={cursor}").json()
        seen += told["items"]
        cursor = told["next"]
    assert len({row["claim"] for row in seen}) == 11
    assert [row["charge_cents"] for row in seen] == sorted((row["charge_cents"] for row in seen), reverse=True)


def test_a_cursor_serves_its_own_list_and_practice_alone(system, program):
    several(system, 4)
    front = program("front_desk")
    cursor = front.get("/patients?limit=2").json()["next"]
    for path in (
        "/patients?sort=-created",
        f"/patients?limit=2&cursor={cursor[:-2]}xx",
        "/patients?cursor=1",
        "/patients?cursor=k1.e30",
    ):
        wrong = front.get(path if "cursor=" in path else f"{path}&cursor={cursor}")
        assert wrong.status_code == 400
        assert wrong.json()["type"] == "urn:cleanclaim:problem:cursor"
    from api.conftest import Program

    stranger = Program(token_for(other_practice(), "front_desk"))
    assert stranger.get(f"/patients?limit=2&cursor={cursor}").status_code == 400
    assert "patient" not in cursor


@pytest.mark.parametrize("path", ["/claims?sort=hold_reason", "/claims?status=nonsense", "/claims?limit=0", "/claims?limit=201", "/claims?limit=x",
                                  "/claims?served_from=2026-13-01", "/claims?served_from=1e9", "/claims?stauts=denied", "/reports/figures?first=0001-01-01"])  # fmt: skip
def test_a_question_that_is_not_known_is_refused(path, program):
    answer = program("biller").get(path)
    assert answer.status_code == 422, answer.content
    assert answer.json()["detail"].endswith(".")
    assert answer.json()["field"]


def test_a_change_needs_the_version_that_was_read(system, program):
    front = program("front_desk")
    made = front.post("/patients", INES)
    where, read = f"/patients/{made.json()['patient_id']}", made["ETag"]
    assert front("PATCH", where, {"phone": "802-555-0111"}).status_code == 428
    changed = front("PATCH", where, {"phone": "802-555-0111"}, If_Match=read)
    assert changed.status_code == 200
    assert changed["ETag"] != read
    lost = front("PATCH", where, {"phone": "802-555-0222"}, If_Match=read)
    assert lost.status_code == 412
    assert lost.json()["type"] == "urn:cleanclaim:problem:version-changed"
    for wrong in ("*", "1", 'W/"1"', '"x"', '"99999999999"'):
        assert front("PATCH", where, {"phone": "802-555-0222"}, If_Match=wrong).status_code == 412
    assert front.get(where).json()["phone"] == "8025550111"


def test_somebody_alike_is_told_by_ids_alone(system, program):
    front = program("front_desk")
    first = front.post("/patients", INES).json()["patient_id"]
    alike = front.post("/patients", INES)
    assert alike.status_code == 409
    assert alike.json()["candidates"] == [{"patient_id": first, "likeness": "likely"}]
    assert b"Carvalho" not in alike.content


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 422),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"last_name":' + b"[" * 60 + b"]" * 60 + b"}", "application/json", 400),
        (json.dumps({**INES, "last_name": "Car\x00valho"}).encode(), "application/json", 400),
        (json.dumps({**INES, "last_name": "\ud800"}).encode(), "application/json", 400),
        (b'{"last_name": 1e400}', "application/json", 400),
        (b'{"last_name": NaN}', "application/json", 400),
        (b'{"last_name": ' + b"9" * 6000 + b"}", "application/json", 400),
        (b'{"last_name": "a", "last_name": "b"}', "application/json", 400),
        (json.dumps({**INES, "surname": "x"}).encode(), "application/json", 422),
        (json.dumps({**INES, "last_name": "x" * 61}).encode(), "application/json", 422),
        (json.dumps({**INES, "born_on": "02/04/1988"}).encode(), "application/json", 422),
        (json.dumps({**INES, "born_on": "1988-02-30"}).encode(), "application/json", 422),
        (json.dumps({**INES, "born_on": 573955200}).encode(), "application/json", 422),
        (json.dumps({**INES, "born_on": "0001-01-01"}).encode(), "application/json", 422),
        (json.dumps({**INES, "is_restricted": "yes"}).encode(), "application/json", 422),
        (json.dumps({**INES, "sex": "X"}).encode(), "application/json", 422),
        (json.dumps(INES).encode(), "text/plain", 415),
        (json.dumps(INES).encode(), "application/x-www-form-urlencoded", 415),
        (b"a" * 1_000_001, "application/json", 413),
        (b"a" * 1_000_001, "text/plain", 415),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_is_refused_in_plain_words(body, kind, status, system, program):
    front = program("front_desk")
    answer = front.client.generic(
        "POST", "/api/v1/patients", data=body, content_type=kind, headers={"Authorization": f"Bearer {front.token}"}
    )
    assert answer.status_code == status, answer.content
    told = answer.json()
    assert told["type"].startswith("urn:cleanclaim:problem:")
    assert told["detail"].endswith(".")
    assert Patient.objects.of(system.practice_id).count() == 0


def test_an_x12_body_is_bounded_and_must_say_what_it_is(program):
    biller = program("biller")
    shown = {"Authorization": f"Bearer {biller.token}"}
    assert (
        biller.client.generic(
            "POST", "/api/v1/remittances", data=b"ISA", content_type="application/json", headers=shown
        ).status_code
        == 415
    )
    assert (
        biller.client.generic("POST", "/api/v1/x12/check", data=b"x", headers=shown | {"Content-Length": "999999999"}).status_code
        == 413
    )
    for content in (b"not an 835", b"\x00\xff" * 5000, b"ISA*00*", b"%PDF-1.7"):
        assert biller.post("/remittances", content).status_code == 422
    assert biller.post("/remittances?file_name=../../etc", b"ISA").status_code == 422
    checked = biller.post("/x12/check", b"nothing of X12").json()
    assert (checked["well_formed"], checked["transactions"]) == (False, [])


@pytest.mark.parametrize("path", ["/patients/%00", "/patients?cursor=%00", "/patients/../../../etc/passwd", "/nowhere", "/patients/" + "x" * 5000, "/patients/pat_1%0d%0aX: y",
                                  "/patients/Carvalho", "/claims/%F0%9F%8D%81"])  # fmt: skip
def test_an_address_that_is_none_is_a_problem_too(path, program):
    answer = program("front_desk", "biller").get(path)
    assert answer.status_code in {400, 404, 422}
    assert answer["Content-Type"] == "application/problem+json"
    assert "Traceback" not in answer.content.decode()


def test_a_method_that_is_not_known_is_a_problem(program):
    answer = program("front_desk")("DELETE", "/patients")
    assert answer.status_code == 405
    assert answer.json()["type"] == "urn:cleanclaim:problem:method"


@pytest.mark.parametrize(
    ("failure", "status"),
    [(RuntimeError("Carvalho 1988"), 500), (OperationalError("Carvalho locked"), 503), (KeyError("Carvalho"), 500)],
)
def test_what_fails_here_is_logged_without_its_words(failure, status, system, program, monkeypatch, caplog):
    def fail(**_given):
        raise failure

    monkeypatch.setattr(actions, "register_patient", fail)
    with caplog.at_level(logging.DEBUG):
        answer = program("front_desk").post("/patients", INES)
    assert answer.status_code == status
    assert "Carvalho" not in answer.content.decode() + caplog.text
    assert "registered.py" in caplog.text


def test_no_patient_stands_in_the_log(system, program, caplog):
    with caplog.at_level(logging.DEBUG):
        front = program("front_desk")
        front.post("/patients", {**INES, "last_name": "Zyxwvutsen", "born_on": "x"})
        front.post("/patients", {**INES, "last_name": "Zyxwvutsen"})
        front.post("/patients/search", {"words": "Zyxwvutsen"})
        for path in ("/patients/Zyxwvutsen", "/nowhere/Zyxwvutsen", "/patients?name=Zyxwvutsen", "/patients?cursor=Zyxwvutsen"):
            assert front.get(path).status_code >= 400
    said = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert not any("Zyxwvutsen" in line for line in said)
    assert any("POST /api/v1/patients/search 200" in line for line in said)


def test_answers_are_not_kept_by_anybody_and_hold_no_script(program):
    answer = program("front_desk").get("/patients")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert not answer.cookies


def test_the_description_and_its_page_need_no_key_and_no_other_host(client):
    told = client.get("/api/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    page = client.get("/api/v1/docs")
    body = page.content.decode()
    assert page.status_code == 200
    assert "<script" not in body
    assert "style=" not in body
    assert "http://" not in body
    assert "https://" not in body
    assert page["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert "/api/v1/remittances" in body


def test_a_claim_is_held_and_released_by_its_version(system, program):
    ids = furnish(system, last_name="Carvalho")
    biller = program("biller", "manager")
    shown = biller.get(f"/claims/{ids['claim_id']}")
    held = biller.post(f"/claims/{ids['claim_id']}/hold", {"reason": "wait for the card"}, If_Match=shown["ETag"])
    assert held.status_code == 200, held.content
    assert held.json()["status"] == "held"
    assert biller.post(f"/claims/{ids['claim_id']}/release", {}, If_Match=shown["ETag"]).status_code == 412
    freed = biller.post(f"/claims/{ids['claim_id']}/release", {"despite": "the payer said so"}, If_Match=held["ETag"])
    assert freed.status_code == 200, freed.content
    assert freed.json()["status"] == "ready"
    sent = biller.get(f"/claims/{ids['claim_id']}/837")
    assert sent.content.startswith(b"ISA")
    assert sent["Content-Type"] == "application/edi-x12"
