"""Random operations never break an invariant. CLEANCLAIM_OPERATIONS sets how many (20,000 in CI)."""

import os
from collections import Counter

import pytest

from cleanclaim.practice.foundation.actions import found_practice
from cleanclaim.practice.foundation.actor import system_actor
from practice.workflow.operations import run

pytestmark = pytest.mark.django_db(transaction=True)
"""Each operation commits, as it does in life."""


@pytest.mark.slow
def test_random_operations_break_no_invariant(system):
    wanted = int(os.environ.get("CLEANCLAIM_OPERATIONS", "1000"))
    counts: Counter[str] = Counter()
    done = 0
    for seed in range(2611, 2711):
        by = system_actor(found_practice(name=f"Operations {seed}", at=system.at).pk, at=system.at)
        books = run(by, min(8000, wanted - done), seed=seed, live=min(2000, max(40, wanted // 10)))
        done += books.done
        counts += books.counts
        if done >= wanted:
            break
    assert done >= wanted
    assert {"answer", "claim taken over", "acknowledgement"} <= set(counts)
