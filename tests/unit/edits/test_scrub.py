"""Each edit finds its case and leaves the clean claim alone; none ever raises."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim import codesets
from cleanclaim.documents import (
    Address,
    Adjustment,
    Claim,
    Diagnosis,
    LineAdjudication,
    OtherCoverage,
    Party,
    ServiceLine,
    Subscriber,
)
from cleanclaim.edits import RULES, scrub
from cleanclaim.kernel.findings import Severity
from cleanclaim.kernel.identifiers import Npi

ON = date(2026, 11, 20)
SERVED = date(2026, 11, 16)
HOME = Address("12 Elm Street", "", "Barre", "VT", "05641")
PERSON = Party("IL", True, "Carvalho", "Ines", id_qualifier="MI", id="GH123456", address=HOME, born_on=date(1988, 4, 2), sex="F")
PAYER = Party("PR", last_name="Granite Health", id_qualifier="PI", id="60054")
BILLING = Party("85", last_name="Maple Hill", id_qualifier="XX", id=Npi.from_first_nine("155555555"), tax_id="031234567",
                tax_id_qualifier="EI", address=Address("12 Main St", "", "Barre", "VT", "056410001"), taxonomy="207Q00000X")  # fmt: skip
RENDERING = Party("82", True, "Okafor", "Adaeze", id_qualifier="XX", id=Npi.from_first_nine("123456789"))


@pytest.fixture(scope="module")
def store():
    return codesets.open_store()


def line(number, code, cents=100_00, **changes):
    facts = {
        "number": number,
        "procedure": code,
        "charge_cents": cents,
        "quantity": Decimal(1),
        "pointers": (1,),
        "served_on": SERVED,
    }
    return ServiceLine(**{**facts, **changes})


def claim(*lines, **changes):
    lines = lines or (line(1, "99213"),)
    facts = {
        "patient_control_number": "1001", "charge_cents": sum(item.charge_cents for item in lines), "billing": BILLING,
        "subscriber": Subscriber(PERSON, PAYER, "P", "18", claim_filing="CI"), "lines": lines, "diagnoses": (Diagnosis("J209", "ABK"),),
        "providers": (RENDERING,),
    }  # fmt: skip
    return Claim(**{**facts, **changes})


def rules(made, store, severity=Severity.STOP, **more):
    return {finding.rule for finding in scrub(made, store, on=ON, **more) if finding.severity is severity}


def test_a_clean_claim_has_no_stop_and_no_warning(store):
    assert scrub(claim(), store, on=ON) == []


CASES = [
    ("DIAGNOSIS_NOT_SPECIFIC", {"diagnoses": (Diagnosis("J20", "ABK"),)}),
    ("SEVENTH_CHARACTER_MISSING", {"diagnoses": (Diagnosis("S52501", "ABK"),)}),
    ("DIAGNOSIS_NOT_IN_FORCE", {"diagnoses": (Diagnosis("NOPE", "ABK"),)}),
    ("DIAGNOSIS_MISSING", {"diagnoses": ()}),
    ("EXTERNAL_CAUSE_FIRST", {"diagnoses": (Diagnosis("W1830XA", "ABK"),)}),
    ("EXCLUDES1", {"diagnoses": (Diagnosis("E119", "ABK"), Diagnosis("E109"))}),
    ("TOTAL_MISMATCH", {"charge_cents": 1}),
    ("FREQUENCY_WITHOUT_ICN", {"frequency": "7"}),
    ("NPI_INVALID", {"billing": BILLING._replace(id="1234567890")}),
    ("TAX_ID_INVALID", {"billing": BILLING._replace(tax_id="000000000")}),
    ("MEMBER_ID_MISSING", {"subscriber": Subscriber(PERSON._replace(id=""), PAYER, claim_filing="CI")}),
    ("MBI_INVALID", {"subscriber": Subscriber(PERSON._replace(id="1SG4TE5MK73"), PAYER, claim_filing="MB")}),
]


@pytest.mark.parametrize(("rule", "changes"), CASES, ids=[f"{number}-{rule}" for number, (rule, _) in enumerate(CASES)])
def test_a_wrong_claim_is_stopped(rule, changes, store):
    assert rule in rules(claim(**changes), store)


@pytest.mark.parametrize(
    ("rule", "lines"),
    [
        ("POINTER_BROKEN", (line(1, "99213", pointers=(2,)),)),
        ("POINTER_MISSING", (line(1, "99213", pointers=()),)),
        ("PROCEDURE_MALFORMED", (line(1, "9921"),)),
        ("PROCEDURE_NOT_IN_FORCE", (line(1, "J0001"),)),
        ("MODIFIER_UNKNOWN", (line(1, "99213", modifiers=("QQQ",)),)),
        ("VISIT_WITHOUT_25", (line(1, "99213"), line(2, "96372"))),
        ("UNITS_NOT_POSITIVE", (line(1, "99213", quantity=Decimal(0)),)),
        ("SERVICE_DATE_IN_FUTURE", (line(1, "99213", served_on=date(2026, 12, 24)),)),
        ("LINES_OVER_LIMIT", tuple(line(number, "99213") for number in range(1, 53))),
        ("POS_DOES_NOT_FIT", (line(1, "99285"),)),
    ],
)
def test_a_wrong_line_is_stopped(rule, lines, store):
    assert rule in rules(claim(*lines), store)


def test_codes_are_judged_by_the_day_of_service(store):
    deleted = [
        code for code in store.iter_codes("icd10cm", date(2026, 9, 30), billable_only=True) if code.valid_to == date(2026, 9, 30)
    ]
    code = deleted[0].code.replace(".", "")
    before = claim(line(1, "99213", served_on=date(2026, 9, 30)), diagnoses=(Diagnosis(code, "ABK"),))
    after = claim(line(1, "99213", served_on=date(2026, 10, 1)), diagnoses=(Diagnosis(code, "ABK"),))
    assert "DIAGNOSIS_NOT_IN_FORCE" not in rules(before, store)
    assert "DIAGNOSIS_NOT_IN_FORCE" in rules(after, store)


def test_one_amount_at_claim_and_at_line_is_counted_twice(store):
    cas = (Adjustment("CO", "45", 40_00),)
    decided = LineAdjudication("60054", 60_00, "99213", adjustments=cas, paid_on=SERVED)
    other = OtherCoverage(Subscriber(PERSON, PAYER), adjustments=cas, paid_cents=60_00)
    second = Subscriber(PERSON, PAYER._replace(id="99999"), "S", claim_filing="CI")
    made = claim(line(1, "99213", adjudications=(decided,)), subscriber=second, other_coverages=(other,))
    assert "CAS_COUNTED_TWICE" in rules(made, store)


def test_a_pair_or_a_limit_of_our_own_seed_warns_and_says_so(store):
    pair = claim(line(1, "94640"), line(2, "94664"))
    many = claim(line(1, "11720", quantity=Decimal(9)))
    for made, name in ((pair, "NCCI_PAIR"), (many, "MUE_EXCEEDED")):
        found = next(finding for finding in scrub(made, store, on=ON) if finding.rule == name)
        assert found.severity is Severity.WARN
        assert "seed" in found.says


def test_every_rule_has_a_sentence_and_a_source():
    for rule in RULES.values():
        assert rule.says.endswith("."), rule.name
        assert rule.source, rule.name


text = st.text(st.characters(codec="utf-8"), max_size=12)
parties = st.builds(Party, entity=st.sampled_from(["85", "IL", "PR", "82", ""]), is_person=st.booleans(), last_name=text, id=text, tax_id=text,
                    born_on=st.none() | st.dates(), sex=text, taxonomy=text, address=st.none() | st.builds(Address, text, text, text, text, text))  # fmt: skip
adjustments = st.builds(Adjustment, text, text, st.integers(-(10**9), 10**9))
adjudications = st.builds(LineAdjudication, text, st.integers(-(10**9), 10**9), text, adjustments=st.tuples(adjustments))
lines = st.builds(
    ServiceLine, number=st.integers(-2, 60), procedure=text | st.sampled_from(["99213", "J1100", "36415"]), charge_cents=st.integers(-(10**9), 10**9),
    quantity=st.decimals(-1000, 1000, allow_nan=False), modifiers=st.tuples(text), pointers=st.lists(st.integers(-3, 20), max_size=4).map(tuple),
    served_on=st.none() | st.dates(), served_to=st.none() | st.dates(), place_of_service=text, adjudications=st.tuples(adjudications),
)  # fmt: skip
subscribers = st.builds(Subscriber, parties, parties, sequence=text, relationship=text, claim_filing=text, insurance_type=text)
claims = st.builds(
    Claim, patient_control_number=text, charge_cents=st.integers(-(10**9), 10**9), billing=parties, subscriber=subscribers,
    lines=st.lists(lines, max_size=4).map(tuple), diagnoses=st.lists(st.builds(Diagnosis, text | st.sampled_from(["J209", "E119", "S52501"])), max_size=4).map(tuple),
    kind=st.sampled_from(["837P", "837I", "837D"]), frequency=text, facility_code=text, patient=st.none() | parties,
    other_coverages=st.lists(st.builds(OtherCoverage, subscribers, st.tuples(adjustments), paid_cents=st.none() | st.integers(-9, 9)), max_size=2).map(tuple),
)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(claims)
def test_an_edit_never_raises(store, made):
    for finding in scrub(made, store, on=ON):
        assert finding.says
        assert len(finding.says) < 400
        assert finding.rule != "EDIT_FAILED"
