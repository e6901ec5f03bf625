"""The books: balanced, idempotent, append-only, on both engines."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from cleanclaim.kernel.errors import Conflict, Refused
from cleanclaim.ledger import Account, Entry, Posting
from cleanclaim.practice.foundation.actions import found_practice
from cleanclaim.practice.foundation.planning import refresh_statistics
from cleanclaim.practice.journal import actions, queries
from cleanclaim.practice.journal.models import JournalEntry, JournalPosting

DAY = date(2026, 11, 20)


def charge(cents: int = 20000, source: str = "charge:1", on: date = DAY) -> Entry:
    legs = (
        Posting(Account.INSURANCE_RECEIVABLE, cents, claim="clm_A", line=1, payer="pay_A"),
        Posting(Account.SERVICE_REVENUE, -cents, claim="clm_A", line=1),
    )
    return Entry.of(source=source, kind="charge", on=on, says="Charge for a visit", postings=legs)


def test_an_entry_posts_once_and_a_repeat_returns_the_first(system):
    first = actions.post(charge(), by=system)
    assert actions.post(charge(), by=system) == first
    assert queries.balances(system.practice_id, claim="clm_A") == {"receivable:insurance": 20000, "revenue:services": -20000}


def test_the_same_source_with_other_content_is_a_conflict(system):
    actions.post(charge(), by=system)
    with pytest.raises(Conflict):
        actions.post(charge(20001), by=system)


def test_two_differing_entries_of_one_batch_are_a_conflict_and_post_nothing(system):
    with pytest.raises(Conflict):
        actions.post_many([charge(), charge(1)], by=system)
    assert queries.verify(system.practice_id).entries == 0


def test_the_database_itself_refuses_to_change_or_delete_an_entry(system):
    actions.post(charge(), by=system)
    for change in (
        lambda: JournalPosting.objects.of(system.practice_id).update(cents=1),
        lambda: JournalPosting.objects.of(system.practice_id)._raw_delete("default"),
        lambda: JournalEntry.objects.of(system.practice_id).update(says="x"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_database_itself_refuses_an_unbalanced_entry_and_a_late_leg(system):
    actions.post(charge(), by=system)
    entry = JournalEntry.objects.of(system.practice_id).get()
    with pytest.raises(DatabaseError), transaction.atomic():
        JournalPosting.objects.create(practice_id=system.practice_id, entry_id=entry.pk, account="cash", cents=5)
    with pytest.raises(DatabaseError), transaction.atomic():
        JournalPosting.objects.create(practice_id=system.practice_id, entry_id=entry.pk + 1, account="cash", cents=5)
        JournalEntry.objects.create(
            id=entry.pk + 1, practice_id=system.practice_id, public_id="jen_x", source="bad", kind="x", on=DAY, recorded_at=system.at,
            says="", digest="",
        )  # fmt: skip


def test_post_then_reverse_leaves_nothing(system):
    entry = charge()
    actions.post(entry, by=system)
    actions.post(entry.reversed(source="charge:1:undone", on=DAY, says="Entered in error"), by=system)
    assert set(queries.balances(system.practice_id, claim="clm_A").values()) == {0}


def test_a_closed_period_refuses_and_past_balances_stay(actor):
    ruth = actor("manager")
    actions.post(charge(on=date(2026, 10, 5)), by=ruth)
    actions.close_period(last=date(2026, 10, 31), by=ruth)
    with pytest.raises(Refused, match="2026-10-31"):
        actions.post(charge(source="charge:late", on=date(2026, 10, 31)), by=ruth)
    actions.post(charge(source="charge:2", on=date(2026, 11, 2)), by=ruth)
    assert queries.balance(ruth.practice_id, Account.INSURANCE_RECEIVABLE, as_of=date(2026, 10, 31)) == 20000
    assert queries.balance(ruth.practice_id, Account.INSURANCE_RECEIVABLE) == 40000


def test_ledger_invariants_hold_and_would_show_a_break(system):
    actions.post_many([charge(source=f"charge:{number}") for number in range(1200)], by=system)
    proof = queries.verify(system.practice_id)
    assert proof.entries == 1200
    assert proof.unbalanced == 0
    assert all(broken == 0 for _, broken in proof.invariants)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER journal_journalposting_no_update")
            cursor.execute(
                "UPDATE journal_journalposting SET cents = cents + 1 WHERE id = (SELECT MIN(id) FROM journal_journalposting)"
            )
        assert queries.verify(system.practice_id).unbalanced == 1
        other = found_practice(name="Birch Hollow Clinic", at=system.at)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE journal_journalposting SET practice_id = %s WHERE id = (SELECT MAX(id) FROM journal_journalposting)",
                [other.pk],
            )
        assert dict(queries.verify(other.pk).invariants)["every leg is of an entry of its own practice"] == 1
        assert dict(queries.verify(system.practice_id).invariants)["every entry has two legs or more"] == 1


def test_the_proof_lets_the_planner_count_what_one_long_transaction_posted(system, django_assert_num_queries):
    kinds = (JournalEntry, JournalPosting)
    if connection.vendor == "sqlite":
        with django_assert_num_queries(0):
            refresh_statistics(*kinds)
        return
    refresh_statistics(*kinds)  # as the database does by itself between two tests: empty
    actions.post_many([charge(source=f"charge:{number}") for number in range(300)], by=system)
    queries.verify(system.practice_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples FROM pg_class WHERE relname IN ('journal_journalentry', 'journal_journalposting')"
        )
        assert dict(cursor.fetchall()) == {"journal_journalentry": 300, "journal_journalposting": 600}
