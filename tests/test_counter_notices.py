"""A withheld story's contributor answers: the private link, its form, and who may know for how long who sent it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.test import Client

from cms import limits
from cms.models import Decision, Letter
from cms.worker import run_until_idle
from submissions.copyright import jobs
from submissions.copyright.counter_forms import STATEMENTS
from submissions.copyright.models import CopyrightReport, CounterLink, CounterNotice
from tests.counter_notices import CHECKED, RECEIVED, clock_fixture, form_fields, link_of, on, path_of  # noqa: F401
from tests.factories import make_counter_notice, make_member, make_withheld_story


@pytest.mark.django_db
def test_a_withheld_contributor_finds_the_private_link_in_the_letter_and_on_the_receipt(client):
    story = make_withheld_story()
    url = site.SITE_URL + path_of(story)
    letter = Letter.objects.get(name="story_withheld")
    assert letter.private["counter_url"] == url
    assert url not in letter.body_text + letter.body_html, "the code is not at rest in the letter's text"
    assert url in client.get(f"/en/receipt/{story.code}/").content.decode()
    assert len(link_of(story).code) * 5 >= 128
    assert link_of(story).code not in str(CounterLink.objects.values().get())


@pytest.mark.django_db
@pytest.mark.parametrize("basis", ["dsa", "other"])
def test_under_another_law_the_way_of_appeal_is_named_instead(client, basis):
    story = make_withheld_story(report={"basis": basis})
    assert not CounterLink.objects.exists()
    page = client.get(f"/en/receipt/{story.code}/").content.decode()
    assert "/copyright/counter/" not in page
    assert "appeal within six months" in page
    assert site.CONTACT_EMAIL in page
    assert "no counter-notice is needed" in Letter.objects.get(name="story_withheld").body_text


@pytest.mark.django_db
def test_a_contributor_without_an_address_finds_the_link_on_the_receipt_alone(client):
    story = make_withheld_story(email="", anonymous=True)
    assert not Letter.objects.filter(name="story_withheld").exists()
    assert path_of(story) in client.get(f"/en/receipt/{story.code}/").content.decode()


@pytest.mark.django_db
def test_the_form_warns_that_name_and_address_go_to_the_claimant(client):
    story = make_withheld_story(email="", anonymous=True)
    answer = client.get(path_of(story))
    page = answer.content.decode()
    assert "go to the person who sent the report" in page
    assert "If you want to stay anonymous, do not send this form" in page
    assert '<meta name="robots" content="noindex">' in page
    assert "no-store" in answer["Cache-Control"]
    assert "Ilse Brandt" not in page, "who reported is a person"
    assert not client.cookies


@pytest.mark.django_db
def test_wrong_and_expired_links_give_the_same_404(client, editor):
    story = make_withheld_story()
    path = path_of(story)
    assert client.get(path.upper().replace("/EN/COPYRIGHT/COUNTER/", "/en/copyright/counter/")).status_code == 200
    CopyrightReport.objects.get().reverse(by=editor, reason="Retracted.")
    wrong_path = "/en/copyright/counter/" + "0" * 26 + "/"
    expired, wrong = client.get(path), client.get(wrong_path)
    assert (expired.status_code, wrong.status_code) == (404, 404)
    # The page offers itself in the other language, so that it has its own address.
    codes = [found.split("/")[-2].encode() for found in (path, wrong_path)]
    assert expired.content.replace(codes[0], b"") == wrong.content.replace(codes[1], b"")
    assert client.post(path, form_fields()).status_code == 404
    assert not CounterNotice.objects.exists()


@pytest.mark.django_db
def test_a_counter_notice_waits_on_the_desk_and_its_page_says_so(client, desk):
    story = make_withheld_story()
    answer = client.post(path_of(story), form_fields())
    assert answer["Location"] == path_of(story)
    notice = CounterNotice.objects.get()
    assert notice.statements == [str(words) for words in STATEMENTS.values()]
    assert len(notice.statements_sha256) == 64
    page = client.get(path_of(story)).content.decode()
    assert "It waits for an editor" in page
    assert "7 Ferry Row" not in page
    desk_page = desk.get("/admin/desk/?kind=copyright.counternotice").content.decode()
    assert story.headline in desk_page
    assert not client.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["material", "name", "address", "phone", "signature", *STATEMENTS])
def test_what_the_law_asks_for_is_asked_for_by_name_and_what_was_typed_stays(client, missing):
    story = make_withheld_story()
    answer = client.post(path_of(story), form_fields(**{missing: None}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [missing]
    page = answer.content.decode()
    assert missing == "address" or "7 Ferry Row" in page
    assert not CounterNotice.objects.exists()


@pytest.mark.django_db
def test_it_counts_once_however_often_it_is_sent(client):
    story = make_withheld_story()
    key = client.get(path_of(story)).context["form"].initial["form_key"]
    for _time in range(3):
        assert client.post(path_of(story), form_fields(form_key=key)).status_code == 302
    client.post(path_of(story), form_fields(explanation="Another, from a second window."))
    assert CounterNotice.objects.get().explanation == "The photographs are mine."


@pytest.mark.django_db
def test_too_many_are_refused_and_nothing_is_made(client, monkeypatch):
    monkeypatch.setitem(limits.AN_HOUR, "counter", 0)
    story = make_withheld_story()
    assert client.post(path_of(story), form_fields()).status_code == 429
    assert not CounterNotice.objects.exists()


@pytest.mark.django_db
def test_in_a_flood_the_form_asks_for_one_step_more_and_keeps_what_was_typed(client, settings):
    settings.FLOOD_WAIT = 0
    limits.cache.set("flood:counter", True, 600)
    story = make_withheld_story()
    answer = client.post(path_of(story), form_fields())
    assert answer.status_code == 429
    assert "7 Ferry Row" in answer.content.decode()
    assert not CounterNotice.objects.exists()
    ticket = answer.context["form"].held.ticket
    assert client.post(path_of(story), form_fields(ticket=ticket)).status_code == 302
    assert CounterNotice.objects.exists()


@pytest.mark.django_db
def test_contact_details_are_shown_to_legal_and_not_to_an_auditor():
    notice = make_counter_notice()
    path = f"/admin/copyright/counternotice/{notice.pk}/change/"
    pages = {}
    for role in ("legal", "auditor"):
        client = Client()
        client.force_login(make_member(role))
        answer = client.get(path)
        assert answer.status_code == 200
        pages[role] = answer.content.decode()
    assert "7 Ferry Row" in pages["legal"]
    assert "Mara Lindqvist" not in re.sub(r"(?s)<details class=.printed-fold.*?</details>", "", pages["auditor"])
    assert not any(known in pages["auditor"] for known in ("Ferry Row", "503 555"))
    assert all(
        "The photographs are mine." in page and "The second paragraph is mine." in page for page in pages.values()
    )


@pytest.mark.django_db
def test_the_log_has_no_word_of_who_sent_it(clock):
    notice = make_counter_notice()
    notice.forward(by=make_member("legal"), reason=CHECKED)
    clock(on("2026-12-02"))
    run_until_idle()
    lines = str(list(Decision.objects.filter(item=notice.uid).values("reason", "details", "rules")))
    assert not any(known in lines for known in ("Lindqvist", "Ferry Row", "503 555"))


@pytest.mark.django_db
def test_who_sent_it_is_forgotten_when_an_action_is_barred_and_sooner_if_it_never_went_out(clock, client):
    sent, unsent = make_counter_notice(), make_counter_notice()
    legal = make_member("legal")
    sent.forward(by=legal, reason=CHECKED)
    unsent.reject(by=legal, reason="Not signed.")
    clock(on("2026-12-02"))
    run_until_idle()
    clock(RECEIVED + timedelta(days=185))
    jobs.forget_counter_notices()
    assert list(CounterNotice.objects.filter(erased=None)) == [sent]
    assert client.get(path_of(unsent.link.story)).status_code == 200, "the form: another may be sent"
    clock(RECEIVED + timedelta(days=3 * 366 + 30))
    jobs.forget_counter_notices()
    row = CounterNotice.objects.get(pk=sent.pk)
    assert (row.name, row.address, row.phone, row.signature, row.explanation) == ("—",) * 5
    assert client.get(path_of(sent.link.story)).status_code == 404
    assert Decision.objects.filter(item=sent.uid, move="erase").exists()


@pytest.mark.django_db
def test_reports_upheld_before_there_were_links_get_theirs_from_the_worker(client):
    story = make_withheld_story()
    CounterLink.objects.all().delete()
    assert "/copyright/counter/" not in client.get(f"/en/receipt/{story.code}/").content.decode()
    assert jobs.offer_links() == 1
    assert jobs.offer_links() == 0
    assert path_of(story) in client.get(f"/en/receipt/{story.code}/").content.decode()


@pytest.mark.django_db
def test_a_code_in_the_address_stays_out_of_the_servers_log():
    import logging

    from cms.logs import HidePrivateCodes

    record = logging.LogRecord("x", logging.WARNING, "", 0, "Not Found: /en/copyright/counter/abc123/", (), None)
    HidePrivateCodes().filter(record)
    assert "abc123" not in record.getMessage()
