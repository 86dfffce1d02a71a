"""The review page: letters before they go, who is looking, conflicts that lose nothing, and what a save changed."""

import re

import pytest
from django.test import Client

from articles.models import Article
from cms.models import Decision, Letter, User
from cms.worker import run_until_idle
from submissions.models import Story
from tests.factories import make_article, make_editor, make_picture, make_report, make_story
from tests.test_claims import make, review
from tests.test_desk import article_fields

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


def test_others_who_look_are_seen_and_oneself_is_not(desk):
    story, other = make_story(), Client()
    other.force_login(make_editor("view_story", first_name="Chen", last_name="Xu"))
    assert "Chen Xu" not in desk.get(review(story)).content.decode()
    other.get(review(story))
    assert "Chen Xu is looking at this too" in desk.get(review(story)).content.decode()
    piece = desk.get(review(story).replace("change", "looking"), {"seen": 1}).content.decode()
    assert "Chen Xu is looking at this too" in piece
    assert Story.objects.get().version == 1


def test_an_open_page_hears_what_somebody_has_done_meanwhile(desk):
    story = make_story()
    Story.objects.get().claim(by=make_editor(first_name="Rosa", last_name="Osei"))
    looking = review(story).replace("change", "looking")
    assert "Rosa Osei acted" in desk.get(looking, {"seen": 1}).content.decode()
    assert "acted" not in desk.get(looking, {"seen": 2}).content.decode()
    for nonsense in ("", "x", "9" * 30):
        assert desk.get(looking, {"seen": nonsense}).status_code == 200
    outsider = Client()
    outsider.force_login(make_editor("view_article"))
    assert outsider.get(looking).status_code in {403, 404}


@pytest.mark.parametrize("step", ["claim", "take_over", "hand_over", "release"])
def test_a_conflict_says_who_did_what_with_a_claim_and_keeps_the_words(desk, editor, step):
    story, rosa = make_story(), make_editor(first_name="Rosa", last_name="Osei")
    if step in {"hand_over", "release"}:
        story.claim(by=rosa)
    if step == "take_over":
        story.claim(by=editor)
    seen = story.version
    to = {"to": make_editor(first_name="Ana", last_name="Ruiz")} if step == "hand_over" else {}
    getattr(Story.objects.get(), step)(by=rosa, reason="Rosa knows the harbour.", **to)
    letters = Letter.objects.count()
    answer = make(desk, story, "decline", reason="Typed for ten minutes", seen=seen)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Rosa Osei" in page
    assert "Typed for ten minutes" in page
    words = {"claim": "claimed", "take_over": "taken over", "hand_over": "Ana Ruiz", "release": "released"}
    assert words[step] in page
    assert Letter.objects.count() == letters


def test_deciding_on_what_somebody_has_claimed_names_the_way_out_and_keeps_the_words(desk):
    story = make_story()
    story.claim(by=make_editor(first_name="Rosa", last_name="Osei"))
    page = desk.get(review(story)).content.decode()
    assert "Rosa Osei has claimed it. To decide on it yourself, take it over" in page
    assert "move/decline" not in page
    answer = make(desk, story, "decline", reason="Typed anyway")
    assert answer.status_code == 409
    assert "take it over" in answer.content.decode()
    assert "Typed anyway" in answer.content.decode()
    assert make(desk, story, "take_over", reason="Rosa is ill.")["Location"] == review(story)


def test_a_button_pressed_while_the_page_claims_is_no_conflict_with_oneself(desk, editor):
    story = make_story()
    assert "data-opens" in desk.get(review(story)).content.decode()
    piece = desk.post(
        review(story).replace("change", "move/claim"), {"seen": story.version}, headers={"X-Part": "side"}
    )
    assert (piece.status_code, piece["X-Version"]) == (200, "2")
    assert "move/release" in piece.content.decode()
    assert make(desk, story, "claim", seen=1).status_code == 302
    assert make(desk, story, "decline", reason="No.", seen=1).status_code == 302
    assert Story.objects.get().status == "declined"


def test_a_save_while_the_page_claims_is_no_conflict_and_shows_what_it_changed(desk, editor):
    article = make_article(published=False, headline="The old headline")
    Article.objects.get().claim(by=editor)
    fields = article_fields(article, headline="The new headline", _continue="1")
    answer = desk.post(review(article), fields, follow=True)
    assert Article.objects.get().headline == "The new headline"
    page = answer.content.decode()
    assert "What your last save changed" in page
    assert re.search(r"<ins>new</ins>", page)
    other = Client()
    other.force_login(make_editor())
    assert "What your last save changed" not in other.get(review(article)).content.decode()


def test_releasing_and_handing_over_lead_back_to_the_desk(desk, editor):
    story, colleague = make_story(), make_editor()
    story.claim(by=editor)
    assert f'value="{colleague.pk}"' in desk.get(review(story)).content.decode()
    assert make(desk, story, "hand_over", to="x").status_code == 422
    assert make(desk, story, "hand_over", to=colleague.pk)["Location"] == "/admin/desk/"
    assert Story.objects.get().claimed_by == colleague


def test_a_draft_shows_what_was_changed_against_the_story(desk, editor):
    article = make_story(headline="The slow ferry").accept(by=editor)
    assert "What was changed against the story" not in desk.get(review(article)).content.decode()
    article.amend(by=editor, headline="The late ferry")
    page = desk.get(review(article)).content.decode()
    assert "What was changed against the story" in page
    assert "<del>slow</del>" in page


def test_the_contributors_record_counts_what_came_of_the_same_address(desk, editor):
    one, two, three = (make_story(email="Reader@Example.org", headline=f"Earlier {n}") for n in range(3))
    make_story(email="other@example.org")
    article = one.accept(by=editor)
    article.publish(by=editor)
    two.decline(by=editor, reason="No.")
    three.withdraw(by=User.objects.system())
    make_report(article).uphold(by=editor, reason="It is theirs.")
    make_report(article)
    page = desk.get(review(make_story(email="reader@example.ORG")))
    record = page.context["record"]
    assert (record.received, record.accepted, record.declined, record.withdrawn, record.strikes) == (3, 1, 1, 1, 1)
    html = page.content.decode()
    assert "Earlier 0" in html
    assert review(two) in html


def test_without_an_address_the_record_goes_by_the_byline_and_a_first_story_has_none(desk):
    make_story(email="", byline="Ana Ruiz", headline="By name")
    assert desk.get(review(make_story(email="", byline="Ana Ruiz"))).context["record"].received == 1
    assert desk.get(review(make_story(email="", byline="Nobody Else"))).context["record"].received == 0
    assert desk.get(review(make_story(email="", byline=""))).context["record"] is None


def test_a_picture_whose_file_contradicts_its_sender_is_flagged(desk):
    picture = make_picture("trainedAlgorithmicMedia")
    picture.declared = {"source_type": "trainedAlgorithmicMedia"}
    picture.save()
    story = make_story(cover=picture, cover_source_type="digitalCapture")
    page = desk.get(review(story)).content.decode()
    assert "The file contradicts what was declared" in page
    honest = make_story(cover=make_picture(), cover_source_type="digitalCapture")
    page = desk.get(review(honest)).content.decode()
    assert "The file contradicts" not in page
    assert "The file itself says nothing" in page


@pytest.mark.parametrize("earlier", [1, 30])
def test_the_record_costs_the_same_however_much_was_sent(desk, django_assert_max_num_queries, earlier):
    for _ in range(earlier):
        make_story(email="reader@example.org")
    story = make_story(email="reader@example.org", body="<p>Short.</p>")
    with django_assert_max_num_queries(45):
        desk.get(review(story))
