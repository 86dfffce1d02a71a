"""A newsroom begins with a group for each role; `manage.py setup` gives them their permissions (cms/roles.py)."""

from django.db import migrations

ROLES = ["contributor-relations", "editor", "chief-editor", "legal", "newsletter", "auditor", "administrator"]


def make(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects
    for name in ROLES:
        groups.get_or_create(name=name)


def remove(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [("cms", "0003_letters_by_address"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(make, remove)]
