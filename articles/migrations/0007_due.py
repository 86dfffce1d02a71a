"""When each item is due on the desk, and whether a chief was told; the desk's indexes begin with it.

Nullable columns without a default: SQLite adds and drops them without making the tables anew, so the guidelines' triggers
are not touched.
"""

from datetime import timedelta

from django.conf import settings
from django.db import migrations, models

BATCH = 5000
WAITING = {"Article": "draft"}


def fill(apps, schema_editor):
    """What waits is due a day after it began to; the desk's calendar counts from the item's next move on."""
    for name, status in WAITING.items():
        rows = apps.get_model("articles", name)._base_manager.filter(status=status, due=None)
        while batch := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
            rows.filter(pk__gte=batch[0], pk__lte=batch[-1]).update(due=models.F("waiting_since") + timedelta(days=1))


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0006_claims'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='article',
            name='article_waiting',
        ),
        migrations.AddField(
            model_name='article',
            name='due',
            field=models.DateTimeField(editable=False, null=True, verbose_name='due'),
        ),
        migrations.AddField(
            model_name='article',
            name='escalated',
            field=models.DateTimeField(editable=False, null=True, verbose_name='escalated'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('status', 'draft')), fields=['due', 'waiting_since', 'uid', 'language', 'claimed_by', 'status', 'escalated', 'section'], name='article_waiting'),
        ),
    ]
