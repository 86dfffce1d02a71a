"""Articles keep the hash of what was signed off; those that are published already get it from the log."""

from django.db import migrations, models


def from_the_log(apps, schema_editor):
    Article = apps.get_model("articles", "Article")
    Decision = apps.get_model("cms", "Decision")
    lines = Decision.objects.filter(kind="articles.article", move="publish").order_by("number")
    for uid, details in lines.values_list("item", "details").iterator(chunk_size=2000):
        if details.get("sha256"):
            Article.objects.filter(uid=uid).update(signed_sha256=details["sha256"])


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_indexes"), ("cms", "0003_letters_by_address")]
    operations = [
        migrations.AddField(
            model_name="article",
            name="signed_sha256",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.RunPython(from_the_log, migrations.RunPython.noop),
    ]
