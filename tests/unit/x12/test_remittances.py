"""Remittances go out as 835 and come back as what they were; what does not balance is not written."""

from __future__ import annotations

from datetime import date

import pytest

import x12_samples as samples
from cleanclaim import x12
from cleanclaim.documents import (
    ClaimAcknowledgement,
    ClaimPayment,
    ProviderAdjustment,
    RemittanceAdvice,
    RemittanceHeader,
    StatusCode,
)
from cleanclaim.kernel.errors import Refused
from x12_judge import complaints


def bare(advice: RemittanceAdvice) -> RemittanceAdvice:
    return RemittanceAdvice(
        advice.header._replace(place=None),
        tuple(claim._replace(place=None) for claim in advice.claims),
        tuple(item._replace(place=None) for item in advice.provider_adjustments),
    )


def test_remittance_comes_back_as_it_was_written():
    written = x12.write_remittances([samples.advice()], samples.ENVELOPE)
    assert [bare(read) for read in x12.read_remittances(written)] == [samples.advice()]


def test_outside_judge_accepts_our_remittance():
    assert complaints(x12.write_remittances([samples.advice()], samples.ENVELOPE)) == []


def test_stream_yields_header_claims_adjustments_in_order():
    written = x12.write_remittances([samples.advice()], samples.ENVELOPE)
    assert [type(item) for item in x12.read_payments(written)] == [RemittanceHeader, ClaimPayment, ProviderAdjustment]


def test_remittance_is_refused_when_a_line_is_out_of_balance():
    good = samples.advice()
    claim = good.claims[0]
    lines = (claim.lines[0]._replace(paid_cents=9999), claim.lines[1])
    with pytest.raises(Refused, match=r"Line 1 .* by 0.01"):
        x12.write_remittances([good._replace(claims=(claim._replace(lines=lines),))], samples.ENVELOPE)


def test_remittance_is_refused_when_the_check_differs():
    good = samples.advice()
    with pytest.raises(Refused, match="check differs"):
        x12.write_remittances([good._replace(header=good.header._replace(paid_cents=1))], samples.ENVELOPE)


def test_claim_acknowledgement_finds_its_claim():
    claim = next(iter(x12.read_claims(x12.write_claims([samples.professional()], samples.ENVELOPE))))
    taken = ClaimAcknowledgement("1001", (StatusCode("A2", "20", "PR"),), batch_reference="17-0001")
    refused = ClaimAcknowledgement("1005", (StatusCode("A7", "562", "85"), StatusCode("A7", "21")), batch_reference="17-0001")
    pairs = [(claim, taken), (claim._replace(patient_control_number="1005"), refused)]
    written = x12.write_claim_acknowledgements(pairs, samples.ENVELOPE, received_on=date(2026, 11, 20))
    assert complaints(written) == []
    answers = list(x12.read_acknowledgements(written))
    assert [(answer.patient_control_number, answer.is_accepted, answer.batch_reference) for answer in answers] == [
        ("1001", True, "17-0001"), ("1005", False, "17-0001"),
    ]  # fmt: skip
