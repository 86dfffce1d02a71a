"""The newsletter's way out, by one click, and the record of who agreed to what."""

import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone, translation

from cms.models import Letter
from newsletter.jobs import forget_unconfirmed
from newsletter.links import confirm_url, unsubscribe_url
from newsletter.models import Consent, Subscriber
from tests.subscribing import FORM, events, older, path_of, sign_up, status, subscriber

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_a_mail_program_unsubscribes_with_one_request(kind):
    link = path_of(unsubscribe_url(subscriber()))
    body = "List-Unsubscribe=One-Click"
    if kind.startswith("multipart"):
        kind += "; boundary=b"
        body = (
            f'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n{body.split("=")[1]}\r\n--b--\r\n'
        )
    client = Client(enforce_csrf_checks=True)
    for _request in range(2):
        page = client.post(link, body, content_type=kind)
        assert page.status_code == 200
    assert (status(), events()) == ("unsubscribed", ["signup", "confirm", "withdraw"])


def test_opening_the_unsubscribe_link_changes_nothing(client):
    link = path_of(unsubscribe_url(subscriber()))
    assert b"<button" in client.get(link).content
    assert client.head(link).status_code == 200
    assert status() == "confirmed"


def test_the_unsubscribe_page_speaks_the_subscribers_language(client):
    link = path_of(unsubscribe_url(subscriber(language="zh-hans")))
    for page in (client.get(link, headers={"accept-language": "en"}), client.post(link)):
        assert page["Content-Language"] == "zh-hans"
        assert '<html lang="zh-hans">' in page.content.decode()


def test_a_forged_unsubscribe_link_is_a_404(client):
    made = subscriber()
    link = path_of(unsubscribe_url(made))
    confirming = path_of(confirm_url(made)).split("/")[-2]
    for forged in (link[:-1], link.replace(made.uid.hex, "0" * 32), "/u/x", f"/u/{made.uid.hex}", f"/u/{confirming}"):
        assert client.get(forged).status_code == client.post(forged).status_code == 404
    assert status() == "confirmed"


def test_unsubscribing_does_not_lift_a_refusal(client):
    client.post(path_of(unsubscribe_url(subscriber("suppressed"))))
    assert status() == "suppressed"


def test_links_outlive_a_rotation_of_the_secret_key(client, settings):
    made = subscriber("pending")
    begin, end = path_of(confirm_url(made)), path_of(unsubscribe_url(made))
    old, settings.SECRET_KEY = settings.SECRET_KEY, "the next key, as long as the one before it was"
    assert client.post(begin).status_code == client.post(end).status_code == 404
    settings.SECRET_KEY_FALLBACKS = [old]
    assert client.post(begin).status_code == 200
    assert client.post(end).status_code == 200
    assert status() == "unsubscribed"


def test_none_of_these_pages_sets_a_cookie_or_may_be_kept(client):
    made = subscriber("pending")
    begin, end = path_of(confirm_url(made)), path_of(unsubscribe_url(made))
    pages = [client.get(path) for path in (FORM, begin, f"{begin}?refuse", end)]
    pages += [sign_up(client), sign_up(client, "x"), client.post(begin), client.post(end), client.post("/u/x")]
    assert not client.cookies
    assert {page["Cache-Control"] for page in pages} == {"private, no-store"}


def test_only_the_forms_own_verbs_are_understood(client):
    end = path_of(unsubscribe_url(subscriber()))
    assert {client.put(path).status_code for path in (FORM, end)} == {405}


def test_the_record_of_consent_has_the_words_that_the_pages_show(client):
    made = subscriber("pending", language="zh-hans")
    begin, end = path_of(confirm_url(made)), path_of(unsubscribe_url(made))
    shown = {
        "signup": "/zh-hans/newsletter/",
        "confirm": begin,
        "withdraw": end,
        "suppress": f"{begin}?refuse",
    }
    for event, path in shown.items():
        assert Consent.Event(event).wording("zh-hans") in client.get(path).content.decode()
    line = made.consents.get()
    assert line.wording == Consent.Event.SIGNUP.wording("zh-hans")
    assert line.wording_sha256 == hashlib.sha256(line.wording.encode()).hexdigest()
    with translation.override("zh-hans"):
        assert Consent.Event.SIGNUP.wording("en").startswith("Meet our new products")


def test_a_line_of_consent_is_never_written_again():
    line = subscriber("pending").consents.get()
    line.wording = "anything"
    with pytest.raises(IntegrityError):
        line.save()


@pytest.mark.parametrize(
    ("referer", "page"),
    [
        ("http://testserver/en/section/business/", "/en/section/business/"),
        ("http://testserver/en/receipt/secret-code/", FORM),
        ("https://elsewhere.example/en/section/business/", FORM),
        ("http://testserver/nowhere", FORM),
        ("", FORM),
    ],
)
def test_the_record_names_the_page_but_no_private_one(client, referer, page):
    sign_up(client, referer=referer)
    assert Consent.objects.get().page == page


def test_no_link_is_kept_with_the_record(client):
    made = subscriber("pending")
    for link in (confirm_url(made), unsubscribe_url(made)):
        client.post(path_of(link))
    assert [line.page for line in made.consents.all()] == [FORM, "/en/newsletter/confirm/…/", "/u/…"]


def test_who_does_not_confirm_within_a_week_is_forgotten():
    stranger = subscriber("pending")
    waiting, reader = subscriber("pending", "new@example.org"), subscriber("confirmed", "kept@example.org")
    returning = subscriber("confirmed", "back@example.org")
    returning.unsubscribe(page=FORM)
    older(timedelta(days=1))
    returning = Subscriber.objects.sign_up(returning.email, language="en", page=FORM)
    long_ago = timezone.now() - timedelta(days=7, minutes=1)
    Subscriber.objects.exclude(pk=waiting.pk).update(asked_at=long_ago)
    assert (forget_unconfirmed(), forget_unconfirmed()) == (2, 0)
    left = dict(Subscriber.objects.values_list("email", "status"))
    assert left == {waiting.email: "pending", reader.email: "confirmed", returning.email: "unsubscribed"}
    assert not Letter.objects.filter(to=stranger.email).exists()
    assert not Consent.objects.filter(subscriber_id=stranger.pk).exists()
    assert returning.consents.count() == 4


def test_the_worker_forgets_by_itself():
    from cms.worker import jobs

    assert "newsletter.forget_unconfirmed" in {job.name for job in jobs()}


def test_staff_look_subscribers_up_and_change_nothing(desk):
    made = subscriber()
    listing = desk.get("/admin/newsletter/subscriber/?q=reader&status__exact=confirmed&language__exact=en")
    assert made.email in listing.content.decode()
    page = f"/admin/newsletter/subscriber/{made.pk}/change/"
    assert Consent.Event.CONFIRM.wording("en")[:40] in desk.get(page).content.decode()
    assert desk.post(page, {"status": "suppressed"}).status_code == 403
    assert desk.post(page.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert status() == "confirmed"
