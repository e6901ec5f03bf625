"""The denials desk: owner, appeal with its packet, outcome, next level, write-off by a manager alone."""

from __future__ import annotations

import pytest

from cleanclaim.practice.claims.queries import claim_numbered
from cleanclaim.practice.denials import queries
from cleanclaim.practice.denials.actions import open_denials
from cleanclaim.practice.workflow.proof import verify
from practice.visit_cast import clinic
from web.desk_cast import open_claim, pay, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def denied(system):
    clinic(system)
    open_claim(system)
    pay(system, paid=0, cas=(("CO", "197", 20000),), status="4")
    return open_denials(claim_id=claim_numbered(system.practice_id, "1001").public_id, by=system)[0]


def test_an_appeal_goes_through_its_levels(system, denied):
    biller = sign_in(system, "biller")
    path = f"/denials/{denied.public_id}"
    assert "Find the authorisation" in biller.get(f"{path}/").content.decode()
    refused = biller.post(f"{path}/appeal/", {"argument": ""})
    assert refused.status_code == 422
    assert biller.post(f"{path}/appeal/", {"argument": "The authorisation stands on the claim."}).status_code == 302
    appeal = queries.appeals_of(system.practice_id, denied.public_id)[0]
    page = biller.get(f"{path}/").content.decode()
    assert f"{appeal.public_id}/packet.pdf" in page
    assert "Appeal</h2>" not in page, "one level at a time"
    packet = biller.get(f"{path}/appeals/{appeal.public_id}/packet.pdf")
    assert packet.content.startswith(b"%PDF")
    assert biller.post(f"{path}/outcome/", {"outcome": "perhaps"}).status_code == 422
    assert biller.post(f"{path}/outcome/", {"outcome": "upheld"}).status_code == 302
    again = queries.denial(system.practice_id, denied.public_id)
    assert (again.state, again.outcome) == ("open", "Appeal level 1 upheld.")
    levels = queries.levels_of(again)
    assert [level.number for level in levels] == [1, 2]
    assert levels[1].due_on == again.due_on
    assert biller.post(f"{path}/appeal/", {"argument": "Once more."}).status_code == 302


def test_a_manager_alone_writes_off(system, denied):
    path = f"/denials/{denied.public_id}/write-off/"
    assert sign_in(system, "biller").post(path, {"reason": "x"}).status_code == 403
    manager = sign_in(system, "manager", name="Mina")
    assert manager.post(path, {"reason": ""}).status_code == 422
    assert manager.post(path, {"reason": "No authorisation was asked for"}).status_code == 302
    again = manager.post(path, {"reason": "twice"})
    assert again.status_code == 422
    assert "already" in again.content.decode()
    assert not [name for name, broken in verify(system.practice_id).invariants if broken]


def test_what_is_no_patients_share_is_not_billed_to_the_patient(system, denied):
    answer = sign_in(system, "biller").post(f"/denials/{denied.public_id}/patient/", {"policy": "The plan"})
    assert answer.status_code == 422
    assert "patient" in answer.content.decode()


def test_the_worklist_narrows_by_owner_and_cause_and_exports(system, denied):
    biller = sign_in(system, "biller")
    biller.post(f"/denials/{denied.public_id}/own/", {"owner": "Ruth"})
    assert b"1001" in biller.get("/denials/?owner=Ruth").content
    assert b"No denial is here" in biller.get("/denials/?owner=Lena").content
    assert b"1001" in biller.get("/denials/?state=all&cause=authorization").content
    assert b"No denial is here" in biller.get("/denials/?state=all&cause=coding").content
    table = biller.get("/denials/?as=csv").content.decode()
    assert "200.00" in table
    assert biller.get("/denials/den_nosuch/").status_code == 404
