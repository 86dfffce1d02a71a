"""The desk: what waits, the review page, its buttons, and edits that lose nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from articles.models import Article, Section
from cms.models import Decision, Letter
from submissions.models import Story
from tests.factories import make_article, make_editor, make_picture, make_report, make_section, make_story

pytestmark = pytest.mark.django_db
DESK = "/admin/desk/"


def review(item):
    return f"/admin/{item._meta.app_label}/{item._meta.model_name}/{item.pk}/change/"


def make(desk, item, move, **fields):
    return desk.post(review(item).replace("change", f"move/{move}"), {"seen": item.version} | fields)


def article_fields(article, **changes):
    form = {
        "seen": article.version,
        "headline": article.headline,
        "dek": article.dek,
        "byline": article.byline,
        "body": article.body,
        "language": article.language,
        "section": article.section_id,
        "slug": article.slug,
        "published_at_0": article.published_at.strftime("%Y-%m-%d") if article.published_at else "",
        "published_at_1": article.published_at.strftime("%H:%M:%S") if article.published_at else "",
        "cover": article.cover_id or "",
        "cover_alt": article.cover_alt,
        "series": str(article.series),
    }
    return form | changes


def test_everything_that_waits_stands_on_one_list_what_is_due_first_at_the_top(desk):
    now = timezone.now()
    items = [make_story(), make_article(published=False), make_report()]
    for hours, item in enumerate(items, 1):
        type(item).objects.filter(pk=item.pk).update(due=now - timedelta(hours=hours))
    rows = desk.get(DESK).context["rows"]
    assert [row.uid for row in rows] == [items[2].uid, items[1].uid, items[0].uid]


def test_the_filters_count_what_they_show(desk, editor):
    make_story(language="zh-hans").claim(by=editor)
    make_story()
    make_report()
    for query, count in [
        ("", 3),
        ("?kind=submissions.story", 2),
        ("?language=zh-hans", 1),
        ("?whose=mine", 1),
        ("?whose=unclaimed", 2),
    ]:
        page = desk.get(DESK + query)
        assert len(page.context["rows"]) == count, query
        current = [entry for group in page.context["groups"] for entry in group["entries"] if entry["current"]]
        assert {entry["count"] for entry in current} == {count}, query


def test_pages_of_the_desk_follow_each_other_by_key(desk):
    moment = timezone.now() - timedelta(hours=1)
    for number in range(120):
        make_story(email="", waiting_since=moment - timedelta(minutes=number // 4))
    seen, url = [], ""
    while url is not None:
        page = desk.get(DESK + url)
        seen += [row.uid for row in page.context["rows"]]
        url = page.context["next_url"]
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("count", [1, 60])
def test_the_desk_takes_the_same_few_queries_however_much_waits(desk, django_assert_max_num_queries, count):
    for _ in range(count):
        make_story(email="")
    with django_assert_max_num_queries(12):
        desk.get(DESK)


@pytest.mark.parametrize(
    "query",
    [
        "?after=x",
        "?after=2026-11-23T00:00:00Z_" + "0" * 32,
        "?after=2026-99-99T00:00:00_2026-11-23T00:00:00_" + "0" * 32,
        "?after=2026-11-23T00:00:00_2026-11-23T00:00:00_" + "0" * 32,
    ],
)
def test_a_made_up_cursor_is_not_found(desk, query):
    assert desk.get(DESK + query).status_code == 404


@pytest.mark.parametrize("query", ["?language=%00", "?kind=no.such", "?whose=everybody", "?language=fr"])
def test_a_made_up_filter_breaks_nothing(desk, query):
    assert desk.get(DESK + query).status_code == 200


def test_who_may_not_look_sees_nothing_and_may_not_move():
    story, client = make_story(), Client()
    client.force_login(make_editor("view_article"))
    assert client.get(DESK).context["rows"] == []
    assert client.get(review(story)).status_code == 403
    assert make(client, story, "accept").status_code in {403, 404}
    assert Story.objects.get().status == "received"
    assert Client().get(DESK).status_code == 302


def test_accepting_leads_to_the_draft_and_declining_back_to_the_desk(desk):
    accepted, declined = make_story(), make_story()
    answer = make(desk, accepted, "accept")
    assert answer["Location"] == review(Article.objects.get())
    assert make(desk, declined, "decline", reason="No.")["Location"] == DESK


def test_a_decline_cites_the_rules_that_were_picked_and_no_others(desk, client):
    story = make_story()
    make(desk, story, "decline", reason="Which source?", rules=["4.2", "99.9", "<script>"])
    assert story.decisions().last().rules == ["4.2"]
    letter = Letter.objects.get(name="story_declined")
    assert "4.2" in letter.body_text
    assert "/guidelines/v1/#4.2" in letter.body_html
    assert "#4.2" in client.get(f"/en/receipt/{story.code}/").content.decode()


def test_a_refused_move_keeps_the_page_and_what_was_typed(desk):
    story = make_story()
    answer = make(desk, story, "decline", reason="  ", rules=["4.2"])
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    assert Story.objects.get().status == "received"


def test_the_slower_editor_gets_a_page_that_says_who_was_faster_and_keeps_the_words(desk):
    story = make_story()
    Story.objects.get().decline(by=make_editor(first_name="Rosa", last_name="Osei"), reason="No.")
    letters = Letter.objects.count()
    answer = make(desk, story, "ask_changes", reason="Typed for ten minutes")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Rosa Osei" in page
    assert "Typed for ten minutes" in page
    assert Letter.objects.count() == letters


def test_a_double_click_on_a_button_is_one_decision_and_no_reproach(desk):
    story = make_story()
    first, second = (make(desk, story, "accept") for _click in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert Article.objects.count() == 1


def test_nobody_decides_on_what_nobody_has_seen(desk):
    story = make_story()
    assert make(desk, story, "accept", seen="").status_code == 409
    assert Story.objects.get().status == "received"


def test_an_edit_saves_what_was_changed_and_logs_it(desk):
    article = make_article(published=False)
    Article.objects.filter(pk=article.pk).update(dek="Changed elsewhere")
    answer = desk.post(review(article), article_fields(article, headline="A better headline", dek="Changed elsewhere"))
    assert answer.status_code == 302
    fresh = Article.objects.get()
    assert (fresh.headline, fresh.dek, fresh.version) == ("A better headline", "Changed elsewhere", 2)
    assert fresh.decisions().last().details["fields"] == ["headline"]


def test_saving_an_unchanged_form_writes_no_line(desk):
    article = make_article()
    lines = Decision.objects.count()
    assert desk.post(review(article), article_fields(article)).status_code == 302
    assert Decision.objects.count() == lines


def test_a_save_on_an_old_version_is_a_conflict_that_keeps_what_was_typed(desk):
    article = make_article(published=False)
    Article.objects.get().amend(by=make_editor(), headline="Theirs")
    answer = desk.post(review(article), article_fields(article, headline="Mine, typed long"))
    assert answer.status_code == 409
    assert "Mine, typed long" in answer.content.decode()
    assert Article.objects.get().headline == "Theirs"


def test_hostile_html_from_an_editor_is_cleaned_too(desk):
    article = make_article(published=False)
    desk.post(review(article), article_fields(article, body="<p onclick=x>y</p><script>alert(1)</script>"))
    assert Article.objects.get().body == "<p>y</p>"


@pytest.mark.parametrize(
    "changes", [{"body": ""}, {"headline": ""}, {"published_at_0": "", "published_at_1": ""}, {"cover_alt": ""}]
)
def test_a_published_article_can_be_changed_but_not_emptied(desk, changes):
    article = make_article(cover=make_picture(), cover_alt="A bus")
    assert desk.post(review(article), article_fields(article, **changes)).status_code == 200
    assert Article.objects.get().version == 1


def test_publishing_is_refused_with_the_reason_until_the_cover_is_described(desk):
    article = make_article(published=False, cover=make_picture(), cover_alt="")
    answer = make(desk, article, "publish")
    assert answer.status_code == 422
    assert "Describe the cover" in answer.content.decode()
    assert Article.objects.get().status == "draft"


def test_a_renamed_section_is_seen_at_the_next_request(desk, client):
    section = make_section()
    assert "Business" in client.get("/en/").content.decode()
    fields = {"slug": "business", "name_en": "Trade", "name_zh_hans": "商业", "position": 1}
    desk.post(f"/admin/articles/section/{section.pk}/change/", fields)
    assert Section.objects.get().name_en == "Trade"
    assert "Trade" in client.get("/en/").content.decode()


def test_nothing_on_the_desk_can_be_deleted_and_no_log_line_edited(desk, editor):
    story = make_story()
    assert desk.post(review(story).replace("change", "delete"), {"post": "yes"}).status_code == 403
    line = Decision.objects.get()
    assert desk.post(f"/admin/cms/decision/{line.pk}/change/", {"reason": "kinder"}).status_code == 403


def test_an_article_begins_in_the_admin_as_a_draft_with_its_line(desk, editor):
    make_section()
    fields = article_fields(Article(headline="Ours", language="en", section=make_section()))
    fields |= {"slug": "", "series": "", "published_at_0": "", "published_at_1": "", "seen": 1, "body": "<p>Text.</p>"}
    answer = desk.post(
        "/admin/articles/article/add/", {k: v for k, v in fields.items() if k != "series"} | {"series": "0" * 32}
    )
    assert answer.status_code == 302
    article = Article.objects.get()
    assert (article.status, article.origin) == ("draft", "staff")
    assert article.decisions().get().actor == editor


def test_the_desk_walks_an_index_of_what_waits_on_either_database(editor):
    for number in range(30):
        make_story(email="", headline=f"Story {number}")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        sql, params = Story.objects.waiting().due_first().values_list("pk")[:51].query.sql_with_params()
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql, params)
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "story_waiting" in plan
    assert "TEMP B-TREE" not in plan
