"""What is kept with a draft and for how long: its picture, no more than we keep, nothing from robots."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from articles.models import Picture
from cms import limits
from cms.worker import run_until_idle
from submissions import drafts
from submissions.models import SavedDraft, Story
from tests.drafts import URL, drafts_get_old, page_of, pictures_get_old, save
from tests.factories import submission, upload

pytestmark = pytest.mark.django_db


def test_a_picture_is_kept_with_its_draft_and_goes_with_it(client, settings):
    first = save(client, cover=upload(), cover_source_type="digitalCapture")
    pictures_get_old()
    run_until_idle()
    assert Picture.objects.count() == 1
    page, form = page_of(client, first)
    assert "We have kept this picture" in page.content.decode()
    form["kept_cover"] = ""  # as from a page that was open for longer than the signed name is good
    form["guidelines"] = submission()["guidelines"]
    client.post(first["Location"], form)
    assert Story.objects.get().cover == Picture.objects.get()


@pytest.mark.parametrize("end", ["deleted", "expired"])
def test_nothing_of_a_deleted_or_expired_draft_remains(client, settings, end):
    address = save(client, cover=upload(), cover_source_type="digitalCapture")["Location"]
    folder = settings.MEDIA_ROOT / "pictures"
    assert list(folder.rglob("*.jpg"))
    if end == "deleted":
        answer = client.post(address, {"delete": "1"})
        assert "The draft is deleted" in answer.content.decode()
        assert "The draft is deleted" in client.post(address, {"delete": "1"}).content.decode()
    else:
        drafts_get_old(settings)
        run_until_idle()
    assert not SavedDraft.objects.exists()
    assert not Picture.objects.exists()
    assert not [path for path in folder.rglob("*") if path.is_file()]
    assert client.get(address).status_code == 404


def test_another_picture_takes_the_place_of_the_first(client):
    address = save(client, cover=upload(), cover_source_type="digitalCapture")["Location"]
    _page, form = page_of(client, {"Location": address})
    client.post(address, form | {"cover": upload(colour="#204080"), "save": "1"})
    assert SavedDraft.objects.get().cover == Picture.objects.get()


def test_a_refused_picture_is_named_and_the_text_is_kept(client):
    answer = save(client, cover=SimpleUploadedFile("x.jpg", b"no picture"), headline="")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"cover"}
    assert SavedDraft.objects.get().fields["dek"] == submission()["dek"]
    assert SavedDraft.objects.get().code in answer.content.decode()


def test_more_than_we_keep_gets_a_clear_answer_and_stays_in_the_form(client, monkeypatch):
    monkeypatch.setattr(drafts, "MAX_DRAFT", 1000)
    answer = save(client, body="word " * 300, headline="Still here")
    assert answer.status_code == 422
    assert "we can keep 1000" in answer.content.decode()
    assert 'value="Still here"' in answer.content.decode()
    assert not SavedDraft.objects.exists()


def test_a_network_that_saves_too_much_is_told_when_to_come_back(client, monkeypatch):
    monkeypatch.setitem(limits.AN_HOUR, "draft", 1)
    assert [save(client).status_code for _time in range(2)] == [302, 429]


def test_a_robot_keeps_nothing(client):
    assert save(client, website="http://spam.example").status_code == 422
    assert not SavedDraft.objects.exists()


def test_hostile_typing_is_kept_as_text_only(client):
    body = "<p>One</p></template><script>alert(1)</script>\x00"
    page, form = page_of(client, save(client, body=body, headline="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in page.content.decode()
    plain = "Plain </template><script>alert(1)</script> typing"
    page, form = page_of(client, save(client, body=plain))
    assert "<script>alert(1)" not in page.content.decode()
    assert form["body"] == plain


def test_a_picture_of_an_earlier_try_that_is_gone_is_said_once(client):
    refused = client.post(URL, submission(headline="", cover_source_type="digitalCapture") | {"cover": upload()})
    kept = refused.context["form"].data["kept_cover"]
    pictures_get_old()
    run_until_idle()
    answer = client.post(URL, submission(kept_cover=kept))
    assert "We no longer have the picture" in answer.content.decode()
    assert answer.context["form"].data["kept_cover"] == ""
    assert client.post(URL, submission(kept_cover="")).status_code == 302
