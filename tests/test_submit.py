"""A reader sends a story in."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from articles.models import Picture
from cms import limits
from cms.models import Letter
from submissions.models import Guidelines, Story
from tests.factories import forget_guidelines, make_story, picture_bytes, submission, upload

pytestmark = pytest.mark.django_db
URL = "/en/submit/"


def test_a_story_without_a_picture_leads_to_its_receipt(client):
    answer = client.post(URL, submission())
    assert answer.status_code == 302
    story = Story.objects.get()
    assert re.fullmatch(rf"/en/receipt/{story.code}/\?new", answer["Location"])
    assert story.body == "<p>The last ferry used to leave at ten.</p>\n<h2>One letter</h2>\n<p>Now it waits.</p>"
    assert story.sources == ["https://example.org/timetable"]
    assert (story.guidelines.number, story.guidelines_language) == (1, "en")
    assert story.guidelines_sha256 == Guidelines.objects.get().sha256("en")
    receipt = client.get(answer["Location"])
    assert "private, no-store" in receipt["Cache-Control"]
    assert story.headline in receipt.content.decode()


def test_a_chinese_story_with_a_photo_keeps_both(client):
    fields = submission(
        headline="会等待的渡轮", body="末班渡轮过去十点就走。", language="zh-hans", cover_source_type="digitalCapture"
    )
    client.post("/zh-hans/submit/", fields | {"cover": upload()})
    story = Story.objects.get()
    assert (story.headline, story.language, story.guidelines_language) == ("会等待的渡轮", "zh-hans", "zh-hans")
    assert story.cover.source_type == "digitalCapture"
    assert Letter.objects.get().language == "zh-hans"


def test_nobody_needs_an_address_nor_a_name(client):
    client.post(URL, submission(email="", byline="", anonymous="on"))
    story = Story.objects.get()
    assert (story.email, story.printed_byline()) == ("", "")
    assert not Letter.objects.exists()


def test_no_page_of_the_contributor_sets_a_cookie(client):
    client.get(URL)
    answer = client.post(URL, submission())
    client.get(answer["Location"])
    client.get("/en/receipt/")
    assert not client.cookies


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("headline", "", "Write a headline"),
        ("headline", "\u200b\u202e", "headline"),
        ("headline", "x" * 256, "255"),
        ("body", "", "Write your story"),
        ("body", "<p> </p>", "Write your story"),
        ("body", "字" * 60_001, "60001 characters"),
        ("language", "fr", "Select a valid choice"),
        ("section", "gardening", "Select a valid choice"),
        ("sources", "not an address", "Not a web address: not an address"),
        ("sources", "javascript:alert(1)", "Not a web address"),
        ("email", "nobody", "valid email"),
        ("byline", "", "stay anonymous"),
        ("guidelines", "", "agree to the guidelines"),
        ("guidelines", "7", "have changed"),
        ("website", "http://spam.example", "catch robots"),
    ],
)
def test_every_fault_names_its_field_and_remedy_and_keeps_what_was_typed(client, field, value, words):
    fields = submission(dek="What I typed stays.") | {field: value}
    answer = client.post(URL, fields)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    assert field in answer.context["form"].errors
    assert "What I typed stays." in html
    if field != "website":
        assert f'href="#id_{field}"' in html
        assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', html)
    assert not Story.objects.exists()


def test_a_picture_is_not_lost_when_another_field_is_wrong(client):
    refused = client.post(URL, submission(headline="", cover_source_type="digitalCapture") | {"cover": upload()})
    kept = refused.context["form"].data["kept_cover"]
    assert kept in refused.content.decode()
    client.post(URL, submission(cover_source_type="digitalCapture", kept_cover=kept))
    assert Story.objects.get().cover == Picture.objects.get()


def test_the_origin_of_a_kept_picture_can_still_be_changed(client):
    refused = client.post(URL, submission() | {"cover": upload()})
    assert "Say where the picture comes from" in refused.content.decode()
    kept = refused.context["form"].data["kept_cover"]
    client.post(URL, submission(cover_source_type="trainedAlgorithmicMedia", kept_cover=kept))
    picture = Story.objects.get().cover
    assert picture.source_type == "trainedAlgorithmicMedia"
    with picture.file.open() as file:
        assert b"digitalsourcetype/trainedAlgorithmicMedia" in file.read()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("story.jpg", b"not a picture", "not a picture"),
        (
            "bomb.png",
            picture_bytes((4, 4), "PNG")[:16] + (30000).to_bytes(4) * 2 + picture_bytes((4, 4), "PNG")[24:],
            "not a picture",
        ),
        ("cut.jpg", picture_bytes()[:2000], "damaged"),
        ("moving.gif", picture_bytes(kind="GIF"), "GIF"),
        ("empty.jpg", b"", "empty"),
    ],
)
def test_a_file_that_is_no_good_picture_is_refused_with_a_remedy(client, name, data, words):
    answer = client.post(
        URL, submission(cover_source_type="digitalCapture") | {"cover": SimpleUploadedFile(name, data)}
    )
    assert answer.status_code == 422
    assert re.search(words, answer.content.decode())
    assert not Story.objects.exists()


def test_somebody_elses_picture_cannot_be_claimed_by_its_uid(client):
    story = make_story()
    article = story.accept(by=__import__("tests.factories", fromlist=["make_editor"]).make_editor())
    client.post(URL, submission(kept_cover=str(article.cover.uid)))
    assert Story.objects.latest("pk").cover is None


def test_a_double_click_is_one_story(client):
    key = client.get(URL).context["form"].initial["form_key"]
    first, second = (client.post(URL, submission(form_key=key)) for _click in range(2))
    assert Story.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_going_back_and_writing_something_else_is_another_story(client):
    key = client.get(URL).context["form"].initial["form_key"]
    client.post(URL, submission(form_key=key))
    client.post(URL, submission(form_key=key, headline="Another headline"))
    assert set(Story.objects.values_list("headline", flat=True)) == {"Another headline", submission()["headline"]}


def test_somebody_elses_address_cannot_be_bombed_with_receipts(client):
    for number in range(8):
        client.post(URL, submission(headline=f"Story {number}", email="Victim@example.org"))
    assert Story.objects.count() == 8
    assert Letter.objects.count() == 5


def test_a_network_that_sends_too_much_is_told_when_to_come_back(client, monkeypatch):
    monkeypatch.setitem(limits.AN_HOUR, "story", 2)
    answers = [client.post(URL, submission(headline=f"Story {number}", email="")) for number in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 3600
    assert client.post(URL, submission(), REMOTE_ADDR="192.0.2.7").status_code == 302


def test_an_empty_form_is_answered_field_by_field(client):
    answer = client.post(URL, {})
    assert answer.status_code == 422
    assert {"headline", "body", "section", "guidelines"} <= set(answer.context["form"].errors)


@pytest.mark.parametrize("key", ["", "expired", "a:b:c", "\x00"])
def test_an_expired_or_broken_form_key_loses_nothing(client, key):
    assert client.post(URL, submission(form_key=key)).status_code == 302
    assert Story.objects.count() == 1


def test_hostile_html_is_stored_clean(client):
    body = "<p onclick='x'>One.</p><script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:x'>y</a>"
    client.post(URL, submission(body=body, headline="<script>alert(1)</script>"))
    story = Story.objects.get()
    assert story.body == '<p>One.</p><a rel="noopener nofollow ugc">y</a>'
    assert "<script>alert(1)</script>" not in client.get(f"/en/receipt/{story.code}/").content.decode()


def test_a_story_with_a_photo_takes_few_queries(client, django_assert_max_num_queries):
    fields = submission(cover_source_type="digitalCapture") | {"cover": upload()}
    make_story()
    with django_assert_max_num_queries(15):
        assert client.post(URL, fields).status_code == 302


def test_a_body_of_two_hundred_thousand_characters_gets_a_clear_answer(client):
    answer = client.post(URL, submission(body="字" * 200_000))
    assert answer.status_code == 422
    assert "200000 characters" in answer.content.decode()


def test_before_any_guidelines_there_is_nothing_to_agree_to(client):
    forget_guidelines()
    assert client.get("/en/guidelines/").status_code == 404
