"""Invented claims, remittances and envelopes for the tests of X12. Nobody in here exists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from cleanclaim import x12
from cleanclaim.documents import (
    Address,
    Adjustment,
    Amount,
    Claim,
    ClaimPayment,
    CodedFact,
    DateFact,
    Diagnosis,
    LineAdjudication,
    OtherCoverage,
    Party,
    ProviderAdjustment,
    Reference,
    RemittanceAdvice,
    RemittanceHeader,
    ServiceLine,
    ServicePayment,
    Subscriber,
)

INSTANT = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
SUBMITTER = Party(
    "41", last_name="MAPLE STREET CLINIC", id_qualifier="46", id="SUB001", contact_name="RUTH ADLER", phone="5555550100"
)
RECEIVER = Party("40", last_name="NORTH CLEARING", id_qualifier="46", id="REC001")
ENVELOPE = x12.Envelope("SUB001", "REC001", INSTANT, 17, 5, 1, submitter=SUBMITTER, receiver=RECEIVER)
BILLING = Party(
    "85", last_name="MAPLE STREET CLINIC", id_qualifier="XX", id="1234567893", address=Address("12 MAPLE ST", "", "SPRINGFIELD", "IL", "627010001"),
    tax_id="123456789", tax_id_qualifier="EI", taxonomy="207Q00000X",
)  # fmt: skip
INSURED = Party(
    "IL", True, "FICTION", "ANNA", "B", id_qualifier="MI", id="ABC123456", address=Address("4 ELM ST", "", "SPRINGFIELD", "IL", "62702"),
    born_on=date(1970, 5, 1), sex="F",
)  # fmt: skip
PAYER = Party("PR", last_name="EXAMPLE HEALTH PLAN", id_qualifier="PI", id="99999")
SECOND_PAYER = Party("PR", last_name="OTHER HEALTH PLAN", id_qualifier="PI", id="88888")
RENDERING = Party("82", True, "HELPER", "HANA", id_qualifier="XX", id="1245319599", taxonomy="207Q00000X")
CHILD = Party(
    "QC", True, "FICTION", "TOM", address=Address("4 ELM ST", "", "SPRINGFIELD", "IL", "62702"), born_on=date(2015, 2, 3), sex="M"
)
SUBSCRIBER = Subscriber(INSURED, PAYER, "P", "18", "GRP1", "", "", "CI")


def line(number: int = 1, cents: int = 12500, **changes: object) -> ServiceLine:
    return ServiceLine(
        number, "99213", cents, Decimal(1), ("25",), (1,), date(2026, 11, 2), place_of_service="", control_number=f"L{number}"
    )._replace(**changes)


def professional(**changes: object) -> Claim:
    return Claim(
        "1001", 17550, BILLING, SUBSCRIBER, (line(1, 12500), line(2, 5050, procedure="87880", modifiers=("QW",), pointers=(2, 1))),
        (Diagnosis("J029", "ABK"), Diagnosis("R509")), providers=(RENDERING,), clia_number="14D0000001",
    )._replace(**changes)  # fmt: skip


def dependent(**changes: object) -> Claim:
    return professional(patient_control_number="1002", patient=CHILD, subscriber=SUBSCRIBER._replace(relationship="19"))._replace(
        **changes
    )


def secondary(**changes: object) -> Claim:
    """A claim to the second payer with the first one's decision on claim and line."""
    other = OtherCoverage(
        SUBSCRIBER._replace(party=INSURED._replace(born_on=None, sex="")), paid_cents=8000, remaining_patient_cents=2000, paid_on=None, payer_claim_control_number="ICN1",
    )  # fmt: skip
    decided = LineAdjudication(
        "99999", 8000, "99213", ("25",), Decimal(1), None, (Adjustment("CO", "45", 2500), Adjustment("PR", "2", 2000)), date(2026, 11, 10),
    )  # fmt: skip
    return professional(
        patient_control_number="1003", charge_cents=12500, subscriber=SUBSCRIBER._replace(sequence="S", payer=SECOND_PAYER),
        lines=(line(1, 12500, adjudications=(decided,)),), other_coverages=(other,), frequency="7", payer_claim_control_number="OLD77",
    )._replace(**changes)  # fmt: skip


def institutional(**changes: object) -> Claim:
    return Claim(
        "2001", 150000, BILLING, SUBSCRIBER,
        (
            ServiceLine(1, "", 100000, Decimal(2), unit="DA", procedure_qualifier="", revenue_code="0120"),
            ServiceLine(2, "71045", 50000, Decimal(1), revenue_code="0324", served_on=date(2026, 11, 3)),
        ),
        (Diagnosis("J189", "ABK", "Y"), Diagnosis("J189", "ABJ"), Diagnosis("E119", "ABF", "Y")), kind="837I", facility_code="11",
        facility_qualifier="A", providers=(Party("71", True, "HELPER", "HANA", id_qualifier="XX", id="1245319599"),),
        coded_facts=(CodedFact("BE", "80", cents=200), CodedFact("BG", "C5")), admission_type="1", admission_source="1",
        discharge_status="01", dates=(DateFact("096", None, None, "1130"), DateFact("434", date(2026, 11, 1), date(2026, 11, 3)), DateFact("435", date(2026, 11, 1), None, "0915")),
    )._replace(**changes)  # fmt: skip


def dental(**changes: object) -> Claim:
    return Claim(
        "3001", 15000, BILLING, SUBSCRIBER,
        (ServiceLine(1, "D2150", 15000, Decimal(1), procedure_qualifier="AD", served_on=date(2026, 11, 4), tooth=("12:MO",)),),
        kind="837D", providers=(RENDERING,),
    )._replace(**changes)  # fmt: skip


def advice(**changes: object) -> RemittanceAdvice:
    header = RemittanceHeader(
        "0001", 14000, Party("PR", last_name="EXAMPLE HEALTH PLAN", address=Address("1 PLAN WAY", "", "CHICAGO", "IL", "60601"), contact_name="HELP DESK", phone="5555550199"),
        Party("PE", last_name="MAPLE STREET CLINIC", id_qualifier="XX", id="1234567893", tax_id="123456789", tax_id_qualifier="TJ"),
        paid_on=date(2026, 11, 18), trace_number="EFT5501", payer_identifier="1999999999", produced_on=date(2026, 11, 17),
        version="005010X221A1",
    )  # fmt: skip
    paid = ServicePayment(
        "99213", 12500, 10000, modifiers=("25",), quantity=Decimal(1), served_on=date(2026, 11, 2),
        adjustments=(Adjustment("CO", "45", 500), Adjustment("PR", "3", 2000)), line_control_number="L1",
        amounts=(Amount("B6", 12000),), remarks=("N130",),
    )  # fmt: skip
    second = ServicePayment(
        "87880", 5050, 4500, quantity=Decimal(1), served_on=date(2026, 11, 2), adjustments=(Adjustment("CO", "45", 550),), line_control_number="L2",
    )  # fmt: skip
    claim = ClaimPayment(
        "1001", "1", 17550, 14500, 2000, "12", "ICN555", "11", "1", lines=(paid, second),
        patient=Party("QC", True, "FICTION", "ANNA", id_qualifier="MI", id="ABC123456"),
        references=(Reference("EA", "MR1"),), dates=(DateFact("050", date(2026, 11, 10)),),
    )  # fmt: skip
    adjustment = ProviderAdjustment("1234567893", date(2026, 12, 31), "WO", "OLDCLAIM", 500)
    return RemittanceAdvice(header, (claim,), (adjustment,))._replace(**changes)
