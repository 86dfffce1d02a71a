"""The rest of the admin: lists that stay fast and help, forms that open, and no way past the moves."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article, Page, Picture, Section, Tag
from cms import big_lists
from cms.models import Decision, Letter, User
from cms.workflow import DeskItem
from newsletter.models import Consent, Subscriber
from submissions.copyright.models import CopyrightReport
from submissions.models import Appeal, Chapter, Guidelines, ReceivedMail, Story
from tests.factories import make_article, make_guidelines, make_report, make_section, make_story

pytestmark = pytest.mark.django_db
ADMINS = [(model, desk) for model, desk in admin.site._registry.items()]
ALL = pytest.mark.parametrize(("model", "desk_of"), ADMINS, ids=[model._meta.label for model, _desk in ADMINS])


def an_appeal(_number: int) -> None:
    declined = make_story()
    values = {"story": declined, "grounds": "It is new.", "language": "en", "status": "open"}
    Appeal.objects.create(declined_by=User.objects.system(), **values)


def a_message(number: int) -> None:
    ReceivedMail(status="waiting", language="en", subject=f"Hello {number}", sender="a@example.org", why="empty").enter(
        by=User.objects.system(), move="receive"
    )


def a_picture(number: int) -> None:
    sums = {"sha256": f"{number:064d}", "upload_sha256": f"{number:064d}"}
    Picture.objects.create(width=4, height=3, file=f"pictures/{number}.jpg", source_type="digitalCapture", **sums)


def a_letter(number: int) -> None:
    Letter.objects.create(name="story_received", to=f"r{number}@example.org", language="en", subject=f"S {number}")


def a_page(number: int) -> Page:
    places = [(key, language) for key in Page.Key.values for language in ("en", "zh-hans")]
    key, language = places[number % len(places)]  # there are no more
    return Page.objects.get_or_create(key=key, language=language, defaults={"title": "About", "body": "<p>We.</p>"})[0]


MAKERS: dict[type[models.Model], Callable[[int], Any]] = {
    Article: lambda number: make_article(),
    Section: lambda number: make_section(f"section-{number}"),
    Page: a_page,
    Tag: lambda number: Tag.objects.create(slug=f"tag-{number}", name=f"Tag {number}"),
    Picture: a_picture,
    Story: lambda number: make_story(),
    Appeal: an_appeal,
    CopyrightReport: lambda number: make_report(Article.objects.first() or make_article()),
    ReceivedMail: a_message,
    Guidelines: lambda number: make_guidelines(),
    Chapter: lambda number: make_guidelines(),
    Letter: a_letter,
    Decision: lambda number: make_article(),
    User: lambda number: User.objects.create(username=f"user-{number}", is_staff=True),
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
        if url == urls[0] and not getattr(desk_of, "few", True):
            assert not [sql for sql in queries if "COUNT(" in sql or "DISTINCT" in sql]


WITH_STATUS = [model for model, _desk in ADMINS if any(field.name == "status" for field in model._meta.fields)]


def typed(page: Any) -> dict[str, Any]:
    """What the change form of a page would post as it stands."""
    forms = [page.context["adminform"].form] if "adminform" in page.context else []
    for inline in page.context.get("inline_admin_formsets", []):
        forms += [inline.formset.management_form, *inline.formset.forms]
    fields = [field for form in forms for field in form]
    return {field.html_name: field.value() for field in fields if field.value() not in (None, "")}


@pytest.mark.parametrize("model", WITH_STATUS, ids=[model._meta.label for model in WITH_STATUS])
def test_no_form_changes_a_status(desk, model):
    make(model, 1)
    row = model._base_manager.order_by("-pk").first()
    url = address(model, "change", row.pk)
    statuses = list(getattr(model, "Status", models.TextChoices("Status", "OTHER")).values)
    wanted = next(value for value in statuses if value != row.status)
    data = typed(desk.get(url)) | {"status": wanted, "claimed_by": User.objects.system().pk}
    if model is Article:
        data |= {"headline": "Changed by the form", "published_at_0": "2026-01-01", "published_at_1": "10:00"}
    answer = desk.post(url, data)
    assert answer.status_code in ((302,) if model is Article else (302, 403, 409))
    before, status = row.status, model._base_manager.get(pk=row.pk).status
    assert status == before
    if issubclass(model, DeskItem):
        assert model._base_manager.get(pk=row.pk).claimed_by is None
    if model is Article:
        assert model._base_manager.get(pk=row.pk).headline == "Changed by the form"  # the form itself was taken


@ALL
def test_an_empty_list_says_how_it_fills(desk, model, desk_of):
    if model._base_manager.exists() or model in (Decision, Chapter):  # a page and an order of their own
        return
    url = address(model, "changelist")
    assert str(desk_of.nothing_yet) in desk.get(url).content.decode().replace("&#x27;", "'")
    if desk_of.search_fields:
        page = desk.get(f"{url}?q=zebra").content.decode()
        assert "search for other words" in page
        assert str(desk_of.nothing_yet) not in page


def keys(page: Any) -> list[int]:
    return [row.pk for row in page.context["cl"].result_list]


def test_a_big_list_is_walked_by_key_and_loses_nothing(desk):
    make(Letter, 120)
    url, seen = address(Letter, "changelist"), []
    while url:
        page = desk.get(url)
        seen += keys(page)
        following = page.context["cl"].next_url
        Letter.objects.create(name="x", to="new@example.org", language="en", subject="Comes meanwhile")
        url = following and address(Letter, "changelist") + following
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("before", ["x", "-1", "1.5", "9" * 30, "٣"])
def test_a_key_that_is_none_leads_to_the_list(desk, before):
    answer = desk.get(address(Letter, "changelist"), {"before": before}, follow=True)
    assert answer.status_code == 200


def test_a_search_looks_through_a_part_and_offers_the_rest(desk, monkeypatch):
    monkeypatch.setattr(big_lists, "WINDOW", 10)
    old = Letter.objects.create(name="x", to="Old@example.org", language="en", subject="The zebra")
    make(Letter, 25)
    url = address(Letter, "changelist")
    page, steps = desk.get(f"{url}?q=zebra"), 0
    while not keys(page):
        assert "look further back" in page.content.decode()
        page, steps = desk.get(url + page.context["cl"].next_url), steps + 1
    assert (keys(page), steps) == ([old.pk], 2)
    assert keys(desk.get(f"{url}?q=old@example.ORG")) == [old.pk]  # a whole address is found at once, however far back
    assert keys(desk.get(f"{url}?status=failed")) == []


def test_a_filter_keeps_its_pages_and_begins_anew_when_it_changes(desk):
    make(Letter, 60)
    Letter.objects.filter(pk__lt=Letter.objects.order_by("pk")[5].pk).update(status="sent")
    url = address(Letter, "changelist")
    page = desk.get(f"{url}?status=queued")
    assert "status=queued" in page.context["cl"].next_url
    second = desk.get(url + page.context["cl"].next_url)
    assert len(keys(second)) == 5
    links = [
        choice["query_string"]
        for spec in second.context["cl"].filter_specs
        for choice in spec.choices(second.context["cl"])
    ]
    assert not [link for link in links if "before" in link]


def test_an_autocomplete_pages_without_counting(desk):
    make(Tag, 45)
    url = reverse("admin:autocomplete") + "?app_label=articles&model_name=article&field_name=tags&term=tag"
    status, queries, page = asked(desk, url)
    assert (status, len(page.json()["results"]), page.json()["pagination"]["more"]) == (200, 20, True)
    assert not [sql for sql in queries if "COUNT(" in sql]
    last = desk.get(f"{url}&page=3").json()
    assert (len(last["results"]), last["pagination"]["more"]) == (5, False)
    assert desk.get(f"{url}&page=9999").status_code == 404


def test_second_factors_are_reset_by_their_action_alone(desk):
    assert {model._meta.label for model, _desk in ADMINS}.isdisjoint({"mfa.Authenticator", "account.EmailAddress"})


def test_no_field_is_a_bare_number_of_a_row():
    assert not [model for model, desk in ADMINS if desk.raw_id_fields]
