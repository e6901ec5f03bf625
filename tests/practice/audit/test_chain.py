"""The audit chain shows every change, gap and cut."""

import json

import pytest
from django.db import DatabaseError, connection, transaction

from cleanclaim.practice.audit.actions import anchor_path, record
from cleanclaim.practice.audit.models import AuditHead, AuditRow
from cleanclaim.practice.audit.queries import verify

pytestmark = pytest.mark.django_db(transaction=True)


def _some_rows(by, count=5):
    for number in range(count):
        with transaction.atomic():
            record(by, "test_action", f"thing:{number}", amount_cents=number)


def _tamper(sql):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS audit_auditrow_no_{verb}")
        else:
            cursor.execute("ALTER TABLE audit_auditrow DISABLE TRIGGER audit_auditrow_append_only")
        cursor.execute(sql)


@pytest.fixture(autouse=True)
def _restore():
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE audit_auditrow ENABLE TRIGGER audit_auditrow_append_only")
            return
        for verb in ("UPDATE", "DELETE"):
            cursor.execute(f"DROP TRIGGER IF EXISTS audit_auditrow_no_{verb.lower()}")
            cursor.execute(
                f"CREATE TRIGGER audit_auditrow_no_{verb.lower()} BEFORE {verb} ON audit_auditrow "
                "BEGIN SELECT RAISE(ABORT, 'audit_auditrow is append-only'); END"
            )


def test_an_untouched_chain_holds_and_the_anchor_agrees(system):
    _some_rows(system)
    proof = verify(system.practice_id)
    assert (proof.rows, proof.broken, proof.anchor) == (5, (), "agrees")


def test_the_database_refuses_to_change_a_row(system):
    _some_rows(system, 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditRow.objects.of(system.practice_id).update(actor="somebody else")


def test_a_changed_row_breaks_its_link(system):
    _some_rows(system)
    _tamper("UPDATE audit_auditrow SET actor = 'Mallory' WHERE seq = 3")
    assert verify(system.practice_id).broken == (3,)


def test_a_row_cut_from_the_middle_shows(system):
    _some_rows(system)
    _tamper("DELETE FROM audit_auditrow WHERE seq = 2")
    assert verify(system.practice_id).broken


def test_rows_cut_from_the_end_show_by_the_anchor(system):
    _some_rows(system)
    _tamper("DELETE FROM audit_auditrow WHERE seq > 3")
    last = AuditRow.objects.of(system.practice_id).get(seq=3)
    AuditHead.objects.of(system.practice_id).update(seq=3, link=last.link)
    proof = verify(system.practice_id)
    assert proof.broken == ()
    assert proof.anchor == "cut"


def test_a_rewritten_anchor_is_forged(system):
    _some_rows(system)
    path = anchor_path(system.practice_id)
    facts = json.loads(path.read_text())
    path.write_text(json.dumps({**facts, "seq": 2}))
    assert verify(system.practice_id).anchor == "forged"


def test_an_action_outside_a_transaction_is_a_programming_error(system):
    with pytest.raises(RuntimeError):
        record(system, "test_action", "thing:1")
