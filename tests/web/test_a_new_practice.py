"""From nothing to a claim that left, at the desks alone: nobody needs Python, the sample practice or a second program."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cleanclaim import x12
from cleanclaim.kernel.identifiers import Npi
from cleanclaim.practice.coding import queries as coding
from cleanclaim.practice.connections import queries as connections
from cleanclaim.practice.payers import queries as payers
from cleanclaim.practice.registration import queries as registration
from cleanclaim.practice.scheduling import queries as scheduling
from practice import visit_cast as cast
from web.forms_of_pages import submit

pytestmark = pytest.mark.django_db(transaction=True)
DOCTOR, GROUP = Npi.from_first_nine("134567890"), Npi.from_first_nine("167890123")
STREET = {"line1": "4 Hill Road", "city": "Barre", "state": "VT"}


def test_a_practice_begins_and_its_first_claim_leaves(system, desk, settings, tmp_path):
    settings.EXCHANGE = tmp_path / "exchange"
    manager = desk("manager", name="Mina")
    today = datetime.now(ZoneInfo("America/New_York")).date()
    assert manager.get("/").content.decode().count("list-group-item-action") == 6
    done = submit(
        manager, "/practice/billing/", "/do/add/", valid_from="2026-01-01", entity_name="Hill Family PLLC", tax_id="12-3456789",
        name="Hill Family Practice", npi=GROUP, taxonomy="207Q00000X", zip_code="05641-1234", phone="802-555-0144", contact_name="Mina Ode", **STREET,
    )  # fmt: skip
    assert done.status_code == 302, done.content.decode()
    assert submit(manager, "/practice/places/", "/do/add/", name="Hill clinic", zip_code="056411234", **STREET).status_code == 302
    doctor = {"npi": DOCTOR, "first_name": "Ida", "last_name": "Okafor", "credential": "MD", "taxonomy": "207Q00000X"}
    assert submit(manager, "/practice/clinicians/", "/do/add/", **doctor).status_code == 302
    assert submit(manager, "/payers/", "/add/", name="Granite Health", payer_id="60054", claim_filing="CI").status_code == 302
    connected = submit(
        manager,
        "/practice/connections/",
        "/do/add/",
        name="Granite Exchange",
        location="granite",
        sender_id="HILLFAMILY",
        receiver_id="GRANITEX",
    )
    assert connected.status_code == 302, connected.content.decode()
    for code, dollars in (("99213", "150"), ("99214", "210"), ("94640", "45"), ("J7613", "3")):
        answer = submit(manager, "/charges/prices/", "/set/", code=code, amount=dollars, valid_from="2026-01-01")
        assert answer.status_code == 302, answer.content.decode()
    assert "Before the first claim" not in manager.get("/").content.decode()

    front = desk("front_desk", name="Fran")
    registered = submit(
        front,
        "/patients/new/",
        last_name="Carvalho",
        first_name="Ines",
        born_on="05/04/1986",
        sex="F",
        zip="05641",
        phone="802-555-0187",
        **STREET,
    )
    assert registered.status_code == 302, registered.content.decode()
    (who,) = registration.patients(system.practice_id, limit=5)
    (payer,) = payers.payers(system.practice_id)
    covered = submit(
        front, f"/patients/{who.patient_id}/coverages/new/", payer=payer.public_id, member_id="W123456789", valid_from="01/01/2026"
    )
    assert covered.status_code == 302, covered.content.decode()
    booked = submit(front, f"/patients/{who.patient_id}/book/", day=today.isoformat(), at="09:00")
    assert booked.status_code == 302, booked.content.decode()
    (visit,) = scheduling.appointments(system.practice_id, first=today)
    provider = desk("provider", name="Ida")
    front.post(f"/schedule/{visit.appointment_id}/arrive/")
    page = provider.post(f"/schedule/{visit.appointment_id}/visit/")["Location"]
    signed = submit(provider, page, "/write/", by_button=f"{page}sign/", text=cast.NOTE)
    assert signed.status_code == 302, signed.content.decode()

    coder = desk("coder", name="Cody")
    (row,) = coding.worklist(system.practice_id, today=today)
    chart = f"/coding/{row.encounter_id}/"
    for kind, code in (("icd10cm", "J20.9"), ("icd10cm", "J45.21"), ("cpt", "99213"), ("cpt", "94640")):
        assert submit(coder, chart, "/add/", system=kind, code=code).status_code in {200, 302}
    desk_page = coder.get(chart).content.decode()
    assert "Carvalho" not in desk_page, "coders have no dealings with patients"
    finished = coder.post(f"{chart}finalise/")
    assert finished.status_code in {200, 302}, finished.content.decode()

    biller = desk("biller", name="Ruth")
    listed = biller.get("/claims/?queue=ready").content.decode()
    assert "Granite Health" in listed, coder.get(chart).content.decode()
    assert submit(biller, "/claims/?queue=ready", "/claims/send/").status_code == 302
    (partner,) = connections.partners(system.practice_id)
    (sent,) = (Path(partner.location) / "outbox").glob("*.x12")
    checked = x12.check(sent.read_bytes())
    assert [(one.set, one.valid, one.claims) for one in checked.transactions] == [("837P", True, 1)]
