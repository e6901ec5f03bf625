"""Posting 835s: to the cent, once, all or nothing."""

import json

import pytest

from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.claims.queries import claim_json, claim_numbered
from cleanclaim.practice.remittance import queries
from cleanclaim.practice.remittance.posting import post_remittance_file
from cleanclaim.practice.workflow.proof import verify
from golden.money.writing import advice, answer, claim, claims_file, paid_line, remittance_file

pytestmark = pytest.mark.django_db


def shown(by, number="1001"):
    return claim_json(claim_numbered(by.practice_id, number))


def test_a_primary_payment_leaves_the_rest_with_the_patient(system):
    done = import_claims(content=claims_file(claim("1001", [("99214", 20000)])), by=system)
    assert done.claims == ("1001",)
    line = paid_line("99214", 20000, 9600, [("CO", "45", 8000), ("PR", "2", 2400)], "1001L1")
    posted = post_remittance_file(
        content=remittance_file(advice([answer("1001", [line], icn="ICN1")])), file_name="a.835", by=system
    )
    assert not posted.refused, posted
    facts = shown(system)
    print(json.dumps(facts, indent=1))
    assert (facts["insurance_paid_cents"], facts["contractual_cents"], facts["patient_balance_cents"]) == (9600, 8000, 2400)
    assert facts["status"] == "paid"
    totals = queries.posted_totals(system.practice_id, posted.remittances)
    assert totals.ties
    assert totals.deposit_cents == 9600
    assert next(iter(queries.posted_rows(system.practice_id, posted.remittances)))["paid_cents"] == 9600


def test_the_same_content_posts_once_under_any_name(system):
    import_claims(content=claims_file(claim("1001", [("99214", 20000)])), by=system)
    line = paid_line("99214", 20000, 9600, [("CO", "45", 8000), ("PR", "2", 2400)], "1001L1")
    first = remittance_file(advice([answer("1001", [line])]), number=1)
    again = remittance_file(advice([answer("1001", [line])]), number=77)
    assert post_remittance_file(content=first, file_name="a.835", by=system).remittances
    for content in (first, again):
        repeated = post_remittance_file(content=content, file_name="b.835", by=system)
        assert not repeated.remittances
        assert "a.835" in repeated.duplicates[0].first_seen
    assert shown(system)["insurance_paid_cents"] == 9600
    assert not [row for row in verify(system.practice_id).invariants if row[1]]


def test_a_reversal_and_correction_in_any_order_end_alike(system):
    import_claims(content=claims_file(claim("1001", [("99214", 20000)])), by=system)
    line = paid_line("99214", 20000, 9600, [("CO", "45", 8000), ("PR", "2", 2400)], "1001L1")
    back = paid_line("99214", -20000, -9600, [("CO", "45", -8000), ("PR", "2", -2400)], "1001L1")
    right = paid_line("99214", 20000, 11000, [("CO", "45", 6600), ("PR", "2", 2400)], "1001L1")
    post_remittance_file(content=remittance_file(advice([answer("1001", [line])])), file_name="a.835", by=system)
    both = [answer("1001", [right]), answer("1001", [back], status="22")]
    posted = post_remittance_file(content=remittance_file(advice(both, trace="CHK2")), file_name="b.835", by=system)
    assert not list(queries.exception_rows(system.practice_id, posted.remittances))
    facts = shown(system)
    assert (facts["insurance_paid_cents"], facts["contractual_cents"], facts["patient_balance_cents"]) == (11000, 6600, 2400)
    assert not [row for row in verify(system.practice_id).invariants if row[1]]
