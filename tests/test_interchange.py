"""Articles go out and come in as JSON lines."""

import json

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from articles.interchange import BadLine, parse_line
from articles.models import Article, Picture, Tag
from cms.models import Decision, User
from tests.factories import make_article, make_picture, make_report, picture_bytes

pytestmark = pytest.mark.django_db


def row(number=1, **changes):
    return {
        "id": f"x-{number}",
        "lang": "en",
        "headline": f"Headline {number}",
        "dek": "A dek.",
        "body_html": "<p>Text.</p>",
        "byline": "Lin An",
        "section": "business",
        "tags": ["ports"],
        "published_at": "2026-11-20T08:00:00Z",
        "origin": "reader",
    } | changes


def test_articles_come_in_published_with_a_line_in_the_log(load):
    out, errors = load(row(1), row(2, lang="zh-hans", translation_of="x-1"))
    assert "2 new" in out
    assert errors == ""
    first, second = Article.objects.order_by("pk")
    assert first.series == second.series
    assert list(first.tags.values_list("name", flat=True)) == ["ports"]
    assert Decision.objects.filter(move="import").count() == 2
    assert Decision.objects.first_altered() == (None, 2)


def test_the_same_file_again_changes_nothing(load):
    load(row(1), row(2))
    lines = Decision.objects.count()
    out, _errors = load(row(1), row(2))
    assert "0 new, 0 changed, 2 unchanged" in out
    assert (Article.objects.count(), Decision.objects.count()) == (2, lines)


def test_a_changed_line_changes_its_article_and_says_what(load):
    load(row(1))
    out, _errors = load(row(1, headline="Better", tags=["cranes"]))
    assert "1 changed" in out
    article = Article.objects.get()
    assert article.headline == "Better"
    assert [tag.name for tag in article.tags.all()] == ["cranes"]
    assert {"headline", "tags"} <= set(article.decisions().last().details["fields"])


def test_an_import_never_puts_back_what_editors_took_off(load, editor):
    load(row(1))
    Article.objects.get().kill(by=editor, reason="The author asked.")
    load(row(1, headline="Better"))
    assert Article.objects.get().status == "killed"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"published_at": "2100-01-01T08:00:00Z"}, "its time cannot lie ahead"),
        ({"published_at": None}, "keeps its time"),
        ({"body_html": "<p> </p>"}, "body_html has no text"),
    ],
)
def test_an_import_takes_nothing_from_readers_that_they_have_seen(client, load, change, words):
    load(row(1))
    out, errors = load(row(1, **change))
    assert words in errors
    assert "0 changed" in out
    assert client.get(Article.objects.get().get_absolute_url()).status_code == 200


def test_an_import_may_put_a_scheduled_article_off_further(load):
    load(row(1, published_at="2100-01-01T08:00:00Z"))
    out, errors = load(row(1, published_at="2101-01-01T08:00:00Z"))
    assert ("1 changed" in out, errors) == (True, "")


def test_a_translation_may_stand_before_its_original(load):
    load(row(2, lang="zh-hans", translation_of="x-1"))
    load(row(1))
    assert Article.objects.values("series").distinct().count() == 1


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("not json", "not JSON"),
        ("[1]", "not a JSON object"),
        ("{}", "id is missing"),
        (row(9, lang="fr"), "lang must be one of"),
        (row(9, headline=" "), "headline is missing"),
        (row(9, headline="x" * 256), "more than 255"),
        (row(9, headline="a\0b"), "NUL"),
        (row(9, published_at="yesterday"), "published_at"),
        (row(9, published_at="2026-11-20T08:00:00"), "zone"),
        (row(9, tags="ports"), "tags must be a list"),
        (row(9, origin="robot"), "origin"),
        (row(9, cover="../secret.jpg"), "no file"),
        (row(9, cover="/etc/passwd"), "no file"),
        (row(9, cover_source_type="magic"), "cover_source_type"),
        (row(9, cover_licence="mine"), "cover_licence"),
        (row(9, slug="taken"), "slug"),
        (row(9, translation_of="x-0"), "translation_of"),
    ],
)
def test_a_bad_line_is_named_and_the_others_go_on(load, bad, words):
    load(row(0, slug="taken"))
    out, errors = load(row(1), bad, row(2))
    assert "2 new" in out
    assert "line 2:" in errors
    assert words in errors
    assert "1 lines were skipped" in errors
    assert Article.objects.count() == 3


def test_a_cover_comes_along_and_the_same_one_is_not_taken_twice(load, tmp_path):
    (tmp_path / "cover.jpg").write_bytes(picture_bytes())
    lines = row(1, cover="cover.jpg", cover_alt="A crane", cover_source_type="digitalCapture")
    load(lines)
    cover = Article.objects.get().cover
    assert cover.source_type == "digitalCapture"
    load(lines)
    assert Article.objects.get().cover == cover


def test_what_is_exported_is_read_back_to_the_same_bytes(tmp_path, load, capsys):
    english = make_article(tags=("ports", "cranes"), cover=make_picture(), cover_alt="A crane", headline="It’s “here”")
    make_article(language="zh-hans", series=english.series, slug="起重机", headline="会等待的起重机", origin="reader")
    make_article(body='<h2>A</h2><table tabindex="0"><tbody><tr><td>1</td></tr></tbody></table>', byline="")
    make_article(published=False)
    english.amend(by=User.objects.system(), cover_caption="The crane at five.")
    Picture.objects.update(credit="Mara Lindqvist", licence="CC-BY-4.0")
    first, second = tmp_path / "one" / "a.jsonl", tmp_path / "two" / "b.jsonl"
    first.parent.mkdir()
    second.parent.mkdir()
    call_command("export_articles", str(first))
    assert len(first.read_text().splitlines()) == 3
    Article.objects.all().delete()
    Tag.objects.all().delete()
    call_command("import_articles", str(first))
    call_command("export_articles", str(second))
    assert second.read_bytes() == first.read_bytes()
    assert b'"cover_caption": "The crane at five.", "cover_credit": "Mara Lindqvist", "cover_licence": "CC-BY-4.0"' in (
        first.read_bytes()
    )
    capsys.readouterr()
    call_command("export_articles")
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_what_is_withheld_is_not_exported(tmp_path, editor):
    article = make_article()
    make_report(article).uphold(by=editor, reason="Theirs.")
    call_command("export_articles", str(tmp_path / "a.jsonl"))
    assert (tmp_path / "a.jsonl").read_text() == ""


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*row(), "slug", "cover"]) | st.text(max_size=5), inner, max_size=12)
    ),
)


@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_no_line_whatever_breaks_the_reader(line):
    try:
        parsed = parse_line(line)
    except BadLine:
        return
    assert parsed["id"]
