"""The figures by language, and what waits by the day since which it does. The worker counts the log anew."""

from django.db import migrations, models


def forget(apps, schema_editor):
    """Empty the figures, which have a row a language: the code of before counts the log again."""
    for name in ("Figures", "Wait"):
        apps.get_model("cms", name).objects.all().delete()
    apps.get_model("cms", "Bookmark").objects.filter(reader__startswith="figures").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0008_language_of_staff'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='figures',
            name='figures_once',
        ),
        migrations.RemoveIndex(
            model_name='wait',
            name='wait_kind',
        ),
        migrations.AddField(
            model_name='figures',
            name='language',
            field=models.CharField(db_default='', max_length=10),
        ),
        migrations.AddField(
            model_name='wait',
            name='day',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='wait',
            name='language',
            field=models.CharField(db_default='', max_length=10),
        ),
        migrations.AddIndex(
            model_name='wait',
            index=models.Index(fields=['kind', 'language', 'day'], name='wait_day'),
        ),
        migrations.AddConstraint(
            model_name='figures',
            constraint=models.UniqueConstraint(fields=('span', 'begins', 'kind', 'language'), name='figures_once'),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget),
    ]
