"""The claimant goes to court: the clock of a counter-notice stops, and legal decides what becomes of the article."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from cms.models import Letter
from cms.worker import run_until_idle
from cms.workflow import NotPermitted
from submissions.copyright.models import CounterNotice
from tests.counter_notices import CHECKED, Status, clock_fixture, on  # noqa: F401  (a fixture)
from tests.factories import make_counter_notice, make_member

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
