"""A flood begins and ends by itself, and until then a form asks for a proof, or for patience."""

from base64 import b64encode

import pytest

from articles.models import Picture
from cms import flood, limits
from cms.public_forms import PublicForm
from newsletter.models import Subscriber
from submissions.copyright.models import CopyrightReport
from submissions.models import Story
from tests.factories import make_article, submission, upload
from tests.flooding import (  # noqa: F401
    CHECK,
    REPORT,
    SIGN_UP,
    URL,
    begin_flood,
    clock_fixture,
    hidden,
    report_of,
    solution,
    words_of,
)

pytestmark = pytest.mark.django_db


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
