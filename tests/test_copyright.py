"""A rights holder reports, an editor decides, the article goes or stays."""

import pytest

from articles.models import Article
from cms.models import Letter
from submissions.copyright.models import CopyrightReport
from tests.factories import make_article, make_report

pytestmark = pytest.mark.django_db
URL = "/en/copyright/report/"


def report_fields(article, **changes):
    fields = {
        "urls": article.permalink(),
        "basis": "dsa",
        "work": "Photographs of the night buses",
        "explanation": "The second paragraph is mine.",
        "name": "Ilse Brandt",
        "email": "ilse@example.net",
        "good_faith": "on",
        "accurate": "on",
        "signature": "Ilse Brandt",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def test_a_report_waits_on_the_desk_and_its_sender_gets_a_receipt(client, desk):
    article = make_article()
    answer = client.post(URL, report_fields(article))
    report = CopyrightReport.objects.get()
    assert answer["Location"] == f"/en/copyright/case/{report.code}/"
    assert list(report.articles.all()) == [article]
    assert Letter.objects.get().name == "report_received"
    assert "Photographs of the night buses" in desk.get("/admin/desk/").content.decode()
    assert Article.objects.published().exists(), "nothing is withheld on receipt"
    assert not client.cookies


def test_the_link_on_the_article_fills_in_its_address(client):
    article = make_article()
    page = client.get(article.get_absolute_url()).content.decode()
    assert f"{URL}?url=" in page
    form = client.get(URL, {"url": article.permalink()}).context["form"]
    assert form.initial["urls"] == article.permalink()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"urls": "https://elsewhere.example/news/x/"}, "urls"),
        ({"urls": "http://testserver/en/section/business/"}, "urls"),
        ({"urls": "http://testserver/en/news/never-was/"}, "urls"),
        ({"urls": "http://[::1/"}, "urls"),
        ({"urls": "\n".join(f"http://testserver/en/news/{n}/" for n in range(251))}, "urls"),
        ({"name": ""}, "name"),
        ({"email": "x"}, "email"),
        ({"good_faith": None}, "good_faith"),
        ({"explanation": "x" * 5001}, "explanation"),
        ({"basis": "dmca", "perjury": "on", "phone": "1"}, "address"),
        ({"basis": "dmca", "address": "1 Mill Lane", "phone": "1"}, "perjury"),
    ],
)
def test_what_is_missing_is_named_by_the_law_that_asks_for_it(client, changes, field):
    answer = client.post(URL, report_fields(make_article(), **changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not CopyrightReport.objects.exists()


def test_an_unpublished_article_is_not_revealed(client):
    draft = make_article(published=False)
    assert "urls" in client.post(URL, report_fields(draft)).context["form"].errors


def test_an_upheld_report_takes_the_article_off_everywhere_at_once(client, editor):
    article, other = make_article(tags=("buses",)), make_article()
    places = ["/en/", "/en/section/business/", "/en/tag/buses/", other.get_absolute_url()]
    assert all(article.headline in client.get(place).content.decode() for place in places)
    make_report(article).uphold(by=editor, reason="It is theirs.")
    assert not any(article.headline in client.get(place).content.decode() for place in places)
    for method in (client.get, client.head):
        answer = method(article.get_absolute_url())
        assert answer.status_code == 451
        assert answer["Link"] == '<http://testserver/>; rel="blocked-by"'
        assert answer["Cache-Control"] == "no-store"
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Digital Services Act" in page
    assert "Ilse Brandt" not in page, "a person's name is not shown"
    assert article.headline not in page


def test_an_organisation_that_asked_is_named(client, editor):
    article = make_article()
    make_report(article, for_organisation="Brandt Pictures").uphold(by=editor, reason="It is theirs.")
    assert "Brandt Pictures" in client.get(article.get_absolute_url()).content.decode()


def test_its_picture_is_gone_too(client, editor):
    from tests.factories import make_picture

    article = make_article(cover=make_picture(), cover_alt="A bus")
    url = article.cover.url
    assert client.get(url).status_code == 200
    make_report(article).uphold(by=editor, reason="It is theirs.")
    assert client.get(url).status_code == 404


def test_who_decides_about_its_picture_goes_on_seeing_it_and_no_cache_keeps_it(client, desk, editor):
    from tests.factories import make_member, make_picture

    article = make_article(cover=make_picture(), cover_alt="A bus")
    make_report(article).uphold(by=editor, reason="It is theirs.")
    answer = desk.get(article.cover.url)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    client.force_login(make_member("reader"))
    assert client.get(article.cover.url).status_code == 404


def test_two_reports_hold_an_article_until_both_are_reversed(client, editor):
    article = make_article()
    first, second = make_report(article), make_report(article)
    for report in (first, second):
        report.uphold(by=editor, reason="It is theirs.")
    before = article.get_absolute_url()
    first.reverse(by=editor, reason="Retracted.")
    assert client.get(before).status_code == 451
    second.reverse(by=editor, reason="A mistake.")
    assert client.get(before).status_code == 200


def test_the_reporter_is_told_of_each_decision(client, editor):
    report = make_report()
    report.decline(by=editor, reason="The paragraph is a quotation.")
    letter = Letter.objects.get(name="report_declined")
    assert "The paragraph is a quotation." in letter.body_text
    assert "Another editor decides" in letter.body_text
    page = client.get(f"/en/copyright/case/{report.code}/").content.decode()
    assert "was declined" in page
    assert "The paragraph is a quotation." in page


def test_a_wrong_case_code_is_not_found(client):
    assert client.get("/en/copyright/case/0000/").status_code == 404


def test_a_killed_article_answers_410_and_a_draft_404(client, editor):
    article = make_article()
    article.kill(by=editor, reason="The author asked.")
    assert client.get(article.get_absolute_url()).status_code == 410
    assert client.get(make_article(published=False).get_absolute_url()).status_code == 404
