"""`check_standards` against a running site, whole and broken."""

from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from articles.discovery import structured
from tests.factories import make_article, make_picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(live_server, settings):
    """A running site with an article in two languages and a cover drawn by code."""
    settings.SITE_URL = live_server.url
    english = make_article(headline="Cranes", cover=make_picture("algorithmicMedia"), cover_alt="A pattern")
    make_article(headline="起重机", language="zh-hans", series=english.series)
    return live_server.url


def check(url: str) -> tuple[int, str]:
    """The command's exit code and what it printed."""
    out = StringIO()
    try:
        call_command("check_standards", url, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_our_own_site_keeps_every_rule(site):
    code, said = check(site)
    assert code == 0, said
    assert "2 articles among them: 0 faults." in said


def test_a_picture_whose_bytes_say_nothing_of_its_origin_is_found(site):
    from articles.models import Picture

    picture = Picture.objects.get()
    bare = BytesIO()
    with picture.file.open() as file:
        Image.open(file).save(bare, "PNG")
    with picture.file.storage.open(picture.file.name, "wb") as file:
        file.write(bare.getvalue())
    code, said = check(site)
    assert code == 1
    assert "the page says 'algorithmicMedia', its bytes say ''" in said


def test_versions_that_do_not_name_each_other_are_found(site, monkeypatch):
    monkeypatch.setattr("articles.article_page.alternates", lambda versions: [("en", min(versions.values()))])
    code, said = check(site)
    assert code == 1
    assert "have no x-default" in said
    assert "do not name the page itself" in said


def test_structured_data_that_lack_something_are_found(site, monkeypatch):
    faulty = {"@type": "NewsArticle", "datePublished": "May"}
    monkeypatch.setattr("articles.article_page.article_data", lambda article, authors: faulty)
    monkeypatch.setattr("articles.views.organisation_data", lambda language: structured._publisher())
    code, said = check(site)
    assert code == 1
    assert "its NewsArticle lacks headline" in said
    assert "datePublished is no time with a zone" in said
    assert "its NewsMediaOrganization lacks publishingPrinciples" in said


def test_a_site_that_names_another_address_as_its_own_is_found(site, settings):
    settings.SITE_URL = "https://news.example"
    code, said = check(site)
    assert code == 1
    assert "robots.txt does not name" in said
    assert "does SITE_URL say where the site runs?" in said


def test_a_site_that_does_not_answer_is_an_error_of_its_own():
    with pytest.raises(CommandError) as refused:
        check("http://127.0.0.1:9")
    assert refused.value.returncode == 2
