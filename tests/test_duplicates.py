"""Near-duplicates: they are found, by an index, while the worker keeps up, and the editor is shown them."""

import random
import uuid

import pytest
from django.db import connection

from articles import fingerprinting, fingerprints, jobs
from articles.models import Article, Fingerprint, FingerprintKey, SourceKey
from articles.models.fingerprint import Text
from cms.models import Bookmark, User
from submissions import jobs as story_jobs
from submissions.models import Story
from submissions.similar import likenesses
from tests.bench.pairs import LANGUAGES, edited, made_up, samples
from tests.factories import make_article, make_story


def html(text):
    return "".join(f"<p>{line}</p>" for line in text.splitlines())


def sample(language="en", number=0):
    return samples(language)[number]


def work():
    """Everything that the worker has to fingerprint."""
    while jobs.fingerprint() or story_jobs.fingerprint():
        pass


# --- In the database ---------------------------------------------------------------------------------


def remember(language, text, **fields):
    values = {"item": uuid.uuid4(), "language": language, "version": 1, "text": text, "sources": []}
    made = Fingerprint.of("articles.article", Text(**values | fields))
    Fingerprint.objects.remember("articles.article", [made])
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("share", [0, 0.1, 0.3])
def test_edited_texts_are_found_and_others_are_not(language, share):
    dice = random.Random(3)
    written = remember(language, sample(language))
    for number in range(1, 5):
        remember(language, sample(language, number))
    found = Fingerprint.objects.similar_to(edited(sample(language), language, share, dice), language)
    assert [match.item for match in found] == [written.item]
    assert Fingerprint.objects.similar_to(made_up(language, 1, dice), language) == []
    assert Fingerprint.objects.similar_to(sample(language), language, exclude=[written.item]) == []


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "two words", "？！", "\ud800 lone surrogate here and there"])
def test_texts_too_short_or_broken_find_nothing(text):
    remember("en", "something else that is long enough to be found")
    assert Fingerprint.objects.similar_to(text, "en") == []


@pytest.mark.django_db
def test_a_short_text_is_found_by_the_little_it_has():
    written = remember("en", "the ferry waits now")
    assert [match.item for match in Fingerprint.objects.similar_to("The ferry waits now.", "en")] == [written.item]


@pytest.mark.django_db
def test_remembering_again_leaves_no_old_key_and_forgetting_leaves_nothing():
    first = remember("en", sample("en", 0), sources=["https://example.org/a"])
    remember("en", sample("en", 1), item=first.item, version=2, sources=["https://example.org/b"])
    row = Fingerprint.objects.get()
    assert row.version == 2
    stored = sorted(FingerprintKey.objects.values_list("key", flat=True))
    assert stored == sorted(fingerprints.keys(bytes(row.sketch)))
    assert SourceKey.objects.get().url == "https://example.org/b"
    assert Fingerprint.objects.forget("articles.article", [first.item]) == 1
    assert not FingerprintKey.objects.exists()
    assert not SourceKey.objects.exists()


@pytest.mark.django_db
def test_the_same_source_is_found_however_it_was_copied():
    written = remember("en", "", sources=["https://www.example.org/report/?utm_source=mail", "not an address"])
    (found,) = Fingerprint.objects.same_sources(["http://example.org/report"])
    assert (found.item, found.url) == (written.item, "https://example.org/report")
    assert Fingerprint.objects.same_sources(["https://example.org/other", "nothing"]) == []


def explained(run):
    """The plan of the one query that `run` makes."""
    ran = []

    def listen(execute, sql, params, many, context):
        ran.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        run()
    ((sql, params),) = ran
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # a small table is rather scanned
        cursor.execute(f"EXPLAIN {'' if connection.vendor == 'postgresql' else 'QUERY PLAN '}{sql}", params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.django_db
def test_lookups_go_by_the_index_and_never_scan():
    for number in range(5):
        remember("en", sample("en", number), sources=[f"https://example.org/{number}"])
    by_text = explained(lambda: Fingerprint.objects.similar_to(sample(), "en"))
    by_source = explained(lambda: Fingerprint.objects.same_sources(["https://example.org/1"]))
    if connection.vendor == "postgresql":
        assert by_text.count("articles_fingerprintkey_pkey") == fingerprints.KEYS
        assert "source_key" in by_source
        assert "Seq Scan" not in by_text + by_source
    else:
        assert by_text.count("SEARCH articles_fingerprintkey USING COVERING INDEX") == fingerprints.KEYS
        assert "SEARCH articles_sourcekey USING INDEX source_key (key=?)" in by_source
        assert "SCAN articles" not in by_text + by_source


# --- The worker --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_worker_fingerprints_what_changed_and_nothing_twice(editor, django_assert_num_queries):
    article = make_article(body=html(sample()))
    work()
    first = Fingerprint.objects.get(item=article.uid)
    with django_assert_num_queries(4):  # a bookmark and the log's end, for each kind
        work()
    article.amend(by=editor, body=html(sample("en", 1)))
    work()
    second = Fingerprint.objects.get(item=article.uid)
    assert (first.version, second.version) == (1, article.version)
    assert first.sketch != second.sketch
    Bookmark.objects.update(number=0)  # as if the worker had been killed before it could note how far it was
    work()
    assert Fingerprint.objects.get(item=article.uid).pk == second.pk


@pytest.mark.django_db
def test_another_worker_that_read_the_same_lines_writes_nothing(monkeypatch):
    make_article(body=html(sample()))
    changed = fingerprinting.changed

    def meanwhile(kind, after):
        read = changed(kind, after)
        Bookmark.objects.filter(reader=kind).update(number=read[0])
        return read

    monkeypatch.setattr(fingerprinting, "changed", meanwhile)
    jobs.fingerprint()
    assert not Fingerprint.objects.exists()


@pytest.mark.django_db
def test_more_changes_than_a_batch_are_read_to_the_end(monkeypatch):
    monkeypatch.setattr(fingerprinting, "BATCH", 2)
    monkeypatch.setattr(fingerprinting, "LINES", 3)
    made = [make_article() if number % 2 else make_story() for number in range(9)]
    work()
    assert Fingerprint.objects.count() == len(made)


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["decline", "withdraw", "accept"])
def test_a_decided_story_is_forgotten(editor, step):
    story = make_story(body=html(sample()))
    work()
    assert Fingerprint.objects.filter(kind=Story.kind(), item=story.uid).exists()
    getattr(story, step)(by=editor if step != "withdraw" else User.objects.system(), reason="Not for us.")
    work()
    assert not Fingerprint.objects.filter(kind=Story.kind()).exists()
    assert Fingerprint.objects.filter(kind=Article.kind()).exists() == (step == "accept")


# --- The editor's page -------------------------------------------------------------------------------


@pytest.fixture
def copied(db):
    """A published article that the worker has read, and a story, unread, that has copied much of it."""
    article = make_article(headline="The original", body=html(sample()), sources=["https://example.org/timetable/"])
    work()
    return article, make_story(body=html(edited(sample(), "en", 0.1, random.Random(5))))


def test_the_story_needs_no_worker_and_four_queries(copied, django_assert_max_num_queries):
    _article, story = copied
    make_story(body=html(sample()))
    work()
    story = Story.objects.get(pk=story.pk)
    with django_assert_max_num_queries(4):
        found = likenesses(story)
        assert all(likeness.excerpts and likeness.percent > 40 for likeness in found)
    assert {type(likeness.item) for likeness in found} == {Article, Story}
    assert story.uid not in {likeness.item.uid for likeness in found}


def test_the_review_page_shows_the_passages_side_by_side(copied, desk):
    article, story = copied
    page = desk.get(f"/admin/submissions/story/{story.pk}/change/").content.decode()
    assert f"/admin/articles/article/{article.pk}/change/" in page
    assert "The original" in page
    assert "of this story is also there" in page
    assert "example.org/timetable" in page
    assert page.count("<mark>") > 10
    assert "withheld article" not in page


def test_a_text_copied_from_a_withheld_article_is_called_that(copied, desk, editor):
    article, story = copied
    article.withhold(by=editor, reason="In question.", reference=uuid.uuid4(), law="dsa", claimant="A person")
    page = desk.get(f"/admin/submissions/story/{story.pk}/change/").content.decode()
    assert "Text copied from a withheld article." in page


def test_what_a_story_is_like_is_shown_as_text(db, desk):
    nasty = html("&lt;script&gt;alert(1)&lt;/script&gt; " + "and the ferry waits for the shift " * 5)
    make_article(headline="<img src=x onerror=alert(1)>", body=nasty)
    work()
    story = make_story(body=nasty)
    page = desk.get(f"/admin/submissions/story/{story.pk}/change/").content.decode()
    assert "side by side" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_article_of_the_story_itself_is_no_likeness(db, editor):
    story = make_story(body=html(sample()), sources=[])
    story.accept(by=editor)
    work()
    assert likenesses(Story.objects.get(pk=story.pk)) == []
