"""A query that is compiled once answers as if it were made anew each time."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Value
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from cms.prepared import MOMENT, Prepared
from tests.factories import make_article

pytestmark = pytest.mark.django_db
PLACE = ("dbname", "host", "port", "user", "password")


def readable(slug, now):
    return Article.objects.published(until=now).select_related("section").filter(slug=slug)


def test_it_finds_what_the_queryset_finds_for_each_value_and_moment():
    first, second = make_article(slug="first"), make_article(slug="second")
    find, now = Prepared(readable, slug="\0slug", now=MOMENT), timezone.now()

    assert list(find(slug="first", now=now)) == [first]
    assert list(find(slug="second", now=now)) == [second]
    assert not find(slug="nowhere", now=now)
    assert not find(slug="first", now=first.published_at - timedelta(seconds=1))


def test_one_run_is_one_query_and_what_is_joined_comes_with_it():
    make_article(slug="first")
    find = Prepared(readable, slug="\0slug", now=MOMENT)
    with CaptureQueriesContext(connection) as queries:
        (found,) = find(slug="first", now=timezone.now())
        assert found.section.slug

    assert len(queries) == 1


def test_its_rows_are_like_those_of_the_queryset_in_every_column():
    make_article(slug="first", sources=["https://example.org/"])
    find = Prepared(readable, slug="\0slug", now=MOMENT)
    (prepared,) = find(slug="first", now=timezone.now())
    plain = Article.objects.get(slug="first")

    for field in Article._meta.concrete_fields:
        assert getattr(prepared, field.attname) == getattr(plain, field.attname)


def test_a_column_is_read_as_the_model_would_have_it_without_a_model():
    article = make_article(slug="first", sources=["https://example.org/"], related=[7, 9])
    find = Prepared(lambda slug, now: readable(slug, now).annotate(is_new=Value(True)), slug="\0slug", now=MOMENT)
    found = find(slug="first", now=timezone.now())

    for field in Article._meta.concrete_fields:
        assert found.value(field.attname) == getattr(article, field.attname)
    assert found.value("is_new") is True
    assert "_models" not in vars(found)


def test_a_value_may_look_like_anything():
    make_article(slug="first")
    find = Prepared(readable, slug="\0slug", now=MOMENT)
    for typed in ("' OR 1=1 --", "%s", "\\", "first'"):
        assert not find(slug=typed, now=timezone.now())


def test_a_place_without_a_value_is_a_mistake():
    find = Prepared(readable, slug="\0slug", now=MOMENT)
    with pytest.raises(KeyError):
        find(slug="first")


def another_session():
    """A connection to the same database that a migration beside us would have."""
    import psycopg

    wanted = {name: value for name, value in connection.get_connection_params().items() if name in PLACE}
    return psycopg.connect(**wanted, autocommit=True)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no plans between two runs")
class TestOnPostgreSQL:
    """What PostgreSQL keeps of it."""

    @staticmethod
    def prepared():
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            return [statement for (statement,) in cursor.fetchall()]

    def test_the_server_keeps_its_plan_with_our_constants_written_out(self):
        make_article(slug="first")
        find = Prepared(readable, slug="\0slug", now=MOMENT)
        find(slug="first", now=timezone.now())
        (statement,) = [found for found in self.prepared() if "articles_article" in found]
        assert "'published'" in statement  # so that a partial index serves
        assert "first" not in statement

    def test_other_queries_are_asked_as_before(self):
        find = Prepared(readable, slug="\0slug", now=MOMENT)
        find(slug="first", now=timezone.now())
        Article.objects.filter(slug="an ordinary one").exists()
        assert not [found for found in self.prepared() if "an ordinary one" in found]

    @pytest.mark.django_db(transaction=True)
    def test_it_goes_on_after_a_transaction_that_failed(self):
        article = make_article(slug="first")
        find = Prepared(readable, slug="\0slug", now=MOMENT)
        for _again in range(2):
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                assert list(find(slug="first", now=timezone.now())) == [article]
                raise ZeroDivisionError
        assert list(find(slug="first", now=timezone.now())) == [article]

    @pytest.mark.django_db(transaction=True)
    def test_a_migration_that_widens_a_column_beside_it_is_no_error(self):
        article, find = make_article(slug="first"), Prepared(readable, slug="\0slug", now=MOMENT)
        assert list(find(slug="first", now=timezone.now())) == [article]
        with another_session() as other:
            try:
                other.execute("ALTER TABLE articles_article ALTER COLUMN byline TYPE varchar(300)")
                assert list(find(slug="first", now=timezone.now())) == [article]
                assert list(find(slug="first", now=timezone.now())) == [article]
            finally:
                other.execute("ALTER TABLE articles_article ALTER COLUMN byline TYPE varchar(255)")

    def test_a_pooler_that_cannot_keep_statements_is_spared_them(self, monkeypatch):
        connection.ensure_connection()
        monkeypatch.setattr(connection.connection, "prepare_threshold", None)
        make_article(slug="first")
        find = Prepared(lambda slug, now: readable(slug, now).order_by("uid"), slug="\0slug", now=MOMENT)
        assert len(find(slug="first", now=timezone.now())) == 1
        assert not [found for found in self.prepared() if '"uid" ASC' in found]
