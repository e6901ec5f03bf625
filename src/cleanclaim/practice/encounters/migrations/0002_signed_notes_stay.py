"""The database itself refuses to change or delete signed text."""

from django.db import migrations

from cleanclaim.practice.foundation.engine_sql import EngineSQL

TABLE = "encounters_noteversion"


class Migration(migrations.Migration):
    dependencies = [("encounters", "0001_initial")]

    operations = [
        EngineSQL(
            sqlite=[
                f"CREATE TRIGGER {TABLE}_signed_{verb.lower()} BEFORE {verb} ON {TABLE} WHEN OLD.signed_at IS NOT NULL "
                "BEGIN SELECT RAISE(ABORT, 'a signed note stays as it is'); END"
                for verb in ("UPDATE", "DELETE")
            ],
            undo_sqlite=[f"DROP TRIGGER {TABLE}_signed_{verb}" for verb in ("update", "delete")],
            postgresql=[
                f"CREATE FUNCTION {TABLE}_stay() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'a signed note stays as it is'; END $$",
                f"CREATE TRIGGER {TABLE}_signed BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW "
                f"WHEN (OLD.signed_at IS NOT NULL) EXECUTE FUNCTION {TABLE}_stay()",
            ],
            undo_postgresql=[f"DROP TRIGGER {TABLE}_signed ON {TABLE}", f"DROP FUNCTION {TABLE}_stay()"],
        )
    ]
