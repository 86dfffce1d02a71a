"""A new newsroom begins with a complete first version of the guidelines; nothing can be sent in without one."""

import json
from datetime import date
from pathlib import Path

from django.db import migrations

TEXT = Path(__file__).parent.parent / "guidelines" / "v1.json"


def write(apps, schema_editor):
    Guidelines = apps.get_model("submissions", "Guidelines")
    Chapter = apps.get_model("submissions", "Chapter")
    Rule = apps.get_model("submissions", "Rule")
    if Guidelines.objects.exists():
        return
    text = json.loads(TEXT.read_text(encoding="utf-8"))
    version = Guidelines.objects.create(
        number=text["number"],
        effective=date.fromisoformat(text["effective"]),
        changelog_en=text["changelog"]["en"],
        changelog_zh_hans=text["changelog"]["zh-hans"],
    )
    for part in text["chapters"]:
        chapter = Chapter.objects.create(
            guidelines=version,
            number=int(part["number"]),
            title_en=part["title"]["en"],
            title_zh_hans=part["title"]["zh-hans"],
        )
        Rule.objects.bulk_create(
            Rule(
                chapter=chapter,
                position=position,
                number=rule["number"],
                reason_code=rule["reason_code"],
                text_en=rule["text"]["en"],
                text_zh_hans=rule["text"]["zh-hans"],
            )
            for position, rule in enumerate(part["rules"], 1)
        )


class Migration(migrations.Migration):
    dependencies = [("submissions", "0001_initial")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
