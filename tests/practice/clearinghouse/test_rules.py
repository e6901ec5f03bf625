"""How a batch is laid out, what acknowledgements mean, which deadlines run."""

from datetime import date

import pytest

from cleanclaim.documents import FunctionalAcknowledgement, TransactionAcknowledgement
from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.claims.rules import MOVES, Status, move, timely_filing_deadline
from cleanclaim.practice.clearinghouse import queries, rules
from golden.money.writing import claim, claims_file


def test_each_kind_has_its_group_and_each_five_thousand_a_transaction():
    kinds = ["837P"] * 5001 + ["837I", "837P"]
    places = rules.numbers_in_file(kinds, group=7)
    assert (places[0], places[4999], places[5000]) == ((7, 1), (7, 1), (7, 2))
    assert (places[5001], places[5002]) == ((8, 3), (7, 2))


def test_a_999_rejects_a_transaction_or_the_whole_group():
    one = TransactionAcknowledgement("837", "0001", "R")
    other = TransactionAcknowledgement("837", "0002", "A")
    assert rules.rejected_transactions(FunctionalAcknowledgement("HC", "1", "", "P", transactions=(one, other))) == {"0001"}
    assert rules.rejected_transactions(FunctionalAcknowledgement("HC", "1", "", "R", transactions=(one,))) is None
    assert rules.rejected_transactions(FunctionalAcknowledgement("HC", "1", "", "A", transactions=(other,))) == set()


def test_every_state_is_reached_and_a_wrong_move_is_refused():
    from cleanclaim.kernel.errors import Refused

    assert {target for _, target in MOVES.values()} | {Status.BUILT} == set(Status)
    with pytest.raises(Refused, match="voided cannot send"):
        move(Status.VOIDED, "send")


def test_a_year_to_file_is_a_calendar_year():
    assert timely_filing_deadline(date(2027, 3, 1), 365) == date(2028, 3, 1)
    assert timely_filing_deadline(date(2028, 2, 29), 365) == date(2029, 2, 28)
    assert timely_filing_deadline(date(2026, 10, 5), 90) == date(2027, 1, 3)


@pytest.mark.django_db
def test_claims_near_their_filing_limit_and_without_answer_are_listed(system):
    import_claims(content=claims_file(claim("1001", [("99214", 20000)])), by=system)
    assert queries.timely_filing_risks(system.practice_id, on=date(2027, 3, 1)) == []
    assert queries.timely_filing_risks(system.practice_id, on=date(2027, 3, 25))[0].days_left == 9
    assert queries.unanswered(system.practice_id, on=date(2026, 12, 1)) == []
    assert queries.unanswered(system.practice_id, on=date(2026, 12, 20))[0].days == 30
