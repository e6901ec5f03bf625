"""A visit becomes a claim, goes out, is acknowledged and paid; the next payer is billed with what the first one decided."""

import pytest

from cleanclaim.practice.charges.actions import price_charges
from cleanclaim.practice.claims import queries
from cleanclaim.practice.claims.actions import build_claim, hold_claim, release_claim
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.clearinghouse.actions import send_claims, take_acknowledgements
from cleanclaim.practice.connections.actions import add_partner
from cleanclaim.practice.connections.models import OutboxItem
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.remittance.following import bill_next_payer
from cleanclaim.practice.remittance.posting import post_remittance_file
from cleanclaim.practice.workflow.actions import drain, run_cycle
from cleanclaim.practice.workflow.proof import verify
from cleanclaim.x12 import read_acknowledgements, read_claims
from golden.money.writing import advice, answer, paid_line, remittance_file
from practice.visit_cast import clinic, coded_visit, coverage, patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(system, tmp_path):
    place = clinic(system)
    add_partner(name="Granite Exchange", location=str(tmp_path / "x"), sender_id="MAPLE1", receiver_id="GRANITE1", by=system)
    who = patient(system)
    coverage(system, who, place.granite, sequence="P")
    coverage(system, who, place.medicare, sequence="S", member_id="1EG4TE5MK73")
    found = coded_visit(system, place, who)
    price_charges(encounter_id=found.public_id, by=system)
    return found


def proved(by):
    return [row for row in verify(by.practice_id).invariants if row[1]]


def sent_bytes(by):
    item = OutboxItem.objects.of(by.practice_id).order_by("-id").first()
    return blobs.get(item.blob)


def test_a_visit_becomes_a_claim_once_and_goes_out_once(system, visit):
    claim = build_claim(encounter_id=visit.public_id, by=system)
    assert build_claim(encounter_id=visit.public_id, by=system).pk == claim.pk
    if claim.status == "held":
        claim = release_claim(claim_id=claim.public_id, by=system, despite="for this test")
    assert claim.charge_cents == claim.insurance_balance_cents == 19500
    batch = send_claims(by=system)
    assert batch[0].claims == (claim.public_id,)
    assert send_claims(by=system) == []
    document = next(iter(read_claims(sent_bytes(system))))
    assert document.patient_control_number == claim.patient_control_number
    assert [other.subscriber.sequence for other in document.other_coverages] == ["S"]
    assert not proved(system)


def test_the_next_payer_is_billed_with_what_the_first_decided(system, visit):
    claim = build_claim(encounter_id=visit.public_id, by=system)
    if claim.status == "held":
        release_claim(claim_id=claim.public_id, by=system, despite="for this test")
    send_claims(by=system)
    number = claim.patient_control_number
    lines = [
        paid_line("99213", 15000, 8000, [("CO", "45", 5000), ("PR", "2", 2000)], f"{number}L1", served=visit.served_on),
        paid_line("94640", 4500, 3000, [("CO", "45", 1500)], f"{number}L2", served=visit.served_on),
    ]
    insured = _insured(system, claim)
    who = ("Granite Health", "60054", "CI")
    posted = post_remittance_file(
        content=remittance_file(advice([answer(number, lines, icn="ICN77", insured=insured)], who=who)), file_name="a", by=system
    )
    assert posted.remittances, posted
    claim.refresh_from_db()
    assert (claim.insurance_balance_cents, claim.patient_balance_cents, claim.next_payer.name) == (2000, 0, "Medicare Part B")
    drain(by=system)
    claim.refresh_from_db()
    assert claim.payer.name == "Medicare Part B"
    document = queries.document_of(queries.latest_submission(claim))
    assert document.subscriber.sequence == "S"
    other = document.other_coverages[0]
    assert (other.subscriber.sequence, other.paid_cents, other.payer_claim_control_number) == ("P", 11000, "ICN77")
    for line in document.lines:
        made = line.adjudications[0]
        assert line.charge_cents == made.paid_cents + sum(adjustment.cents for adjustment in made.adjustments)
    assert not proved(system)


def _insured(by, claim):
    document = queries.document_of(queries.latest_submission(claim))
    return document.patient or document.subscriber.party


def test_a_277ca_rejects_one_claim_and_keeps_the_payers_number_of_another(system, visit):
    claim = build_claim(encounter_id=visit.public_id, by=system)
    if claim.status == "held":
        release_claim(claim_id=claim.public_id, by=system, despite="for this test")
    send_claims(by=system)
    from datetime import date

    from cleanclaim.documents import ClaimAcknowledgement, StatusCode

    taken = ClaimAcknowledgement(
        claim.patient_control_number, (StatusCode("A2", "20"),), date(2026, 11, 21), payer_claim_control_number="ICN9"
    )
    outcome = take_acknowledgements(answers=[taken], by=system)
    assert outcome.accepted == 1
    claim.refresh_from_db()
    assert claim.status == "accepted"
    assert queries.turns_of(claim)[0].payer_claim_control_number == "ICN9"
    assert not proved(system)


def test_a_held_claim_waits_and_a_round_sends_what_is_ready(system, visit):
    drain(by=system)
    claim = Claim.objects.of(system.practice_id).get()
    hold_claim(claim_id=claim.public_id, reason="Waiting for the referral", by=system)
    assert run_cycle(by=system).batches == 0
    release_claim(claim_id=claim.public_id, by=system, despite="The referral came")
    done = run_cycle(by=system)
    assert (done.batches, done.delivered) == (1, 1)
    assert not proved(system)


def test_a_ta1_that_rejects_puts_the_batch_back_under_new_numbers(system, visit):
    claim = build_claim(encounter_id=visit.public_id, by=system)
    if claim.status == "held":
        release_claim(claim_id=claim.public_id, by=system, despite="for this test")
    send_claims(by=system)
    first = queries.latest_submission(claim).interchange_control_number
    ta1 = (
        b"ISA*00*          *00*          *ZZ*GRANITE1       *ZZ*MAPLE1         *261120*1200*^*00501*000000009*0*T*:~"
        b"TA1*" + first.encode() + b"*261120*1200*R*020~IEA*0*000000009~"
    )
    outcome = take_acknowledgements(answers=read_acknowledgements(ta1), by=system)
    assert outcome.resent == 1
    again = send_claims(by=system)
    assert again[0].claims == (claim.public_id,)
    assert queries.latest_submission(claim).interchange_control_number != first
    assert not proved(system)


def test_bill_next_payer_waits_for_nothing_when_nobody_answered(system, visit):
    from cleanclaim.kernel.errors import Refused

    claim = build_claim(encounter_id=visit.public_id, by=system)
    with pytest.raises(Refused):
        bill_next_payer(claim_id=claim.public_id, by=system)
