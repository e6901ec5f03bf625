"""What a payer's answer means at the desk."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cleanclaim.documents import Benefit, DateFact, EligibilityResponse, Party, Reference
from cleanclaim.kernel.money import Rate
from cleanclaim.practice.eligibility import rules

DAY = date(2026, 11, 16)


def answer(*benefits, dates=(), rejections=()):
    nobody = Party()
    return EligibilityResponse(nobody, nobody, nobody, "E1", benefits=benefits, dates=dates, rejections=rejections)


def active(**more):
    return Benefit("1", service_types=("30",), plan="Granite Gold", **more)


def read(*benefits, **more):
    return rules.read_answer(answer(*benefits, **more), asked_for=DAY)


def rules_of(verdict):
    return [finding.rule for finding in verdict.findings]


def test_an_active_plan_is_active_and_says_its_name():
    verdict = read(active())
    assert (verdict.state, verdict.plan, verdict.findings) == ("active", "Granite Gold", ())


def test_a_plan_that_ended_or_has_not_begun_is_not_active_on_the_day():
    ended = read(active(dates=(DateFact("291", date(2026, 1, 1), date(2026, 10, 31)),)))
    assert (ended.state, rules_of(ended)) == ("inactive", ["ELIGIBILITY_TERMED"])
    assert "2026-10-31" in ended.findings[0].says
    ended = read(active(), dates=(DateFact("347", date(2026, 11, 15)),))
    assert rules_of(ended) == ["ELIGIBILITY_TERMED"]
    later = read(active(dates=(DateFact("346", date(2026, 12, 1)),)))
    assert rules_of(later) == ["ELIGIBILITY_NOT_YET"]


def test_an_old_ended_part_does_not_end_a_plan_that_goes_on():
    old = Benefit("6", service_types=("35",), dates=(DateFact("349", date(2024, 12, 31)),))
    assert read(active(dates=(DateFact("346", date(2025, 1, 1)),)), old).state == "active"


def test_inactive_and_silent_answers_are_told_apart():
    assert rules_of(read(Benefit("6"))) == ["ELIGIBILITY_INACTIVE"]
    assert read(Benefit("C", cents=100)).state == "unclear"


def test_another_payer_is_an_alert_unless_it_is_on_file_or_over():
    other = Benefit("R", related=Party(last_name="OTHER HEALTH", id="99999"), references=(Reference("1L", "G1"),))
    verdict = read(active(), other)
    assert rules_of(verdict) == ["ELIGIBILITY_OTHER_PAYER"]
    assert verdict.other_payers[0][:3] == ("OTHER HEALTH", "99999", "G1")
    assert rules.read_answer(answer(active(), other), asked_for=DAY, known_payer_ids=frozenset({"99999"})).findings == ()
    over = other._replace(dates=(DateFact("307", date(2024, 1, 1), date(2025, 1, 1)),))
    assert read(active(), over).findings == ()


def test_benefits_are_read_into_what_the_desk_asks():
    verdict = read(
        active(),
        Benefit("B", "IND", ("98",), cents=30_00, in_network="Y"),
        Benefit("B", "IND", ("98",), cents=60_00, in_network="N"),
        Benefit("C", "IND", ("30",), period="23", cents=1500_00, in_network="Y"),
        Benefit("C", "IND", ("30",), period="29", cents=420_50, in_network="Y"),
        Benefit("A", "IND", ("30",), percent=Rate("0.2"), in_network="Y"),
        Benefit("G", "FAM", ("30",), period="29", cents=99_00),
    )
    facts = {(fact.kind, fact.network): (fact.cents, fact.left_cents, fact.percent) for fact in verdict.benefits}
    assert facts["deductible", "Y"] == (1500_00, 420_50, None)
    assert facts["coinsurance", "Y"] == (None, None, Rate("0.2"))
    assert facts["out of pocket", ""] == (None, 99_00, None)
    assert rules.copay_cents(verdict) == 30_00
    assert rules.verdict_from_json(rules.verdict_as_json(verdict)) == verdict._replace(findings=())


def test_a_refused_question_says_why_in_our_own_words():
    verdict = read(rejections=("75", "99"))
    assert verdict.state == "rejected"
    assert verdict.findings[0].says == "The payer cannot find this subscriber."
    assert "99" in verdict.findings[1].says


@pytest.mark.parametrize(("codes", "again"), [(("42",), True), (("42", "80"), True), (("42", "75"), False), ((), False)])
def test_a_payer_that_cannot_answer_now_is_asked_again(codes, again):
    assert rules.is_no_answer(answer(rejections=codes)) is again


def test_waits_grow_and_end():
    now = datetime(2026, 11, 16, tzinfo=UTC)
    waits = [rules.next_try_at(tries, now) for tries in range(1, len(rules.RETRY_AFTER) + 2)]
    assert waits[-1] is None
    assert waits[:-1] == sorted(waits[:-1])
    assert waits[0] == now + timedelta(minutes=1)


def test_an_answer_of_an_earlier_month_is_old():
    assert rules.is_stale(date(2026, 10, 31), DAY)
    assert not rules.is_stale(date(2026, 11, 1), DAY)
    assert not rules.is_stale(date(2026, 12, 1), DAY)


def test_an_authorisation_counts_its_visits():
    permission = rules.AuthorizationFact("A1", date(2026, 11, 1), date(2026, 11, 30), 6, 3, frozenset({"97110"}))
    check = lambda fact, day=DAY, codes=frozenset(): [
        finding.rule for finding in rules.check_authorization(fact, served_on=day, procedures=codes)
    ]
    assert check(permission) == []
    assert check(permission, date(2026, 12, 1)) == ["AUTHORIZATION_DATES"]
    assert check(permission._replace(visits_used=6)) == ["AUTHORIZATION_USED"]
    assert check(permission._replace(visits_used=5)) == ["AUTHORIZATION_LOW"]
    assert check(permission, DAY, frozenset({"97110", "97140"})) == ["AUTHORIZATION_CODES"]
