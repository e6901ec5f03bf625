"""Random operations never break an invariant. CLEANCLAIM_OPERATIONS sets how many (20,000 in CI)."""

import os

import pytest

from practice.workflow.operations import run

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_random_operations_break_no_invariant(system):
    wanted = int(os.environ.get("CLEANCLAIM_OPERATIONS", "1000"))
    books = run(system, wanted, seed=2611, live=min(2000, max(40, wanted // 10)))
    assert books.done >= wanted
    assert {"answer", "claim taken over", "acknowledgement"} <= set(books.counts)
