"""A withheld story comes back: a counter-notice is forwarded or not accepted, its clock runs, its letters go."""

from datetime import date

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from articles.models import Article
from cms.models import Decision, Letter
from cms.worker import run_until_idle
from cms.workflow import NotPermitted
from submissions.copyright import jobs
from submissions.copyright.models import CopyrightReport, CounterNotice
from submissions.models import Story
from tests.counter_notices import CHECKED, Status, clock_fixture, form_fields, link_of, on, path_of  # noqa: F401
from tests.factories import make_article, make_counter_notice, make_member, make_report, make_withheld_story


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


@pytest.mark.django_db
def test_the_desk_stays_within_its_budget_with_counter_notices(desk, django_assert_max_num_queries):
    for _number in range(3):
        make_counter_notice()
    desk.get("/admin/desk/")
    with django_assert_max_num_queries(12):
        assert desk.get("/admin/desk/?kind=copyright.counternotice").status_code == 200


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
