"""X12: every HIPAA transaction read, written, checked and acknowledged. See README.md of this package."""

from cleanclaim.x12.envelope.envelope import Envelope
from cleanclaim.x12.implementations.acknowledge import Acknowledged, acknowledge
from cleanclaim.x12.implementations.acknowledge_claims import acknowledge_claims
from cleanclaim.x12.implementations.acknowledgements_read import Acknowledgement, read_acknowledgements
from cleanclaim.x12.implementations.answers import ClaimAnswer, SentClaim, match_answers, sent_claims
from cleanclaim.x12.implementations.authorizations import (
    read_authorization_decisions,
    read_authorization_requests,
    write_authorization_decisions,
    write_authorization_requests,
)
from cleanclaim.x12.implementations.breaking_off import unended
from cleanclaim.x12.implementations.check import check
from cleanclaim.x12.implementations.checked import CheckedFile, CheckedGroup, CheckedInterchange, CheckedTransaction
from cleanclaim.x12.implementations.claim_acknowledgements_write import write_claim_acknowledgements
from cleanclaim.x12.implementations.claims_read import read_claims
from cleanclaim.x12.implementations.claims_write import write_claims
from cleanclaim.x12.implementations.documents_of import documents_of
from cleanclaim.x12.implementations.eligibility import (
    read_eligibility_requests,
    read_eligibility_responses,
    write_eligibility_requests,
    write_eligibility_responses,
)
from cleanclaim.x12.implementations.enrollments import read_enrollments
from cleanclaim.x12.implementations.external_codes import CodeBook
from cleanclaim.x12.implementations.mask import mask
from cleanclaim.x12.implementations.partners import Partner, partner_from, read_partner
from cleanclaim.x12.implementations.premiums import read_premiums
from cleanclaim.x12.implementations.remittances_read import Payment, read_payments, read_remittances
from cleanclaim.x12.implementations.remittances_write import write_remittances
from cleanclaim.x12.implementations.rewrite import rewrite, split
from cleanclaim.x12.implementations.status import read_status_requests, read_statuses, write_status_requests, write_statuses
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.findings import X12Finding
from cleanclaim.x12.tokens.source import Source

__all__ = [
    "Acknowledged", "Acknowledgement", "CheckedFile", "CheckedGroup", "CheckedInterchange", "CheckedTransaction",
    "ClaimAnswer", "CodeBook", "Delimiters", "Envelope", "Partner", "Payment", "SentClaim", "Source", "X12Finding", "acknowledge", "acknowledge_claims", "check",
    "documents_of", "mask", "match_answers", "partner_from", "read_acknowledgements", "read_authorization_decisions", "read_authorization_requests",
    "read_claims", "read_eligibility_requests", "read_eligibility_responses", "read_enrollments", "read_partner", "read_payments",
    "read_premiums", "read_remittances", "read_status_requests", "read_statuses", "rewrite", "sent_claims", "split", "unended",
    "write_authorization_decisions", "write_authorization_requests", "write_claim_acknowledgements", "write_claims",
    "write_eligibility_requests", "write_eligibility_responses", "write_remittances", "write_status_requests",
    "write_statuses",
]  # fmt: skip
