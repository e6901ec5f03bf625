"""Prior authorization: what a provider asks a payer's reviewer (278 request) and what the reviewer decides (278 response)."""

from __future__ import annotations

from typing import NamedTuple

from cleanclaim.documents.claims import Diagnosis
from cleanclaim.documents.parts import DateFact, Party, Place, Reference
from cleanclaim.kernel.money import Rate


class ReviewedService(NamedTuple):
    """One service of a review: what, how often, when; and, in an answer, what was decided about it (`action`, `number`)."""

    procedure: str = ""
    procedure_qualifier: str = "HC"
    modifiers: tuple[str, ...] = ()
    cents: int | None = None
    quantity: Rate | None = None
    unit: str = ""
    revenue_code: str = ""
    kind: str = "SV1"
    dates: tuple[DateFact, ...] = ()
    trace_number: str = ""
    action: str = ""
    number: str = ""


class AuthorizationRequest(NamedTuple):
    """A question for a review. `category` is UM01 (HS health services, AR admission, SC specialty care), `certification` UM02 (I initial,
    R renewal, S revised ...), `service_type` UM03; `dependent` is the patient when it is not the subscriber.
    """

    reviewer: Party
    requester: Party
    subscriber: Party
    trace_number: str
    category: str = "HS"
    certification: str = "I"
    service_type: str = ""
    facility_code: str = ""
    facility_qualifier: str = ""
    dependent: Party | None = None
    relationship: str = "18"
    diagnoses: tuple[Diagnosis, ...] = ()
    dates: tuple[DateFact, ...] = ()
    providers: tuple[Party, ...] = ()
    services: tuple[ReviewedService, ...] = ()
    references: tuple[Reference, ...] = ()
    message: str = ""
    place: Place | None = None


class AuthorizationDecision(NamedTuple):
    """The reviewer's answer. `action` is HCR01 (A1 certified in total, A2 partially, A3 not certified, A4 pended, A6 modified, CT contact the
    payer), `number` the authorization number; `rejections` are AAA reason codes of a question that could not be answered.
    """

    request: AuthorizationRequest
    action: str = ""
    number: str = ""
    reason: str = ""
    rejections: tuple[str, ...] = ()
    place: Place | None = None
