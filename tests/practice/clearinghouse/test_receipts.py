"""The payer's own acceptance of a claim is proof of filing, in whichever order the answers are read."""

import pytest

from cleanclaim.documents import FunctionalAcknowledgement
from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.claims.models import Claim, Submission
from cleanclaim.practice.clearinghouse.actions import take_acknowledgements
from cleanclaim.practice.denials.actions import proof_of_filing
from golden.money.writing import claim, claims_file


@pytest.mark.django_db
def test_a_999_that_is_read_after_the_277ca_takes_no_proof_away(system):
    import_claims(content=claims_file(claim("1001", [("99214", 20000)])), by=system)
    sent = Submission.objects.of(system.practice_id).get()
    sent.state, sent.receipt, sent.accepted_on, sent.group_control_number = "accepted", "277CA", system.today, "7"
    sent.transaction_control_number = "0001"
    sent.save()
    found = Claim.objects.of(system.practice_id).get()
    assert proof_of_filing(found)
    take_acknowledgements(answers=[FunctionalAcknowledgement("HC", "7", "005010X222A1", "A", 1, 1, 1)], by=system)
    assert proof_of_filing(found)
