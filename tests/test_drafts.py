"""Somebody asks us to keep what was typed, and goes on with it elsewhere."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from cms import codes
from cms.logs import HidePrivateCodes
from cms.models import Decision, Letter
from submissions.models import SavedDraft, Story
from tests.drafts import SAVE, URL, drafts_get_old, page_of, save
from tests.factories import make_guidelines, make_section, submission, upload

pytestmark = pytest.mark.django_db


def test_an_unfinished_story_is_kept_under_a_private_link_and_comes_back_as_it_was_typed(client):
    typed = {
        "headline": "  Half a headl",
        "body": "One.\n\n## Two",
        "sources": "not an address yet",
        "email": "nobody@",
    }
    answer = save(client, byline="", guidelines=None, section="", **typed)
    assert re.fullmatch(r"/en/submit/draft/[0-9a-z]{26}/\?saved", answer["Location"])
    page, form = page_of(client, answer)
    assert {name: form[name] for name in typed} == typed
    assert "private, no-store" in page["Cache-Control"]
    html = page.content.decode()
    assert '<meta name="robots" content="noindex">' in html
    assert "canonical" not in html
    draft = SavedDraft.objects.get()
    assert codes.printable(draft.code) in html
    assert f"http://testserver/en/submit/draft/{draft.code}/" in html
    assert not client.cookies
    assert not Story.objects.exists()
    assert not Letter.objects.exists()
    assert not Decision.objects.exists()


def test_an_empty_form_may_be_kept_too(client):
    make_guidelines()
    make_section()
    assert client.post(SAVE, {"save": "1"}).status_code == 302


def test_the_database_alone_opens_no_draft_and_the_log_has_no_code(client):
    save(client)
    draft = SavedDraft.objects.get()
    assert draft.code not in str(SavedDraft.objects.values().get())
    record = type("Record", (), {"getMessage": lambda self: f"GET /en/submit/draft/{draft.code}/ 200"})()
    HidePrivateCodes().filter(record)
    assert record.msg == "GET /en/submit/draft/…/ 200"


def test_a_wrong_code_and_an_expired_one_get_the_same_answer(client, settings):
    address = save(client)["Location"]
    printed = codes.printable(SavedDraft.objects.get().code)
    drafts_get_old(settings)
    wrong, expired = client.get(f"{SAVE}{'0' * 26}/"), client.get(address)
    assert wrong.status_code == expired.status_code == 404
    assert wrong.content.decode().replace("0" * 26, "") == expired.content.decode().replace(address.split("/")[-2], "")
    for code in ("x", "0" * 26, printed):
        assert "No draft belongs to this code" in client.post(SAVE, {"code": code}).content.decode()


def test_the_printed_code_opens_the_draft_however_it_is_typed(client):
    save(client)
    code = SavedDraft.objects.get().code
    for typed in (codes.printable(code), codes.printable(code).lower(), f" {code} "):
        assert client.post(SAVE, {"code": typed})["Location"] == f"{SAVE}{code}/"
    assert client.get(f"{SAVE}{codes.printable(code)}/").status_code == 200


def test_sending_a_draft_deletes_it_and_twice_is_one_story(client):
    address = save(client)["Location"]
    _page, form = page_of(client, {"Location": address})
    form["guidelines"] = submission()["guidelines"]
    first, second = (client.post(address, form) for _click in range(2))
    assert first["Location"] == second["Location"]
    assert first["Location"].startswith("/en/receipt/")
    assert Story.objects.count() == 1
    assert not SavedDraft.objects.exists()
    assert client.get(address).status_code == 404


def test_a_draft_whose_story_has_faults_stays_until_the_story_is_received(client):
    address = save(client, headline="")["Location"]
    _page, form = page_of(client, {"Location": address})
    assert client.post(address, form).status_code == 422
    preview = client.post(address, form | {"preview": "1"})
    assert preview.context["draft"] == SavedDraft.objects.get()
    assert f'action="{address.split("?")[0]}"' in preview.content.decode()


def test_sending_from_the_form_that_was_saved_deletes_the_draft_too(client):
    key = client.get(URL).context["form"].initial["form_key"] if make_guidelines() else ""
    save(client, form_key=key)
    client.post(URL, submission(form_key=key))
    assert Story.objects.count() == 1
    assert not SavedDraft.objects.exists()


def test_a_double_click_is_one_draft_and_going_back_to_write_on_is_the_same_one(client):
    make_guidelines()
    key = client.get(URL).context["form"].initial["form_key"]
    first, second = (save(client, form_key=key) for _click in range(2))
    assert first["Location"] == second["Location"]
    later = save(client, form_key=key, headline="Written after going back")
    assert later["Location"] == first["Location"]
    assert SavedDraft.objects.get().fields["headline"] == "Written after going back"


def test_a_later_save_from_another_device_takes_nothing_away_unseen(client):
    address = save(client)["Location"]
    _page, phone = page_of(client, {"Location": address})
    _page, laptop = page_of(client, {"Location": address})
    client.post(address, phone | {"headline": "From the phone", "save": "1"})
    refused = client.post(address, laptop | {"headline": "From the laptop", "save": "1"})
    assert refused.status_code == 409
    html = refused.content.decode()
    assert "From the phone" in html
    assert 'value="From the laptop"' in html
    assert SavedDraft.objects.get().fields["headline"] == "From the phone"
    again = {"headline": "From the laptop", "draft_version": refused.context["form"].data["draft_version"]}
    assert client.post(address, laptop | again | {"save": "1"}).status_code == 302
    assert SavedDraft.objects.get().fields["headline"] == "From the laptop"


def test_the_same_words_saved_from_two_devices_are_no_conflict(client):
    address = save(client)["Location"]
    forms = [page_of(client, {"Location": address})[1] for _device in range(2)]
    for form in forms:
        assert client.post(address, form | {"dek": "The same", "save": "1"}).status_code == 302


def test_sending_an_older_state_does_not_lose_what_another_device_saved(client):
    address = save(client)["Location"]
    _page, old = page_of(client, {"Location": address})
    client.post(address, old | {"body": "What I wrote on the train.", "save": "1"})
    old["guidelines"] = submission()["guidelines"]
    refused = client.post(address, old)
    assert refused.status_code == 409
    assert "What I wrote on the train." in refused.content.decode()
    assert not Story.objects.exists()
    seen = refused.context["form"].data["draft_version"]
    assert client.post(address, old | {"draft_version": seen}).status_code == 302
    assert Story.objects.count() == 1
    assert not SavedDraft.objects.exists()


def test_what_is_sent_to_a_draft_that_is_gone_is_taken_all_the_same(client):
    address = save(client)["Location"]
    _page, form = page_of(client, {"Location": address})
    SavedDraft.objects.all().delete()
    form["guidelines"] = submission()["guidelines"]
    assert client.post(address, form | {"headline": ""}).status_code == 422
    assert client.post(address, form | {"save": "1"})["Location"] == address
    SavedDraft.objects.all().delete()
    assert client.post(address, form)["Location"].startswith("/en/receipt/")


def test_a_draft_survives_a_change_of_the_secret_key(client, settings):
    address = save(client)["Location"]
    settings.SECRET_KEY = "another key of at least thirty-two characters"
    page, form = page_of(client, {"Location": address})
    assert codes.printable(address.split("/")[-2]) in page.content.decode()
    assert client.post(address, form | {"dek": "Later", "save": "1"})["Location"] == address
    assert SavedDraft.objects.get().fields["dek"] == "Later"


def test_opening_a_draft_takes_few_queries(client, django_assert_max_num_queries):
    address = save(client, cover=upload(), cover_source_type="digitalCapture")["Location"]
    with django_assert_max_num_queries(6):
        client.get(address)


@pytest.mark.django_db(transaction=True)
def test_saving_and_sending_at_the_same_moment_lose_and_double_nothing():
    make_guidelines()
    key = Client().get(URL).context["form"].initial["form_key"]
    fields = submission(form_key=key)

    def press(number):
        try:
            client = Client(REMOTE_ADDR=f"192.0.2.{number}")
            return client.post(SAVE, fields | {"save": "1"}) if number % 2 else client.post(URL, fields)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(press, range(6)))
    assert {answer.status_code for answer in answers} == {302}
    assert Story.objects.count() == 1
    assert len({answer["Location"] for answer in answers}) == 2
    assert SavedDraft.objects.count() <= 1  # a save that came last keeps what was typed


@pytest.mark.django_db(transaction=True)
def test_of_two_devices_that_save_at_the_same_moment_one_is_told():
    make_guidelines()
    address = save(Client())["Location"]
    _page, form = page_of(Client(), {"Location": address})

    def press(number):
        try:
            return Client().post(address, form | {"headline": f"Device {number}", "save": "1"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(press, range(4))) == [302, 409, 409, 409]
