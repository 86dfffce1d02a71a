"""The search's tables and its index: FTS5 on SQLite, GIN on PostgreSQL. Code of before knows nothing of them."""

import django.db.models.deletion
from django.db import migrations, models

SQLITE = "CREATE VIRTUAL TABLE articles_searchindex USING fts5(terms, content='', detail=none, columnsize=0, tokenize='ascii')"
POSTGRESQL = (
    "ALTER TABLE articles_searchentry ADD COLUMN numbers integer[] NOT NULL DEFAULT '{}'",
    "CREATE INDEX search_numbers ON articles_searchentry USING gin (numbers)",
)


def make_index(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else (SQLITE,):
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE articles_searchindex")


class Migration(migrations.Migration):
    dependencies = [("articles", "0012_pictures")]
    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("facets", models.CharField(max_length=100)),
                ("head", models.TextField()),
                ("dek", models.TextField()),
                ("body", models.TextField()),
                (
                    "article",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="articles.article",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.CharField(max_length=24, primary_key=True, serialize=False)),
                ("seen", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="SearchTypo",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "key", "word", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.BigIntegerField()),
                ("word", models.CharField(max_length=24)),
            ],
        ),
        migrations.RunPython(make_index, drop_index),
    ]
