"""Payers, contracts and prices: typed terms are judged by the contracts' own reader, a price list is tried first, late changes are decided."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cleanclaim.practice.charges import actions as charges
from cleanclaim.practice.charges import queries as charge_queries
from cleanclaim.practice.claims.queries import claim_numbered
from cleanclaim.practice.payers import queries as payers
from cleanclaim.practice.payers.actions import add_contract
from practice import visit_cast as cast
from web.desk_cast import open_claim, pay, sign_in

pytestmark = pytest.mark.django_db

CONTRACT = {"name": "2026", "valid_from": "2026-01-01", "method": "fee_schedule", "rates": "99214 150.00\n71046-26, $12.00", "percent": "80", "carrier": "",
            "locality": "", "lesser_of_charge": "on"}  # fmt: skip


@pytest.fixture
def paid(system):
    open_claim(system)
    pay(system, cas=(("CO", "45", 6000), ("PR", "2", 2000)))
    return claim_numbered(system.practice_id, "1001").payer.public_id


def test_a_contract_is_recorded_and_underpaid_lines_are_named(system, paid):
    manager = sign_in(system, "manager", name="Mina")
    assert manager.post(f"/payers/{paid}/contract/", CONTRACT).status_code == 302
    page = manager.get(f"/payers/{paid}/").content.decode()
    assert "2 agreed amounts" in page
    assert "80% of the charge" in page
    listed = manager.get("/payers/variances/?first=2026-01-01&last=2026-12-31").content.decode()
    assert "$10.00" in listed, "150.00 agreed, 140.00 allowed"
    assert "1001" in manager.get("/payers/variances/?first=2026-01-01&last=2026-12-31&as=csv").content.decode()
    assert "No line was paid below" in manager.get("/payers/variances/?first=2025-01-01&last=2025-12-31").content.decode()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rates": ""}, "lists its codes"),
        ({"rates": "99214"}, "Rates, line 1"),
        ({"rates": "99214 150.00\n99214 12"}, "stands there twice"),
        ({"rates": "99214 abc"}, "Rates, line 1"),
        ({"rates": "99214 -1"}, "below zero"),
        ({"method": "percent_of_medicare", "percent": ""}, "which percentage"),
        ({"method": "percent_of_charge", "percent": "much"}, "percentage is a number"),
        ({"method": "percent_of_charge", "percent": "-5"}, "between 0 and 1000"),
        ({"valid_from": "soon"}, "valid date"),
    ],
)
def test_terms_that_cannot_be_are_said_and_stay_typed(changes, says, system, paid):
    given = {**CONTRACT, **changes}
    answer = sign_in(system, "manager", name="Mina").post(f"/payers/{paid}/contract/", given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'value="2026"' in page
    assert not payers.contracts_of(system.practice_id, paid)


def test_a_payers_clocks_are_a_managers(system, paid):
    clocks = {
        "timely_filing_days": "90",
        "corrected_claim_days": "180",
        "no_answer_days": "30",
        "appeal_days": "120 60",
        "is_active": "on",
    }
    assert sign_in(system, "biller").post(f"/payers/{paid}/clocks/", clocks).status_code == 403
    manager = sign_in(system, "manager", name="Mina")
    assert manager.post(f"/payers/{paid}/clocks/", {**clocks, "appeal_days": "soon"}).status_code == 422
    assert manager.post(f"/payers/{paid}/clocks/", {**clocks, "timely_filing_days": "0"}).status_code == 422
    assert manager.post(f"/payers/{paid}/clocks/", clocks).status_code == 302
    row = payers.payer(system.practice_id, paid)
    assert (row.timely_filing_days, row.appeal_days) == (90, [120, 60])
    assert manager.post(f"/payers/{paid}/name/", {"value": "Granite Northeast"}).status_code == 302
    assert b"GRANITE NORTHEAST" in manager.get(f"/payers/{paid}/").content
    assert manager.post("/payers/new/add/", {"name": "Birch Mutual", "payer_id": "BIRCH", "claim_filing": "ci"}).status_code == 302
    assert b"Birch Mutual" in manager.get("/payers/").content


def test_variances_ask_the_database_as_often_for_many_as_for_few(system, paid):
    add_contract(
        payer_id=paid,
        name="2026",
        terms={"method": "fee_schedule", "rates": {"99214": 15000}},
        valid_from=date(2026, 1, 1),
        by=system,
    )
    biller = sign_in(system, "biller")

    def count():
        with CaptureQueriesContext(connection) as seen:
            assert biller.get("/payers/variances/").status_code == 200
        return len(seen)

    count()
    few = count()
    for number in range(3001, 3007):
        open_claim(system, str(number))
        pay(system, str(number), cas=(("CO", "45", 6000), ("PR", "2", 2000)), trace=f"T{number}", file_name=f"f{number}")
    assert count() <= few


def csv(text):
    return SimpleUploadedFile("prices.csv", text.encode())


def test_a_price_list_is_tried_before_it_is_taken_over(system):
    cast.clinic(system)
    biller = sign_in(system, "biller")
    given = {"name": "2027", "valid_from": "2027-01-01"}
    tried = biller.post(
        "/charges/prices/import/", {**given, "is_trial": "on", "file": csv("code,price\n99213,160.00\n99214,210.00\n")}
    )
    assert tried.status_code == 200
    assert "A trial" in tried.content.decode()
    assert "$160.00" in tried.content.decode()
    assert len(charge_queries.charge_lists(system.practice_id)) == 1
    bad = biller.post("/charges/prices/import/", {**given, "file": csv("code,price\n99213,abc\nXX,5\n")})
    assert bad.status_code == 422
    assert "2 bad rows" in bad.content.decode()
    assert biller.post("/charges/prices/import/", {**given, "file": csv("nothing")}).status_code == 422
    assert biller.post("/charges/prices/import/", given).status_code == 422
    assert biller.post("/charges/prices/import/", {**given, "file": csv("code,price\n99213,160.00\n")}).status_code == 302
    assert b"$160.00" in biller.get("/charges/prices/?day=2027-02-01&q=99213").content
    assert biller.post("/charges/prices/set/", {"code": "99213", "amount": "155", "valid_from": "2026-11-20"}).status_code == 302
    assert b"$155.00" in biller.get("/charges/prices/?q=99213").content
    assert biller.post("/charges/prices/set/", {"code": "99213", "amount": "-1", "valid_from": "2026-11-20"}).status_code == 422
    assert b"155.00" in sign_in(system, "auditor").get("/charges/prices/?as=csv").content


def test_a_late_change_is_taken_over_or_left(system):
    place = cast.clinic(system)
    who = cast.patient(system)
    cast.coverage(system, who, place.granite)
    visit = cast.coded_visit(system, place, who)
    charges.price_charges(encounter_id=visit.public_id, by=system)
    review = charges.review_charges(encounter_id=visit.public_id, cause="addendum", says="The note was added to.", by=system)
    biller = sign_in(system, "biller")
    assert b"The note was added to" in biller.get("/charges/reviews/").content
    path = f"/charges/reviews/{review.public_id}"
    refused = biller.post(f"{path}/dismiss/", {"reason": ""})
    assert refused.status_code == 422
    assert biller.post(f"{path}/dismiss/", {"reason": "Nothing that is billed"}).status_code == 302
    assert b"The note was added to" not in biller.get("/charges/reviews/").content
    assert b"The note was added to" in biller.get("/charges/reviews/?state=dismissed").content
    assert biller.post(f"{path}/apply/", {"reason": ""}).status_code == 404
    assert sign_in(system, "coder").post(f"{path}/apply/").status_code == 403


def test_visits_without_charges_are_listed(system):
    place = cast.clinic(system)
    cast.signed_visit(system, place, cast.patient(system))
    page = sign_in(system, "biller").get("/charges/").content.decode()
    assert "not coded" in page
    assert sign_in(system, "auditor").get("/charges/?as=xlsx").content.startswith(b"PK")
