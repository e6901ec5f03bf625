"""Migrations: none is missing, and the database's own guards stand on the engine at hand."""

import pytest
from django.core.management import call_command
from django.db import connection

pytestmark = pytest.mark.django_db


def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_guards_of_books_audit_and_notes_stand():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal")
        guarded = {row[0] for row in cursor.fetchall()}
    assert {"journal_journalentry", "journal_journalposting", "audit_auditrow", "encounters_noteversion"} <= guarded
