"""What no model describes: the index of nicknames, and the triggers that keep the audit log."""

from django.db import migrations

# Nothing changes a line, and nothing removes one that is younger than a year: docs/decisions/0017.
# A later migration that makes the audit log's table anew on SQLite loses the triggers there and must make them again.
SQLITE = (
    "CREATE VIRTUAL TABLE shops_names USING fts5(terms, content='', detail=none, tokenize='ascii')",
    """CREATE TRIGGER audit_never_changed BEFORE UPDATE ON shops_auditentry
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_kept_a_year BEFORE DELETE ON shops_auditentry
    WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-365 days')
    BEGIN SELECT RAISE(ABORT, 'the audit log keeps its lines for a year'); END""",
)
POSTGRES = (
    "CREATE TABLE shops_names (doc bigint PRIMARY KEY, terms bigint[] NOT NULL)",
    "CREATE INDEX shops_names_terms ON shops_names USING gin (terms) WITH (fastupdate = off)",
    """CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER audit_never_changed BEFORE UPDATE ON shops_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_refuses()""",
    """CREATE TRIGGER audit_kept_a_year BEFORE DELETE ON shops_auditentry
    FOR EACH ROW WHEN (OLD.at > now() - interval '365 days') EXECUTE FUNCTION audit_refuses()""",
    """CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON shops_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()""",
)


def create(apps, editor):
    for statement in POSTGRES if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


def drop(apps, editor):
    editor.execute("DROP TABLE shops_names")
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION audit_refuses() CASCADE")


class Migration(migrations.Migration):

    replaces = [
        ('shops', '0016_one_index_of_ends'),
    ]

    dependencies = [
        ('shops', '0001_tables'),
    ]

    operations = [
        migrations.RunPython(create, drop),
    ]
