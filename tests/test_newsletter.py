"""The newsletter's door: in by two clicks, out by one, and nobody learns who is inside."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone, translation

from cms import digest, limits
from cms.letters import post, send_due
from cms.models import Letter, User
from newsletter.addresses import normalised
from newsletter.jobs import forget_unconfirmed
from newsletter.links import confirm_url, unsubscribe_url
from newsletter.models import Consent, Subscriber
from submissions.copyright.models import CounterLink, CounterNotice
from tests.factories import (
    make_article,
    make_correction_request,
    make_counter_notice,
    make_editor,
    make_report,
    make_story,
    make_withheld_story,
)

pytestmark = pytest.mark.django_db

FORM = "/en/newsletter/"


def sign_up(client, email="reader@example.org", form=FORM, **headers):
    return client.post(form, {"email": email, "website": ""}, headers=headers)


def subscriber(status="confirmed", email="reader@example.org", language="en"):
    made = Subscriber.objects.sign_up(email, language=language, page=FORM)
    match status:
        case "confirmed":
            made.confirm(page=FORM)
        case "unsubscribed":
            made.unsubscribe(page=FORM)
        case "suppressed":
            made.suppress(page=FORM)
    return made


def path_of(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def link_in_mail(pattern):
    send_due()
    return path_of(re.search(rf"http://testserver{pattern}", mail.outbox[-1].body)[0])


def events():
    return list(Consent.objects.values_list("event", flat=True))


def status():
    return Subscriber.objects.get().status


def older(letters_by):
    for letter in Letter.objects.all():
        Letter.objects.filter(pk=letter.pk).update(created=letter.created - letters_by)


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


MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EXPLAINED = {
    "appeal_dismissed",
    "appeal_granted",
    "claim_taken_over",
    "correction_answered",
    "correction_declined",
    "correction_published",
    "counter_held",
    "counter_removed",
    "counter_restored",
    "story_changes_asked",
    "story_counter_held",
    "story_counter_rejected",
    "story_counter_removed",
    "story_counter_restored",
    "story_declined",
    "story_message",
    "story_restored",
    "story_withheld",
}


def every_letter_of_an_appeal(story, editor, why):
    """Move a story through everything that contributor and editors may say to each other."""
    system, other = User.objects.system(), make_editor()
    story.claim(by=editor)
    story.ask_changes(by=editor, reason=why)
    story.lapse(by=system, reason="Silence.")
    story.appeal(by=system, reason="I was away.").grant(by=editor, reason=why)
    story.refresh_from_db()
    story.decline(by=editor, reason=why)
    declined = make_story(language=story.language)
    declined.decline(by=editor, reason=why)
    declined.appeal(by=system, reason="Read it again.").dismiss(by=other, reason=why)


def every_letter_to_colleagues(settings, editor, language, why):
    """Hand a claim over, take it back, and let the desk's clocks run on until everybody has heard of it."""
    settings.LANGUAGE_CODE = language
    colleague = make_editor(email="colleague@example.org")
    item = make_story(language=language, headline='Ferries & "buses"')
    item.claim(by=editor)
    item.hand_over(by=editor, to=colleague, reason=why)
    item.take_over(by=editor, reason=why)
    digest.write_digest(MONDAY_NOON)
    digest.escalate(timezone.now() + timedelta(days=30))


def every_letter_of_corrections(language, editor, why):
    """Let readers report errors, and decide on each report in another way."""
    for decide in ("correct", "reply", "decline"):
        made = make_correction_request(make_article(language=language))
        getattr(made, decide)(by=editor, reason=why)


def every_letter_of_counter_notices(language, editor, why):
    """Take counter-notices to each of their ends."""

    def received(email: str) -> CounterNotice:
        report = {"language": language, "email": "owner@example.net"}
        story = make_withheld_story(language=language, report=report, email=email)
        return make_counter_notice(link=CounterLink.objects.get(story=story), language=language)

    received("one@example.org").reject(by=editor, reason=why, rules=[])
    filed = {"court": "D. Or.", "case_number": "3:26-cv-1", "filed_on": timezone.localdate().isoformat()}
    for end in ("restore", "uphold_removal"):
        notice = received(f"{end}@example.org")
        notice.forward(by=editor, reason=why)
        notice.hold(by=editor, reason=why, **filed)
        notice.forwarded = timezone.now() - timedelta(days=30)
        CounterNotice.objects.filter(pk=notice.pk).update(created=timezone.now() - timedelta(days=30))
        getattr(CounterNotice.objects.get(pk=notice.pk), end)(by=editor, reason=why)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_letter_is_text_first_names_its_language_and_says_where_to_write(editor, settings, language):
    settings.POSTAL_ADDRESS = "1 Harbour Street\n<Port Example>"
    why = "Repeats a release.\n\nAsk <them> & say who."
    story, report = make_story(language=language), make_report(language=language)
    every_letter_of_an_appeal(story, editor, why)
    taken = make_story(language=language, headline='Ferries & "buses"')
    taken.accept(by=editor)
    taken.tell("story_published", article_url="http://testserver/x", headline="Ferries")
    report.uphold(by=editor, reason=why)
    report.reverse(by=editor, reason=why)
    taken.tell("story_withheld", reason=why, headline="Ferries")
    taken.tell("story_restored", reason=why, headline="Ferries")
    make_report(language=language).decline(by=editor, reason=why)
    subscriber(language=language)
    for letter in ("story_received_by_mail", "story_edited", "story_spiked"):
        taken.tell(letter)
    taken.write(by=editor, reason=why)
    make_story(language=language).withdraw(by=User.objects.system())
    post("mail_waiting", "reader@example.org", language=language, about=taken, told="It is empty.")
    post("log_head", "chief@example.org", language=language, head={}, line='{"number": 1}')
    every_letter_of_corrections(language, editor, why)
    every_letter_of_counter_notices(language, editor, why)
    every_letter_to_colleagues(settings, editor, language, why)
    assert set(Letter.objects.values_list("name", flat=True)) == {
        folder.name for folder in (settings.BASE_DIR / "templates" / "email").iterdir() if folder.is_dir()
    }
    while send_due():
        pass
    for letter, sent in zip(Letter.objects.order_by("next_attempt"), mail.outbox, strict=True):
        [(html, kind)] = sent.alternatives
        assert kind == "text/html"
        assert f'lang="{language}"' in html
        assert "&lt;Port Example&gt;" in html
        assert "<Port Example>" in sent.body
        assert settings.CONTACT_EMAIL in sent.body
        assert "⟦" not in sent.body + html
        assert not re.search(r"&(?:lt|gt|amp|quot|#)", sent.subject + sent.body)
        assert html.count("<table") == html.count('role="presentation"')
        assert not re.search(r"<(?:img|script|link)|url\(", html)
        decided = letter.name.startswith("report_") and letter.name != "report_received"
        given = "Ask <them> & say who." in sent.body or "It is theirs." in sent.body
        assert given == (decided or letter.name in EXPLAINED), letter.name
        if decided and language == "en":
            assert "You may appeal within six months" in sent.body


def test_the_receipt_of_a_report_and_a_refusal_pass_on_none_of_the_senders_words(editor):
    spam = "Buy cheap watches"
    make_report(work=spam, explanation=spam, name=spam, signature=spam)
    make_story(headline=spam, dek=spam, byline=spam).decline(by=editor, reason="This is advertising.")
    for letter in Letter.objects.all():
        assert spam not in letter.subject + letter.body_text + letter.body_html
