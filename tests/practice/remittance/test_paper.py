"""Paper EOBs obey the rules of every remittance."""

import pytest

from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.claims.queries import claim_numbered
from cleanclaim.practice.remittance.models import Remittance
from cleanclaim.practice.remittance.paper import post_paper_eob
from golden.money.writing import advice, answer, claim, claims_file, paid_line

pytestmark = pytest.mark.django_db


def eob(paid=12000, off=8000, trace="EOB77"):
    return advice([answer("1001", [paid_line("99214", 20000, paid, [("CO", "45", off)])])], trace=trace)


def test_a_typed_eob_posts_once(system):
    import_claims(content=claims_file(claim("1001", [("99214", 20000)])), by=system)
    assert post_paper_eob(advice=eob(), by=system).remittances
    assert post_paper_eob(advice=eob(), by=system).duplicates
    assert claim_numbered(system.practice_id, "1001").insurance_paid_cents == 12000
    assert Remittance.objects.of(system.practice_id).get().is_manual


def test_a_typed_eob_that_does_not_balance_or_has_no_number_is_refused(system):
    with pytest.raises(Refused, match="out of balance"):
        post_paper_eob(advice=eob(off=7999), by=system)
    with pytest.raises(InvalidValue, match="number of the check"):
        post_paper_eob(advice=eob(trace=" "), by=system)
