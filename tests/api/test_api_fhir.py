"""FHIR R4 for reading: valid resources by another's models, the roles of the REST part, restricted charts closed, other practices unknown."""

from __future__ import annotations

import json

import pytest

from api.conftest import Program, token_for
from api.two_practices import CANARY, furnish, other_practice
from cleanclaim.api.fhir_read import KINDS
from cleanclaim.fhir import TYPES, fhir_id
from cleanclaim.practice.integrations.rules import MAY_HAVE
from practice import visit_cast as cast

try:
    from fhir.resources.R4B import get_fhir_model_class
except ImportError:  # a machine without the judge still runs every other check
    get_fhir_model_class = None

pytestmark = pytest.mark.django_db


def get(program, path, **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    shown = {"Authorization": f"Bearer {program.token}"} if program.token else {}
    return program.client.get(f"/fhir/R4{path}", headers={**shown, **names})


def judged(resource):
    """Let the models of fhir.resources read it: names, kinds and cardinalities of R4B."""
    if get_fhir_model_class is not None:
        get_fhir_model_class(resource["resourceType"]).model_validate_json(json.dumps(resource))
    return resource


def names_of(ids):
    patient = fhir_id(ids["patient_id"])
    return {
        "Patient": patient, "Coverage": fhir_id(ids["coverage_id"]), "Encounter": fhir_id(ids["encounter_id"]), "Claim": fhir_id(ids["claim_id"]),
        "ExplanationOfBenefit": fhir_id(ids["claim_id"]), "PaymentReconciliation": fhir_id(ids["remittance_id"]),
        "ClaimResponse": fhir_id(ids["remittance_id"]) + ".1",
    }  # fmt: skip


def test_the_judge_is_here():
    if get_fhir_model_class is None:
        pytest.skip("fhir.resources is not installed: the resources are judged by our own checks alone")
    with pytest.raises(ValueError, match="gender"):
        judged({"resourceType": "Patient", "gender": 7})


def test_the_statement_says_what_is_read_and_needs_no_key(client):
    told = client.get("/fhir/R4/metadata").json()
    judged(told)
    assert told["fhirVersion"] == "4.0.1"
    assert {row["type"] for row in told["rest"][0]["resource"]} == set(KINDS) == set(TYPES)


def test_every_kind_is_read_by_id_and_searched(system, program):
    ids = furnish(system, last_name="Carvalho")
    caller = program("manager")
    for kind, name in names_of(ids).items():
        one = get(caller, f"/{kind}/{name}")
        assert one.status_code == 200, (kind, one.content)
        assert one["Content-Type"] == "application/fhir+json"
        assert judged(one.json())["id"] == name
        found = judged(get(caller, f"/{kind}?_id={name},nobody").json())
        assert [row["resource"]["id"] for row in found["entry"]] == [name]
        if "patient" in TYPES[kind] and kind != "ClaimResponse":
            of = judged(get(caller, f"/{kind}?patient=Patient/{fhir_id(ids['patient_id'])}").json())
            assert name in [row["resource"]["id"] for row in of["entry"]]


def test_money_is_the_claims_own(system, program):
    ids = furnish(system, last_name="Carvalho")
    caller = program("biller")
    shown = caller.get(f"/claims/{ids['claim_id']}").json()
    claim = get(caller, f"/Claim/{fhir_id(ids['claim_id'])}").json()
    assert round(claim["total"]["value"] * 100) == shown["charge_cents"]
    assert sum(round(item["net"]["value"] * 100) for item in claim["item"]) == shown["charge_cents"]
    payment = get(caller, f"/PaymentReconciliation/{fhir_id(ids['remittance_id'])}").json()
    assert (
        round(payment["paymentAmount"]["value"] * 100) == caller.get(f"/remittances/{ids['remittance_id']}").json()["deposit_cents"]
    )
    answer = get(caller, f"/ClaimResponse/{fhir_id(ids['remittance_id'])}.1").json()
    refused = answer["item"][0]["adjudication"][0]
    assert (refused["category"]["coding"][0]["code"], refused["reason"]["coding"][0]["code"], refused["amount"]["value"]) == (
        "denied",
        "50",
        200.0,
    )


def test_pages_hold_every_patient_once(system, program):
    made = {fhir_id(cast.patient(system, last_name=f"Oakes{letter}", is_somebody_new=True).public_id) for letter in "abcdefg"}
    caller, seen, address = program("front_desk"), [], "/Patient?_count=3"
    while address:
        page = judged(get(caller, address).json())
        seen += [row["resource"]["id"] for row in page["entry"]]
        address = next((link["url"].partition("/fhir/R4")[2] for link in page["link"] if link["relation"] == "next"), "")
    assert len(seen) == len(set(seen)) == 7
    assert set(seen) == made


def test_roles_decide_and_strangers_are_told_so(system):
    ids = furnish(system, last_name="Carvalho")
    for kind, name in names_of(ids).items():
        stranger = get(Program(""), f"/{kind}/{name}")
        assert stranger.status_code == 401
        judged(stranger.json())
        for role in MAY_HAVE:
            answer = get(Program(token_for(system, role)), f"/{kind}/{name}")
            assert answer.status_code == (200 if role in KINDS[kind].roles else 403), (kind, role)
            judged(answer.json())


def test_another_practice_is_unknown(system):
    theirs = furnish(other_practice())
    manager = Program(token_for(system, "manager"))
    for kind, name in names_of(theirs).items():
        answer = get(manager, f"/{kind}/{name}")
        assert answer.status_code == 404
        assert CANARY.encode() not in answer.content
        assert "entry" not in get(manager, f"/{kind}?_id={name}").json()
        if "patient" in TYPES[kind]:
            assert get(manager, f"/{kind}?patient={fhir_id(theirs['patient_id'])}").status_code == 404


def test_a_restricted_chart_is_a_label_in_lists_and_needs_a_reason(system, program):
    who = cast.patient(system, last_name=CANARY, is_restricted=True)
    front, name = program("front_desk"), fhir_id(who.public_id)
    listed = get(front, "/Patient")
    assert CANARY.encode() not in listed.content
    assert judged(listed.json())["entry"][0]["resource"]["meta"]["tag"][0]["code"] == "SUBSETTED"
    for path in (f"/Patient/{name}", f"/Patient?_id={name}", f"/Coverage?patient={name}", f"/Encounter?patient=Patient/{name}"):
        closed = get(front, path)
        assert closed.status_code == 403, path
        assert CANARY.encode() not in closed.content
    shown = get(front, f"/Patient/{name}", Reason_For_Access="Called about her appointment")
    assert shown.json()["name"][0]["family"] == CANARY


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/Practitioner", 404),
        ("/Patient/nobody", 404),
        ("/Patient?name=Carvalho", 400),
        ("/Claim", 400),
        ("/Patient?_count=0", 400),
        ("/Patient?_count=x", 400),
        ("/Patient?page=made-up", 400),
        ("/Patient?patient=x", 400),
        ("/ClaimResponse/rem-1.x", 404),
        ("/Patient/%00", 400),
        ("/Patient/a/b/c", 404),
    ],
)
def test_what_cannot_be_is_an_outcome_in_plain_words(path, status, program):
    answer = get(program("manager"), path)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/fhir+json"
    assert judged(answer.json())["issue"][0]["diagnostics"].endswith(".")


def test_nothing_is_written_here(program):
    manager = program("manager")
    answer = manager.client.generic(
        "POST", "/fhir/R4/Patient", data="{}", content_type="application/json", headers={"Authorization": f"Bearer {manager.token}"}
    )
    assert answer.status_code == 405
    judged(answer.json())
