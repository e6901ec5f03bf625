"""Figures of the front and of first answers: each with its formula, its numbers and the records behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cleanclaim.kernel.money import Rate
from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.receivables import key_figures
from cleanclaim.practice.remittance.posting import post_remittance_file
from golden.money.writing import advice, answer, claim, claims_file, paid_line, person, remittance_file
from practice.visit_cast import clinic, coverage, patient, signed_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(system):
    return {"first": system.today - timedelta(days=60), "last": system.today}


def named(system, period, name):
    return next(row for row in key_figures.all_figures(system.practice_id, **period) if row.name == name)


@pytest.fixture
def answered(system):
    import_claims(
        content=claims_file(
            claim("1001", [("99214", 20000)]), claim("1002", [("99214", 10000)], insured=person("BYRNE", "OWEN", "M2"))
        ),
        by=system,
    )
    lines = paid_line("99214", 20000, 0, [("CO", "50", 20000)]), paid_line("99214", 10000, 6000, [("CO", "45", 4000)])
    told = [answer("1001", [lines[0]], status="4"), answer("1002", [lines[1]], insured=person("BYRNE", "OWEN", "M2"))]
    post_remittance_file(content=remittance_file(advice(told)), file_name="a.835", by=system)


def test_initial_denials_count_claims_and_cents_of_first_answers(system, period, answered):
    assert named(system, period, "Initial denial rate").value == Rate("50.00")
    by_amount = named(system, period, "Initial denial rate by amount")
    assert (by_amount.above.amount, by_amount.below.amount, by_amount.value) == (20000, 30000, Rate("66.67"))
    answers = named(system, period, "Initial denial rate").below.rows()
    assert sorted((row[0], row[3]) for row in answers) == [("1001", "denied"), ("1002", "not denied")]
    later = {"first": system.today + timedelta(days=1), "last": system.today + timedelta(days=9)}
    assert named(system, later, "Initial denial rate").below.amount == 0


def test_net_days_are_open_cents_less_credits_over_net_revenue_a_day(system, period, answered):
    figure = named(system, period, "Net days in A/R")
    assert (figure.above.amount, figure.times, figure.below.amount) == (20000, 61, 26000)
    assert list(figure.above.rows()) == [("1001", "receivable:insurance", 20000)]


def test_verification_counts_insured_visits_with_an_answer(system, period):
    place = clinic(system)
    who = patient(system)
    coverage(system, who, place.granite)
    signed_visit(system, place, who)
    figure = named(system, period, "Insurance verification rate")
    assert (figure.above.amount, figure.below.amount) == (0, 1)
    assert next(iter(figure.below.rows()))[2] == "no"
