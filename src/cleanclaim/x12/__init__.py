"""X12: every HIPAA transaction read, written, checked and acknowledged. See README.md of this package."""

from cleanclaim.x12.envelope.envelope import Envelope
from cleanclaim.x12.implementations.acknowledge import Acknowledged, acknowledge
from cleanclaim.x12.implementations.acknowledge_claims import acknowledge_claims
from cleanclaim.x12.implementations.acknowledgements_read import Acknowledgement, read_acknowledgements
from cleanclaim.x12.implementations.check import check
from cleanclaim.x12.implementations.checked import CheckedFile, CheckedGroup, CheckedInterchange, CheckedTransaction
from cleanclaim.x12.implementations.claim_acknowledgements_write import write_claim_acknowledgements
from cleanclaim.x12.implementations.claims_read import read_claims
from cleanclaim.x12.implementations.claims_write import write_claims
from cleanclaim.x12.implementations.documents_of import documents_of
from cleanclaim.x12.implementations.mask import mask
from cleanclaim.x12.implementations.remittances_read import Payment, read_payments, read_remittances
from cleanclaim.x12.implementations.remittances_write import write_remittances
from cleanclaim.x12.implementations.rewrite import rewrite, split
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.findings import X12Finding
from cleanclaim.x12.tokens.source import Source

__all__ = [
    "Acknowledged", "Acknowledgement", "CheckedFile", "CheckedGroup", "CheckedInterchange", "CheckedTransaction", "Delimiters", "Envelope", "Payment", "Source", "X12Finding", "acknowledge", "acknowledge_claims", "check", "documents_of", "mask", "read_acknowledgements", "read_claims",
    "read_payments", "read_remittances", "rewrite", "split", "write_claim_acknowledgements", "write_claims", "write_remittances",
]  # fmt: skip
