"""Eligibility, status and authorization go out and come back as what they were; enrollments and premiums are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import x12_samples as samples
from cleanclaim import x12
from cleanclaim.documents import (
    AuthorizationDecision,
    AuthorizationRequest,
    Benefit,
    ClaimStatus,
    ClaimStatusRequest,
    DateFact,
    Diagnosis,
    EligibilityRequest,
    EligibilityResponse,
    Party,
    ReviewedService,
    StatusCode,
)

PROVIDER = Party("1P", last_name="MAPLE STREET CLINIC", id_qualifier="XX", id="1234567893")
HOLDER = samples.INSURED._replace(address=None)
NAMED = HOLDER._replace(born_on=None, sex="")
CHILD = Party("03", True, "FICTION", "TOM", born_on=date(2015, 2, 3), sex="M")


def come_back(documents, write, read):
    written = write(documents, samples.ENVELOPE)
    assert x12.check(written).findings == ()
    assert [document._replace(place=None) for document in read(written)] == documents


def test_eligibility_questions_come_back():
    own = EligibilityRequest(samples.PAYER, PROVIDER, samples.INSURED, "T1", date(2026, 11, 20), service_types=("30", "98"))
    child = own._replace(subscriber=NAMED, dependent=CHILD, relationship="19")
    come_back([own, child], x12.write_eligibility_requests, x12.read_eligibility_requests)


def test_eligibility_answers_come_back():
    benefits = (
        Benefit("1", "IND", ("30", "98"), "HM", "GOLD PLAN"),
        Benefit(
            "B",
            "IND",
            ("98",),
            period="27",
            cents=2500,
            in_network="Y",
            messages=("COPAY",),
            dates=(DateFact("292", date(2026, 1, 1)),),
        ),
        Benefit("A", "", ("30",), percent=Decimal("0.2"), related=Party("PR", last_name="OTHER PLAN")),
    )
    payer = samples.PAYER._replace(contact_name="DESK", phone="5555550100")
    good = EligibilityResponse(payer, PROVIDER, samples.INSURED, "T1", None, benefits, (DateFact("346", date(2026, 1, 1)),))
    unknown = good._replace(dependent=CHILD, subscriber=NAMED, benefits=(), dates=(), rejections=("67",))
    refused = good._replace(benefits=(), dates=(), rejections=("72",))
    come_back([good, unknown, refused], x12.write_eligibility_responses, x12.read_eligibility_responses)
    assert (good.is_active, refused.is_active) == (True, None)


def test_status_questions_and_answers_come_back():
    own = ClaimStatusRequest(samples.PAYER, PROVIDER, HOLDER, "S1", "1001", "ICN9", 17550, date(2026, 11, 2))
    child = own._replace(dependent=CHILD._replace(entity="QC"), subscriber=NAMED, served_to=date(2026, 11, 3))
    come_back([own, child], x12.write_status_requests, x12.read_status_requests)
    paid = ClaimStatus(
        "S1",
        (StatusCode("F1", "65"),),
        date(2026, 11, 18),
        17550,
        14500,
        date(2026, 11, 18),
        "EFT1",
        "1001",
        "ICN9",
        date(2026, 11, 2),
    )
    written = x12.write_statuses([(own, paid), (child, paid)], samples.ENVELOPE)
    assert x12.check(written).findings == ()
    assert [status._replace(place=None) for status in x12.read_statuses(written)] == [paid, paid]


def test_authorizations_come_back():
    request = AuthorizationRequest(
        Party("X3", last_name="PLAN", id_qualifier="PI", id="999"), PROVIDER, samples.INSURED, "A1", facility_code="22", facility_qualifier="B",
        diagnoses=(Diagnosis("M545", "ABK"),), dates=(DateFact("AAH", date(2026, 12, 1), date(2026, 12, 9)),), message="TWELVE VISITS",
        services=(ReviewedService("97110", cents=9000, quantity=Decimal(12), unit="UN", dates=(DateFact("472", date(2026, 12, 1)),)),),
    )  # fmt: skip
    come_back([request], x12.write_authorization_requests, x12.read_authorization_requests)
    service = request.services[0]._replace(action="A1", number="N1", trace_number="X")
    decision = AuthorizationDecision(request._replace(services=(service,)), "A1", "AUTH77")
    written = x12.write_authorization_decisions([decision], samples.ENVELOPE)
    assert x12.check(written).findings == ()
    read = next(iter(x12.read_authorization_decisions(written)))
    assert read._replace(place=None, request=read.request._replace(place=None)) == decision


def test_enrollments_and_premiums_are_read():
    member = (
        b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *261120*1015*^*00501*000000001*0*T*:~GS*BE*A*B*20261120*1015*1*X*"
        b"005010X220A1~ST*834*0001*005010X220A1~BGN*00*1*20261120*1015****2~N1*P5*EMPLOYER*FI*999888777~N1*IN*PLAN*FI*654456654~"
        b"INS*Y*18*021*20*A***FT~REF*0F*123~DTP*356*D8*20260101~NM1*IL*1*FICTION*ANNA~DMG*D8*19700501*F~HD*021**HLT*GOLD~DTP*348*D8*20260101~"
        b"SE*12*0001~GE*1*1~IEA*1*000000001~"
    )
    assert x12.check(member).findings == ()
    (enrollment,) = x12.read_enrollments(member)
    assert (enrollment.subscriber_number, enrollment.coverages[0].line, enrollment.sponsor.last_name) == ("123", "HLT", "EMPLOYER")
