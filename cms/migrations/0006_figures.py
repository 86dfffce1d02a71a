"""The log by kind, move, person and rule cited; and what is counted from it."""

import django.db.models.deletion
from django.db import migrations, models


def cite(apps, schema_editor):
    """Index the rules that the lines so far cite."""
    citation, made = apps.get_model("cms", "Citation").objects, []
    lines = apps.get_model("cms", "Decision").objects.exclude(rules=[]).order_by("number")
    for number, rules in lines.values_list("number", "rules").iterator(chunk_size=2000):
        made += [citation.model(rule=rule, decision_id=number) for rule in dict.fromkeys(rules)]
        if len(made) > 1000:
            citation.bulk_create(made)
            made = []
    citation.bulk_create(made)


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0005_staff_sessions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Bookmark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader', models.CharField(max_length=100, unique=True)),
                ('number', models.PositiveBigIntegerField(default=0)),
                ('day', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Citation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name='Figures',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('span', models.CharField(choices=[('day', 'Day'), ('month', 'Month'), ('ever', 'Ever')], max_length=5)),
                ('begins', models.DateField()),
                ('kind', models.CharField(max_length=100)),
                ('numbers', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='Wait',
            fields=[
                ('item', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=100)),
                ('since', models.DateTimeField()),
                ('first', models.BooleanField()),
            ],
        ),
        migrations.AlterModelOptions(
            name='decision',
            options={'ordering': ['number'], 'permissions': [('view_editor_figures', 'Can see how much each editor decided')], 'verbose_name': 'decision', 'verbose_name_plural': 'decisions'},
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['kind', 'number'], name='decision_kind'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['move', 'number'], name='decision_move'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['kind', 'move', 'number'], name='decision_kind_move'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['actor', 'number'], name='decision_actor'),
        ),
        migrations.AddField(
            model_name='citation',
            name='decision',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='citations', to='cms.decision'),
        ),
        migrations.AddConstraint(
            model_name='figures',
            constraint=models.UniqueConstraint(fields=('span', 'begins', 'kind'), name='figures_once'),
        ),
        migrations.AddIndex(
            model_name='wait',
            index=models.Index(fields=['kind', 'since'], name='wait_kind'),
        ),
        migrations.AddConstraint(
            model_name='citation',
            constraint=models.UniqueConstraint(fields=('rule', 'decision'), name='citation_once'),
        ),
        migrations.RunPython(cite, migrations.RunPython.noop),
    ]
