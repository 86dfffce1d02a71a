"""The site-wide log: filters, pages by number, and the log as a file."""

import csv
import hashlib
import io
import json

import pytest

from cms.log_filters import WITHOUT_BUTTON, kinds, move_names
from cms.models import Decision, User
from tests.factories import make_article, make_editor, make_story

pytestmark = pytest.mark.django_db
LOG = "/admin/cms/decision/"


def numbers(response):
    return [line["decision"].number for line in response.context["lines"]]


def text(response):
    return b"".join(response.streaming_content).decode()


@pytest.fixture
def some_lines(editor):
    """Lines by the system and by the editor: two stories, one of them declined under two rules, and an article."""
    declined, other = make_story(headline="=HYPERLINK(1)"), make_story()
    declined.decline(by=editor, reason="=1+1", rules=["4.2", "1.1"])
    other.claim(by=editor)
    make_article()
    return declined


@pytest.mark.parametrize(
    ("query", "moves"),
    [
        ("", ["import", "claim", "decline", "receive", "receive"]),
        ("kind=articles.article", ["import"]),
        ("kind=submissions.story&move=claim", ["claim"]),
        ("move=receive", ["receive", "receive"]),
        ("by=people", ["claim", "decline"]),
        ("by=people&rule=4.2", ["decline"]),
        ("by=system", ["import", "receive", "receive"]),
        ("rule=4.2", ["decline"]),
        ("rule=4", []),
        ("since=2100-01-01", []),
        ("until=2000-01-01", []),
        ("since=2000-01-01&until=2100-01-01&move=claim", ["claim"]),
    ],
)
def test_filters_in_the_address_choose_lines(desk, some_lines, query, moves):
    response = desk.get(f"{LOG}?{query}")
    assert [line["decision"].move for line in response.context["lines"]] == moves
    exported = [json.loads(line)["move"] for line in text(desk.get(f"{LOG}export.jsonl?{query}")).splitlines()]
    assert exported == moves[::-1]


def test_one_item_has_its_own_log_and_a_link(desk, some_lines):
    response = desk.get(f"{LOG}?item={some_lines.uid}")
    assert [line["decision"].move for line in response.context["lines"]] == ["decline", "receive"]
    assert f"/admin/submissions/story/{some_lines.pk}/change/" in response.content.decode()


@pytest.mark.parametrize(
    "query", ["since=soon", "item=none", "kind=none", "by=999", "since=2024-02-01&until=2024-01-01"]
)
def test_a_filter_that_cannot_be_is_named_and_kept(desk, some_lines, query):
    response = desk.get(f"{LOG}?{query}")
    assert response.status_code == 422
    assert response.context["filters"].errors
    assert desk.get(f"{LOG}export.csv?{query}").status_code == 404


@pytest.mark.parametrize("query", ["", "by=people", "move=edit"])
def test_pages_go_on_below_the_last_number_without_counting(desk, editor, query, django_assert_max_num_queries):
    story = make_story()
    article = make_article()
    for number in range(120):
        article.amend(by=editor, headline=f"Line {number}")
    assert story
    seen, url = [], f"?{query}"
    while url:
        with django_assert_max_num_queries(12) as queries:
            response = desk.get(LOG + url)
        assert not any("COUNT(" in query["sql"] or "OFFSET" in query["sql"] for query in queries.captured_queries)
        seen += numbers(response)
        url = response.context["next_url"]
    assert len(seen) == (122 if not query else 120)
    assert seen == sorted(set(seen), reverse=True)


@pytest.mark.parametrize("before", ["-1", "x", "９", "99999999999999999999"])
def test_a_page_that_cannot_be_is_not_found(desk, some_lines, before):
    assert desk.get(f"{LOG}?before={before}").status_code == 404


def test_only_who_may_see_the_log_sees_or_exports_it(client, some_lines):
    client.force_login(make_editor("decide_story"))
    assert client.get(LOG).status_code == 403
    assert client.get(f"{LOG}export.csv").status_code == 403
    client.force_login(make_editor("view_decision"))
    page = client.get(LOG)
    assert page.status_code == 200
    assert "HYPERLINK" not in page.content.decode()  # may see the log, but no stories
    assert client.get(f"{LOG}export.csv").status_code == 200


def test_every_hash_can_be_recomputed_from_the_exported_lines(desk, some_lines):
    previous = "0" * 64
    for line in map(json.loads, text(desk.get(f"{LOG}export.jsonl")).splitlines()):
        claimed = line.pop("hash")
        assert line["previous"] == previous
        canonical = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = hashlib.sha256(canonical.encode()).hexdigest()
        assert previous == claimed
    assert Decision.objects.filter(hash=previous).exists()


def test_no_cell_of_the_csv_is_a_formula(desk, some_lines):
    User.objects.filter(username="system").update(first_name="@SUM(A1)")
    make_story()
    rows = list(csv.DictReader(io.StringIO(text(desk.get(f"{LOG}export.csv")).removeprefix("\ufeff"))))
    assert [row["reason"] for row in rows if row["move"] == "decline"] == ["'=1+1"]
    assert rows[-1]["actor_name"] == "'@SUM(A1)"
    assert len(rows) == Decision.objects.count()
    assert not [cell for row in rows for cell in row.values() if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]


def test_every_move_has_a_name_in_the_log_that_is_words():
    names = move_names()
    for kind in kinds():
        for move in kind.moves():
            assert move.name in WITHOUT_BUTTON or move.label, (
                f"{kind.kind()}.{move.name} would be shown by its code name"
            )
    assert not [name for name in names.values() if "%" in name or "_" in name]
