"""How far a job has read the log is kept in one place, `cms`. The table of before stays until no old code runs."""

from django.db import migrations


def carry_over(apps, schema_editor):
    Bookmark = apps.get_model("cms", "Bookmark")
    for mark in apps.get_model("articles", "Bookmark").objects.all():
        Bookmark.objects.get_or_create(reader=mark.reader, defaults={"number": mark.number})


class Migration(migrations.Migration):
    dependencies = [("articles", "0007_due"), ("cms", "0006_figures")]
    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Bookmark")]),
    ]
