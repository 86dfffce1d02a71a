"""Guidelines become desk items with drafts, rules get lasting ids, and the database refuses to change what is in force.

A later migration that makes SQLite build one of these three tables anew runs `unguard` before and `guard` after
(`import_module("submissions.migrations.0008_guidelines_drafts")`, as RunPython); without them it fails, and is undone.
"""

import uuid
from collections import defaultdict

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.utils.text import slugify

TABLE, CHAPTER, RULE = "submissions_guidelines", "submissions_chapter", "submissions_rule"
REFUSAL = "guidelines that were put in force are never changed"
# A day's leave: the database's date is not always that of the newsroom, whose own check is exact.
STAYS = "OLD.status = 'set' AND NOT (NEW.status = 'draft' AND OLD.effective >= CURRENT_DATE)"
VERBS = {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}


def is_set(table, row):
    """SQL that asks whether the version of a chapter's or a rule's row was put in force."""
    if table == CHAPTER:
        return f"EXISTS (SELECT 1 FROM {TABLE} g WHERE g.id = {row}.guidelines_id AND g.status = 'set')"
    return (
        f"EXISTS (SELECT 1 FROM {CHAPTER} c JOIN {TABLE} g ON g.id = c.guidelines_id "
        f"WHERE c.id = {row}.chapter_id AND g.status = 'set')"
    )


def conditions():
    """Rows of (trigger, verb, table, SQL of what is refused)."""
    yield "guidelines_no_update", "UPDATE", TABLE, STAYS
    yield "guidelines_no_delete", "DELETE", TABLE, "OLD.status = 'set'"
    for table in (CHAPTER, RULE):
        for verb, rows in VERBS.items():
            name = f"{table.removeprefix('submissions_')}_no_{verb.lower()}"
            yield name, verb, table, " OR ".join(is_set(table, row) for row in rows)


def guard(apps, schema_editor):
    """Make the database refuse."""
    with schema_editor.connection.cursor() as cursor:
        for name, verb, table, refused in conditions():
            if schema_editor.connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE FUNCTION copydesk_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                    f"IF {refused} THEN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; "
                    f"END IF; RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$"
                )
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION copydesk_{name}()"
                )
            else:
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {refused} "
                    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                )


def unguard(apps, schema_editor):
    """Take the triggers off."""
    with schema_editor.connection.cursor() as cursor:
        for name, _verb, table, _refused in conditions():
            if schema_editor.connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER {name} ON {table}")
                cursor.execute(f"DROP FUNCTION copydesk_{name}()")
            else:
                cursor.execute(f"DROP TRIGGER {name}")


def fill(apps, schema_editor):
    """What is there was in force; its rules get lasting ids from their reason codes or their first English words."""
    Guidelines = apps.get_model("submissions", "Guidelines")
    Rule = apps.get_model("submissions", "Rule")
    taken = defaultdict(set)
    for rule in Rule.objects.filter(key="").select_related("chapter").order_by("chapter__guidelines", "chapter", "id"):
        keys = taken[rule.chapter.guidelines_id]
        words = "-".join(slugify(rule.text_en).split("-")[:5])[:34].strip("-")
        wanted = rule.reason_code or words or f"rule-{slugify(rule.number)}"
        rule.key = next(key for key in (wanted, *(f"{wanted}-{n}" for n in range(2, 999))) if key not in keys)
        keys.add(rule.key)
        rule.save(update_fields=["key"])
    for version in Guidelines.objects.filter(status=""):
        Guidelines.objects.filter(pk=version.pk).update(uid=version.uid or uuid.uuid4(), status="set")


def forget_drafts(apps, schema_editor):
    """Without statuses a draft would pass for a version in force."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check may be left when the tables are altered
    drafts = f"SELECT id FROM {TABLE} WHERE status = 'draft'"
    chapters = f"SELECT id FROM {CHAPTER} WHERE guidelines_id IN ({drafts})"
    schema_editor.execute(f"DELETE FROM {RULE} WHERE chapter_id IN ({chapters})")
    schema_editor.execute(f"DELETE FROM {CHAPTER} WHERE guidelines_id IN ({drafts})")
    schema_editor.execute(f"DELETE FROM {TABLE} WHERE status = 'draft'")


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0007_saved_drafts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AlterModelOptions(
            "guidelines",
            {
                "ordering": ["-number"],
                "permissions": [
                    ("publish_guidelines", "Can write new versions of the guidelines and put them in force")
                ],
                "verbose_name": "guidelines",
                "verbose_name_plural": "guidelines",
            },
        ),
        migrations.AlterModelOptions(
            "chapter", {"ordering": ["number", "id"], "verbose_name": "chapter", "verbose_name_plural": "chapters"}
        ),
        migrations.AlterModelOptions(
            "rule", {"ordering": ["position", "id"], "verbose_name": "rule", "verbose_name_plural": "rules"}
        ),
        migrations.RemoveConstraint("chapter", "one_chapter_number"),
        migrations.RemoveConstraint("rule", "one_rule_number"),
        migrations.AddField(
            "guidelines",
            "claimed_by",
            models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="claimed by",
            ),
        ),
        migrations.AddField(
            "guidelines",
            "claimed_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="claimed"),
        ),
        migrations.AddField(
            "guidelines",
            "created",
            models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created"),
        ),
        migrations.AddField(
            "guidelines",
            "updated",
            models.DateTimeField(auto_now=True, verbose_name="updated"),
        ),
        migrations.AddField(
            "guidelines",
            "waiting_since",
            models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="waiting since"),
        ),
        migrations.AddField(
            "guidelines",
            "version",
            models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
        ),
        migrations.AddField(
            "guidelines",
            "status",
            models.CharField(default="", editable=False, max_length=30, verbose_name="status"),
            preserve_default=False,
        ),
        migrations.AddField("guidelines", "uid", models.UUIDField(editable=False, null=True)),
        migrations.AddField(
            "rule",
            "key",
            models.SlugField(
                blank=True,
                default="",
                db_default="",
                help_text=(
                    "The same in every version, whatever the number. Left empty, it is made of the English text."
                ),
                max_length=40,
                verbose_name="lasting id",
            ),
        ),
        migrations.AlterField(
            "guidelines", "effective", models.DateField(blank=True, null=True, verbose_name="in force from")
        ),
        migrations.AlterField(
            "guidelines",
            "number",
            models.PositiveSmallIntegerField(editable=False, unique=True, verbose_name="version"),
        ),
        migrations.AlterField(
            "chapter",
            "number",
            models.PositiveSmallIntegerField(
                validators=[django.core.validators.MinValueValidator(1)], verbose_name="number"
            ),
        ),
        migrations.AlterField(
            "chapter", "title_en", models.CharField(blank=True, max_length=200, verbose_name="title in English")
        ),
        migrations.AlterField(
            "chapter", "title_zh_hans", models.CharField(blank=True, max_length=200, verbose_name="title in Chinese")
        ),
        migrations.AlterField(
            "rule",
            "number",
            models.CharField(
                max_length=10,
                validators=[
                    django.core.validators.RegexValidator(
                        r"^\d{1,3}\.\d{1,3}\Z", "Write the chapter's number, a point and a number: 4.2."
                    )
                ],
                verbose_name="number",
            ),
        ),
        migrations.AlterField(
            "rule", "position", models.PositiveSmallIntegerField(editable=False, verbose_name="position")
        ),
        migrations.AlterField(
            "rule",
            "reason_code",
            models.SlugField(
                blank=True,
                help_text="Letters and checks cite the rule by it.",
                max_length=30,
                verbose_name="reason code",
            ),
        ),
        migrations.AlterField("rule", "text_en", models.TextField(blank=True, verbose_name="text in English")),
        migrations.AlterField("rule", "text_zh_hans", models.TextField(blank=True, verbose_name="text in Chinese")),
        migrations.RunPython(fill, forget_drafts),
        migrations.AlterField("guidelines", "uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
        migrations.RunPython(guard, unguard),
    ]
