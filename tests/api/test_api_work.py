"""What waits for the roles of a key, what a key says of itself, and what the denials' and accounts' desks do through the API."""

from __future__ import annotations

import pytest

from api.two_practices import furnish

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "sees", "not_this"),
    [
        ("front_desk", "appointments:coverage", "claims:"),
        ("coder", "coding:to_code", "claims:"),
        ("biller", "exceptions:open", "coding:"),
    ],
)
def test_a_key_sees_the_queues_of_its_roles(role, sees, not_this, system, program):
    furnish(system, last_name="Carvalho")
    queues = {row["queue"]: row["waiting"] for row in program(role).get("/work").json()["queues"]}
    assert sees in queues
    assert not any(name.startswith(not_this) for name in queues)


def test_counts_are_those_of_the_desks(system, program):
    furnish(system, last_name="Carvalho")
    queues = {row["queue"]: (row["waiting"], row["cents"]) for row in program("biller").get("/work").json()["queues"]}
    assert queues["exceptions:open"] == (1, 7000)
    assert queues["denials:open"] == (1, 20000)


def test_a_key_says_what_it_may_do(system, program):
    told = program("biller", "coder").get("/key").json()
    assert told["roles"] == ["biller", "coder"]
    assert told["today"] == "2026-11-20"
    assert told["acts_as"].startswith("program ")


def test_a_denial_is_given_an_owner_and_written_off_by_a_manager_alone(system, program):
    ids = furnish(system, last_name="Carvalho")
    biller, manager, where = program("biller"), program("manager"), f"/denials/{ids['denial_id']}"
    owned = biller.post(f"{where}/assign", {"owner": "Ruth"})
    assert (owned.status_code, owned.json()["owner"]) == (200, "Ruth")
    assert biller.post(f"{where}/write-off", {"reason": "not worth an appeal"}, If_Match=owned["ETag"]).status_code == 403
    assert manager.post(f"{where}/write-off", {"reason": "not worth an appeal"}).status_code == 428
    gone = manager.post(f"{where}/write-off", {"reason": "not worth an appeal"}, If_Match=owned["ETag"])
    assert (gone.status_code, gone.json()["state"]) == (200, "written-off")
    listed = manager.get("/denials?state=written-off").json()["items"]
    assert [row["amount_cents"] for row in listed] == [20000]


def test_a_payment_is_taken_once_and_only_on_the_patients_own_claims(system, program):
    ids = furnish(system, last_name="Carvalho")
    front, where = program("front_desk"), f"/patients/{ids['patient_id']}/payments"
    assert front.post(where, {"cents": 500, "method": "cash"}).status_code == 400
    first = front.post(where, {"cents": 500, "method": "check", "reference": "77"})
    again = front.post(where, {"cents": 500, "method": "check", "reference": "77"})
    assert first.status_code == again.status_code == 201
    assert first.json()["payment"] == again.json()["payment"]
    assert front.post(where, {"cents": 700, "method": "check", "reference": "77"}).status_code == 409
    assert (
        front.post(
            where, {"cents": 500, "method": "cash", "reference": "78", "claims": ["clm_01ARZ3NDEKTSV4RRFFQ69G5FAV"]}
        ).status_code
        == 422
    )
    assert front.post(where, {"cents": 0, "method": "cash", "reference": "79"}).status_code == 422
    assert front.get(f"/patients/{ids['patient_id']}/account").json()["summary"]["credit_cents"] == 500
    assert front.post(f"/patients/{ids['patient_id']}/statements").status_code == 422, "no bill while insurance decides"


def test_an_exception_is_posted_to_the_claim_that_is_meant_or_booked(system, program):
    ids = furnish(system, last_name="Carvalho")
    biller, where = program("biller"), f"/exceptions/{ids['exception_id']}"
    assert biller.get(where).json()["amount_cents"] == 7000
    assert biller.post(f"{where}/book", {"where": "nowhere", "reason": "x"}).status_code == 422
    assert biller.post(f"{where}/post", {"claim_id": "clm_01ARZ3NDEKTSV4RRFFQ69G5FAV"}).status_code == 404
    assert biller.get("/exceptions?state=open").json()["items"][0]["exception"] == ids["exception_id"]


def test_the_front_desk_is_not_told_the_note(system, program):
    ids = furnish(system, last_name="Carvalho")
    where = f"/encounters/{ids['encounter_id']}"
    front, biller = program("front_desk").get(where), program("biller").get(where)
    assert "wheezes" not in front.content.decode()
    assert "wheezes" in biller.content.decode()
