"""Payers: recorded once, found by number or by the name they write under."""

from datetime import date

import pytest

from cleanclaim.documents import Party
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.payers import actions, queries

pytestmark = pytest.mark.django_db


def test_a_payer_is_recorded_once_by_its_number(system):
    first = actions.add_payer(name="Granite Health Plan", payer_id="GRAN1", by=system)
    assert actions.add_payer(name="Other words", payer_id="gran1", by=system).pk == first.pk


def test_clocks_follow_the_kind(system):
    medicare = actions.add_payer(name="Medicare", payer_id="14112", claim_filing="MB", by=system)
    assert (medicare.kind, medicare.timely_filing_days, medicare.appeal_days[0]) == ("medicare", 365, 120)


def test_a_document_names_a_payer_by_number_or_by_a_name_of_its_own(system):
    first = actions.add_payer(name="Granite Health Plan", payer_id="GRAN1", by=system, aliases=("Granite Hlth",))
    assert actions.payer_from_party(party=Party(last_name="x", id="GRAN1"), claim_filing="CI", by=system).pk == first.pk
    assert actions.payer_from_party(party=Party(last_name="GRANITE HLTH."), claim_filing="CI", by=system).pk == first.pk
    met = actions.payer_from_party(party=Party(last_name="Birch Mutual", id="BIR"), claim_filing="CI", by=system)
    assert met.pk != first.pk
    assert queries.payers_named(system.practice_id, ["birch mutual"]) == {met.pk}


def test_a_new_contract_ends_the_open_one(system):
    payer = actions.add_payer(name="Granite Health Plan", payer_id="GRAN1", by=system)
    actions.add_contract(payer_id=payer.public_id, name="2025", terms={}, valid_from=date(2025, 1, 1), by=system)
    actions.add_contract(payer_id=payer.public_id, name="2026", terms={}, valid_from=date(2026, 1, 1), by=system)
    assert queries.contract_on(system.practice_id, payer.public_id, date(2025, 12, 31)).name == "2025"
    assert queries.contract_on(system.practice_id, payer.public_id, date(2026, 1, 1)).name == "2026"


def test_an_unknown_fact_is_refused_in_words(system):
    with pytest.raises(InvalidValue, match="no shoe_size"):
        actions.add_payer(name="G", payer_id="G", by=system, shoe_size=9)
