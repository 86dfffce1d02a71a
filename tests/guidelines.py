"""What several tests of the guidelines do: a draft is made, opened, edited and moved."""

from django.utils import timezone

from submissions.models import Guidelines, Rule
from tests.factories import make_guidelines

FIRST_SHA256 = {
    "en": "863bbccb3fa2e8bb7cf9a507525109034646b7e72edd04a7c8aaaaf64c2c8cbe",
    "zh-hans": "ba4f318404b2324aa73e790e6f536aa44c75b41b4899babf6a3096682a5d96c9",
}
LIST = "/admin/submissions/guidelines/"


def make_draft(by, **fields):
    make_guidelines()
    values = {"effective": timezone.localdate(), "changelog_en": "Sources first.", "changelog_zh_hans": "来源优先。"}
    return Guidelines(**values | fields).draft(by=by)


def rule_of(version, key):
    return Rule.objects.get(chapter__guidelines=version, key=key)


def page_of(version):
    return f"{LIST}{version.pk}/change/"


def chapter_page(chapter):
    return f"/admin/submissions/chapter/{chapter.pk}/change/"


def sent(form_page):
    """What a browser would post of an admin page: every field of its form and of its rows."""
    context = form_page.context
    data = {}
    forms = [context["adminform"].form]
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            data[bound.html_name] = "" if value is None else value
    return data


def save(desk, url, **changes):
    return desk.post(url, sent(desk.get(url)) | changes)


def move(desk, version, name):
    return desk.post(f"{LIST}{version.pk}/move/{name}/", {"seen": version.version})


def changed_version(editor):
    """Version 2: a rule added, one removed, two renumbered, one reworded in both languages."""
    draft = make_draft(editor)
    chapter = draft.contents[3]
    rule_of(draft, "unfinished").delete()
    Rule(
        chapter=chapter, number="4.5", reason_code="unfinished", text_en="Whole.", text_zh_hans="完整。", key="w"
    ).save()
    for key, number in [("headline", "4.2"), ("sources", "4.1")]:
        rule = rule_of(draft, key)
        rule.number = number
        rule.save()
    free = rule_of(draft, "anyone-may-submit-a-story")
    free.text_en = free.text_en.replace("free", "always free")
    free.text_zh_hans = free.text_zh_hans.replace("投稿免费", "投稿永远免费")
    free.save()
    draft.put_in_force(by=editor)
    return draft
