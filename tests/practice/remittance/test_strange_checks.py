"""Checks that no payer means: one check twice in a file with other claims, and amounts beyond counting."""

import pytest

from cleanclaim.practice.remittance.posting import post_remittance_file
from golden.money.writing import advice, answer, paid_line, remittance_file

pytestmark = pytest.mark.django_db


def _check(number: str, cents: int = 9600, **facts) -> bytes:
    return remittance_file(advice([answer(number, [paid_line("99214", cents, cents, [], f"{number}L1")])], **facts))


def test_one_check_with_other_claims_is_a_duplicate_within_a_file_as_between_two(system):
    posted = post_remittance_file(content=_check("1001") + _check("1002"), file_name="both.835", by=system)
    assert len(posted.remittances) == 1
    assert [row.first_seen for row in posted.duplicates] == ["earlier in both.835"]


@pytest.mark.parametrize("dollars", ["1000000000000000", "100000000000000000", "99999999999999"])
def test_an_amount_beyond_counting_refuses_the_file_instead_of_posting_nothing(system, dollars):
    content = _check("1001").replace(b"*96*", f"*{dollars}*".encode()).replace(b"*96~", f"*{dollars}~".encode())
    assert dollars.encode() in content
    posted = post_remittance_file(content=content, file_name="a.835", by=system)
    assert (posted.remittances, bool(posted.refused)) == ((), True)
