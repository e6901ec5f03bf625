"""FHIR R4: documents of the practice written as resources."""

from cleanclaim.fhir.billing import AnswerFacts, ClaimFacts, claim, claim_response, explanation_of_benefit, payment_reconciliation
from cleanclaim.fhir.bundles import TYPES, capability_statement, operation_outcome, search_set
from cleanclaim.fhir.elements import fhir_id, public_id, reference
from cleanclaim.fhir.people import coverage, encounter, patient, restricted_patient

__all__ = [
    "TYPES", "AnswerFacts", "ClaimFacts", "capability_statement", "claim", "claim_response", "coverage", "encounter", "explanation_of_benefit", "fhir_id",
    "operation_outcome", "patient", "payment_reconciliation", "public_id", "reference", "restricted_patient", "search_set",
]  # fmt: skip
