"""Letters before they go: shown and worded by the editor, and none that lost what it must say."""

import pytest
from django.test import Client

from articles.models import Article
from cms.models import Decision, Letter, User
from cms.worker import run_until_idle
from submissions.models import Story
from tests.factories import make_editor, make_report, make_story
from tests.test_claims import make, review

pytestmark = pytest.mark.django_db


def preview(desk, item, move, **fields):
    return desk.post(review(item).replace("change", f"letter/{move}"), {"seen": item.version} | fields)


def send(desk, page, item, move, **changes):
    """Post what the letter page shows, as a browser would."""
    fields = {"reason": page.context["details"]["reason"], "rules": page.context["details"]["rules"]}
    for number, row in enumerate(page.context["rows"]):
        fields |= {
            f"letter-{number}-name": row["letter"].name,
            f"letter-{number}-subject": row["subject"],
            f"letter-{number}-text": row["text"].replace("\n", "\r\n"),
        }
    return make(desk, item, move, **(fields | changes))


def state():
    return Decision.objects.count(), Letter.objects.count(), list(Story.objects.values_list("status", "version"))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_preview_shows_the_letter_as_it_goes_and_changes_nothing(desk, language):
    story = make_story(language=language, guidelines_language=language)
    before = state()
    page = preview(desk, story, "decline", reason="Which source?", rules=["4.2"])
    assert page.status_code == 200
    assert state() == before
    (row,) = page.context["rows"]
    text = row["text"]
    assert story.code not in text.replace("-", "").lower()
    assert ("{{receipt link}}" in text, "{{code}}" in text) == (True, True)
    assert send(desk, page, story, "decline").status_code == 302
    letter = Letter.objects.get(name="story_declined")
    assert letter.body_text.replace("⟦receipt_url⟧", "{{receipt link}}").replace("⟦code⟧", "{{code}}") == text
    assert "<h1" in letter.body_html, "an untouched letter keeps its own HTML"
    assert story.decisions().last().rules == ["4.2"]


def test_an_edited_letter_is_what_is_mailed_as_text_and_html(desk, mailoutbox, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    story = make_story()
    Letter.objects.update(status=Letter.Status.SENT)
    page = preview(desk, story, "decline", reason="Which source?")
    text = "Dear Mara,\n\nwe <did> like it: https://example.org/why\n\n{{ receipt link }}\nYour code: {{code}}"
    changes = {"letter-0-subject": "About  your ferry", "letter-0-text": text}
    assert send(desk, page, story, "decline", **changes).status_code == 302
    run_until_idle()
    (mail,) = mailoutbox
    html = mail.alternatives[0].content
    assert mail.subject == "About your ferry"
    assert mail.body.startswith("Dear Mara,\n\nwe <did> like it")
    assert story.receipt_url() in mail.body
    assert "⟦" not in mail.body + html
    assert "{{" not in mail.body + html
    assert "we &lt;did&gt; like it" in html
    assert f'href="{story.receipt_url()}"' in html
    assert 'href="https://example.org/why"' in html
    assert story.decisions().last().reason == "Which source?"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"letter-0-text": "Dear Mara, {{receipt lnk}} {{code}}"}, "{{receipt link}}"),
        ({"letter-0-text": "Dear Mara, {{receipt link}}"}, "{{code}}"),
        ({"letter-0-subject": "  "}, "needs a subject"),
        ({"letter-0-name": "story_published"}, "Another letter"),
    ],
)
def test_a_letter_that_would_lose_its_link_is_refused_and_keeps_the_words(desk, changes, fault):
    story = make_story()
    page = preview(desk, story, "decline", reason="Which source?")
    before = state()
    answer = send(desk, page, story, "decline", **changes)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert fault in html
    assert state() == before
    if "letter-0-text" in changes:
        assert "Dear Mara" in html


def test_a_preview_without_a_reason_or_without_an_address_says_so(desk):
    story = make_story(email="")
    assert preview(desk, story, "decline", reason=" ").status_code == 422
    page = preview(desk, story, "decline", reason="Which source?")
    assert "No letter goes" in page.content.decode()
    assert send(desk, page, story, "decline").status_code == 302
    assert Story.objects.get().status == "declined"


def test_from_the_letter_one_can_go_back_to_the_reason(desk):
    story = make_story()
    page = preview(desk, story, "decline", reason="Typed long ago", rules=["4.2"], _back="1")
    assert page.status_code == 200
    assert "Typed long ago" in page.content.decode()
    assert "errornote" not in page.content.decode()


def test_every_letter_of_an_upheld_report_is_shown_and_can_be_worded(desk, editor):
    story = make_story()
    article = story.accept(by=editor)
    article.publish(by=editor)
    report = make_report(article)
    page = preview(desk, report, "uphold", reason="It is theirs.")
    assert [row["letter"].name for row in page.context["rows"]] == ["story_withheld", "report_upheld"]
    assert Article.objects.published().exists()
    send(desk, page, report, "uphold", **{"letter-1-subject": "Done"})
    assert Letter.objects.get(name="report_upheld").subject == "Done"
    assert Letter.objects.get(name="story_withheld").subject != "Done"
    assert not Article.objects.published().exists()


@pytest.mark.parametrize("kind", [make_story, make_report])
def test_every_move_that_promises_a_letter_writes_one(desk, kind):
    item = kind()
    for move in item.moves():
        if move.letter and item.status in move.sources:
            page = preview(desk, item, move.name, reason="Because.")
            assert page.context["rows"], move.name


def test_who_may_not_decide_previews_nothing():
    story, client = make_story(), Client()
    client.force_login(make_editor("view_story"))
    assert preview(client, story, "decline", reason="No.").status_code == 403


def test_a_preview_on_an_old_version_is_a_conflict(desk):
    story = make_story()
    Story.objects.get().send_again(by=User.objects.system(), headline="Changed")
    answer = preview(desk, story, "decline", reason="Typed")
    assert answer.status_code == 409
    assert "Typed" in answer.content.decode()
