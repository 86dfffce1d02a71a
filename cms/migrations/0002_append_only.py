"""The database itself refuses to change or remove a line of the log."""

from django.db import migrations

POSTGRESQL = [
    """
    CREATE FUNCTION copydesk_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the log of decisions is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON cms_decision
    FOR EACH ROW EXECUTE FUNCTION copydesk_log_is_append_only()
    """,
    """
    CREATE TRIGGER decision_no_truncate BEFORE TRUNCATE ON cms_decision
    FOR EACH STATEMENT EXECUTE FUNCTION copydesk_log_is_append_only()
    """,
]
POSTGRESQL_BACK = [
    "DROP TRIGGER decision_no_truncate ON cms_decision",
    "DROP TRIGGER decision_append_only ON cms_decision",
    "DROP FUNCTION copydesk_log_is_append_only()",
]
SQLITE = [
    f"""
    CREATE TRIGGER decision_no_{verb.lower()} BEFORE {verb} ON cms_decision
    BEGIN SELECT RAISE(ABORT, 'the log of decisions is append-only'); END
    """
    for verb in ("UPDATE", "DELETE")
] + [
    # INSERT OR REPLACE deletes without asking the trigger on DELETE.
    """
    CREATE TRIGGER decision_no_replace BEFORE INSERT ON cms_decision
    WHEN EXISTS (SELECT 1 FROM cms_decision WHERE number = NEW.number OR hash = NEW.hash)
    BEGIN SELECT RAISE(ABORT, 'the log of decisions is append-only'); END
    """
]
SQLITE_BACK = [f"DROP TRIGGER decision_no_{verb}" for verb in ("update", "delete", "replace")]


def run(postgresql, sqlite):
    def execute(apps, schema_editor):
        statements = postgresql if schema_editor.connection.vendor == "postgresql" else sqlite
        with schema_editor.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    return execute


class Migration(migrations.Migration):
    dependencies = [("cms", "0001_initial")]
    operations = [migrations.RunPython(run(POSTGRESQL, SQLITE), run(POSTGRESQL_BACK, SQLITE_BACK))]
