"""A name for a column that the log may list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0015_preview")]

    operations = [
        migrations.AlterField(
            model_name="article",
            name="signed_sha256",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=64,
                verbose_name="hash of what was signed off",
            ),
        ),
    ]
