"""Samples that anybody can draw again, two readers, one counting rule; pace and agreement."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.kernel.money import Rate
from cleanclaim.practice.coding.auditing import AuditCode, compare_readings, draw_sample, score_reading
from cleanclaim.practice.coding.productivity import IDLE_AFTER, SessionFact, agreement, productivity

IDS = [f"enc_{number:03d}" for number in range(100)]


def dx(code, place=1):
    return AuditCode("icd10cm", code, place)


def line(code, modifiers=(), units=1, pointers=(1,)):
    return AuditCode("cpt", code, 1, modifiers, Rate(units), pointers)


def test_the_same_seed_draws_the_same_sample_whatever_the_order():
    assert draw_sample(IDS, size=10, seed="2026-11") == draw_sample(reversed(IDS), size=10, seed="2026-11")
    assert draw_sample(IDS, size=10, seed="2026-12") != draw_sample(IDS, size=10, seed="2026-11")
    assert len(draw_sample(IDS, size=1000, seed="x")) == 100


def test_each_coder_has_a_share_of_the_sample():
    coders = {item: "rare" if item in IDS[:3] else "usual" for item in IDS}
    drawn = draw_sample(IDS, size=10, seed="s", strata=coders)
    assert len(drawn) == 10
    assert sum(coders[item] == "rare" for item in drawn) == 1


@given(st.lists(st.sampled_from(IDS), unique=True), st.integers(0, 30), st.text(max_size=5))
def test_a_sample_is_part_of_what_it_was_drawn_from(ids, size, seed):
    drawn = draw_sample(ids, size=size, seed=seed, strata={item: item[-1] for item in ids})
    assert len(drawn) == len(set(drawn)) == min(size, len(ids))
    assert set(drawn) <= set(ids)


def reasons(reported, read):
    score = score_reading(reported, read)
    return [error.reason for error in score.errors], score.correct, score.audited


def test_each_error_counts_once_and_has_its_reason():
    assert reasons((dx("E11.9"),), (dx("E11.9"),)) == ([], 1, 1)
    assert reasons((dx("E11.9"),), (dx("E11.65"),)) == (["wrong-code"], 0, 1)
    assert reasons((dx("E11.9"), dx("R05.9", 2)), (dx("E11.9"),)) == (["unsupported"], 1, 2)
    assert reasons((dx("E11.9"),), (dx("E11.9"), dx("I10", 2))) == (["missed"], 1, 2)
    assert reasons((dx("R05.9"), dx("J20.9", 2)), (dx("J20.9"), dx("R05.9", 2))) == (["order"], 1, 2)
    assert reasons((line("99214"),), (line("99214", ("25",)),)) == (["modifier"], 0, 1)
    assert reasons((line("94640", units=2),), (line("94640"),)) == (["units"], 0, 1)
    assert reasons((line("94640", pointers=(2,)),), (line("94640"),)) == (["pointer"], 0, 1)


def test_accuracy_is_correct_over_audited_missed_ones_included():
    score = score_reading((dx("E11.9"), dx("I10", 2), dx("R05.9", 3)), (dx("E11.9"), dx("I10", 2), dx("J20.9", 3)))
    assert (score.audited, score.correct) == (4, 2)
    assert score.accuracy == Rate("0.5")
    assert not score.has_passed
    assert score_reading((), ()).accuracy == 1


def test_two_readers_are_compared_and_what_they_dispute_is_listed():
    compared = compare_readings((dx("E11.9"), line("99214", ("25",))), (dx("E11.9"), line("99214")))
    assert (compared.agreed, compared.named) == (1, 3)
    assert [who for _, _, who in compared.disputed] == ["first", "second"]


def session(coder, minutes, *, done=True, signed=date(2026, 11, 18)):
    start = datetime(2026, 11, 20, 14, tzinfo=UTC)
    return SessionFact(coder, start, start + timedelta(minutes=minutes), done, "outpatient", signed, 3)


def test_pace_counts_work_and_not_a_chart_left_open_over_lunch():
    (row,) = productivity([session("Ruth", 10), session("Ruth", 20), session("Ruth", 600, done=False)])
    assert (row.visits, row.codes, row.mean_lag_days) == (2, 6, Rate("2.0"))
    assert row.minutes == 30 + IDLE_AFTER.seconds * 3 // 60
    assert productivity([session("Ruth", 0)])[0].visits_per_hour is None


def test_agreement_is_precision_and_recall_by_code():
    rows = agreement([("J20.9", "accepted")] * 3 + [("J20.9", "rejected"), ("Z23", "added")])
    assert [(row.key, row.precision, row.recall) for row in rows] == [
        ("J20.9", Rate("0.750"), Rate("1.000")),
        ("Z23", None, Rate("0.000")),
    ]
