"""The desk's saved views, and the days whose digest was written."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0006_figures'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeskDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='day')),
                ('written', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written')),
            ],
            options={
                'verbose_name': 'digest of the desk',
                'verbose_name_plural': 'digests of the desk',
                'permissions': [('receive_escalations', 'Is told of what is long overdue')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(blank=True, max_length=500, verbose_name='filters')),
                ('shared', models.BooleanField(default=False, verbose_name='shown to everybody')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='desk_views', to=settings.AUTH_USER_MODEL, verbose_name='saved by')),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
                'ordering': ['name', 'id'],
                'permissions': [('share_savedview', 'Can show saved views to everybody')],
                'constraints': [models.UniqueConstraint(fields=('user', 'name'), name='one_view_of_a_name')],
            },
        ),
    ]
