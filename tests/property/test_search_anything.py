"""Whatever is typed, the search answers: quickly, with codes in force, best first, and never with an error."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.encoder import search
from search_store import search_store

ON = date(2026, 10, 15)
WORDS = st.sampled_from(
    "fx r l dm2 w wo s/p h/o no without nos nec type ii 3b stage l4-5 distal knee ca mets inj 40 mg tab e11 s72.0 ? * - / , ( [ % ' & é 骨 \x00".split(
        " "
    )
)


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    found = search_store(tmp_path_factory)
    search.find("warm", found, on=ON)
    return found


def _holds(store, typed, **narrowed):
    before = time.process_time()
    hits = search.find(typed, store, on=ON, **narrowed)
    assert time.process_time() - before < 2.0  # seconds of one core; a bound, not a benchmark
    assert len(hits) <= 10
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({(hit.system, hit.code) for hit in hits}) == len(hits)
    for hit in hits:
        assert hit.why
        assert hit.valid_from <= ON <= (hit.valid_to or date.max)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=400))
def test_any_text_is_answered(store, typed):
    _holds(store, typed)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.lists(WORDS, max_size=12).map(" ".join), billable=st.booleans())
def test_any_shorthand_is_answered(store, typed, billable):
    _holds(store, typed, billable_only=billable)


@pytest.mark.parametrize(
    "typed", ["fracture of the radius " * 500, "x" * 10_000, "\u0301" * 10_000, "1." * 5_000, "a/b" * 3_400, "no " * 3_400]
)
def test_ten_kilobytes_are_answered(store, typed):
    _holds(store, typed)
