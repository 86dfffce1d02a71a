import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0006_claims'),
        ('submissions', '0009_write_to_contributors'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(condition=models.Q(('claimed_at__isnull', False)), fields=['claimed_at'], name='appeal_claimed'),
        ),
        migrations.AddIndex(
            model_name='receivedmail',
            index=models.Index(condition=models.Q(('claimed_at__isnull', False)), fields=['claimed_at'], name='mail_claimed'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('claimed_at__isnull', False)), fields=['claimed_at'], name='story_claimed'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(django.db.models.functions.text.Lower('email'), models.F('id'), name='story_email'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(fields=['byline', 'id'], name='story_byline'),
        ),
    ]
