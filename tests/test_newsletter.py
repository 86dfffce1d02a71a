"""The newsletter's door: in by two clicks, and nobody learns who is inside."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from cms import limits
from cms.letters import send_due
from cms.models import Letter
from newsletter.addresses import normalised
from newsletter.links import confirm_url, unsubscribe_url
from newsletter.models import Consent, Subscriber
from tests.subscribing import FORM, events, link_in_mail, older, path_of, sign_up, status, subscriber

pytestmark = pytest.mark.django_db


def test_a_sign_up_posts_one_letter_and_subscribes_nobody(client):
    page = sign_up(client, "Reader@Example.ORG")
    assert page.status_code == 200
    assert "Look in your mail" in page.content.decode()
    letter = Letter.objects.get()
    assert (letter.name, letter.to, letter.language) == ("newsletter_confirm", "Reader@example.org", "en")
    assert (status(), events()) == ("pending", ["signup"])
    assert not Subscriber.objects.confirmed().exists()


def test_the_way_in_from_the_form_to_the_first_letter(client):
    sign_up(client, form="/zh-hans/newsletter/")
    link = link_in_mail(r"/zh-hans/newsletter/confirm/\S+/(?=\n)")
    for _visit in range(2):
        assert client.get(link).status_code == client.head(link).status_code == 200
    assert (status(), events()) == ("pending", ["signup"])
    assert client.post(link).status_code == 200
    assert (status(), events()) == ("confirmed", ["signup", "confirm"])
    assert Letter.objects.filter(name="newsletter_welcome", language="zh-hans").count() == 1
    client.post(link_in_mail(r"/u/\S+"))
    assert (status(), events()) == ("unsubscribed", ["signup", "confirm", "withdraw"])


def test_confirming_twice_is_confirming_once(client):
    link = path_of(confirm_url(subscriber("pending")))
    assert [client.post(link).status_code for _click in range(2)] == [200, 200]
    assert events() == ["signup", "confirm"]
    assert Letter.objects.filter(name="newsletter_welcome").count() == 1


def test_an_old_confirmation_link_does_not_undo_an_unsubscription(client):
    link = path_of(confirm_url(subscriber("unsubscribed")))
    assert client.post(link).status_code == 404
    assert status() == "unsubscribed"


def test_the_link_does_not_stay_at_rest(client):
    sign_up(client)
    assert "/confirm/" not in Letter.objects.get().body_text + Letter.objects.get().body_html
    send_due()
    assert Letter.objects.get().private == {}


def test_the_letter_has_nothing_of_the_visitor_but_the_address(client):
    client.post(FORM, {"email": "reader@example.org", "name": "Buy watches", "website": ""})
    letter = Letter.objects.get()
    assert "watches" not in letter.subject + letter.body_text + letter.body_html
    assert "reader@" not in letter.subject + letter.body_text + letter.body_html


def test_expired_forged_and_foreign_confirmation_links_are_the_same_404(client, monkeypatch):
    made = subscriber("pending")
    link = path_of(confirm_url(made))
    other_use = f"/en/newsletter/confirm/{path_of(unsubscribe_url(made)).removeprefix('/u/')}/"
    nobody = path_of(confirm_url(Subscriber(language="en")))
    forged = link.replace(made.uid.hex, "0" * 32)
    monkeypatch.setattr("newsletter.links.CONFIRM_WITHIN", timedelta(seconds=-1))
    pages = {client.post(path) for path in (link, forged, nobody, other_use, "/en/newsletter/confirm/x/")}
    assert {page.status_code for page in pages} == {404}
    bodies = {re.sub(r"/confirm/[^\"]*", "", page.content.decode()) for page in pages}
    assert len(bodies) == 1
    assert client.get(link).status_code == 404
    assert status() == "pending"


def test_this_was_not_me_ends_all_letters(client):
    sign_up(client)
    link = link_in_mail(r"/\S+/\?refuse")
    assert client.get(link).status_code == 200
    assert status() == "pending"
    assert [client.post(link).status_code for _click in range(2)] == [200, 200]
    assert (status(), events()) == ("suppressed", ["signup", "suppress"])
    older(timedelta(days=30))
    sign_up(client)
    assert Letter.objects.count() == 1
    assert client.post(link.removesuffix("?refuse")).status_code == 404
    assert status() == "suppressed"


@pytest.mark.parametrize("known", ["pending", "confirmed", "unsubscribed", "suppressed"])
def test_nobody_learns_from_the_form_who_is_subscribed(client, known):
    stranger = sign_up(client, "stranger@example.org")
    subscriber(known)
    before = Subscriber.objects.get(email="reader@example.org")
    older(timedelta(days=30))
    letters = Letter.objects.count()
    page = sign_up(client, "READER@example.org")
    assert page.content == stranger.content
    assert page.headers == stranger.headers
    wanted = known in {"pending", "unsubscribed"}
    assert Letter.objects.count() == letters + wanted
    after = Subscriber.objects.get(email="reader@example.org")
    assert after.status == ("pending" if wanted else known)
    assert (after.asked_at > before.asked_at) == wanted


def test_known_and_new_addresses_take_the_same_work(client):
    subscriber("confirmed")
    written = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("newsletter.models.post", lambda letter, to, **context: written.append((letter, to)))
        sign_up(client)
        sign_up(client, "stranger@example.org")
    assert written == [("newsletter_confirm", f"{name}@example.org") for name in ("reader", "stranger")]


def test_an_address_gets_one_letter_in_ten_minutes_and_three_a_day(client):
    counts = []
    for minutes in (0, 1, 10, 11, 11, 11, 24 * 60):
        older(timedelta(minutes=minutes))
        assert sign_up(client).status_code == 200
        counts.append(Letter.objects.count())
    assert counts == [1, 1, 2, 3, 3, 3, 4]
    assert events() == ["signup"] * 4


@pytest.mark.django_db(transaction=True)
def test_simultaneous_sign_ups_of_one_address_are_one_subscriber_and_one_letter():
    def one(number):
        try:
            return sign_up(Client(), "READER@example.org" if number % 2 else "reader@example.org").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(8))) == [200] * 8
    assert (Subscriber.objects.count(), Letter.objects.count(), events()) == (1, 1, ["signup"])


def test_a_network_is_asked_to_wait_after_twenty_sign_ups_an_hour(client, monkeypatch):
    monkeypatch.setattr("cms.limits.time.time", lambda: 7200 + 600)
    answers = [sign_up(client, f"reader{number}@example.org") for number in range(limits.AN_HOUR["sign-up"] + 2)]
    assert [page.status_code for page in answers] == [200] * 20 + [429] * 2
    assert answers[-1]["Retry-After"] == "3000"
    assert Subscriber.objects.count() == 20
    elsewhere = client.post(FORM, {"email": "far@example.org"}, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 200
    monkeypatch.setattr("cms.limits.time.time", lambda: 10800)
    assert sign_up(client, "later@example.org").status_code == 200


def test_the_network_is_never_kept_in_the_clear(client, monkeypatch):
    kept, incr = [], limits.cache.incr
    monkeypatch.setattr(limits.cache, "incr", lambda key, delta: kept.append(key) or incr(key, delta))
    client.post(FORM, {"email": "reader@example.org"}, REMOTE_ADDR="203.0.113.9")
    assert kept
    assert "203.0.113" not in kept[0]
    assert not any("203.0.113" in str(row) for row in (*Subscriber.objects.values(), *Consent.objects.values()))


@pytest.mark.parametrize(
    ("proxied", "sender", "forwarded", "network"),
    [
        (False, "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (True, "127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (False, "2001:db8:1:2:aaaa::1", "", "20010db800010002::/64"),
        (False, "::ffff:198.51.100.7", "", "198.51.100.7"),
        (False, "", "", "unknown"),
    ],
)
def test_which_network_a_request_is_from(rf, settings, proxied, sender, forwarded, network):
    settings.BEHIND_PROXY = proxied
    request = rf.post(FORM, REMOTE_ADDR=sender, headers={"X-Forwarded-For": forwarded} if forwarded else {})
    assert limits.network_of(request) == network


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        ("", "Type the address"),
        ("reader", "Write it in full"),
        ("reader@", "Write it in full"),
        ("@example.org", "Write it in full"),
        ("a b@example.org", "Write it in full"),
        ("reader@localhost", "Write it in full"),
        ("reader@[127.0.0.1]", "Write it in full"),
        ('"a b"@example.org', "Write it in full"),
        ("reader@straße.example", "Write it in full"),
        ("reader@example..org", "Write it in full"),
        ("x" * 65 + "@example.org", "Write it in full"),
        ("reader@example.org\r\nBcc: victim@example.org", "Write it in full"),
        ("reader\r\n@example.org", "Write it in full"),
        ("读者@example.org", "before the @"),
        ("réader@example.org", "before the @"),
    ],
)
def test_what_is_no_address_is_given_back_with_the_field_and_a_remedy(client, typed, remedy):
    page = sign_up(client, typed)
    text = page.content.decode()
    assert page.status_code == 422
    assert re.search(rf'href="#id_email">Your e-mail address: [^<]*{remedy}', text)
    assert 'aria-invalid="true"' in text
    assert not typed or typed[:6].strip().replace('"', "&quot;") in text
    assert not Subscriber.objects.exists()
    assert not Letter.objects.exists()


def test_a_robot_that_fills_in_the_hidden_field_gets_nothing(client):
    page = client.post(FORM, {"email": "reader@example.org", "website": "http://spam.example"})
    assert page.status_code == 422
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Mara.Lind@Example.ORG ", "Mara.Lind@example.org"),
        ("reader+news@例子.中国", "reader+news@xn--fsqu00a.xn--fiqs8s"),
        ("ｒｅａｄｅｒ＠example。org", "reader@example.org"),
        ("o'hara@bücher.example", "o'hara@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_kept_in_one_form(typed, kept):
    assert normalised(typed) == normalised(kept) == kept


def test_an_address_is_one_subscriber_however_it_is_typed(client):
    for typed in ("Mara@Bücher.example", "mara@xn--bcher-kva.EXAMPLE", "MARA@bücher.example"):
        sign_up(client, typed)
    assert Subscriber.objects.get().email == "Mara@xn--bcher-kva.example"
    with pytest.raises(ValidationError):
        Subscriber.objects.sign_up("mara", language="en", page=FORM)
