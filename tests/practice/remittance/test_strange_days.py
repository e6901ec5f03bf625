"""Days that nobody can mean: an answer served in the year 1 waits for a person, a check of the year 9999 posts and says so."""

from datetime import date

import pytest

from cleanclaim.kernel.errors import Refused
from cleanclaim.practice.claims.queries import claim_numbered
from cleanclaim.practice.remittance import exceptions, following, queries
from cleanclaim.practice.remittance.days import plausible_on
from cleanclaim.practice.remittance.models import Decision, PostingException, Remittance
from cleanclaim.practice.remittance.posting import post_remittance_file
from cleanclaim.practice.workflow.actions import drain
from cleanclaim.practice.workflow.proof import verify
from golden.money.writing import SERVED, advice, answer, paid_line, remittance_file
from web.desk_cast import open_claim, sign_in

pytestmark = pytest.mark.django_db
STRANGE = [date(1, 1, 1), date(9999, 12, 31), date(1989, 12, 31), date(2027, 11, 22)]


def test_the_days_that_may_be_meant_reach_from_1990_to_a_year_ahead():
    days = plausible_on(date(2026, 11, 20))
    assert [days.holds(day) for day in (date(1989, 12, 31), date(1990, 1, 1), date(2027, 11, 21), date(2027, 11, 22), None)] == [
        False, True, True, False, True,
    ]  # fmt: skip


def _posted(system, *, served=SERVED, paid_on=date(2026, 11, 9), status="1", cas=(("CO", "45", 8000),), paid=12000):
    open_claim(system, "1001")
    line = paid_line("99214", 20000, paid, list(cas), "1001L1", served=served)
    content = remittance_file(advice([answer("1001", [line], status=status)], paid_on=paid_on))
    return post_remittance_file(content=content, file_name="a.835", by=system)


@pytest.mark.parametrize("served", STRANGE)
def test_an_answer_with_a_strange_service_day_waits_with_its_money(system, served):
    posted = _posted(system, served=served)
    waiting = PostingException.objects.of(system.practice_id).get()
    assert (waiting.problem, waiting.amount_cents) == ("implausible-date", 12000)
    assert waiting.says.startswith(f"Line 1 (99214) was served on {served.month:02}/{served.day:02}/{served.year:04}.")
    assert len(waiting.says) < 300
    totals = queries.posted_totals(system.practice_id, posted.remittances)
    assert totals.ties
    assert (totals.deposit_cents, totals.exceptions_cents) == (12000, 12000)
    assert not following.retry_exception(exception_id=waiting.public_id, by=system)
    claim = claim_numbered(system.practice_id, "1001")
    assert following.post_exception_to(exception_id=waiting.public_id, claim_id=claim.public_id, by=system)
    claim.refresh_from_db()
    assert (claim.insurance_paid_cents, claim.insurance_balance_cents) == (12000, 0)
    assert not [row for row in verify(system.practice_id).invariants if row[1]]


@pytest.mark.parametrize("paid_on", STRANGE)
def test_a_check_of_a_strange_day_posts_without_it_and_leaves_a_note(system, paid_on):
    posted = _posted(system, paid_on=paid_on, status="4", cas=(("CO", "50", 20000),), paid=0)
    drain(by=system)
    assert not posted.refused
    assert Remittance.objects.of(system.practice_id).get().paid_on is None
    assert Decision.objects.of(system.practice_id).get().decided_on is None
    waiting = PostingException.objects.of(system.practice_id).get()
    assert (waiting.problem, waiting.amount_cents, waiting.ordinal) == ("implausible-date", 0, 0)
    assert "BPR16" in waiting.says
    assert "DTM 405" in waiting.says
    assert len(waiting.says) < 300
    with pytest.raises(Refused):
        following.retry_exception(exception_id=waiting.public_id, by=system)
    exceptions.book_exception(exception_id=waiting.public_id, where="dismiss", reason="The bank says 11/09.", by=system)
    assert not queries.open_exceptions(system.practice_id)
    assert not [row for row in verify(system.practice_id).invariants if row[1]]


def test_a_day_of_no_calendar_in_the_header_is_told_too(system):
    open_claim(system, "1001")
    line = paid_line("99214", 20000, 12000, [("CO", "45", 8000)], "1001L1")
    content = remittance_file(advice([answer("1001", [line])])).replace(b"20261109", b"20261309")
    post_remittance_file(content=content, file_name="a.835", by=system)
    waiting = PostingException.objects.of(system.practice_id).get()
    assert "20261309" in waiting.says
    assert claim_numbered(system.practice_id, "1001").insurance_paid_cents == 12000


def test_the_page_of_a_check_s_note_offers_to_set_it_aside_only(system):
    _posted(system, paid_on=date(9999, 12, 31))
    waiting = PostingException.objects.of(system.practice_id).get()
    client = sign_in(system, "biller")
    page = client.get(f"/payments/exceptions/{waiting.public_id}/").content.decode()
    assert "12/31/9999" in page
    assert "Book outside claims" in page
    assert "Try again" not in page
    assert "the check itself" in client.get("/payments/exceptions/").content.decode()
