"""Clearinghouses and payers that files are exchanged with: set up at a desk, inside the place of exchange alone; and a practice's first steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanclaim.practice.connections import queries as connections
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.payers import queries as payers
from cleanclaim.practice.payers.actions import add_payer
from practice import visit_cast as cast

pytestmark = pytest.mark.django_db
PARTNER = {
    "name": "Granite Exchange", "transport": "folder", "location": "granite", "sender_qualifier": "ZZ", "sender_id": "MAPLEHILL",
    "receiver_qualifier": "30", "receiver_id": "98-7654321", "is_production": "on",
}  # fmt: skip


@pytest.fixture(autouse=True)
def exchange(settings, tmp_path):
    settings.EXCHANGE = tmp_path / "exchange"
    return settings.EXCHANGE


def test_a_partner_is_set_up_reached_and_changed(system, desk, exchange):
    manager = desk("manager", name="Mina")
    made = manager.post("/practice/connections/do/add/", PARTNER, follow=True).content.decode()
    assert "Granite Exchange is recorded. Granite Exchange is reached; 0 files wait" in made
    (row,) = connections.partners(system.practice_id)
    assert Path(row.location).is_relative_to(exchange)
    assert (row.receiver_qualifier, row.is_production) == ("30", True)
    (Path(row.location) / "inbox" / "a.835").write_bytes(b"ISA")
    page = f"/practice/connections/{row.public_id}/"
    assert "1 file waits" in manager.post(f"{page}try/", follow=True).content.decode()
    ids = {**PARTNER, "sender_id": "MAPLE HILL 2", "is_active": "on"}
    assert manager.post(f"{page}change/", {**ids, "receiver_qualifier": "99"}).status_code == 422
    assert manager.post(f"{page}change/", ids).status_code == 302
    assert connections.partner(system.practice_id, row.public_id).sender_id == "MAPLE HILL 2"
    again = manager.post("/practice/connections/do/add/", PARTNER)
    assert (again.status_code, "recorded already" in again.content.decode()) == (422, True)


@pytest.mark.parametrize("location", ["/etc", "../other", "a/b", ".ssh", "", "x" * 70, "a\\b", "~"])
def test_a_folder_elsewhere_on_the_machine_is_no_partners(location, system, desk):
    answer = desk("manager", name="Mina").post("/practice/connections/do/add/", {**PARTNER, "location": location})
    assert answer.status_code == 422
    assert 'value="Granite Exchange"' in answer.content.decode()
    assert not connections.partners(system.practice_id)


@pytest.mark.parametrize("wrong", [{"sender_id": "A"}, {"sender_id": "A*B~"}, {"receiver_id": ""}, {"transport": "carrier pigeon"}])
def test_ids_and_transports_that_cannot_be_are_refused(wrong, system, desk):
    assert desk("manager", name="Mina").post("/practice/connections/do/add/", {**PARTNER, **wrong}).status_code == 422
    assert not connections.partners(system.practice_id)


def test_a_folder_that_cannot_be_written_is_said_and_the_partner_kept(system, desk, exchange):
    exchange.write_text("a file where the place of exchange should be")
    made = desk("manager", name="Mina").post("/practice/connections/do/add/", PARTNER, follow=True).content.decode()
    assert "Granite Exchange cannot be reached" in made
    assert len(connections.partners(system.practice_id)) == 1


def test_a_training_practice_connects_to_no_payer_in_earnest(system, desk):
    Practice.objects.filter(pk=system.practice_id).update(is_training=True)
    manager = desk("manager", name="Mina")
    assert manager.post("/practice/connections/do/add/", PARTNER).status_code == 422
    assert manager.post("/practice/connections/do/add/", {**PARTNER, "is_production": ""}).status_code == 302
    (row,) = connections.partners(system.practice_id)
    page = f"/practice/connections/{row.public_id}/change/"
    assert manager.post(page, {**PARTNER, "is_active": "on"}).status_code == 422
    assert not connections.partner(system.practice_id, row.public_id).is_production


def test_a_payers_files_travel_through_its_own_partner(system, desk):
    manager = desk("manager", name="Mina")
    manager.post("/practice/connections/do/add/", PARTNER)
    (partner,) = connections.partners(system.practice_id)
    payer = add_payer(name="Birch Mutual", payer_id="BIRCH", by=system)
    page = f"/payers/{payer.public_id}/partner/"
    assert desk("biller").post(page, {"partner": partner.public_id}).status_code == 403
    assert manager.post(page, {"partner": "tp_nobody"}).status_code == 422
    assert manager.post(page, {"partner": partner.public_id}).status_code == 302
    assert payers.payer(system.practice_id, payer.public_id).partner == partner
    assert manager.post(page, {"partner": ""}).status_code == 302
    assert payers.payer(system.practice_id, payer.public_id).partner is None


def test_a_new_practice_is_told_its_first_steps_until_they_are_done(system, desk):
    manager = desk("manager", name="Mina")
    page = manager.get("/").content.decode()
    assert page.count("list-group-item-action") == 6
    manager.post("/practice/connections/do/add/", PARTNER)
    assert manager.get("/").content.decode().count("list-group-item-action") == 5
    assert "Before the first claim" not in desk("biller").get("/").content.decode()
    cast.clinic(system)
    assert "Before the first claim" not in manager.get("/").content.decode()
