"""Where verdicts are read: beside the form, in a preview, at the desk; and what a checker outside adds."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from articles.models import Picture
from cms.worker import run_until_idle
from submissions.models import Rule, Story
from tests.factories import make_guidelines, make_section, make_story, picture_bytes, submission
from tests.loopback import listening
from tests.test_checks import CARD

URL = "/en/submit/check/"


@pytest.mark.django_db
def test_the_live_check_answers_json_and_stores_nothing(client, django_assert_max_num_queries):
    fields = submission(body=f"Card {CARD}.") | {"cover_width": "600", "cover_height": "400"}
    with django_assert_max_num_queries(4):
        answer = client.post(URL, fields)
    found = {verdict["id"]: verdict for verdict in answer.json()["verdicts"]}
    assert found["cards"] == {
        "id": "cards", "level": "stop", "field": "body", "passage": CARD,
        "message": "This looks like the number of a bank card. Take it out, or keep its last four digits only.",
        "rule": "3.5", "rule_name": "Rule 3.5", "rule_url": "/en/guidelines/v1/#3.5",
    }  # fmt: skip
    assert found["picture-size"]["field"] == "cover"
    assert answer.json()["summary"] == f"{len(found)} hints on your story."
    assert not client.cookies
    assert not Story.objects.exists()
    client.post(URL, fields | {"cover": SimpleUploadedFile("a.jpg", picture_bytes())})
    assert not Picture.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields", [{}, {"body": "<", "sources": "\x00\nhttp://[", "language": "xx"}, {"cover_width": "1e9"}]
)
def test_the_live_check_takes_whatever_is_sent(client, fields):
    make_guidelines()
    assert client.post(URL, fields).status_code == 200
    assert client.get(URL).status_code == 405


@pytest.mark.django_db
def test_a_text_that_is_too_long_is_not_checked_live(client):
    answer = client.post(URL, {"body": "字" * 200_000})
    assert answer.status_code == 413
    assert "too long" in answer.json()["summary"]


@pytest.mark.django_db
def test_a_preview_shows_the_story_and_the_verdicts_and_keeps_everything(client):
    fields = submission(
        headline="It waits!",
        body="The ferry waits.\n\nIt waits!!!",
        cover_source_type="digitalCapture",
        guidelines=None,
    )
    photo = SimpleUploadedFile("a.jpg", picture_bytes((640, 360)))
    page = client.post("/en/submit/", fields | {"cover": photo, "preview": "1"})
    html = page.content.decode()
    assert page.status_code == 200
    assert "Preview and checks" in html
    assert "<p>The ferry waits.</p>" in html
    assert "It waits<mark>!!!</mark></q>" in html
    assert "It waits<mark>!</mark></q>" in html
    assert 'href="/en/guidelines/v1/#4.6"' in html
    assert "640 × 360" in html
    kept = page.context["form"].data["kept_cover"]
    assert kept in html
    assert not Story.objects.exists()
    client.post("/en/submit/", fields | {"kept_cover": kept, "guidelines": "1"})
    assert Story.objects.get().cover == Picture.objects.get()


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"body": "", "headline": ""}, {"section": None, "language": "xx"}, {"byline": ""}])
def test_an_unfinished_story_has_a_preview_too(client, fields):
    page = client.post("/en/submit/", submission(**fields) | {"preview": "1"})
    assert page.status_code == 422
    assert "Preview and checks" in page.content.decode()


@pytest.mark.django_db
def test_a_preview_shows_what_a_stop_points_at(client):
    page = client.post("/en/submit/", submission(body=f"My card is {CARD}.", preview="1"))
    assert f"<p>My card is {CARD}.</p>" in page.content.decode()
    assert f"<mark>{CARD}</mark>" in page.content.decode()


@pytest.mark.django_db
def test_a_preview_prints_nothing_hostile(client):
    body = "<p>One.</p><script>alert(1)</script>"
    page = client.post("/en/submit/", submission(body=body, headline="<b>x</b>", dek="<i>y</i>", preview="1"))
    printed = page.content.decode().split('class="printed"')[1].split("</article>")[0]
    assert "<script" not in printed
    assert "<b>x" not in printed
    assert "<i>y" not in printed


@pytest.mark.django_db
def test_a_stop_is_an_error_of_its_field_and_a_note_is_not(client):
    refused = client.post("/en/submit/", submission(body=f"My card is {CARD}."))
    assert refused.status_code == 422
    assert CARD in refused.context["form"].errors["body"][0]
    assert client.post("/en/submit/", submission(body="My card is gone!!!", ai_use="assisted")).status_code == 302
    assert Story.objects.get().ai_use == "assisted"


@pytest.mark.django_db
def test_the_editor_sees_the_verdicts_beside_their_rules(desk, django_assert_max_num_queries):
    story = make_story(body=f"<p>Write to mara@example.org &amp; call {CARD}, she said.</p>", ai_use="generated")
    with django_assert_max_num_queries(26):
        html = desk.get(f"/admin/submissions/story/{story.pk}/change/").content.decode()
    assert "Write to <mark>mara@example.org</mark> &amp; call 4111" in html
    assert "Must be changed:" in html
    assert "/guidelines/v1/#3.5" in html
    assert Rule.objects.get(number="3.5").text_en in html
    assert "An AI tool wrote most of it" in html
    assert "An outside checker" not in html


@pytest.fixture
def checker(settings):
    """An outside checker on loopback."""
    with listening() as server:
        server.answer = b"{}"
        settings.CHECK_HOOK_URL = server.url
        yield server


def asked_of(checker):
    """The stories that it was asked about."""
    return [json.loads(posted.body) for posted in checker.told]


def test_the_outside_checker_is_asked_by_the_worker_and_only_advises(checker, desk, client):
    checker.answer = json.dumps(
        {"verdicts": [{"level": "stop", "message": "Seen <b>elsewhere</b>", "passage": "ferry"}, {"message": 7}]}
    ).encode()
    story = make_story()
    run_until_idle()
    assert [sorted(asked) for asked in asked_of(checker)] == [
        ["ai_use", "body", "dek", "headline", "id", "language", "sources"]
    ]
    html = desk.get(f"/admin/submissions/story/{story.pk}/change/").content.decode()
    assert "Seen &lt;b&gt;elsewhere&lt;/b&gt;" in html
    assert Story.objects.get().status == "received"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "answer"),
    [(200, b"no json"), (200, b"[]"), (200, b'{"verdicts": [1]}'), (500, b""), (302, b""), (200, b" " * 70_000)],
)
def test_a_checker_that_fails_is_logged_and_blocks_nothing(checker, desk, caplog, status, answer):
    checker.status, checker.answer = status, answer
    story = make_story()
    run_until_idle()
    assert len(asked_of(checker)) == 1
    assert "outside checker failed" in caplog.text
    assert "It gave no answer." in desk.get(f"/admin/submissions/story/{story.pk}/change/").content.decode()


@pytest.mark.django_db
def test_without_a_setting_nobody_outside_is_asked(checker, settings):
    settings.CHECK_HOOK_URL = ""
    make_story()
    run_until_idle()
    assert (asked_of(checker), Story.objects.get().hook_verdict) == ([], None)


@pytest.mark.django_db
def test_a_story_that_was_sent_again_is_asked_about_again(checker, editor, client):
    make_section()
    checker.answer = b'{"verdicts": []}'
    story = make_story()
    run_until_idle()
    story.ask_changes(by=editor, reason="Which ferry?")
    client.post(f"/en/receipt/{story.code}/", submission(headline="The night ferry waits", ai_use="none", revise="1"))
    run_until_idle()
    assert [asked["headline"] for asked in asked_of(checker)][-1] == "The night ferry waits"
    assert len(asked_of(checker)) == 2
