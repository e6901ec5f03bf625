"""What is written is read as it was: claims and remittances of any content, files of any shape."""

from __future__ import annotations

import os
import random
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import x12_samples as samples
from cleanclaim import x12
from cleanclaim.documents import (
    Address,
    Adjustment,
    AmbulanceTrip,
    Amount,
    Attachment,
    Claim,
    ClaimPayment,
    CodedFact,
    ConditionIndicator,
    DateFact,
    Diagnosis,
    LineAdjudication,
    OtherCoverage,
    Party,
    ProviderAdjustment,
    Reference,
    RemittanceAdvice,
    Repricing,
    ServiceLine,
    ServicePayment,
)

# The bar is 10,000 generated documents; the suite draws fewer each time, and `X12_EXAMPLES=10000` draws them all.
EXAMPLES = int(os.environ.get("X12_EXAMPLES", "60"))
common = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def build(kind, *places, **named):
    """Draw a document; fields that are not given keep their defaults."""
    return st.tuples(*places, *named.values()).map(
        lambda values: kind(*values[: len(places)], **dict(zip(named, values[len(places) :], strict=True)))
    )


word = (
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,-/ ", min_size=2, max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: len(text) > 1)
)
number = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=2, max_size=20)
day = st.dates(date(1990, 1, 1), date(2026, 12, 31))
cents = st.integers(0, 99_999_99)
quantity = st.decimals(0, 9999, places=2, allow_nan=False).map(lambda value: Decimal(format(value.normalize(), "f")))
references = st.lists(
    build(Reference, st.sampled_from(["D9", "EA", "9A", "P4"]), number), max_size=2, unique_by=lambda item: item.qualifier
).map(tuple)
address = build(
    Address, word, st.just(""), word, st.sampled_from(["IL", "NY", "TX"]), st.text("0123456789", min_size=9, max_size=9)
)
adjustments = st.lists(
    build(Adjustment, st.just("CO"), st.sampled_from(["45", "97", "253"]), st.integers(-9999, 99999), st.none() | quantity),
    max_size=8,
).map(tuple)


def person(entity: str):
    return build(
        Party, st.just(entity), st.just(True), word, word, st.just(""), st.just(""), st.just("MI"), number, st.none() | address,
        born_on=day, sex=st.sampled_from("FMU"),
    )  # fmt: skip


provider = build(
    Party, st.sampled_from(["82", "DN", "DQ"]), st.just(True), word, word, id_qualifier=st.just("XX"), id=st.just("1245319599"),
    taxonomy=st.sampled_from(["", "207Q00000X"]),
)  # fmt: skip


attachments = st.lists(
    build(Attachment, st.sampled_from(["03", "OZ", "RB"]), st.sampled_from(["AA", "BM", "EL", "FX"]), st.just("") | number),
    max_size=3,
).map(tuple)
trip = st.none() | build(
    AmbulanceTrip, st.sampled_from("ABCDE"), quantity, st.none() | quantity, st.just("") | word, st.just("") | word
)
conditions = st.lists(
    build(
        ConditionIndicator,
        st.just("07"),
        st.booleans(),
        st.lists(st.sampled_from(["01", "04", "05"]), min_size=1, max_size=5).map(tuple),
    ),
    max_size=3,
).map(tuple)
repricing = st.none() | build(
    Repricing, st.sampled_from(["00", "02", "10"]), cents, st.none() | cents, st.just("") | number, st.none() | quantity, st.just("") | number,
    st.none() | cents, exception=st.sampled_from(["", "1", "3"]),
)  # fmt: skip
fixed_formats = st.lists(word, max_size=2).map(tuple)


@st.composite
def lines(draw, kind: str, diagnoses: int) -> tuple[ServiceLine, ...]:
    found = []
    for at in range(draw(st.integers(1, 5))):
        first = draw(day)
        last = draw(st.none() | st.just(max(first, draw(day))))
        pointers = tuple(draw(st.lists(st.integers(1, diagnoses), min_size=1, max_size=4))) if kind != "837I" and diagnoses else ()
        decided = LineAdjudication(
            draw(number),
            draw(cents),
            draw(number)[:5],
            (),
            draw(st.none() | quantity),
            None,
            draw(adjustments),
            draw(day),
            draw(st.none() | cents),
        )
        found.append(ServiceLine(
            at + 1, draw(number)[:5], draw(cents), draw(quantity), tuple(draw(st.lists(st.sampled_from(["25", "59", "QW"]), max_size=4))), pointers,
            first, last if kind != "837D" else None, unit="UN", procedure_qualifier="AD" if kind == "837D" else "HC",
            description=draw(st.just("") | word), place_of_service=draw(st.sampled_from(["", "11", "21"])) if kind != "837I" else "",
            revenue_code="0300" if kind == "837I" else "", non_covered_cents=draw(st.none() | cents) if kind == "837I" else None,
            emergency=draw(st.booleans()) if kind == "837P" else False, control_number=draw(st.just("") | number),
            adjudications=(decided,) if draw(st.booleans()) else (), note=draw(st.just("") | word) if kind != "837D" else "",
            attachments=draw(attachments) if kind != "837D" else (), ambulance=draw(trip) if kind == "837P" else None,
            conditions=draw(conditions) if kind == "837P" else (), fixed_formats=draw(fixed_formats), repricing=draw(repricing),
        ))  # fmt: skip
    return tuple(found)


@st.composite
def claims(draw) -> Claim:
    kind = draw(st.sampled_from(["837P", "837I", "837D"]))
    codes = draw(st.lists(number.map(lambda text: text[:7]), min_size=1, max_size=12))
    if kind == "837D":
        codes = codes[:4]
    diagnoses = tuple(
        Diagnosis(code, "ABF" if at else "ABK", draw(st.sampled_from(["", "Y", "N"])) if kind == "837I" else "")
        for at, code in enumerate(codes)
    )
    found = draw(lines(kind, len(diagnoses)))
    patient = draw(st.none() | person("QC").map(lambda party: party._replace(id="", id_qualifier="")))
    other = OtherCoverage(
        samples.SUBSCRIBER._replace(party=samples.INSURED._replace(born_on=None, sex=""), sequence="S"), draw(adjustments), draw(st.none() | cents),
        draw(st.none() | cents), draw(st.none() | cents), paid_on=draw(st.none() | day), payer_claim_control_number=draw(st.just("") | number),
        remarks=tuple(draw(st.lists(st.sampled_from(["MA01", "N130"]), max_size=5))),
    )  # fmt: skip
    facts = (CodedFact("BE", "80", cents=draw(cents)), CodedFact("BG", "C5")) if kind == "837I" and draw(st.booleans()) else ()
    return Claim(
        draw(number), sum(line.charge_cents for line in found), samples.BILLING,
        samples.SUBSCRIBER._replace(party=draw(person("IL")), relationship="18" if patient is None else "19"), found, diagnoses, kind=kind,
        facility_code=draw(st.sampled_from(["11", "13", "21"])), facility_qualifier="A" if kind == "837I" else "B",
        frequency=draw(st.sampled_from("178")), patient=patient, providers=tuple(draw(st.lists(provider, max_size=2))),
        other_coverages=(other,) if draw(st.booleans()) else (), payer_claim_control_number=draw(st.just("") | number),
        prior_authorization=draw(st.just("") | number), referral_number=draw(st.just("") | number),
        patient_paid_cents=draw(st.none() | cents), coded_facts=facts,
        dates=(DateFact("434", draw(day), date(2027, 1, 1)),) if kind == "837I" else (), references=draw(references),
        discharge_status="01" if kind == "837I" else "", note=draw(st.just("") | word), attachments=draw(attachments),
        ambulance=draw(trip) if kind == "837P" else None, conditions=draw(conditions) if kind == "837P" else (),
        fixed_formats=draw(fixed_formats), repricing=draw(repricing),
    )  # fmt: skip


@st.composite
def payments(draw) -> ClaimPayment:
    found = []
    for at in range(draw(st.integers(0, 4))):
        given_up = draw(adjustments)
        charge = draw(cents)
        paid = charge - sum(adjustment.cents for adjustment in given_up)
        first = draw(day)
        found.append(ServicePayment(
            draw(number)[:5], charge, paid, modifiers=tuple(draw(st.lists(st.sampled_from(["25", "59"]), max_size=4))),
            quantity=draw(st.none() | quantity), served_on=first, served_to=draw(st.none() | st.just(first)), adjustments=given_up,
            line_control_number=draw(st.just("") | number), amounts=tuple(draw(st.lists(build(Amount, st.just("B6"), cents), max_size=1))),
            remarks=tuple(draw(st.lists(st.sampled_from(["N130", "M15"]), max_size=2))), revenue_code=draw(st.sampled_from(["", f"030{at}"])),
        ))  # fmt: skip
    given_up = draw(adjustments)
    charge = sum(line.charge_cents for line in found) or draw(cents)
    taken = sum(adjustment.cents for adjustment in given_up) + sum(
        adjustment.cents for line in found for adjustment in line.adjustments
    )
    return ClaimPayment(
        draw(number), draw(st.sampled_from(["1", "2", "4", "22"])), charge, charge - taken, draw(cents), "12", draw(number), "11", "1", "",
        given_up, tuple(found), patient=Party("QC", True, draw(word), draw(word), id_qualifier="MI", id=draw(number)),
        remarks=tuple(draw(st.lists(st.sampled_from(["MA01", "MA18"]), max_size=5))), references=draw(references),
        dates=(DateFact("050", draw(day)),), provider_id=draw(st.sampled_from(["", "1234567893"])),
    )  # fmt: skip


@st.composite
def advices(draw) -> RemittanceAdvice:
    found = tuple(sorted(draw(st.lists(payments(), max_size=4)), key=lambda claim: claim.provider_id))
    provider_level = tuple(draw(st.lists(
        build(ProviderAdjustment, st.just("1234567893"), st.just(date(2026, 12, 31)), st.sampled_from(["WO", "FB", "L6"]), number, st.integers(-9999, 9999)),
        max_size=8,
    )))  # fmt: skip
    paid = sum(claim.paid_cents for claim in found) - sum(item.cents for item in provider_level)
    return RemittanceAdvice(samples.advice().header._replace(paid_cents=paid), found, provider_level)


@common
@given(st.lists(claims(), min_size=1, max_size=3))
def test_claims_come_back_as_they_were(listed):
    listed.sort(key=lambda claim: claim.kind)
    written = x12.write_claims(listed, samples.ENVELOPE)
    read = [
        claim._replace(place=None, submitter=None, receiver=None, lines=tuple(line._replace(place=None) for line in claim.lines))
        for claim in x12.read_claims(written)
    ]
    wanted = [claim for kind in dict.fromkeys(claim.kind for claim in listed) for claim in listed if claim.kind == kind]
    assert [claim._asdict() for claim in read] == [claim._asdict() for claim in wanted]
    assert b"".join(x12.rewrite(written)) == written
    assert x12.check(written).well_formed


@common
@given(st.lists(advices(), min_size=1, max_size=2))
def test_remittances_come_back_as_they_were(listed):
    written = x12.write_remittances(listed, samples.ENVELOPE)
    read = [
        RemittanceAdvice(
            advice.header._replace(place=None, control_number="0001"),
            tuple(claim._replace(place=None) for claim in advice.claims),
            tuple(item._replace(place=None) for item in advice.provider_adjustments),
        )
        for advice in x12.read_remittances(written)
    ]
    assert read == listed
    assert not any(finding.level == 3 and finding.severity == "error" for finding in x12.check(written).findings)


@common
@given(st.lists(claims(), min_size=1, max_size=2), st.integers(0, 2**32), st.sampled_from(["\n", "\r\n", ""]))
def test_broken_files_are_findings_and_lose_no_byte(listed, seed, line_break):
    written = bytearray(x12.write_claims(listed, samples.ENVELOPE._replace(line_break=line_break)))
    rng = random.Random(seed)
    for _ in range(rng.randrange(12)):
        at = rng.randrange(len(written))
        written[at : at + rng.randrange(3)] = bytes(rng.choices(b"~*:^\nA0 \xff\x00", k=rng.randrange(3)))
    content = bytes(written)
    assert b"".join(x12.rewrite(content, chunk_size=rng.choice((64, 1000, 1 << 18)))) == content
    x12.check(content)
    for _ in x12.documents_of(content):
        pass


@common
@given(st.binary(max_size=400))
def test_any_bytes_are_checked_without_an_exception(content):
    checked = x12.check(content)
    assert checked.findings or checked.transactions
    assert b"".join(x12.rewrite(content)) == content
