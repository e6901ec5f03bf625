"""A claim: one submission to one payer, as 837P, 837I and 837D carry it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cleanclaim.documents.parts import Adjustment, Amount, DateFact, Party, Place, Reference
from cleanclaim.kernel.money import Rate


class Diagnosis(NamedTuple):
    """An ICD-10-CM diagnosis of a claim, without its dot (`E119`), in claim order.

    `qualifier` is HI's (ABK principal, ABF other, ABJ admitting, APR reason for visit, ABN external cause); `poa` is Y, N, U, W, 1 or empty.
    """

    code: str
    qualifier: str = "ABF"
    poa: str = ""


class CodedFact(NamedTuple):
    """Another HI of an institutional claim: an ICD-10-PCS procedure (BBR, BBQ), occurrence (BH), span (BI), value (BE), condition
    (BG) code or DRG (DR), with its date, last date or amount.
    """

    qualifier: str
    code: str
    first: date | None = None
    last: date | None = None
    cents: int | None = None


class Subscriber(NamedTuple):
    """A coverage as a claim shows it (SBR and its loop): who holds it and which payer answers for it.

    `sequence` is P, S or T (SBR01); `relationship` the patient's relation to the subscriber (18 self, 01 spouse, 19 child ...);
    `claim_filing` SBR09 (CI, MB, MC, BL ...); `insurance_type` SBR05 (Medicare secondary type 12 ...).
    """

    party: Party
    payer: Party
    sequence: str = "P"
    relationship: str = "18"
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    claim_filing: str = ""


class OtherCoverage(NamedTuple):
    """Another payer of the same claim (loop 2320) with what it has decided: its CAS, payment and responsibilities."""

    subscriber: Subscriber
    adjustments: tuple[Adjustment, ...] = ()
    paid_cents: int | None = None
    remaining_patient_cents: int | None = None
    non_covered_cents: int | None = None
    benefits_assigned: str = "Y"
    release_of_information: str = "Y"
    paid_on: date | None = None
    payer_claim_control_number: str = ""
    remarks: tuple[str, ...] = ()
    amounts: tuple[Amount, ...] = ()
    references: tuple[Reference, ...] = ()


class LineAdjudication(NamedTuple):
    """What another payer decided for a line (loop 2430): SVD, CAS, date and the patient's remaining liability."""

    payer_id: str
    paid_cents: int
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    quantity: Rate | None = None
    bundled_line: int | None = None
    adjustments: tuple[Adjustment, ...] = ()
    paid_on: date | None = None
    remaining_patient_cents: int | None = None


class Attachment(NamedTuple):
    """Paperwork that goes beside a claim or line (PWK): its kind (03 report, OZ support data ...), the way it goes (AA on request, BM by
    mail, EL electronically, FX by fax ...) and the number that it carries there.
    """

    report_type: str
    transmission: str
    control_number: str = ""


class AmbulanceTrip(NamedTuple):
    """Why and how far an ambulance carried the patient (CR1): reason A to E, miles, the patient's pounds, and words on the way back and the
    stretcher.
    """

    reason: str
    miles: Rate | None = None
    weight_pounds: Rate | None = None
    round_trip: str = ""
    stretcher: str = ""


class ConditionIndicator(NamedTuple):
    """A CRC: what is certified (07 ambulance, 09 durable equipment, 70 hospice, 75 homebound, E1 to E3 vision, ZZ EPSDT referral), whether
    it applies, and the conditions' codes.
    """

    category: str
    applies: bool
    codes: tuple[str, ...] = ()


class Repricing(NamedTuple):
    """What a repricer made of a claim or line (HCP): how it priced (HCP01), what it allows and saves, who it is, and its grouping, rate,
    replaced code and reasons where it gave them.
    """

    methodology: str
    allowed_cents: int
    saved_cents: int | None = None
    organization: str = ""
    rate: Rate | None = None
    group_code: str = ""
    group_cents: int | None = None
    revenue_or_drg: str = ""
    procedure_qualifier: str = ""
    procedure: str = ""
    unit: str = ""
    quantity: Rate | None = None
    rejection: str = ""
    compliance: str = ""
    exception: str = ""


class ServiceLine(NamedTuple):
    """A line of a claim (loop 2400). `pointers` are 1-based places in the claim's diagnoses, the most important first."""

    number: int
    procedure: str
    charge_cents: int
    quantity: Rate
    modifiers: tuple[str, ...] = ()
    pointers: tuple[int, ...] = ()
    served_on: date | None = None
    served_to: date | None = None
    unit: str = "UN"
    procedure_qualifier: str = "HC"
    description: str = ""
    place_of_service: str = ""
    revenue_code: str = ""
    non_covered_cents: int | None = None
    emergency: bool = False
    epsdt: bool = False
    control_number: str = ""
    national_drug_code: str = ""
    drug_quantity: Rate | None = None
    drug_unit: str = ""
    prior_authorization: str = ""
    providers: tuple[Party, ...] = ()
    adjudications: tuple[LineAdjudication, ...] = ()
    dates: tuple[DateFact, ...] = ()
    references: tuple[Reference, ...] = ()
    amounts: tuple[Amount, ...] = ()
    note: str = ""
    tooth: tuple[str, ...] = ()
    place: Place | None = None
    attachments: tuple[Attachment, ...] = ()
    ambulance: AmbulanceTrip | None = None
    conditions: tuple[ConditionIndicator, ...] = ()
    fixed_formats: tuple[str, ...] = ()
    repricing: Repricing | None = None


class Claim(NamedTuple):
    """One claim to one payer. `kind` is 837P, 837I or 837D; codes stand without dots; the patient is the subscriber when `patient` is None.

    `facility_code` is the place of service (837P) or the first two digits of the type of bill (837I), `frequency` CLM05-3
    (1 original, 7 replacement, 8 void). `providers` holds rendering (82), referring (DN), supervising (DQ), facility (77), attending
    (71), operating (72) and others by their entity code. `unreadable` lists texts of the file that were no amount, number or day: the
    field they stood in holds 0 or None, and a claim that has any is not to be relied on.
    """

    patient_control_number: str
    charge_cents: int
    billing: Party
    subscriber: Subscriber
    lines: tuple[ServiceLine, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    kind: str = "837P"
    facility_code: str = "11"
    facility_qualifier: str = "B"
    frequency: str = "1"
    patient: Party | None = None
    pay_to: Party | None = None
    providers: tuple[Party, ...] = ()
    other_coverages: tuple[OtherCoverage, ...] = ()
    provider_signature: str = "Y"
    assignment: str = "A"
    benefits_assigned: str = "Y"
    release_of_information: str = "Y"
    payer_claim_control_number: str = ""
    prior_authorization: str = ""
    referral_number: str = ""
    clia_number: str = ""
    patient_paid_cents: int | None = None
    coded_facts: tuple[CodedFact, ...] = ()
    admission_type: str = ""
    admission_source: str = ""
    discharge_status: str = ""
    accident_causes: tuple[str, ...] = ()
    accident_state: str = ""
    delay_reason: str = ""
    dates: tuple[DateFact, ...] = ()
    references: tuple[Reference, ...] = ()
    amounts: tuple[Amount, ...] = ()
    note: str = ""
    submitter: Party | None = None
    receiver: Party | None = None
    place: Place | None = None
    unreadable: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    ambulance: AmbulanceTrip | None = None
    conditions: tuple[ConditionIndicator, ...] = ()
    fixed_formats: tuple[str, ...] = ()
    repricing: Repricing | None = None

    @property
    def served_on(self) -> date | None:
        """The first day of service over all lines, else the statement's first day (DTP 434)."""
        days = [line.served_on for line in self.lines if line.served_on is not None]
        if days:
            return min(days)
        return next((fact.first for fact in self.dates if fact.qualifier == "434"), None)

    @property
    def type_of_bill(self) -> str:
        """The three digits of an institutional type of bill: facility code and frequency (`131`); empty on other claims."""
        return self.facility_code + self.frequency if self.kind == "837I" else ""

    def provider(self, entity: str) -> Party | None:
        """Return the claim-level provider of a role, by its entity code."""
        return next((party for party in self.providers if party.entity == entity), None)

    def __repr__(self) -> str:
        return f"Claim({self.kind} of {len(self.lines)} lines)"
