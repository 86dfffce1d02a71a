"""Pictures: the focal point, crops for machines, licence, what was claimed and what an editor decided; captions.

Every picture is rendered again by the worker, which adds the crops; pages show the copies there are until then.
"""

from django.core.validators import MaxValueValidator, URLValidator
from django.db import migrations, models

LICENCES = [
    ("permission", "Printed by permission"),
    ("press", "Press picture"),
    ("CC0-1.0", "CC0 1.0"),
    ("CC-BY-4.0", "CC BY 4.0"),
    ("CC-BY-SA-4.0", "CC BY-SA 4.0"),
    ("CC-BY-ND-4.0", "CC BY-ND 4.0"),
    ("PDM-1.0", "Public domain"),
    ("other", "Another licence"),
]


def render_again(apps, schema_editor):
    """What was claimed was not kept apart until now: it counts as what was settled."""
    apps.get_model("articles", "Picture").objects.update(rendered=None, claimed=models.F("source_type"))


def percent(label):
    return models.PositiveSmallIntegerField(
        label, default=50, db_default=50, validators=[MaxValueValidator(100)]
    )


class Migration(migrations.Migration):
    dependencies = [("articles", "0011_corrections")]

    operations = [
        migrations.AddField("picture", "focus_x", percent("focal point from the left, %")),
        migrations.AddField("picture", "focus_y", percent("focal point from the top, %")),
        migrations.AddField(
            "picture",
            "licence",
            models.CharField("licence", max_length=20, choices=LICENCES, blank=True, default="", db_default=""),
        ),
        migrations.AddField(
            "picture",
            "licence_note",
            models.CharField(
                "licence in words",
                max_length=200,
                blank=True,
                default="",
                db_default="",
                help_text="Printed instead of the licence's name, such as “Press kit of the port authority”.",
            ),
        ),
        migrations.AddField(
            "picture",
            "licence_url",
            models.URLField(
                "address of the licence",
                max_length=300,
                blank=True,
                default="",
                db_default="",
                validators=[URLValidator(schemes=["https"])],
                help_text="Begins with https://; Creative Commons has its own.",
            ),
        ),
        migrations.AddField(
            "picture",
            "claimed",
            models.CharField(max_length=40, blank=True, default="", db_default="", editable=False),
        ),
        migrations.AddField(
            "picture",
            "confirmed",
            models.CharField(max_length=40, blank=True, default="", db_default="", editable=False),
        ),
        migrations.AddField("picture", "crops", models.JSONField(null=True, editable=False)),
        migrations.AddField(
            "article",
            "cover_caption",
            models.CharField(
                "caption of the cover",
                max_length=500,
                blank=True,
                default="",
                db_default="",
                help_text="Printed under the cover, before its origin and its credit.",
            ),
        ),
        migrations.RunPython(render_again, migrations.RunPython.noop),
    ]
