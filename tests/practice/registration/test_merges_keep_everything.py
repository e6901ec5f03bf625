"""Whatever is merged and unmerged in whatever order, every registration is in exactly one account and undoing everything restores all."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.kernel.errors import Refused
from cleanclaim.practice.registration import actions, queries
from practice import visit_cast as cast

STEPS = st.lists(st.one_of(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(0, 5)), max_size=12)


@pytest.mark.django_db
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_accounts_are_a_partition_and_undoing_restores_it(system, steps):
    ids = [cast.patient(system, is_somebody_new=True).public_id for _ in range(5)]
    merges = []
    for step in steps:
        with suppress(Refused):
            if isinstance(step, tuple):
                merge = actions.merge_patients(
                    survivor_id=ids[step[0]], absorbed_id=ids[step[1]], reason="x", by=system, despite_warnings=True
                )
                merges.append(merge.public_id)
            elif step < len(merges):
                actions.unmerge(merge_id=merges[step], reason="x", by=system)
        accounts = {
            queries.account_of(system.practice_id, one).public_id: queries.account_ids(system.practice_id, one) for one in ids
        }
        assert sorted(one for members in accounts.values() for one in members) == sorted(ids)
    for merge_id in reversed(merges):
        actions.unmerge(merge_id=merge_id, reason="x", by=system)
    assert all(queries.account_ids(system.practice_id, one) == (one,) for one in ids)
