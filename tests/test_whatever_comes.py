"""Whatever fields, bodies, headers and tokens somebody may send: no page and no form breaks."""

from http.client import HTTPConnection

import pytest
from django.conf import settings
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from hypothesis import HealthCheck, given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from cms import limits
from submissions.models import Story
from tests.factories import submission
from tests.flooding import CHECK, REPORT, SIGN_UP, URL

pytestmark = pytest.mark.django_db
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
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
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
