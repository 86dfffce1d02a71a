"""Corrections, the errors that readers report, and translations whose original has changed.

New columns are null, new tables are unknown to the code of before.
"""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0010_history'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='article',
            options={'ordering': ['-id'], 'permissions': [('publish_article', 'Can publish and spike articles'), ('kill_article', 'Can kill published articles'), ('correct_article', 'Can publish corrections'), ('withhold_article', 'Can withhold articles and lift it')], 'verbose_name': 'article', 'verbose_name_plural': 'articles'},
        ),
        migrations.AddField(
            model_name='article',
            name='corrected',
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='article',
            name='text_changed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='text changed'),
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('zh-hans', 'Simplified Chinese')], editable=False, max_length=10, verbose_name='language')),
                ('text', models.TextField(editable=False, verbose_name='text')),
                ('made', models.DateTimeField(editable=False, verbose_name='made')),
                ('article', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='correction_rows', to='articles.article', verbose_name='article')),
            ],
            options={
                'verbose_name': 'correction',
                'verbose_name_plural': 'corrections',
                'ordering': ['-made', '-id'],
                'indexes': [models.Index(fields=['language', '-made', '-id'], name='correction_newest')],
            },
        ),
        migrations.CreateModel(
            name='CorrectionRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('status', models.CharField(editable=False, max_length=30, verbose_name='status')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('language', models.CharField(choices=[('en', 'English'), ('zh-hans', 'Simplified Chinese')], max_length=10, verbose_name='language')),
                ('claimed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='claimed')),
                ('waiting_since', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='waiting since')),
                ('due', models.DateTimeField(editable=False, null=True, verbose_name='due')),
                ('escalated', models.DateTimeField(editable=False, null=True, verbose_name='escalated')),
                ('created', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('updated', models.DateTimeField(auto_now=True, verbose_name='updated')),
                ('wrong', models.TextField(blank=True, editable=False, verbose_name='what is wrong')),
                ('right', models.TextField(blank=True, editable=False, verbose_name='what would be right')),
                ('source_url', models.CharField(blank=True, editable=False, max_length=2000, verbose_name='source')),
                ('email', models.EmailField(blank=True, editable=False, max_length=254, verbose_name='e-mail')),
                ('seed', models.CharField(editable=False, max_length=32, unique=True)),
                ('erased', models.DateTimeField(editable=False, null=True, verbose_name='erased')),
                ('article', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='articles.article', verbose_name='article')),
                ('claimed_by', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='claimed by')),
            ],
            options={
                'verbose_name': 'reported error',
                'verbose_name_plural': 'reported errors',
                'ordering': ['-id'],
                'permissions': [('decide_correctionrequest', 'Can decide on errors that readers report'), ('erase_correctionrequest', 'Can erase who reported an error')],
                'indexes': [models.Index(condition=models.Q(('status', 'received')), fields=['due', 'waiting_since', 'uid', 'language', 'claimed_by', 'status', 'escalated'], name='reported_waiting'), models.Index(condition=models.Q(('erased', None), ('status__in', ['corrected', 'answered', 'declined'])), fields=['waiting_since'], name='reported_to_erase'), models.Index(condition=models.Q(('claimed_at__isnull', False)), fields=['claimed_at'], name='reported_claimed')],
            },
        ),
        migrations.CreateModel(
            name='StaleTranslation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('status', models.CharField(editable=False, max_length=30, verbose_name='status')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('language', models.CharField(choices=[('en', 'English'), ('zh-hans', 'Simplified Chinese')], max_length=10, verbose_name='language')),
                ('claimed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='claimed')),
                ('waiting_since', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='waiting since')),
                ('due', models.DateTimeField(editable=False, null=True, verbose_name='due')),
                ('escalated', models.DateTimeField(editable=False, null=True, verbose_name='escalated')),
                ('created', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('updated', models.DateTimeField(auto_now=True, verbose_name='updated')),
                ('headline', models.CharField(editable=False, max_length=255)),
                ('dek', models.TextField(blank=True, editable=False)),
                ('body', models.TextField(blank=True, editable=False)),
                ('corrections_before', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='last change')),
                ('claimed_by', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='claimed by')),
                ('original', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article', verbose_name='version that changed')),
                ('translation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='stale_rows', to='articles.article', verbose_name='translation')),
            ],
            options={
                'verbose_name': 'stale translation',
                'verbose_name_plural': 'stale translations',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['due', 'waiting_since', 'uid', 'language', 'claimed_by', 'status', 'escalated'], name='stale_waiting'), models.Index(condition=models.Q(('claimed_at__isnull', False)), fields=['claimed_at'], name='stale_claimed')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('translation',), name='one_open_row_per_translation')],
            },
        ),
    ]
