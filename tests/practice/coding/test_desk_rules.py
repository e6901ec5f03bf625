"""The desk's decisions: tidy lists, pointers, what cannot be confirmed, what the encoder and the coder decided."""

import pytest

from cleanclaim.documents import Suggestion
from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.kernel.money import Rate
from cleanclaim.practice.coding import clarification, rules
from cleanclaim.practice.coding.rules import DeskCodes, DeskDiagnosis, DeskProcedure
from practice.visit_cast import VISIT_DAY

KNOWN = {"E11.9", "J20.9", "Z23", "Z00.00", "99213", "90686", "90471", "99396", "J1100"}


def judge(system, code):
    return True if code in KNOWN else None if system == "cpt" else False


def found(codes):
    return {finding.rule for finding in rules.check_codes(codes, is_in_force=judge, served_on=VISIT_DAY)}


@pytest.mark.parametrize(("typed", "written"), [("e119", "E11.9"), (" E11.9 ", "E11.9"), ("z23", "Z23"), ("s52501a", "S52.501A")])
def test_a_code_gets_its_dot_however_it_is_typed(typed, written):
    assert rules.with_dot(typed) == written
    assert rules.without_dot(written) == written.replace(".", "")


@pytest.mark.parametrize(("code", "system"), [
    ("99213", "cpt"), ("0031A", ""), ("0042T", "cpt"), ("3044F", "cpt"), ("j1100", "hcpcs"), ("0SR9019", "icd10pcs"), ("", ""), ("E11.9", ""),
])  # fmt: skip
def test_a_procedures_system_is_told_by_its_shape(code, system):
    assert rules.system_of(code) == system


@pytest.mark.parametrize(("procedure", "diagnoses", "pointers"), [
    ("99213", ("E11.9", "J20.9", "Z23"), (1, 2)), ("90686", ("E11.9", "Z23"), (2,)), ("90471", ("E11.9", "Z23"), (2,)),
    ("99396", ("E11.9", "Z00.00"), (2,)), ("71046", ("J20.9", "E11.9"), (1,)), ("99214", ("A", "B", "C", "D", "E"), (1, 2, 3, 4)),
    ("99213", ("Z23",), (1,)), ("99213", (), ()), ("G0008", ("Z23",), (1,)),
])  # fmt: skip
def test_pointers_are_proposed_by_what_the_service_is(procedure, diagnoses, pointers):
    assert rules.propose_pointers(procedure, diagnoses) == pointers


def test_a_list_is_tidied_once_and_for_all():
    codes = rules.tidy(DeskCodes((DeskDiagnosis("e119"),), (DeskProcedure("", "99213", (" 25 ", "")),)))
    assert codes == rules.tidy(codes)
    assert codes.procedures[0][:5] == ("cpt", "99213", ("25",), Rate(1), (1,))


def test_each_fault_of_a_list_is_named():
    e11 = DeskDiagnosis("E11.9")
    assert found(DeskCodes((e11, e11))) == {"DIAGNOSIS_TWICE"}
    assert found(DeskCodes((DeskDiagnosis("E11"),))) == {"DIAGNOSIS_NOT_IN_FORCE"}
    assert found(DeskCodes((e11._replace(present_on_admission="Q"),))) == {"POA_UNKNOWN"}
    assert found(DeskCodes((e11,), (DeskProcedure("cpt", "12345"),))) == set()
    assert found(DeskCodes((e11,), (DeskProcedure("hcpcs", "A0000"),))) == {"PROCEDURE_NOT_IN_FORCE"}
    assert found(DeskCodes((e11,), (DeskProcedure("", "??"),))) == {"PROCEDURE_SHAPE"}
    assert found(DeskCodes((e11,), (DeskProcedure("cpt", "99213", units=Rate(0)),))) == {"UNITS_MISSING"}
    assert found(DeskCodes((e11,), (DeskProcedure("cpt", "99213", ("25", "25")),))) == {"MODIFIER_TWICE"}
    assert found(DeskCodes((e11,), (DeskProcedure("cpt", "99213", ("2x5",)),))) == {"MODIFIER_SHAPE"}
    assert found(DeskCodes((e11,), (DeskProcedure("cpt", "99213", ("25", "59", "RT", "LT", "76")),))) == {"MODIFIERS_OVER_4"}
    assert found(DeskCodes((e11,), (DeskProcedure("cpt", "99213", pointers=(2,)),))) == {"POINTER_NOWHERE"}
    many = tuple(DeskDiagnosis(f"E11.{number}") for number in range(13))
    assert "DIAGNOSES_OVER_12" in found(DeskCodes(many))


def test_what_keeps_a_visit_from_being_finalised_is_told_all_at_once():
    codes = DeskCodes((), (DeskProcedure("cpt", "99213"),))
    told = {finding.rule for finding in rules.check_ready(codes, rules.Readiness("open", is_note_signed=False, open_queries=1))}
    assert told == {"NOTE_UNSIGNED", "DIAGNOSIS_MISSING", "POINTER_MISSING", "QUERY_OPEN"}


def suggestion(system, code, band, confidence=0.9):
    return Suggestion(system, code, "", confidence, band, ())


def test_one_key_takes_what_the_encoder_is_sure_of():
    offered = (suggestion("icd10cm", "J20.9", "ready"), suggestion("icd10cm", "E11.9", "look"), suggestion("cpt", "99213", "ready"))
    taken = rules.accept_ready(offered)
    assert [item.code for item in taken.diagnoses] == ["J20.9"]
    assert taken.procedures[0].pointers == (1,)


def test_decisions_say_what_was_kept_left_out_and_added():
    offered = (
        suggestion("icd10cm", "J209", "ready"),
        suggestion("icd10cm", "E11.9", "look"),
        suggestion("icd10cm", "R05.9", "hint"),
    )
    codes = DeskCodes((DeskDiagnosis("J20.9"), DeskDiagnosis("Z23")))
    made = {(item.code, item.decision, item.band) for item in rules.decisions(offered, codes)}
    assert made == {("J20.9", "accepted", "ready"), ("E11.9", "rejected", "look"), ("Z23", "added", "")}


def test_quantities_stand_in_thousandths_and_come_back():
    for text in ("1", "0.5", "2.125", "100"):
        assert rules.from_thousandths(rules.thousandths(Rate(text))) == Rate(text)
    assert str(rules.from_thousandths(100_000)) == "100"
    for text in ("0", "-1", "0.0001"):
        with pytest.raises(InvalidValue):
            rules.thousandths(Rate(text))


FRACTURES = (
    ("S52.501A", "Unspecified fracture of the lower end of right radius, initial encounter"),
    ("S52.502A", "Unspecified fracture of the lower end of left radius, initial encounter"),
    ("S52.509A", "Unspecified fracture of the lower end of unspecified radius, initial encounter"),
)


def test_a_missing_side_is_asked_for_without_leading():
    missing = clarification.missing_specificity("H66.90", "Otitis media, unspecified, unspecified ear", (
        ("H66.91", "Otitis media, unspecified, right ear"), ("H66.92", "Otitis media, unspecified, left ear"),
        ("H66.93", "Otitis media, unspecified, bilateral"), ("H66.90", "Otitis media, unspecified, unspecified ear"),
    ))  # fmt: skip
    assert (missing.axis, missing.choices) == ("side", ("Right side", "Left side", "Bilateral"))
    assert clarification.missing_specificity(*FRACTURES[2], FRACTURES).choices == ("Right side", "Left side")
    asthma = clarification.missing_specificity("J45.909", "Unspecified asthma, uncomplicated", (
        ("J45.20", "Mild intermittent asthma, uncomplicated"), ("J45.30", "Mild persistent asthma, uncomplicated"),
        ("J45.40", "Moderate persistent asthma, uncomplicated"), ("J45.909", "Unspecified asthma, uncomplicated"),
    ))  # fmt: skip
    assert asthma.choices == ("Mild intermittent", "Mild persistent", "Moderate persistent")
    draft = clarification.draft_query(asthma)
    assert draft.choices[-2:] == (clarification.OTHER, clarification.UNABLE)
    clarification.check_query(draft.question, draft.choices)


def test_a_specific_code_asks_nothing():
    assert clarification.missing_specificity("E11.9", "Type 2 diabetes mellitus without complications", ()) is None


@pytest.mark.parametrize(("question", "choices"), [
    ("Please document sepsis for a higher severity.", ()), ("Is it pneumonia, which pays more?", ()), ("", ()),
    ("Which type?", ("Sepsis", clarification.OTHER, clarification.UNABLE)), ("Which type?", ("A", "B")),
])  # fmt: skip
def test_a_leading_question_is_refused(question, choices):
    with pytest.raises(Refused):
        clarification.check_query(question, choices)
