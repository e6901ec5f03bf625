from django.db import migrations

from cleanclaim.practice.foundation.engine_sql import EngineSQL, append_only

_UNBALANCED = "a journal entry does not sum to zero"
_SEALED = "a journal entry is sealed"


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [
        append_only("journal_journalentry"),
        append_only("journal_journalposting"),
        EngineSQL(
            sqlite=[
                "CREATE TRIGGER journal_entry_balances BEFORE INSERT ON journal_journalentry "
                "WHEN (SELECT COALESCE(SUM(cents), 1) FROM journal_journalposting WHERE entry_id = NEW.id) <> 0 "
                f"BEGIN SELECT RAISE(ABORT, '{_UNBALANCED}'); END",
                "CREATE TRIGGER journal_entry_sealed BEFORE INSERT ON journal_journalposting "
                "WHEN EXISTS (SELECT 1 FROM journal_journalentry WHERE id = NEW.entry_id) "
                f"BEGIN SELECT RAISE(ABORT, '{_SEALED}'); END",
            ],
            undo_sqlite=["DROP TRIGGER journal_entry_balances", "DROP TRIGGER journal_entry_sealed"],
            postgresql=[
                "CREATE SEQUENCE journal_entry_ids",
                "CREATE FUNCTION journal_entry_check() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "IF (SELECT COALESCE(SUM(cents), 1) FROM journal_journalposting WHERE entry_id = NEW.id) <> 0 "
                f"THEN RAISE EXCEPTION '{_UNBALANCED}'; END IF; RETURN NEW; END $$",
                "CREATE TRIGGER journal_entry_balances BEFORE INSERT ON journal_journalentry "
                "FOR EACH ROW EXECUTE FUNCTION journal_entry_check()",
                "CREATE FUNCTION journal_posting_check() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "IF EXISTS (SELECT 1 FROM journal_journalentry WHERE id = NEW.entry_id) "
                f"THEN RAISE EXCEPTION '{_SEALED}'; END IF; RETURN NEW; END $$",
                "CREATE TRIGGER journal_entry_sealed BEFORE INSERT ON journal_journalposting "
                "FOR EACH ROW EXECUTE FUNCTION journal_posting_check()",
            ],
            undo_postgresql=[
                "DROP TRIGGER journal_entry_sealed ON journal_journalposting",
                "DROP FUNCTION journal_posting_check()",
                "DROP TRIGGER journal_entry_balances ON journal_journalentry",
                "DROP FUNCTION journal_entry_check()",
                "DROP SEQUENCE journal_entry_ids",
            ],
        ),
    ]
