"""The rest of the admin: lists that stay fast and help, forms that open, and no way past the moves."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article, Picture, Section, Tag
from cms import big_lists
from cms.models import Decision, Letter, User
from cms.workflow import DeskItem
from newsletter.models import Consent, Subscriber
from submissions.copyright.models import CopyrightReport
from submissions.models import Appeal, Chapter, Guidelines, ReceivedMail, Story
from tests.factories import make_article, make_editor, make_guidelines, make_report, make_section, make_story

pytestmark = pytest.mark.django_db
ADMINS = [(model, desk) for model, desk in admin.site._registry.items()]
ALL = pytest.mark.parametrize(("model", "desk_of"), ADMINS, ids=[model._meta.label for model, _desk in ADMINS])


def an_appeal(_number: int) -> None:
    story = make_story()
    story.decline(by=make_editor(), reason="Known.")
    story.appeal(by=User.objects.system(), reason="It is new.")


def a_message(number: int) -> None:
    ReceivedMail(
        status="waiting", language="en", subject=f"Hello {number}", sender="a@example.org", why="empty"
    ).enter(by=User.objects.system(), move="receive")


def a_picture(number: int) -> None:
    sums = {"sha256": f"{number:064d}", "upload_sha256": f"{number:064d}"}
    Picture.objects.create(width=4, height=3, file=f"pictures/{number}.jpg", source_type="digitalCapture", **sums)


def a_version(number: int) -> None:
    """A draft and, at first, the version in force of which it is a copy."""
    make_guidelines().draft_copy(by=make_editor()) if hasattr(Guidelines, "draft_copy") else make_guidelines()


def a_letter(number: int) -> None:
    Letter.objects.create(name="story_received", to=f"r{number}@example.org", language="en", subject=f"S {number}")


MAKERS: dict[type[models.Model], Callable[[int], Any]] = {
    Article: lambda number: make_article(),
    Section: lambda number: make_section(f"section-{number}"),
    Tag: lambda number: Tag.objects.create(slug=f"tag-{number}", name=f"Tag {number}"),
    Picture: a_picture,
    Story: lambda number: make_story(),
    Appeal: an_appeal,
    CopyrightReport: lambda number: make_report(),
    ReceivedMail: a_message,
    Guidelines: lambda number: make_guidelines(),
    Chapter: lambda number: make_guidelines(),
    Letter: a_letter,
    Decision: lambda number: make_article(),
    User: lambda number: make_editor(),
    Group: lambda number: Group.objects.create(name=f"group-{number}"),
    Subscriber: lambda number: Subscriber.objects.sign_up(f"r{number}@example.org", language="en", page="/"),
    Consent: lambda number: Subscriber.objects.sign_up(f"c{number}@example.org", language="en", page="/"),
}


def anything(number: int, model: type[models.Model]) -> models.Model:
    """A row of a model that nobody has said how to make: every column that needs a value gets a plain one."""
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.primary_key or field.has_default() or field.null or field.has_db_default():
            continue
        values[field.name] = _plain(field, number)
    return model._base_manager.create(**values)


def _plain(field: Any, number: int) -> Any:
    if field.choices:
        return field.choices[0][0]
    if field.related_model:
        make(field.related_model, 1, start=900_000 + number)
        return field.related_model._base_manager.order_by("-pk").first()
    kinds = ((models.EmailField, f"r{number}@example.org"), (models.DateTimeField, "2026-01-01T00:00Z"),
             (models.DateField, "2026-01-01"), (models.UUIDField, uuid.uuid4()), (models.BooleanField, False),
             (models.JSONField, []), (models.IntegerField, number), (models.CharField, f"x{number}"),
             (models.TextField, f"x{number}"))  # fmt: skip
    return next((value for kind, value in kinds if isinstance(field, kind)), number)


def make(model: type[models.Model], count: int, *, start: int = 0) -> None:
    for number in range(start, start + count):
        if model in MAKERS:
            MAKERS[model](number)
        else:
            anything(number, model)


def address(model: type[models.Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def asked(client: Any, url: str) -> tuple[int, list[str], Any]:
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url)
    return page.status_code, [query["sql"] for query in queries.captured_queries], page


@ALL
def test_a_list_and_its_forms_ask_the_same_of_one_row_and_of_fifty(desk, model, desk_of):
    make(model, 1)
    row = model._base_manager.order_by("-pk").first()
    urls = [address(model, "changelist"), address(model, "change", row.pk)]
    urls += [address(model, "add")] if desk_of.has_add_permission(desk.get("/admin/").wsgi_request) else []
    for url in urls:  # what is made once is made now
        desk.get(url)
    few = {url: asked(desk, url)[:2] for url in urls}
    make(model, 49, start=1)
    for url in urls:
        status, queries, _page = asked(desk, url)
        assert (status, len(queries)) == (few[url][0], len(few[url][1])), "\n".join(queries)
        assert status in (200, 404)
        if not getattr(desk_of, "few", True):
            assert not [sql for sql in queries if "COUNT(" in sql or "DISTINCT" in sql]
