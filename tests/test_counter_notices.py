"""A withheld story comes back: the counter-notice, its clock, its form, its moves and its letters."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings as site
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.models import Article
from cms import limits
from cms.models import Decision, Letter
from cms.worker import run_until_idle
from cms.workflow import NotPermitted
from submissions.copyright import jobs
from submissions.copyright.clocks import Window, business_day, federal_holidays, is_business_day
from submissions.copyright.counter_forms import STATEMENTS
from submissions.copyright.models import CopyrightReport, CounterLink, CounterNotice
from submissions.models import Story
from tests.factories import (
    make_article,
    make_counter_notice,
    make_member,
    make_report,
    make_withheld_story,
)

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@settings(max_examples=50)
@given(days, st.integers(1, 30))
def test_a_business_day_counts_exactly_the_working_days_between(received, number):
    found = business_day(number, received)
    between = [received + timedelta(days=n) for n in range(1, (found - received).days + 1)]
    assert is_business_day(found)
    assert sum(map(is_business_day, between)) == number


@settings(max_examples=50)
@given(days, st.none() | st.integers(0, 40))
def test_an_article_never_comes_back_before_the_tenth_business_day_nor_after_the_fourteenth(received, later):
    forwarded = None if later is None else received + timedelta(days=later)
    window = Window.of(received, forwarded)
    assert window.earliest < window.restores < window.alarm
    assert window.restores > (forwarded or received)
    if forwarded is None or forwarded < window.restores == business_day(11, received):
        assert window.restores <= window.latest
    assert is_business_day(window.restores)


@settings(max_examples=50)
@given(st.integers(1990, 2100))
def test_each_year_has_its_eleven_holidays_and_none_on_a_weekend(year):
    found = federal_holidays(year)
    assert len(found) == 11
    assert all(day.weekday() < 5 for day in found)


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        # https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/
        (2026, "2026-01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25"),
        (2027, "2027-01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24"),
        (2028, "2027-12-31 01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25"),
    ],
)
def test_the_holidays_are_those_that_are_observed(year, expected):
    first, *rest = expected.split()
    days = {date.fromisoformat(first)} | {date.fromisoformat(f"{year}-{day}") for day in rest}
    assert federal_holidays(year) == days


def test_the_worked_example_over_thanksgiving():
    window = Window.of(date(2026, 11, 16))
    assert (window.earliest, window.latest) == (date(2026, 12, 1), date(2026, 12, 7))
    assert (window.restores, window.alarm) == (date(2026, 12, 2), date(2026, 12, 3))


def test_one_that_was_forwarded_late_leaves_the_claimant_a_business_day():
    window = Window.of(date(2026, 11, 16), forwarded=date(2026, 12, 4))
    assert (window.restores, window.alarm) == (date(2026, 12, 7), date(2026, 12, 8))


# --- The link and the form ---------------------------------------------------------------------------

CHECKED = "Every part is there."
RECEIVED = datetime(2026, 11, 16, 15, tzinfo=UTC)
Status = CounterNotice.Status


@pytest.fixture
def clock(monkeypatch):
    """Sets what time it is: the worked example's Monday, until told otherwise."""

    def at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at(RECEIVED)
    return at


def on(day):
    """The noon of a day."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=12)


def form_fields(**changes):
    fields = {
        "material": "The article “The ferry that waits”, at its address.",
        "explanation": "The photographs are mine.",
        "name": "Mara Lindqvist",
        "address": "7 Ferry Row\nPortland, OR 97201",
        "phone": "+1 503 555 0147",
        "signature": "Mara Lindqvist",
    } | dict.fromkeys(STATEMENTS, "on")
    return {name: value for name, value in (fields | changes).items() if value is not None}


def link_of(story):
    return CounterLink.objects.get(story=story)


def path_of(story, language="en"):
    return f"/{language}/copyright/counter/{link_of(story).code}/"


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


# --- The desk ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_forwarding_sends_the_claimant_a_copy_with_the_days_and_starts_the_clock(clock, client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    notice = make_counter_notice(name="Mara <b>Lindqvist</b>")
    notice.forward(by=make_member("legal"), reason=CHECKED)
    assert (notice.status, notice.restores_on) == (Status.FORWARDED, date(2026, 12, 2))
    copy = Letter.objects.get(name="counter_copy")
    assert copy.to == "ilse@example.net"
    assert "2 December 2026" in copy.body_text
    assert "from 1 December 2026 to 7 December 2026" in copy.body_text
    assert "Ferry Row" not in copy.body_text + copy.body_html, "the archive of letters has no contact details"
    assert "2 December 2026" in Letter.objects.get(name="story_counter_forwarded").body_text
    Letter.objects.update(next_attempt=timezone.now())
    run_until_idle()
    sent = next(message for message in mail.outbox if message.to == ["ilse@example.net"] and "Ferry" in message.body)
    html = sent.alternatives[0][0]
    assert "Mara <b>Lindqvist</b>" in sent.body
    assert "7 Ferry Row\nPortland" in sent.body
    assert "Mara &lt;b&gt;Lindqvist" in html
    assert "7 Ferry Row<br>Portland" in html
    copy.refresh_from_db()
    assert copy.private == {}
    page = client.get(f"/en/copyright/case/{notice.report.code}/").content.decode()
    assert "we sent you a counter-notice" in page
    assert CHECKED not in page + client.get(path_of(notice.link.story)).content.decode()
    assert "2 December 2026" in page


@pytest.mark.django_db
def test_one_that_is_not_accepted_names_the_missing_parts_and_another_may_be_sent(client):
    notice = make_counter_notice()
    story = notice.link.story
    legal = Client()
    legal.force_login(make_member("legal"))
    sent = {"seen": notice.version, "reason": "There is no such street.", "rules": ["512(g)(3)(D)"]}
    assert legal.post(f"/admin/copyright/counternotice/{notice.pk}/move/reject/", sent).status_code == 302
    letter = Letter.objects.get(name="story_counter_rejected")
    assert "There is no such street." in letter.body_text
    assert "acceptance of service" in letter.body_text
    assert "The signature" not in letter.body_text
    assert not Letter.objects.filter(name="counter_copy").exists()
    assert "There is no such street." in client.get(path_of(story)).content.decode()
    assert client.post(path_of(story), form_fields(address="9 Ferry Row")).status_code == 302
    assert list(CounterNotice.objects.order_by("pk").values_list("status", flat=True)) == ["rejected", "received"]


@pytest.mark.django_db
def test_it_comes_back_by_itself_on_the_eleventh_business_day_and_not_before(clock, client):
    notice = make_counter_notice()
    article = notice.article
    body = article.body
    clock(on("2026-11-17"))
    notice.forward(by=make_member("legal"), reason=CHECKED)
    clock(on("2026-12-01"))
    run_until_idle()
    assert client.get(article.get_absolute_url()).status_code == 451
    clock(on("2026-12-02"))
    run_until_idle()
    assert client.get(article.get_absolute_url()).status_code == 200
    assert Article.objects.get(pk=article.pk).body == body
    notice.refresh_from_db()
    assert notice.status == Status.RESTORED
    assert CopyrightReport.objects.get().status == CopyrightReport.Status.REVERSED
    moves = list(Decision.objects.order_by("-number").values_list("move", "actor_name")[:3])
    assert {name for _move, name in moves} == {"Copydesk"}
    assert {move for move, _name in moves} == {"lift", "run_out", "restore_in_time"}
    assert {"counter_restored", "story_counter_restored"} <= set(Letter.objects.values_list("name", flat=True))
    page = client.get(f"/en/copyright/case/{notice.report.code}/").content.decode()
    assert "we were told of no action in time" in page
    assert "no longer withheld" in client.get(path_of(notice.link.story)).content.decode()
    clock(on("2026-12-03"))
    before = Decision.objects.count()
    run_until_idle()
    assert Decision.objects.count() == before, "nothing is done twice"


@pytest.mark.django_db
def test_a_second_report_keeps_the_article_off_and_the_letter_says_so(clock, client, editor):
    notice = make_counter_notice()
    make_report(notice.article).uphold(by=editor, reason="Theirs too.")
    notice.forward(by=make_member("legal"), reason=CHECKED)
    clock(on("2026-12-02"))
    run_until_idle()
    assert client.get(notice.article.get_absolute_url()).status_code == 451
    assert "Another report still withholds" in Letter.objects.get(name="story_counter_restored").body_text


@pytest.mark.django_db
def test_what_the_report_withholds_of_others_stays_off(clock, client, editor):
    story = make_withheld_story()
    report = CopyrightReport.objects.get()
    other = make_article()
    report.articles.add(other)
    other.withhold(by=editor, reason="Named too.", reference=report.uid, law="dmca", claimant="Ilse Brandt")
    notice = make_counter_notice(link=link_of(story))
    notice.forward(by=make_member("legal"), reason=CHECKED)
    clock(on("2026-12-02"))
    run_until_idle()
    report.refresh_from_db()
    assert report.status == CopyrightReport.Status.UPHELD
    assert client.get(story.article.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 451
    with pytest.raises(NotPermitted):
        report.run_out(by=editor, reason="Too early.")


HOLD = {"reason": "Complaint seen.", "court": "N.D. Cal.", "case_number": "3:26-cv-01234", "filed_on": "2026-11-20"}


def held(clock, moment="2026-11-20"):
    notice = make_counter_notice()
    notice.forward(by=make_member("legal"), reason=CHECKED)
    clock(on(moment))
    legal = Client()
    legal.force_login(make_member("legal"))
    path = f"/admin/copyright/counternotice/{notice.pk}/move/hold/"
    return notice, legal, path


@pytest.mark.django_db
def test_an_action_in_court_stops_the_clock_and_raises_an_alarm_once(clock, client):
    notice, legal, path = held(clock)
    assert legal.post(path, {"seen": notice.version, **HOLD}).status_code == 302
    notice.refresh_from_db()
    assert (notice.status, notice.court, notice.filed_on) == (Status.HELD, "N.D. Cal.", date(2026, 11, 20))
    assert "3:26-cv-01234" in Letter.objects.get(name="counter_held").body_text
    assert "3:26-cv-01234" in Letter.objects.get(name="story_counter_held").body_text
    assert not CounterNotice.objects.waiting().exists()
    clock(on("2026-12-02"))
    run_until_idle()
    assert client.get(notice.article.get_absolute_url()).status_code == 451
    assert not CounterNotice.objects.waiting().exists()
    clock(on("2026-12-03"))
    run_until_idle()
    alarmed = CounterNotice.objects.waiting().get()
    assert alarmed.status == Status.ALARM
    assert alarmed.due <= timezone.now(), "it is overdue at once"
    alarmed.hold(by=make_member("legal"), **HOLD)
    clock(on("2026-12-10"))
    run_until_idle()
    assert CounterNotice.objects.get().status == Status.HELD


@pytest.mark.django_db
def test_a_worker_that_was_away_restores_before_it_raises_any_alarm(clock, client):
    notices = [make_counter_notice() for _number in range(2)]
    for notice in notices:
        notice.forward(by=make_member("legal"), reason=CHECKED)
    clock(on("2026-12-09"))
    assert jobs.raise_alarms() == 0
    assert set(CounterNotice.objects.values_list("status", flat=True)) == {Status.RESTORED}


@pytest.mark.django_db
def test_what_cannot_be_restored_by_itself_comes_to_the_desk_and_legal_restores_it(clock, client):
    stuck, other = make_counter_notice(), make_counter_notice()
    for notice in (stuck, other):
        notice.forward(by=make_member("legal"), reason=CHECKED)
    # A status that the clock's move does not start from, as after a mistake in the database.
    Article.objects.filter(pk=stuck.article_id).update(status="unknown")
    clock(on("2026-12-02"))
    jobs.restore_in_time()
    other.refresh_from_db()
    assert other.status == Status.RESTORED, "one that is stuck stops no other"
    clock(on("2026-12-03"))
    assert jobs.raise_alarms() == 1
    Article.objects.filter(pk=stuck.article_id).update(status=Article.Status.PUBLISHED)
    CounterNotice.objects.waiting().get().restore(by=make_member("legal"), reason="Seen to.")
    assert client.get(stuck.article.get_absolute_url()).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"court": ""}, {"case_number": " "}, {"filed_on": "soon"}, {"filed_on": "2027-01-01"}]
)
def test_a_hold_without_evidence_is_refused_and_what_was_typed_stays(clock, wrong):
    notice, legal, path = held(clock)
    answer = legal.post(path, {"seen": notice.version, **HOLD, **wrong})
    assert answer.status_code == 422
    page = answer.content.decode()
    kept = {name: value for name, value in HOLD.items() if name not in wrong}
    assert all(value in page for value in kept.values())
    assert CounterNotice.objects.get().status == Status.FORWARDED
    with pytest.raises(ValidationError):
        notice.hold(by=make_member("legal"), **(HOLD | wrong))


@pytest.mark.django_db
def test_after_court_legal_restores_but_not_before_the_law_allows_it(clock, client):
    notice, legal, path = held(clock)
    legal.post(path, {"seen": notice.version, **HOLD})
    notice.refresh_from_db()
    person = make_member("legal")
    with pytest.raises(NotPermitted, match="1 December 2026"):
        notice.restore(by=person, reason="Dismissed.")
    clock(on("2026-12-01"))
    notice.restore(by=person, reason="Dismissed.")
    assert client.get(notice.article.get_absolute_url()).status_code == 200
    assert "Dismissed." in Letter.objects.get(name="counter_restored").body_text


@pytest.mark.django_db
def test_after_court_legal_upholds_the_removal(clock, client):
    notice, legal, path = held(clock)
    legal.post(path, {"seen": notice.version, **HOLD})
    notice.refresh_from_db()
    notice.uphold_removal(by=make_member("legal"), reason="The court has said so.")
    clock(on("2026-12-20"))
    run_until_idle()
    assert client.get(notice.article.get_absolute_url()).status_code == 451
    assert "The court has said so." in Letter.objects.get(name="story_counter_removed").body_text
    assert "stays withheld" in client.get(f"/en/copyright/case/{notice.report.code}/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["reversed", "killed"])
def test_what_has_no_object_any_more_is_closed_and_nothing_is_forwarded(how, editor, client):
    notice = make_counter_notice()
    if how == "reversed":
        CopyrightReport.objects.get().reverse(by=editor, reason="Retracted.")
    else:
        Article.objects.get(pk=notice.article_id).kill(by=editor, reason="The author asked.")
    with pytest.raises(NotPermitted):
        notice.forward(by=editor, reason=CHECKED)
    run_until_idle()
    assert CounterNotice.objects.get().status == Status.CLOSED
    assert not Letter.objects.filter(name="counter_copy").exists()
    assert "Closed:" in client.get(path_of(notice.link.story)).content.decode()


# --- Privacy -----------------------------------------------------------------------------------------


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


# --- The rest of the house ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_desk_stays_within_its_budget_with_counter_notices(desk, django_assert_max_num_queries):
    for _number in range(3):
        make_counter_notice()
    desk.get("/admin/desk/")
    with django_assert_max_num_queries(12):
        assert desk.get("/admin/desk/?kind=copyright.counternotice").status_code == 200


@pytest.mark.django_db
def test_reports_upheld_before_there_were_links_get_theirs_from_the_worker(client):
    story = make_withheld_story()
    CounterLink.objects.all().delete()
    assert "/copyright/counter/" not in client.get(f"/en/receipt/{story.code}/").content.decode()
    assert jobs.offer_links() == 1
    assert jobs.offer_links() == 0
    assert path_of(story) in client.get(f"/en/receipt/{story.code}/").content.decode()


@pytest.mark.django_db
def test_a_strike_is_void_once_the_article_is_restored(clock):
    from submissions.record import record_of
    from tests.factories import make_story

    notice, other = make_counter_notice(), make_story()
    assert record_of(other).strikes == 1
    notice.forward(by=make_member("legal"), reason=CHECKED)
    clock(on("2026-12-02"))
    run_until_idle()
    assert record_of(Story.objects.get(pk=other.pk)).strikes == 0


@pytest.mark.django_db
def test_a_code_in_the_address_stays_out_of_the_servers_log():
    import logging

    from cms.logs import HidePrivateCodes

    record = logging.LogRecord("x", logging.WARNING, "", 0, "Not Found: /en/copyright/counter/abc123/", (), None)
    HidePrivateCodes().filter(record)
    assert "abc123" not in record.getMessage()
