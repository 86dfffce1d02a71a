"""Counter-notices, and the private links to their form: two tables of their own, which old code never looks at."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0008_one_bookmark'),
        ('copyright', '0005_desk_marks'),
        ('submissions', '0011_due'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CounterLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seed', models.CharField(editable=False, max_length=32, unique=True)),
                ('code_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('created', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counter_links', to='copyright.copyrightreport')),
                ('story', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counter_links', to='submissions.story')),
            ],
            options={
                'verbose_name': 'link to a counter-notice',
                'verbose_name_plural': 'links to counter-notices',
            },
        ),
        migrations.CreateModel(
            name='CounterNotice',
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
                ('material', models.TextField(max_length=2000, verbose_name='what was withheld, and where it stood')),
                ('explanation', models.TextField(blank=True, max_length=5000, verbose_name='why it was a mistake')),
                ('name', models.CharField(max_length=255, verbose_name='name')),
                ('address', models.TextField(max_length=1000, verbose_name='postal address')),
                ('phone', models.CharField(max_length=50, verbose_name='telephone')),
                ('signature', models.CharField(max_length=255, verbose_name='signature')),
                ('statements', models.JSONField(default=list, verbose_name='statements made')),
                ('statements_sha256', models.CharField(max_length=64)),
                ('seed', models.CharField(editable=False, max_length=32, unique=True)),
                ('forwarded', models.DateTimeField(editable=False, null=True, verbose_name='sent to the claimant')),
                ('restores_on', models.DateField(editable=False, null=True, verbose_name='comes back on')),
                ('alarms_on', models.DateField(editable=False, null=True, verbose_name='alarm on')),
                ('court', models.CharField(blank=True, default='', editable=False, max_length=255, verbose_name='court')),
                ('case_number', models.CharField(blank=True, default='', editable=False, max_length=100, verbose_name='case number')),
                ('filed_on', models.DateField(editable=False, null=True, verbose_name='filed on')),
                ('erased', models.DateTimeField(editable=False, null=True, verbose_name='erased')),
                ('article', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='counter_notices', to='articles.article', verbose_name='article')),
                ('claimed_by', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='claimed by')),
                ('link', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='copyright.counterlink')),
            ],
            options={
                'verbose_name': 'counter-notice',
                'verbose_name_plural': 'counter-notices',
                'ordering': ['-id'],
                'permissions': [('decide_counternotice', 'Can decide on counter-notices'), ('read_contact_details', 'Can read who sent a counter-notice, and their address')],
            },
        ),
        migrations.AddConstraint(
            model_name='counterlink',
            constraint=models.UniqueConstraint(fields=('report', 'story'), name='one_counter_link'),
        ),
        migrations.AddIndex(
            model_name='counternotice',
            index=models.Index(fields=['status', 'due', 'waiting_since', 'uid', 'language', 'claimed_by', 'escalated'], name='counter_waiting'),
        ),
        migrations.AddIndex(
            model_name='counternotice',
            index=models.Index(condition=models.Q(('claimed_at__isnull', False)), fields=['claimed_at'], name='counter_claimed'),
        ),
        migrations.AddIndex(
            model_name='counternotice',
            index=models.Index(condition=models.Q(('status', 'forwarded')), fields=['restores_on'], name='counter_restores'),
        ),
        migrations.AddIndex(
            model_name='counternotice',
            index=models.Index(condition=models.Q(('alarms_on__isnull', False), ('status__in', ['forwarded', 'held'])), fields=['alarms_on'], name='counter_alarms'),
        ),
        migrations.AddIndex(
            model_name='counternotice',
            index=models.Index(condition=models.Q(('erased', None)), fields=['status', 'waiting_since'], name='counter_unerased'),
        ),
        migrations.AddConstraint(
            model_name='counternotice',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['received', 'forwarded', 'held', 'alarm'])), fields=('link',), name='one_open_counter_notice'),
        ),
    ]
