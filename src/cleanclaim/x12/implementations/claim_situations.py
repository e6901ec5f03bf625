"""Situations of an 837 (level 4): what a claim must carry, or must not, because of what else it says.

Each rule is a function with its reason. What the guides demand outright is an error; what payers mostly demand, or what is rather a slip
than a fault, is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from cleanclaim.x12.grammar.elements import Fault
from cleanclaim.x12.grammar.walker import Where
from cleanclaim.x12.tokens.findings import WARNING

_INPATIENT: Final = frozenset({"11", "12", "18", "21", "41", "65", "66", "86"})
_HOSPITAL: Final = frozenset({"21", "51", "61"})
# What a service segment says of its claim, as bits.
AMBULANCE: Final = 1
ANESTHESIA: Final = 2
UNLISTED: Final = 4
CLINICAL_LABORATORY: Final = 8


Saying: TypeAlias = tuple[str, str, tuple[str, ...], str]
"""What CLM05 and CLM11 say: facility, frequency, causes of an accident, its state."""


class CoverageFacts:
    """Another payer of the claim: what it paid and adjusted at claim level, and what its lines say."""

    __slots__ = ("adjusted", "at", "has_money", "line_adjusted", "paid", "payer", "sequence")

    def __init__(self, at: Where, sequence: str) -> None:
        self.at = at
        self.sequence = sequence
        self.payer = ""
        self.paid: int | None = None
        self.adjusted = 0
        self.line_adjusted = 0
        self.has_money = False


class ClaimFacts:
    """What the rules need to know of one claim while it passes."""

    __slots__ = (
        "at", "causes", "charge", "codes", "coverages", "diagnoses", "facility", "facts", "flags", "frequency", "line_charges", "lines", "payers",
        "pointers", "providers", "state",
    )  # fmt: skip

    def __init__(self, at: Where, charge: int, saying: Saying) -> None:
        self.at = at
        self.facility, self.frequency, self.causes, self.state = saying
        self.charge = charge
        self.line_charges = self.lines = self.diagnoses = self.pointers = self.flags = 0
        self.facts: set[str] = set()
        self.codes: set[str] = set()
        self.providers: set[str] = set()
        self.payers: dict[str, CoverageFacts] = {}
        self.coverages: list[CoverageFacts] = []


class LevelFacts:
    """What the levels above a claim say: its coverage, its subscriber, its billing provider."""

    __slots__ = ("billing_npi", "has_address", "has_birth", "has_patient", "is_self", "kind", "property_claim", "sbr")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.is_self = True
        self.has_patient = self.has_address = self.has_birth = False
        self.sbr: list[str] = [""] * 10
        self.billing_npi = ""
        self.property_claim = False


def situations(claim: ClaimFacts, level: LevelFacts) -> list[Fault]:
    """Return what is wrong with a claim's situation. Rules run only where what they speak of is there."""
    faults: list[Fault] = []
    sbr, kind = level.sbr, level.kind
    if not level.is_self or level.has_patient:
        faults += patient_loop(sbr, is_self=level.is_self, has_patient=level.has_patient)
    if level.is_self and not (level.has_address and level.has_birth):
        faults += subscriber_address(has_address=level.has_address, has_birth=level.has_birth)
    if claim.frequency in {"7", "8"}:
        faults += original_number(claim.frequency, claim.facts)
    if claim.causes:
        faults += accident_facts(claim.causes, claim.state, claim.facts)
    if claim.pointers > claim.diagnoses:
        faults += pointers(claim.pointers, claim.diagnoses, kind)
    if sbr[1] != "P":
        faults += other_coverage(sbr[1], len(claim.coverages))
        faults += medicare_second(sbr, kind)
    if claim.coverages:
        faults += coverage_order(sbr[1], claim.coverages)
    if claim.flags:
        faults += service_facts(claim)
    if sbr[9] in {"WC", "AM"} and not level.property_claim:
        faults += property_number(sbr[9])
    if kind == "837I":
        faults += admission(claim.facility, claim.facts)
        faults += institutional(claim)
    elif kind == "837P" and claim.facility in _HOSPITAL:
        faults += hospital_admission(claim.facility, claim.facts)
    return faults


def patient_loop(sbr: list[str], *, is_self: bool, has_patient: bool) -> Iterator[Fault]:
    """The patient is either the subscriber (SBR02 18) or has a level of its own (loop 2000C): else nobody was treated."""
    if sbr[0] and not is_self and not has_patient:
        says = "SBR02 does not say that the subscriber is the patient (18), and no patient level follows."
        yield Fault("PATIENT_MISSING", 4, "I6", says, tag="HL")
    elif is_self and has_patient:
        yield Fault(
            "PATIENT_TWICE", 4, "I9", "SBR02 says that the subscriber is the patient (18), yet a patient level follows.", tag="HL"
        )


def subscriber_address(*, has_address: bool, has_birth: bool) -> Iterator[Fault]:
    """When the subscriber is the patient, loop 2010BA carries address, birth date and sex: the payer finds the person by them."""
    if not has_address:
        yield Fault(
            "SUBSCRIBER_ADDRESS_MISSING",
            4,
            "I6",
            "The subscriber is the patient, so loop 2010BA needs an address.",
            severity=WARNING,
        )
    if not has_birth:
        yield Fault(
            "SUBSCRIBER_BIRTH_MISSING",
            4,
            "I6",
            "The subscriber is the patient, so loop 2010BA needs birth date and sex.",
            severity=WARNING,
        )


def original_number(frequency: str, facts: set[str]) -> Iterator[Fault]:
    """A replacement (7) or void (8) names the payer's number of the claim that it takes the place of (REF F8)."""
    if frequency in {"7", "8"} and not any(fact[4:6] == "F8" for fact in facts):
        says = f"Frequency {frequency} needs the payer's claim control number (REF F8)."
        yield Fault("ORIGINAL_NUMBER_MISSING", 4, "I6", says, frequency, tag="REF")


def accident_facts(causes: tuple[str, ...], state: str, facts: set[str]) -> Iterator[Fault]:
    """An accident has a day (DTP 439); an automobile accident also a state (CLM11-4): they decide who pays."""
    if causes and any(cause in {"AA", "OA"} for cause in causes) and not any(fact[4:7] == "439" for fact in facts):
        says = "A claim after an accident needs the day of the accident (DTP 439)."
        yield Fault("ACCIDENT_DATE_MISSING", 4, "I6", says, causes[0], tag="DTP")
    if "AA" in causes and not state:
        yield Fault(
            "ACCIDENT_STATE_MISSING",
            4,
            "I9",
            "A claim after an automobile accident needs its state (CLM11-4).",
            "AA",
            11,
            4,
            0,
            "156",
        )


def pointers(highest: int, diagnoses: int, kind: str) -> Iterator[Fault]:
    """A line points to diagnoses that the claim has."""
    if highest > max(diagnoses, 0) and kind != "837I" and diagnoses:
        says = f"A line points to diagnosis {highest}; the claim has {diagnoses}."
        yield Fault("POINTER_BEYOND_DIAGNOSES", 4, "7", says, str(highest), tag="SV1" if kind == "837P" else "SV3")


def other_coverage(sequence: str, coverages: int) -> Iterator[Fault]:
    """A claim to a secondary or tertiary payer shows the payers before it (loop 2320): they have decided first."""
    if sequence in {"S", "T"} and not coverages:
        says = "The claim goes to a secondary or tertiary payer, but no other coverage (loop 2320) shows who came first."
        yield Fault("OTHER_COVERAGE_MISSING", 4, "I6", says, sequence, tag="SBR")


def medicare_second(sbr: list[str], kind: str) -> Iterator[Fault]:
    """Medicare as secondary payer needs the reason why it is not first (SBR05)."""
    if kind != "837I" and sbr[9] == "MB" and sbr[1] in {"S", "T"} and not sbr[5]:
        yield Fault("MEDICARE_SECONDARY_REASON", 4, "I6", "Medicare is not the first payer, so SBR05 says why.", "MB", tag="SBR")


def admission(facility: str, facts: set[str]) -> Iterator[Fault]:
    """An inpatient claim has the day of admission (DTP 435)."""
    if facility in _INPATIENT and not any(fact[4:7] == "435" for fact in facts):
        yield Fault(
            "ADMISSION_DATE_MISSING", 4, "I6", "An inpatient claim needs the day of admission (DTP 435).", facility, tag="DTP"
        )


def coverage_order(sequence: str, coverages: list[CoverageFacts]) -> Iterator[Fault]:
    """Each payer of a claim has its own rank (SBR01): two primaries would each wait for the other."""
    ranks = [sequence, *(coverage.sequence for coverage in coverages)]
    twice = next((rank for at, rank in enumerate(ranks) if rank in {"P", "S", "T"} and rank in ranks[:at]), "")
    if twice:
        says = f"Two payers of the claim have the rank {twice} (SBR01)."
        yield Fault("PAYER_RANK_REPEATED", 4, "", says, twice, severity=WARNING, tag="SBR")


def service_facts(claim: ClaimFacts) -> Iterator[Fault]:
    """What some services bring with them: the trip of an ambulance, minutes of anesthesia, words for an unlisted code."""
    if claim.flags & AMBULANCE and "CR1" not in claim.codes:
        yield Fault(
            "AMBULANCE_TRIP_MISSING",
            4,
            "",
            "An ambulance is billed, but nothing says why and how far it drove (CR1).",
            severity=WARNING,
            tag="CR1",
        )
    if claim.flags & AMBULANCE and not {"PW", "45"} <= claim.providers:
        says = "An ambulance is billed without its pick-up and drop-off addresses (loops 2310E and 2310F)."
        yield Fault("AMBULANCE_PLACES_MISSING", 4, "", says, severity=WARNING, tag="NM1")
    if claim.flags & ANESTHESIA:
        says = "Anesthesia is billed in units (UN); its time goes in minutes (MJ)."
        yield Fault("ANESTHESIA_MINUTES", 4, "", says, "UN", severity=WARNING, tag="SV1")
    if claim.flags & UNLISTED:
        says = "An unlisted or unspecified procedure is billed without a description (SV101-7)."
        yield Fault("DESCRIPTION_MISSING", 4, "", says, severity=WARNING, tag="SV1")
    if claim.flags & CLINICAL_LABORATORY and not any(fact[4:6] == "X4" for fact in claim.facts):
        says = "A waived laboratory test (QW) is billed without the laboratory's CLIA number (REF X4)."
        yield Fault("CLIA_MISSING", 4, "", says, severity=WARNING, tag="REF")


def property_number(filing: str) -> Iterator[Fault]:
    """Workers' compensation and automobile insurers find the case by their own claim number (REF Y4)."""
    says = "A claim to workers' compensation or an automobile insurer has the insurer's claim number (REF Y4)."
    yield Fault("PROPERTY_CLAIM_NUMBER_MISSING", 4, "", says, filing, severity=WARNING, tag="REF")


def hospital_admission(facility: str, facts: set[str]) -> Iterator[Fault]:
    """A professional visit to an inpatient says when the patient was admitted (DTP 435)."""
    if not any(fact[4:7] == "435" for fact in facts):
        says = f"Place of service {facility} is a hospital stay; the day of admission (DTP 435) is missing."
        yield Fault("VISIT_ADMISSION_MISSING", 4, "", says, facility, severity=WARNING, tag="DTP")


def institutional(claim: ClaimFacts) -> Iterator[Fault]:
    """An institutional claim names who attended the patient; an inpatient one has the admitting diagnosis and the hour of admission."""
    if "71" not in claim.providers:
        says = "No attending provider (NM1 71) is named; only scheduled transport goes without one."
        yield Fault("ATTENDING_MISSING", 4, "", says, severity=WARNING, tag="NM1")
    if claim.facility in {"11", "12", "18", "21", "41"} and not {"ABJ", "BJ"} & claim.codes:
        yield Fault(
            "ADMITTING_DIAGNOSIS_MISSING",
            4,
            "",
            "An inpatient claim has the diagnosis at admission (HI ABJ).",
            claim.facility,
            severity=WARNING,
            tag="HI",
        )
