"""Questions and answers as files: 270 out, 271 in (005010X279A1). The one place of this app that knows X12."""

from __future__ import annotations

from collections.abc import Sequence

from cleanclaim import x12
from cleanclaim.documents import EligibilityRequest, EligibilityResponse
from cleanclaim.kernel.errors import UnreadableInput
from cleanclaim.practice.connections.actions import next_control_numbers
from cleanclaim.practice.connections.models import TradingPartner
from cleanclaim.practice.eligibility.models import EligibilityCheck
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.payers.queries import payer_party
from cleanclaim.practice.people.queries import billing_party, billing_provider_on
from cleanclaim.practice.registration.parties import patient_party, subscriber_of


def request_of(check: EligibilityCheck) -> EligibilityRequest:
    """Return the question as a document."""
    coverage = check.coverage
    subscriber = subscriber_of(coverage)
    is_self = coverage.relationship == "18"
    return EligibilityRequest(
        payer=payer_party(coverage.payer), provider=billing_party(billing_provider_on(check.practice_id, check.asked_for))._replace(entity="1P"),
        subscriber=subscriber.party, trace_number=check.trace_number, asked_for=check.asked_for,
        dependent=None if is_self else patient_party(coverage.patient, "03"), relationship=coverage.relationship,
        service_types=tuple(check.service_types),
    )  # fmt: skip


def questions_file(checks: Sequence[EligibilityCheck], partner: TradingPartner, by: Actor) -> tuple[bytes, int, int]:
    """Write questions to one partner as a 270; returns the bytes with the interchange and group control numbers that they carry."""
    interchange, group = next_control_numbers(by, partner)
    envelope = x12.Envelope(
        partner.sender_id, partner.receiver_id, by.at, interchange, group, 1, "P" if partner.is_production else "T",
        partner.sender_qualifier, partner.receiver_qualifier,
    )  # fmt: skip
    return x12.write_eligibility_requests([request_of(check) for check in checks], envelope), interchange, group


def answers_in(content: bytes) -> list[EligibilityResponse]:
    """Read every answer of a 271. Raises UnreadableInput for a file without one."""
    answers = list(x12.read_eligibility_responses(content))
    if not answers:
        raise UnreadableInput("There is no answer about eligibility (271) in this file.")
    return answers
