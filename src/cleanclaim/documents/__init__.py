"""Frozen values that cross every boundary: X12, FHIR, forms, edits, the encoder and the practice all speak them.

They are named tuples: immutable, comparable, cheap to make by the hundred thousand. Money is whole cents in fields named `*_cents`,
service dates are plain dates, quantities are exact. A document may be wrong (that is a finding); it is never half built.
"""

from cleanclaim.documents.acknowledgements import (
    ClaimAcknowledgement,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    SegmentError,
    StatusCode,
    TransactionAcknowledgement,
)
from cleanclaim.documents.authorizations import AuthorizationDecision, AuthorizationRequest, ReviewedService
from cleanclaim.documents.claims import (
    AmbulanceTrip,
    Attachment,
    Claim,
    CodedFact,
    ConditionIndicator,
    Diagnosis,
    LineAdjudication,
    OtherCoverage,
    Repricing,
    ServiceLine,
    Subscriber,
)
from cleanclaim.documents.coding import (
    CodedEncounter,
    EmLevel,
    Evidence,
    NotCoded,
    Note,
    NoteContext,
    ProcedureCode,
    Suggestion,
    Suggestions,
)
from cleanclaim.documents.eligibility import Benefit, EligibilityRequest, EligibilityResponse
from cleanclaim.documents.enrollments import Enrollment, MemberCoverage
from cleanclaim.documents.parts import Address, Adjustment, Amount, DateFact, Party, Place, Reference
from cleanclaim.documents.premiums import PremiumItem, PremiumPayment
from cleanclaim.documents.remittances import (
    ClaimPayment,
    ProviderAdjustment,
    RemittanceAdvice,
    RemittanceHeader,
    ServicePayment,
)
from cleanclaim.documents.status import ClaimStatus, ClaimStatusRequest

__all__ = [
    "Address", "Adjustment", "AmbulanceTrip", "Amount", "Attachment", "AuthorizationDecision", "AuthorizationRequest", "Benefit", "Claim", "ClaimAcknowledgement", "ClaimPayment", "ClaimStatus",
    "ClaimStatusRequest", "CodedEncounter", "CodedFact", "ConditionIndicator", "DateFact", "Diagnosis", "EligibilityRequest", "EligibilityResponse",
    "EmLevel", "Enrollment", "Evidence", "FunctionalAcknowledgement", "InterchangeAcknowledgement", "LineAdjudication", "MemberCoverage", "NotCoded", "Note",
    "NoteContext", "OtherCoverage", "Party", "Place", "PremiumItem", "PremiumPayment", "ProcedureCode", "ProviderAdjustment", "Reference", "RemittanceAdvice",
    "RemittanceHeader", "Repricing", "ReviewedService", "SegmentError", "ServiceLine", "ServicePayment", "StatusCode", "Subscriber", "Suggestion", "Suggestions",
    "TransactionAcknowledgement",
]  # fmt: skip
