"""External codes (level 5) and a trading partner's demands (level 7): held only where a caller brings them."""

from __future__ import annotations

from datetime import date

import pytest

import x12_samples as samples
from cleanclaim import x12
from cleanclaim.kernel.errors import UnreadableInput


class Book:
    """Knows everything but what it was told to miss, and remembers what it was asked."""

    def __init__(self, *missing):
        self.missing = set(missing)
        self.asked = set()

    def fault(self, system, code, on):
        self.asked.add((system, code, on))
        return f"is not known (on {on.isoformat()})" if (system, code) in self.missing else ""


def found(content, **demands):
    return [(finding.rule, finding.level, finding.severity, finding.element, finding.value)
            for finding in x12.check(content, **demands).findings]  # fmt: skip


def test_codes_of_a_claim_are_asked_for_its_day_of_service():
    book = Book()
    assert found(x12.write_claims([samples.professional()], samples.ENVELOPE), codes=book) == []
    served = date(2026, 11, 2)
    assert {("icd10cm", "J029", served), ("cpt", "99213", served), ("modifier", "25", served), ("pos", "11", served)} <= book.asked


def test_codes_of_an_institutional_claim_are_asked_for_its_last_day():
    book = Book()
    x12.check(x12.write_claims([samples.institutional()], samples.ENVELOPE), codes=book)
    left = date(2026, 11, 3)
    assert {
        ("tob", "0111", left), ("revenue", "0120", left), ("value", "80", left), ("condition", "C5", left), ("discharge", "01", left),
        ("admit_type", "1", left),
    } <= book.asked  # fmt: skip


def test_unknown_code_is_a_dated_warning_once_per_claim():
    written = x12.write_claims([samples.professional(), samples.dependent()], samples.ENVELOPE)
    warnings = found(written, codes=Book(("modifier", "25"), ("icd10cm", "R509")))
    assert warnings == [
        ("EXTERNAL_ICD10CM", 5, "warning", "HI02-2", "R509"), ("EXTERNAL_MODIFIER", 5, "warning", "SV101-3", "25"),
    ] * 2  # fmt: skip
    finding = x12.check(written, codes=Book(("icd10cm", "R509"))).findings[0]
    assert finding.says == "The diagnosis R509 is not known (on 2026-11-02)."
    assert finding.subject == "CLM01:1001"


def test_reasons_of_a_payer_are_asked_for_the_day_of_the_file():
    book = Book(("carc", "45"))
    warnings = found(x12.write_remittances([samples.advice()], samples.ENVELOPE), codes=book)
    assert warnings == [("EXTERNAL_CARC", 5, "warning", "CAS02", "45")]
    assert ("rarc", "N130", date(2026, 11, 17)) in book.asked


def test_places_and_taxonomies_have_their_shape():
    address = samples.BILLING.address
    billing = samples.BILLING._replace(address=address._replace(state="ZZ", zip="6270"), taxonomy="207Q")
    written = x12.write_claims([samples.professional(billing=billing)], samples.ENVELOPE)
    assert {rule for rule, level, *_ in found(written) if level == 5} == {"STATE_UNKNOWN", "ZIP_CODE", "TAXONOMY_SHAPE"}
    abroad = samples.BILLING._replace(address=address._replace(state="ON", zip="K1A0B1", country="CA"))
    assert found(x12.write_claims([samples.professional(billing=abroad)], samples.ENVELOPE)) == []


def partner(*rules, **more):
    return x12.partner_from({"name": "PLAN", "rules": list(rules), **more})


CLAIMS = x12.write_claims([samples.professional(), samples.dependent(prior_authorization="AUTH1")], samples.ENVELOPE)
DEMANDS = [
    ({"segment": "2300/REF", "where": {"1": ["G1"]}, "demand": "require"}, ["PARTNER_REQUIRES"]),
    ({"segment": "2300/REF", "where": {"1": ["G1"]}, "demand": "require", "sets": ["837I"]}, []),
    ({"segment": "2300/REF", "where": {"1": ["G1"]}, "demand": "require", "per": "transaction"}, []),
    ({"segment": "2300/REF", "where": {"1": ["9F"]}, "demand": "require", "per": "transaction"}, ["PARTNER_REQUIRES"]),
    ({"segment": "2000B/SBR", "where": {"9": ["CI"]}, "demand": "require"}, []),
    ({"segment": "2010AA/REF", "where": {"1": ["EI"]}, "demand": "require"}, []),
    ({"segment": "2010AA/REF", "where": {"1": ["SY"]}, "demand": "require"}, ["PARTNER_REQUIRES"] * 2),
    ({"segment": "PRV", "demand": "forbid"}, ["PARTNER_FORBIDS"] * 3),
    ({"segment": "2310B/PRV", "demand": "forbid"}, ["PARTNER_FORBIDS"] * 2),
    ({"segment": "2000B/SBR", "element": 9, "demand": "values", "values": ["MB", "CI"]}, []),
    ({"segment": "2000B/SBR", "element": 9, "demand": "values", "values": ["MB"]}, ["PARTNER_VALUE"] * 2),
    ({"segment": "SV1", "element": 1, "component": 3, "demand": "values", "values": ["25"]}, ["PARTNER_VALUE"] * 2),
    ({"segment": "2010BA/NM1", "element": 9, "demand": "pattern", "pattern": "[A-Z]{3}[0-9]{6}"}, []),
    ({"segment": "CLM", "element": 1, "demand": "length", "most": 3}, ["PARTNER_VALUE"] * 2),
]


@pytest.mark.parametrize(("rule", "wanted"), DEMANDS)
def test_demand_is_held(rule, wanted):
    assert [name for name, *_ in found(CLAIMS, partner=partner(rule))] == wanted


def test_demands_on_the_whole_file():
    assert {rule for rule, *_ in found(CLAIMS, partner=partner(max_claims=1))} == {"PARTNER_CLAIMS"}
    assert {rule for rule, *_ in found(CLAIMS, partner=partner(delimiters="|:~^"))} == {"PARTNER_DELIMITERS"}
    assert {rule for rule, *_ in found(CLAIMS, partner=partner(receivers=["OTHER"]))} == {"PARTNER_RECEIVER"}
    assert {rule for rule, *_ in found(CLAIMS.replace(b"4 ELM ST", b"4 ELM [ST"), partner=partner(characters="A-Z0-9 ,."))} == {
        "PARTNER_CHARACTER"
    }
    assert found(CLAIMS, partner=partner(max_claims=2, max_transactions=1, delimiters="*:~^", receivers=["REC001"])) == []


def test_partner_error_rejects_the_transaction_in_its_999():
    checked = x12.check(CLAIMS, partner=partner({"segment": "PRV", "demand": "forbid"}))
    assert b"AK9*R*1*1*0~" in x12.acknowledge(CLAIMS, instant=samples.INSTANT, checked=checked).functional
    warned = x12.check(CLAIMS, partner=partner({"segment": "PRV", "demand": "forbid", "severity": "warning"}))
    assert b"AK9*A*1*1*1~" in x12.acknowledge(CLAIMS, instant=samples.INSTANT, checked=warned).functional


@pytest.mark.parametrize("content", [{}, {"name": 3}, {"name": "A", "rules": [{"segment": "CLM"}]}, {"name": "A", "max_claims": "many"},
                                     {"name": "A", "characters": "z-a"}, {"name": "A", "rules": [{"segment": "CLM", "demand": "length"}]}])  # fmt: skip
def test_broken_guide_is_refused_in_a_sentence(content):
    with pytest.raises(UnreadableInput, match="companion guide"):
        x12.partner_from(content)
