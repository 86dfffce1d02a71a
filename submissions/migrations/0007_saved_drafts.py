# What a contributor asks us to keep until it is sent.

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0004_indexes'),
        ('submissions', '0006_conversation_and_appeals'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seed', models.CharField(editable=False, max_length=32, unique=True)),
                ('code_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('fields', models.JSONField(default=dict)),
                ('version', models.PositiveIntegerField(default=1)),
                ('saved', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('cover', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='saved_drafts', to='articles.picture')),
            ],
            options={
                'default_permissions': (),
            },
        ),
    ]
