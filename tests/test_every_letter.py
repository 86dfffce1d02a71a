"""Every letter that the newsroom writes: text first, in its reader's language, and it says where to write."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from cms import digest
from cms.letters import post, send_due
from cms.models import Letter, User
from submissions.copyright.models import CounterLink, CounterNotice
from tests.factories import (
    make_article,
    make_correction_request,
    make_counter_notice,
    make_editor,
    make_report,
    make_story,
    make_withheld_story,
)
from tests.subscribing import subscriber

pytestmark = pytest.mark.django_db
MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EXPLAINED = {
    "appeal_dismissed",
    "appeal_granted",
    "claim_taken_over",
    "correction_answered",
    "correction_declined",
    "correction_published",
    "counter_held",
    "counter_removed",
    "counter_restored",
    "story_changes_asked",
    "story_counter_held",
    "story_counter_rejected",
    "story_counter_removed",
    "story_counter_restored",
    "story_declined",
    "story_message",
    "story_restored",
    "story_withheld",
}


def every_letter_of_an_appeal(story, editor, why):
    """Move a story through everything that contributor and editors may say to each other."""
    system, other = User.objects.system(), make_editor()
    story.claim(by=editor)
    story.ask_changes(by=editor, reason=why)
    story.lapse(by=system, reason="Silence.")
    story.appeal(by=system, reason="I was away.").grant(by=editor, reason=why)
    story.refresh_from_db()
    story.decline(by=editor, reason=why)
    declined = make_story(language=story.language)
    declined.decline(by=editor, reason=why)
    declined.appeal(by=system, reason="Read it again.").dismiss(by=other, reason=why)


def every_letter_to_colleagues(settings, editor, language, why):
    """Hand a claim over, take it back, and let the desk's clocks run on until everybody has heard of it."""
    settings.LANGUAGE_CODE = language
    colleague = make_editor(email="colleague@example.org")
    item = make_story(language=language, headline='Ferries & "buses"')
    item.claim(by=editor)
    item.hand_over(by=editor, to=colleague, reason=why)
    item.take_over(by=editor, reason=why)
    digest.write_digest(MONDAY_NOON)
    digest.escalate(timezone.now() + timedelta(days=30))


def every_letter_of_corrections(language, editor, why):
    """Let readers report errors, and decide on each report in another way."""
    for decide in ("correct", "reply", "decline"):
        made = make_correction_request(make_article(language=language))
        getattr(made, decide)(by=editor, reason=why)


def every_letter_of_counter_notices(language, editor, why):
    """Take counter-notices to each of their ends."""

    def received(email: str) -> CounterNotice:
        report = {"language": language, "email": "owner@example.net"}
        story = make_withheld_story(language=language, report=report, email=email)
        return make_counter_notice(link=CounterLink.objects.get(story=story), language=language)

    received("one@example.org").reject(by=editor, reason=why, rules=[])
    filed = {"court": "D. Or.", "case_number": "3:26-cv-1", "filed_on": timezone.localdate().isoformat()}
    for end in ("restore", "uphold_removal"):
        notice = received(f"{end}@example.org")
        notice.forward(by=editor, reason=why)
        notice.hold(by=editor, reason=why, **filed)
        notice.forwarded = timezone.now() - timedelta(days=30)
        CounterNotice.objects.filter(pk=notice.pk).update(created=timezone.now() - timedelta(days=30))
        getattr(CounterNotice.objects.get(pk=notice.pk), end)(by=editor, reason=why)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_letter_is_text_first_names_its_language_and_says_where_to_write(editor, settings, language):
    settings.POSTAL_ADDRESS = "1 Harbour Street\n<Port Example>"
    why = "Repeats a release.\n\nAsk <them> & say who."
    story, report = make_story(language=language), make_report(language=language)
    every_letter_of_an_appeal(story, editor, why)
    taken = make_story(language=language, headline='Ferries & "buses"')
    taken.accept(by=editor)
    taken.tell("story_published", article_url="http://testserver/x", headline="Ferries")
    report.uphold(by=editor, reason=why)
    report.reverse(by=editor, reason=why)
    taken.tell("story_withheld", reason=why, headline="Ferries")
    taken.tell("story_restored", reason=why, headline="Ferries")
    make_report(language=language).decline(by=editor, reason=why)
    subscriber(language=language)
    for letter in ("story_received_by_mail", "story_edited", "story_spiked"):
        taken.tell(letter)
    taken.write(by=editor, reason=why)
    make_story(language=language).withdraw(by=User.objects.system())
    post("mail_waiting", "reader@example.org", language=language, about=taken, told="It is empty.")
    post("log_head", "chief@example.org", language=language, head={}, line='{"number": 1}')
    every_letter_of_corrections(language, editor, why)
    every_letter_of_counter_notices(language, editor, why)
    every_letter_to_colleagues(settings, editor, language, why)
    assert set(Letter.objects.values_list("name", flat=True)) == {
        folder.name for folder in (settings.BASE_DIR / "templates" / "email").iterdir() if folder.is_dir()
    }
    while send_due():
        pass
    for letter, sent in zip(Letter.objects.order_by("next_attempt"), mail.outbox, strict=True):
        [(html, kind)] = sent.alternatives
        assert kind == "text/html"
        assert f'lang="{language}"' in html
        assert "&lt;Port Example&gt;" in html
        assert "<Port Example>" in sent.body
        assert settings.CONTACT_EMAIL in sent.body
        assert "⟦" not in sent.body + html
        assert not re.search(r"&(?:lt|gt|amp|quot|#)", sent.subject + sent.body)
        assert html.count("<table") == html.count('role="presentation"')
        assert not re.search(r"<(?:img|script|link)|url\(", html)
        decided = letter.name.startswith("report_") and letter.name != "report_received"
        given = "Ask <them> & say who." in sent.body or "It is theirs." in sent.body
        assert given == (decided or letter.name in EXPLAINED), letter.name
        if decided and language == "en":
            assert "You may appeal within six months" in sent.body


def test_the_receipt_of_a_report_and_a_refusal_pass_on_none_of_the_senders_words(editor):
    spam = "Buy cheap watches"
    make_report(work=spam, explanation=spam, name=spam, signature=spam)
    make_story(headline=spam, dek=spam, byline=spam).decline(by=editor, reason="This is advertising.")
    for letter in Letter.objects.all():
        assert spam not in letter.subject + letter.body_text + letter.body_html
