"""When each item is due on the desk, and whether a chief was told; the desk's indexes begin with it.

Nullable columns without a default: SQLite adds and drops them without making the tables anew, so the guidelines' triggers
are not touched.
"""

from datetime import timedelta

import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

BATCH = 5000
WAITING = {"Appeal": "open", "ReceivedMail": "waiting", "Story": "received"}


def fill(apps, schema_editor):
    """What waits is due a day after it began to; the desk's calendar counts from the item's next move on."""
    for name, status in WAITING.items():
        rows = apps.get_model("submissions", name)._base_manager.filter(status=status, due=None)
        while batch := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
            rows.filter(pk__gte=batch[0], pk__lte=batch[-1]).update(due=models.F("waiting_since") + timedelta(days=1))


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0007_due'),
        ('submissions', '0010_record'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='appeal',
            name='appeal_waiting',
        ),
        migrations.RemoveIndex(
            model_name='receivedmail',
            name='mail_waiting',
        ),
        migrations.RemoveIndex(
            model_name='story',
            name='story_waiting',
        ),
        migrations.AddField(
            model_name='appeal',
            name='due',
            field=models.DateTimeField(editable=False, null=True, verbose_name='due'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='escalated',
            field=models.DateTimeField(editable=False, null=True, verbose_name='escalated'),
        ),
        migrations.AddField(
            model_name='guidelines',
            name='due',
            field=models.DateTimeField(editable=False, null=True, verbose_name='due'),
        ),
        migrations.AddField(
            model_name='guidelines',
            name='escalated',
            field=models.DateTimeField(editable=False, null=True, verbose_name='escalated'),
        ),
        migrations.AddField(
            model_name='receivedmail',
            name='due',
            field=models.DateTimeField(editable=False, null=True, verbose_name='due'),
        ),
        migrations.AddField(
            model_name='receivedmail',
            name='escalated',
            field=models.DateTimeField(editable=False, null=True, verbose_name='escalated'),
        ),
        migrations.AddField(
            model_name='story',
            name='due',
            field=models.DateTimeField(editable=False, null=True, verbose_name='due'),
        ),
        migrations.AddField(
            model_name='story',
            name='escalated',
            field=models.DateTimeField(editable=False, null=True, verbose_name='escalated'),
        ),
        migrations.AddField(
            model_name='story',
            name='flagged',
            field=models.BooleanField(editable=False, null=True, verbose_name='the outside checker warns'),
        ),
        migrations.AddField(
            model_name='story',
            name='newcomer',
            field=models.BooleanField(editable=False, null=True, verbose_name='first story of this address'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['due', 'waiting_since', 'uid', 'language', 'claimed_by', 'status', 'escalated'], name='appeal_waiting'),
        ),
        migrations.AddIndex(
            model_name='receivedmail',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['due', 'waiting_since', 'uid', 'language', 'claimed_by', 'status', 'escalated'], name='mail_waiting'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('status', 'received')), fields=['due', 'waiting_since', 'uid', 'language', 'claimed_by', 'status', 'escalated', 'section', 'newcomer', 'flagged'], name='story_waiting'),
        ),
    ]
