"""A reader reports an error, and hears what became of it."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from articles.models import Correction, CorrectionRequest
from cms.models import Decision, Letter
from cms.worker import run_until_idle
from tests.corrections import WORDS, make, review
from tests.factories import make_article, make_correction_request, make_member, make_report, make_translation

pytestmark = pytest.mark.django_db


def address(article):
    return f"{article.get_absolute_url()}correction/"


def report(**changes):
    fields = {"wrong": "Three lines run all night.", "right": "Four do.", "email": "reader@example.org"}
    return {name: value for name, value in (fields | changes).items() if value is not None}


def test_a_report_that_is_sent_to_a_former_address_is_taken(client, editor):
    article = make_article(slug="former")
    form = client.get(address(article)).context["form"]
    sent_to = address(article)
    article.amend(by=editor, slug="present")
    answer = client.post(sent_to, report(form_key=form.initial["form_key"]))
    assert answer.status_code == 302
    assert CorrectionRequest.objects.get().article == article


def test_a_report_waits_on_the_desk_and_becomes_a_correction_that_its_sender_hears_of(client, desk):
    article = make_article()
    assert f'href="{address(article)}"' in client.get(article.get_absolute_url()).content.decode()
    form = client.get(address(article)).context["form"]
    answer = client.post(address(article), report(form_key=form.initial["form_key"]))
    assert answer["Location"] == f"{address(article)}sent/"
    assert "Thank you" in client.get(answer["Location"]).content.decode()
    assert not client.cookies
    found = CorrectionRequest.objects.get()
    assert (found.status, found.language, found.article) == ("received", "en", article)
    assert article.headline in desk.get("/admin/desk/?kind=articles.correctionrequest&q=Four+do").content.decode()
    assert "Three lines run all night." in desk.get(review(found)).content.decode()

    assert make(desk, found, "correct", reason=WORDS).status_code == 302
    assert CorrectionRequest.objects.get().status == "corrected"
    assert WORDS in client.get(article.get_absolute_url()).content.decode()
    received, published = Letter.objects.order_by("pk")
    assert (received.name, published.name) == ("correction_received", "correction_published")
    assert "Four do." not in received.body_text + received.body_html
    assert WORDS in published.body_text
    assert article.permalink() in published.body_text
    assert article.decisions().last().details == {"request": str(found.uid)}


def test_a_report_without_an_address_gets_no_letter(client, editor):
    client.post(address(make_article()), report(email=None))
    CorrectionRequest.objects.get().decline(by=editor, reason="It is three.")
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    ("move", "letter", "status"),
    [("reply", "correction_answered", "answered"), ("decline", "correction_declined", "declined")],
)
def test_a_report_that_needs_no_correction_is_answered_in_its_language(desk, move, letter, status):
    article = make_translation(make_article())
    found = make_correction_request(article)
    assert make(desk, found, move, reason="谢谢，我们核对过。").status_code == 302
    assert CorrectionRequest.objects.get().status == status
    mail = Letter.objects.get(name=letter)
    assert mail.language == "zh-hans"
    assert "谢谢，我们核对过。" in mail.body_text
    assert not Correction.objects.exists()


def test_several_reports_of_one_error_are_seen_together_and_corrected_once(desk, editor):
    article = make_article()
    first, second = make_correction_request(article), make_correction_request(article, wrong="It says three!")
    page = desk.get(review(first)).content.decode()
    assert "Others report of the same article" in page
    assert "It says three!" in page
    assert "It says three!" in desk.get(review(article)).content.decode()
    for found in (first, second):
        found.correct(by=editor, reason=WORDS)
    assert Correction.objects.count() == 1
    assert Letter.objects.filter(name="correction_published").count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"wrong": ""}, "wrong"),
        ({"right": " \u200b "}, "right"),
        ({"wrong": "x" * 2001}, "wrong"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"email": "nobody"}, "email"),
        ({"website": "https://spam.example"}, "website"),
    ],
)
def test_what_is_missing_is_named_and_what_was_typed_is_kept(client, changes, field):
    answer = client.post(address(make_article()), report(source_url="https://example.org/kept") | changes)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    kept = "https://example.org/kept" if field != "source_url" else "Three lines run all night."
    assert kept in answer.content.decode()
    assert not CorrectionRequest.objects.exists()


def test_a_report_is_text_and_its_source_is_a_link_at_most(client, desk):
    client.post(
        address(make_article()),
        report(wrong="<script>alert(1)</script>\u202e\r\n\r\n\r\nx", source_url="example.org/a?b=1"),
    )
    found = CorrectionRequest.objects.get()
    assert found.wrong == "<script>alert(1)</script>\n\nx"
    assert found.source_url == "https://example.org/a?b=1"
    page = desk.get(review(found)).content.decode()
    assert "<script>alert(1)" not in page
    assert 'rel="nofollow">https://example.org/a?b=1</a>' in page


def test_the_same_form_sent_twice_is_one_report_and_changed_another(client):
    article = make_article()
    key = client.get(address(article)).context["form"].initial["form_key"]
    for right in ("Four do.", "Four do.", "Five do."):
        assert client.post(address(article), report(right=right, form_key=key)).status_code == 302
    assert list(CorrectionRequest.objects.order_by("pk").values_list("right", flat=True)) == ["Four do.", "Five do."]


def test_one_network_cannot_fill_the_desk(client, monkeypatch):
    from cms import limits

    monkeypatch.setitem(limits.AN_HOUR, "correction", 2)
    article = make_article()
    answers = [client.post(address(article), report(right=f"No. {n}")).status_code for n in range(3)]
    assert answers == [302, 302, 429]
    assert CorrectionRequest.objects.count() == 2


def test_in_a_flood_the_form_asks_for_a_proof_and_keeps_what_was_typed(client):
    cache.set("flood:correction", True, 60)
    answer = client.post(address(make_article()), report())
    assert answer.status_code == 429
    assert "Four do." in answer.content.decode()
    assert 'id="challenge"' in answer.content.decode()
    assert not CorrectionRequest.objects.exists()


def test_the_form_answers_as_its_article_does(client, editor):
    draft, killed, withheld = make_article(published=False), make_article(), make_article()
    killed.kill(by=editor, reason="Invented.")
    make_report(withheld).uphold(by=editor, reason="Theirs.")
    for article, status in ((draft, 404), (killed, 410), (withheld, 451)):
        for path in (address(article), f"{address(article)}sent/"):
            assert client.get(path).status_code == status
        assert client.post(address(article), report()).status_code == status
    assert not CorrectionRequest.objects.exists()


def test_the_readers_address_is_for_those_who_may_read_letters(client):
    found = make_correction_request(email="")
    CorrectionRequest.objects.update(email="reader@example.org")
    for role, reads in (("editor", True), ("newsletter", False)):
        client.force_login(make_member(role))
        assert ("reader@example.org" in client.get(review(found)).content.decode()) is reads, role


def test_who_reported_an_error_is_erased_on_request_and_when_its_time_has_come(desk, editor):
    secret = "Mara-Lindqvist-0199"
    fields = {"wrong": secret, "right": secret, "email": f"{secret}@example.org", "source_url": f"https://{secret}.org"}
    asked, old, waiting = (make_correction_request(**fields) for _ in range(3))
    for found in (asked, old):
        found.decline(by=editor, reason="It is three.")
    asked.erase(by=editor, reason="By mail.")
    CorrectionRequest.objects.update(waiting_since=timezone.now() - timedelta(days=185))
    run_until_idle()
    left = {found.pk: found for found in CorrectionRequest.objects.all()}
    assert left[asked.pk].erased
    assert left[old.pk].erased
    assert not left[waiting.pk].erased
    waiting.decline(by=editor, reason="It is three.")
    CorrectionRequest.objects.filter(pk=waiting.pk).update(waiting_since=timezone.now() - timedelta(days=185))
    run_until_idle()
    known = [*CorrectionRequest.objects.values(), *Letter.objects.values(), *Decision.objects.values()]
    assert secret not in str(known)
    assert "are erased" in desk.get(review(old)).content.decode()
