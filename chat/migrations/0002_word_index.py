"""The index of words, a table that no model describes."""

from django.db import migrations

POSTGRES = (
    "CREATE TABLE chat_words (doc bigint PRIMARY KEY, terms bigint[] NOT NULL)",
    "CREATE INDEX chat_words_terms ON chat_words USING gin (terms) WITH (fastupdate = off)",
)
SQLITE = ("CREATE VIRTUAL TABLE chat_words USING fts5(terms, content='', detail=none, tokenize='ascii')",)


def create(apps, editor):
    for statement in POSTGRES if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


def drop(apps, editor):
    editor.execute("DROP TABLE chat_words")


class Migration(migrations.Migration):

    replaces = [
        ('chat', '0020_retention'),
    ]

    dependencies = [
        ('chat', '0001_tables'),
    ]

    operations = [
        migrations.RunPython(create, drop),
    ]
