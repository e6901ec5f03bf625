"""Denied amounts are work until somebody decides; the appeal's packet is one PDF."""

import pytest

from cleanclaim.kernel.errors import NotAllowed
from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.denials import queries, rules
from cleanclaim.practice.denials.actions import appeal_denial, decide_appeal, open_denials, write_off_denial
from cleanclaim.practice.denials.packets import build_packet
from cleanclaim.practice.remittance.posting import post_remittance_file
from cleanclaim.practice.workflow.proof import verify
from golden.money.writing import advice, answer, claim, claims_file, paid_line, remittance_file
from practice.visit_cast import clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def denied(system):
    clinic(system)
    import_claims(content=claims_file(claim("1001", [("99214", 20000)])), by=system)
    line = paid_line("99214", 20000, 0, [("CO", "197", 20000)])
    post_remittance_file(content=remittance_file(advice([answer("1001", [line], status="4")])), file_name="a", by=system)
    found = Claim.objects.of(system.practice_id).get()
    return open_denials(claim_id=found.public_id, by=system)[0]


def test_an_appeal_has_a_deadline_a_packet_and_an_outcome(system, denied):
    assert (denied.cause, denied.due_on) == ("authorization", rules.appeal_deadline(denied.decided_on, 1, [180]))
    appeal = appeal_denial(denial_id=denied.public_id, argument="The authorisation 991 was on the claim.", by=system)
    assert build_packet(appeal_id=appeal.public_id, by=system, note="A short note.").startswith(b"%PDF")
    decide_appeal(appeal_id=appeal.public_id, outcome="upheld", by=system)
    assert queries.denials_of_claim(system.practice_id, denied.claim.public_id)[0].state == "open"


def test_only_a_manager_gives_a_denied_amount_up(system, actor, denied):
    with pytest.raises(NotAllowed):
        write_off_denial(denial_id=denied.public_id, reason="No authorisation", by=actor("biller"))
    write_off_denial(denial_id=denied.public_id, reason="No authorisation", by=actor("manager"))
    found = Claim.objects.of(system.practice_id).get()
    assert (found.other_write_off_cents, found.insurance_balance_cents, found.status) == (20000, 0, "closed")
    assert not [name for name, broken in verify(system.practice_id).invariants if broken]


def test_a_later_payment_closes_the_denial(system, denied):
    line = paid_line("99214", 20000, 15000, [("CO", "45", 5000)])
    post_remittance_file(content=remittance_file(advice([answer("1001", [line])], trace="CHK2")), file_name="b", by=system)
    open_denials(claim_id=denied.claim.public_id, by=system)
    row = queries.denials_of_claim(system.practice_id, denied.claim.public_id)[0]
    assert (row.state, row.recovered_cents) == ("overturned", 15000)
