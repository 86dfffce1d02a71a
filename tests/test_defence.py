"""Limits, floods, and whatever else somebody may send: nothing breaks, nothing is lost, nothing is stored twice."""

import json
import re
import time
from base64 import b64encode
from hashlib import sha256
from http.client import HTTPConnection

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache, caches
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from hypothesis import HealthCheck, given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from articles.models import Picture
from cms import flood, limits
from cms.letters import enough_for_today
from cms.models import Letter
from cms.public_forms import PublicForm
from newsletter.models import Subscriber
from submissions.copyright.models import CopyrightReport
from submissions.models import Story
from tests.factories import make_article, make_story, submission, upload

pytestmark = pytest.mark.django_db
URL, CHECK, REPORT, SIGN_UP = "/en/submit/", "/en/submit/check/", "/en/copyright/report/", "/en/newsletter/"


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until a test moves it: `clock.now += 60`."""

    class Clock:
        now = time.time() // 3600 * 3600 + 600

    monkeypatch.setattr("time.time", lambda: Clock.now)
    return Clock


def begin_flood(*kinds):
    for kind in kinds:
        cache.set(f"flood:{kind}", True, 600)


def words_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def hidden(answer, name):
    return re.search(rf'name="{name}" value="([^"]+)"', answer.content.decode())[1]


def solution(answer):
    """What a browser finds: the number whose hash is the challenge."""
    from html import unescape

    puzzle = json.loads(unescape(re.search(r'data-puzzle="([^"]+)"', answer.content.decode())[1]))
    for number in range(puzzle.pop("max_number") + 1):
        if sha256(f"{puzzle['salt']}{number}".encode()).hexdigest() == puzzle["challenge"]:
            return b64encode(json.dumps(puzzle | {"number": number}).encode()).decode()
    raise AssertionError("no number fits")


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


def report_of(article, **fields):
    return {
        "basis": "dsa",
        "name": "Ilse Brandt",
        "email": "ilse@example.net",
        "work": "Photographs",
        "urls": article.permalink(),
        "explanation": "The second paragraph is mine.",
        "signature": "Ilse Brandt",
        "good_faith": "on",
        "accurate": "on",
    } | fields


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


# --- Timing ------------------------------------------------------------------------------------------


def test_a_form_knows_how_long_it_was_open(clock):
    key = PublicForm().initial["form_key"]
    clock.now += 42
    assert PublicForm({"form_key": key}).seconds_since_shown == 42
    assert not PublicForm({"form_key": key}).is_hurried
    assert PublicForm({"form_key": PublicForm().initial["form_key"]}).is_hurried
    assert PublicForm({}).seconds_since_shown is None
    assert PublicForm({"form_key": "made:up:0"}).seconds_since_shown is None


def test_without_a_flood_a_form_is_taken_at_once_and_without_a_key(client):
    page = client.get(URL)
    assert b"challenge" not in page.content
    assert client.post(URL, submission(form_key=hidden(page, "form_key"))).status_code == 302
    assert client.post(URL, submission(headline="Another one")).status_code == 302
    assert Story.objects.count() == 2


# --- Floods ------------------------------------------------------------------------------------------


def test_a_flood_begins_and_ends_by_itself(client, settings, clock):
    settings.FLOOD_FORMS = settings.FLOOD_FORMS | {"sign-up": 4}
    for number in range(4):
        answer = client.post(SIGN_UP, {"email": f"r{number}@example.org"}, REMOTE_ADDR=f"192.0.2.{number}")
        assert answer.status_code == 200
    assert b"challenge" not in client.get(SIGN_UP).content
    answer = client.post(SIGN_UP, {"email": "fifth@example.org"}, REMOTE_ADDR="192.0.2.9")
    assert answer.status_code == 429
    assert b"challenge.js" in client.get(SIGN_UP).content
    assert b"challenge" not in client.get(URL).content  # of this kind only
    clock.now += settings.FLOOD_LASTS + 1
    assert b"challenge" not in client.get(SIGN_UP).content
    assert client.post(SIGN_UP, {"email": "fifth@example.org"}).status_code == 200


def test_forms_that_nobody_can_have_typed_are_a_flood_sooner(client, settings, clock):
    settings.FLOOD_FORMS = settings.FLOOD_FORMS | {"story": 12}
    page = client.get(URL)
    clock.now += 60
    for number in range(6):
        client.post(URL, {"form_key": hidden(page, "form_key")}, REMOTE_ADDR=f"192.0.2.{number}")
    assert not flood.is_on("story")
    for number in range(3):
        client.post(URL, {}, REMOTE_ADDR=f"198.51.100.{number}")
    assert flood.is_on("story")


def test_one_network_alone_makes_no_flood(client, settings):
    settings.FLOOD_FORMS = settings.FLOOD_FORMS | {"story": 12}
    for _number in range(50):
        client.post(URL, {})
    assert not flood.is_on("story")


def test_a_form_that_was_opened_before_the_flood_comes_back_whole_and_is_taken_with_its_proof(client):
    page = client.get(URL)
    begin_flood("story")
    fields = submission(
        form_key=hidden(page, "form_key"), cover_source_type="digitalCapture", body="末班渡轮等人。" * 9
    )
    held = client.post(URL, fields | {"cover": upload()})
    assert held.status_code == 429
    assert int(held["Retry-After"]) == 60
    assert "Not sent yet" in words_of(held)
    assert all(value in held.content.decode() for value in (fields["headline"], fields["dek"], fields["body"]))
    assert "We have kept this picture" in words_of(held)
    assert not Story.objects.exists()
    again = fields | {name: hidden(held, name) for name in ("form_key", "kept_cover")} | {"proof": solution(held)}
    assert client.post(URL, again).status_code == 302
    story = Story.objects.get()
    assert story.cover == Picture.objects.get()
    assert client.post(URL, again)["Location"] == f"/en/receipt/{story.code}/?new"  # the double click
    other = submission(headline="With a proof that was used", proof=again["proof"])
    assert client.post(URL, other).status_code == 429
    assert Story.objects.count() == 1


def test_without_scripts_a_ticket_is_good_once_after_the_wait(client, clock):
    begin_flood("report")
    article = make_article()
    held = client.post(REPORT, report_of(article))
    assert held.status_code == 429
    assert "Please wait 60 seconds" in words_of(held)
    fields = report_of(article, ticket=hidden(held, "ticket"), form_key=hidden(held, "form_key"))
    clock.now += 20
    early = client.post(REPORT, fields)
    assert early.status_code == 429
    assert "Please wait 40 seconds" in words_of(early)
    assert hidden(early, "ticket") == fields["ticket"]
    clock.now += 40
    assert client.post(REPORT, fields).status_code == 302
    again = client.post(REPORT, fields | {"explanation": "The third paragraph too."})
    assert again.status_code == 429
    assert hidden(again, "ticket") != fields["ticket"]
    assert CopyrightReport.objects.count() == 1


def test_a_network_has_few_tickets(client, clock, monkeypatch):
    monkeypatch.setitem(limits.AN_HOUR, "ticket", 1)
    begin_flood("sign-up")
    tickets = [hidden(client.get(SIGN_UP), "ticket") for _ in range(2)]
    clock.now += 60
    answers = [client.post(SIGN_UP, {"email": f"{t[:8]}@example.org", "ticket": t}) for t in tickets]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert hidden(answers[1], "ticket") == tickets[1]
    assert int(answers[1]["Retry-After"]) == 3600 - clock.now % 3600


def test_a_wrong_field_does_not_use_the_proof_up(client, clock):
    begin_flood("story")
    page = client.get(URL)
    fields = submission(form_key=hidden(page, "form_key"), proof=solution(page))
    assert client.post(URL, fields | {"headline": ""}).status_code == 422
    assert client.post(URL, fields | {"preview": "1"}).status_code == 200
    assert client.post(URL, fields).status_code == 302


@pytest.mark.parametrize(
    "proof",
    ["x", "bnVsbA==", "W10=", "é" * 50, "A" * 5000, b64encode(b"[" * 1400).decode(), "\x00",
     b64encode(b'{"algorithm":"SHA-256","challenge":1,"number":[],"salt":{},"signature":0}').decode()],
)  # fmt: skip
def test_a_made_up_proof_or_ticket_is_none(client, proof):
    begin_flood("sign-up")
    sent = client.post(SIGN_UP, {"email": "reader@example.org", "proof": proof, "ticket": proof})
    assert sent.status_code == 429
    assert not Subscriber.objects.exists()


def test_an_expired_puzzle_is_none(client, clock, settings):
    begin_flood("sign-up")
    proof = solution(client.get(SIGN_UP))
    clock.now += settings.ALTCHA_CHALLENGE_EXPIRE / 1000 + 3600
    begin_flood("sign-up")
    assert client.post(SIGN_UP, {"email": "reader@example.org", "proof": proof}).status_code == 429


def test_in_a_flood_of_checks_the_live_check_rests_and_the_form_goes_on(client, settings):
    begin_flood("check")
    answer = client.post(CHECK, submission())
    assert (answer.status_code, answer["Retry-After"]) == (429, str(settings.FLOOD_WINDOW))
    assert client.post(URL, submission() | {"preview": "1"}).status_code == 200
    assert client.post(URL, submission()).status_code == 302


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


# --- Whatever comes ----------------------------------------------------------------------------------

ANYTHING = st.one_of(
    st.text(max_size=60),
    st.binary(max_size=60).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
    st.sampled_from(["\x00", "\ud800", "\udcff", "𝕏" * 300, "\u202e", "a" * 70_000, "<img src=x onerror=alert(1)>",
                     "%00", "'\"`;--", "{{ 7*7 }}", "1" * 5000, "-1", "NaN", "\r\nSet-Cookie: a=b", "[" * 3000,
                     "<p>" * 900]),
)  # fmt: skip
FIELDS = (
    "headline", "dek", "body", "language", "section", "sources", "ai_use", "byline", "anonymous", "email", "cover",
    "cover_source_type", "kept_cover", "guidelines", "website", "form_key", "preview", "proof", "ticket", "code",
    "urls", "basis", "withdraw", "cover_width", "cover_height",
)  # fmt: skip
PLACES = (URL, CHECK, REPORT, SIGN_UP, "/en/receipt/", "/zh-hans/submit/", "/u/x")
fuzz = of_hypothesis(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def latin(text):
    return text.encode("utf-8", "surrogatepass")


def unlimited(monkeypatch):
    for what in limits.AN_HOUR:
        monkeypatch.setitem(limits.AN_HOUR, what, 10**9)
        monkeypatch.setitem(limits.IN_ALL, what, 10**9)
    for kind in settings.FLOOD_FORMS:
        monkeypatch.setitem(settings.FLOOD_FORMS, kind, 10**9)


@pytest.fixture
def outside(monkeypatch):
    """A client that sees a 500 as a browser does."""
    unlimited(monkeypatch)
    return Client(raise_request_exception=False)


@fuzz
@given(url=st.sampled_from(PLACES), changes=st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=12))
def test_no_field_holds_anything_that_breaks_a_form(outside, url, changes):
    before = Story.objects.count()
    lines = []
    for name, value in (submission() | changes).items():
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        lines.append(head + latin(value) + b"\r\n")
    body = b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()
    answer = outside.generic("POST", url, body, MULTIPART_CONTENT)
    assert answer.status_code < 500, answer
    made = Story.objects.count() - before
    assert made == (1 if answer.status_code == 302 and "submit" in url and "receipt" in answer["Location"] else 0)


@fuzz
@given(
    url=st.sampled_from(PLACES),
    body=st.binary(max_size=400),
    kind=st.sampled_from(
        ["multipart/form-data", "multipart/form-data; boundary=x", 'multipart/form-data; boundary="\x01"',
         MULTIPART_CONTENT, "application/json", "application/x-www-form-urlencoded; charset=utf-16",
         "application/x-www-form-urlencoded; charset=bogus", "application/x-www-form-urlencoded", "", "text/html;;;"]
    ),
    cut=st.integers(0, 400),
)  # fmt: skip
def test_no_body_breaks_a_form_whatever_it_says_that_it_is(outside, url, body, kind, cut):
    whole = encode_multipart(BOUNDARY, {"headline": "x", "body": "y"})
    answers = [outside.generic("POST", url, raw, kind) for raw in (body, whole[:cut], whole + body)]
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    assert not Story.objects.exists()


LATIN = st.binary(max_size=80).map(lambda raw: raw.decode("latin-1"))
HEADERS = ("Accept-Language", "Referer", "X-Forwarded-For", "Host", "If-None-Match", "If-Modified-Since", "Cookie",
           "Accept-Encoding", "Content-Length", "X-Forwarded-Proto", "User-Agent", "Origin", "Range")  # fmt: skip


@fuzz
@given(
    url=st.sampled_from((*PLACES, "/en/", "/", "/en/guidelines/", "/en/feed.atom")),
    headers=st.dictionaries(st.sampled_from(HEADERS), LATIN, max_size=5),
)  # fmt: skip
def test_no_header_breaks_a_page(outside, url, headers):
    for answer in (outside.get(url, headers=headers), outside.post(url, {"email": "x"}, headers=headers)):
        assert answer.status_code < 500, (url, headers)


@fuzz
@given(
    place=st.sampled_from(["/en/receipt/{}/", "/en/copyright/case/{}/", "/en/newsletter/confirm/{}/", "/u/{}",
                           "/en/guidelines/v{}/", "/media/{}", "/{}/"]),
    token=st.binary(min_size=1, max_size=60),
)  # fmt: skip
def test_no_token_breaks_a_private_page(outside, place, token):
    from urllib.parse import quote

    url = place.format(quote(token, safe=""))
    for answer in (outside.get(url), outside.post(url, {"withdraw": "1"})):
        assert answer.status_code < 500, url
        assert answer.status_code != 200 or "guidelines" in url


@pytest.mark.parametrize("field", FIELDS)
def test_a_number_of_5000_digits_is_no_fault_of_ours(outside, field):
    for url in PLACES:
        assert outside.post(url, submission() | {field: "1" * 5000}).status_code < 500, url
    for number in ("1" * 30, "1" * 5000):
        assert outside.get(f"/en/guidelines/v{number}/").status_code == 404
    assert outside.generic("POST", URL, b"", MULTIPART_CONTENT, CONTENT_LENGTH="9" * 5000).status_code < 500


def test_a_length_that_is_a_lie_is_no_fault_of_ours(live_server):
    host = live_server.url.removeprefix("http://")
    for length in ("99999999999999999999", "-1", "abc", "1e9", "٣"):
        connection = HTTPConnection(host, timeout=5)
        connection.putrequest("POST", URL)
        connection.putheader("Content-Type", MULTIPART_CONTENT)
        connection.putheader("Content-Length", length.encode())
        connection.endheaders(b"x=y")
        connection.sock.shutdown(1)
        assert connection.getresponse().status < 500
        connection.close()
