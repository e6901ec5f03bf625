"""Which coverages answer for a day, and in what order the rules would put them."""

from datetime import date

from cleanclaim.practice.registration.coverage_order import CoverageFact, coverages_on, overlapping, propose_order

DAY = date(2026, 11, 16)
OPEN = date(2026, 1, 1)


def fact(name, sequence="P", first=OPEN, last=None, **more):
    return CoverageFact(name, sequence, first, last, **more)


def test_only_coverages_in_force_answer_both_ends_included():
    rows = (fact("old", last=date(2026, 11, 15)), fact("new", first=DAY), fact("second", "S"))
    assert coverages_on(rows, DAY).coverage_ids == ("new", "second")
    assert coverages_on(rows, date(2026, 11, 15)).coverage_ids == ("old", "second")
    assert coverages_on(rows, DAY).findings == ()


def test_what_a_biller_would_object_to_is_said():
    rules = lambda rows: {finding.rule for finding in coverages_on(rows, DAY).findings}
    assert rules((fact("a"), fact("b"))) == {"COVERAGE_PLACE_TWICE"}
    assert rules((fact("a", "S"),)) == {"COVERAGE_NO_PRIMARY"}
    assert rules((fact("a"), fact("c", "T"))) == {"COVERAGE_NO_SECONDARY"}
    assert rules((fact("a", last=date(2026, 2, 1)),)) == {"COVERAGE_LAPSED"}
    assert rules(()) == set()


def test_two_coverages_in_one_place_overlap_only_on_shared_days():
    rows = (fact("a", last=date(2026, 6, 30)), fact("b", "S"))
    assert overlapping(fact("n", first=date(2026, 6, 30)), rows) == ("a",)
    assert overlapping(fact("n", first=date(2026, 7, 1)), rows) == ()


def order(rows, born=date(1950, 1, 1)):
    return [(placed.coverage_id, placed.sequence) for placed in propose_order(rows, DAY, patient_born_on=born)]


def test_medicare_pays_after_a_plan_of_current_work_and_before_a_retirees():
    medicare = fact("medicare", claim_filing="MB")
    assert order((medicare, fact("work", claim_filing="CI", is_from_employment=True))) == [("work", "P"), ("medicare", "S")]
    small = fact("work", claim_filing="CI", is_from_employment=True, employer_has_20=False)
    assert order((fact("retired", claim_filing="CI"), medicare)) == [("medicare", "P"), ("retired", "S")]
    assert ("medicare", "P") not in order((medicare, fact("spouse", relationship="01", is_from_employment=True)))
    assert order((medicare, small)) == [("medicare", "P"), ("work", "S")]


def test_medicaid_pays_last_and_an_accident_insurer_first():
    rows = (fact("medicaid", claim_filing="MC"), fact("own"), fact("auto", claim_filing="AM"))
    assert order(rows) == [("auto", "P"), ("own", "S"), ("medicaid", "T")]


def test_a_childs_plans_follow_the_parents_birthdays_in_the_year():
    mother = fact("mother", relationship="19", subscriber_born_on=date(1985, 9, 3))
    father = fact("father", relationship="19", subscriber_born_on=date(1991, 2, 28))
    assert order((mother, father), born=date(2019, 5, 5)) == [("father", "P"), ("mother", "S")]
