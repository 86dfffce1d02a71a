"""How much somebody may send, and how large: nothing breaks, nothing is lost, nothing is stored twice."""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.test.client import MULTIPART_CONTENT

from articles.models import Picture
from cms import limits
from cms.letters import enough_for_today
from cms.models import Letter
from newsletter.models import Subscriber
from submissions.copyright.models import CopyrightReport
from submissions.models import Story
from tests.factories import make_article, make_story, submission, upload
from tests.flooding import CHECK, REPORT, SIGN_UP, URL, clock_fixture, report_of, words_of  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db


# --- Limits ------------------------------------------------------------------------------------------


def test_all_networks_together_have_a_limit_that_tells_when(client, monkeypatch, clock):
    monkeypatch.setitem(limits.IN_ALL, "sign-up", 2)
    answers = [client.post(SIGN_UP, {"email": f"r{n}@example.org"}, REMOTE_ADDR=f"192.0.2.{n}") for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) == 3600 - clock.now % 3600
    assert "takes in no more until the next one" in words_of(answers[2])
    clock.now += 3600
    assert client.post(SIGN_UP, {"email": "r9@example.org"}).status_code == 200


def test_one_network_cannot_use_up_what_all_may_send(client, monkeypatch):
    monkeypatch.setitem(limits.AN_HOUR, "sign-up", 1)
    monkeypatch.setitem(limits.IN_ALL, "sign-up", 2)
    for number in range(5):
        client.post(SIGN_UP, {"email": f"r{number}@example.org"}, REMOTE_ADDR="192.0.2.1")
    assert client.post(SIGN_UP, {"email": "far@example.org"}, REMOTE_ADDR="192.0.2.2").status_code == 200


def test_the_live_check_says_how_long_it_rests(client, monkeypatch):
    monkeypatch.setitem(limits.AN_HOUR, "check", 1)
    assert client.post(CHECK, submission()).status_code == 200
    answer = client.post(CHECK, submission())
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/json")
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert "Preview and check" in answer.json()["summary"]


def test_wrong_codes_are_limited_and_a_right_one_always_opens(client, monkeypatch):
    monkeypatch.setitem(limits.AN_HOUR, "code", 2)
    story = make_story()
    answers = [client.get(f"/en/receipt/{'0' * 25}{n}/") for n in range(2)]
    answers.append(client.get("/en/copyright/case/00000000000000000000000000/"))
    answers.append(client.post("/en/receipt/", {"code": "wrong"}))
    assert [answer.status_code for answer in answers] == [404, 404, 429, 429]
    assert client.get(f"/en/receipt/{story.code}/").status_code == 200
    assert client.post("/en/receipt/", {"code": story.code}).status_code == 302


def test_pictures_are_limited_even_where_the_rest_of_the_form_is_wrong(client, monkeypatch):
    monkeypatch.setitem(limits.AN_HOUR, "picture", 1)
    fields = submission(headline="", cover_source_type="digitalCapture")
    assert client.post(URL, fields | {"cover": upload()}).status_code == 422
    assert client.post(URL, fields | {"cover": upload()}).status_code == 429
    assert Picture.objects.count() == 1


def test_no_address_of_a_sender_is_kept_anywhere(client, caplog, monkeypatch):
    monkeypatch.setitem(limits.AN_HOUR, "story", 1)
    caplog.set_level("DEBUG")
    sender = {"REMOTE_ADDR": "203.0.113.77", "headers": {"X-Forwarded-For": "203.0.113.77"}}
    article = make_article()
    client.post(URL, submission(), **sender)
    client.post(URL, submission(headline="Another"), **sender)
    client.post(SIGN_UP, {"email": "reader@example.org"}, **sender)
    client.post(REPORT, report_of(article), **sender)
    client.get("/en/receipt/nothing/", **sender)
    client.post("/admin/login/", {"username": "x", "password": "y"}, **sender)
    rows = [str(model.objects.values_list()) for model in apps.get_models()]
    counted = [repr(caches["default"]._file().execute("SELECT * FROM kept").fetchall()), repr(caches["pages"]._cache)]
    assert Story.objects.count() == Subscriber.objects.count() == CopyrightReport.objects.count() == 1
    assert len(counted[0]) > 100
    assert not [text for text in [*rows, *counted, caplog.text] if "203.0.113" in text]
    assert sender["REMOTE_ADDR"].encode() not in b"".join(
        path.read_bytes() for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()
    )


def test_nobody_fills_the_box_of_a_stranger(client, monkeypatch, settings):
    settings.FLOOD_FORMS = dict.fromkeys(settings.FLOOD_FORMS, 1000)
    for kind in ("story", "report", "sign-up"):
        monkeypatch.setitem(limits.AN_HOUR, kind, 1000)
    article = make_article()
    for number in range(12):
        far = {"REMOTE_ADDR": f"192.0.2.{number}"}
        address = f"Victim+{number}@example.org"
        client.post(URL, submission(headline=f"Story {number}", email=address), **far)
        client.post(REPORT, report_of(article, work=f"Work {number}", email=address), **far)
        client.post(SIGN_UP, {"email": "victim@example.org"}, **far)
    assert Story.objects.count() == CopyrightReport.objects.count() == 12
    sent = Letter.objects.filter(to__icontains="victim")
    assert 0 < sent.filter(name="story_received").count() <= 5
    assert 0 < sent.filter(name="report_received").count() <= 5
    assert sent.filter(name="newsletter_confirm").count() == 1
    assert enough_for_today("story_received", "victim+99@EXAMPLE.org")
    assert not enough_for_today("story_received", "victim@elsewhere.example")


# --- Too much at once --------------------------------------------------------------------------------


def test_a_body_beyond_measure_is_refused_in_words(client):
    answer = client.generic("POST", URL, b"x" * (17 * 2**20), MULTIPART_CONTENT)
    assert answer.status_code == 413
    assert "17 MB; we can take 16 MB" in words_of(answer)
    check = client.post(CHECK, {"body": "x" * 600_000})
    assert (check.status_code, check["Content-Type"]) == (413, "application/json")
    assert check.json()["summary"]


@pytest.mark.parametrize("url", [URL, REPORT, SIGN_UP, "/en/receipt/"])
def test_too_long_texts_and_too_many_fields_or_files_have_an_answer(client, url):
    long = client.post(url, {"body": "x" * (4 * 2**20)})
    many = client.post(url, {f"field{number}": "x" for number in range(500)})
    files = client.post(url, {f"file{number}": upload(size=(8, 8)) for number in range(120)})
    assert [answer.status_code for answer in (long, many, files)] == [413, 413, 413]
    assert "longer than 3 MB" in words_of(long)
    assert "more than 400 fields" in words_of(many)
    assert "more than 100 files" in words_of(files)


def test_a_story_of_200_000_characters_is_answered_by_the_form_and_kept(client):
    text = "末班渡轮十点开。" * 25_000
    answer = client.post(URL, submission(body=text, language="zh-hans"))
    assert answer.status_code == 422
    assert "200000 characters; we can take 60000" in words_of(answer)
    assert text in answer.content.decode()


def test_forty_files_are_one_cover_picture_too_many_and_nothing_else_is_lost(client):
    files = [upload(f"{number}.jpg", size=(40, 30)) for number in range(40)]
    answer = client.post(URL, submission(cover=files, cover_source_type="digitalCapture"))
    assert answer.status_code == 422
    assert "You sent 40 pictures. A story has one picture, its cover" in words_of(answer)
    assert submission()["body"].splitlines()[0] in answer.content.decode()
    assert not Picture.objects.exists()


def test_forty_pictures_in_the_text_are_named_and_the_text_can_be_sent_without_them(client):
    body = "".join(f'<p>Paragraph {n}.</p><img src="data:image/png;base64,AAAA">' for n in range(40))
    answer = client.post(URL, submission(body=body))
    assert answer.status_code == 422
    assert "You sent 40 pictures" in words_of(answer)
    from html import unescape

    kept = unescape(re.search(r'<textarea name="body"[^>]*>(.*?)</textarea>', answer.content.decode(), re.DOTALL)[1])
    assert "Paragraph 39." in kept
    assert "<img" not in kept
    assert client.post(URL, submission(body=kept)).status_code == 302
