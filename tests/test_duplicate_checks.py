"""The checks that compare a story with others: who is told what, and what the asking costs."""

import collections
import json
import random
import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from articles import jobs
from submissions import jobs as story_jobs
from submissions.models import Story
from tests.bench.held_out import EDITS, held_out, reports, words
from tests.bench.pairs import LANGUAGES, edited, samples
from tests.factories import make_article, make_story, submission

pytestmark = pytest.mark.django_db
URL = "/en/submit/check/"
PRINTED, COPIED = "We have published an article that is very like it.", "withheld because of a copyright report"
EDITOR_LIKE, EDITOR_COPIED = "Much of it is in another text too.", "Text of a withheld article is in it."


def html(text):
    return "".join(f"<p>{line}</p>" for line in text.splitlines())


@pytest.fixture
def text():
    return samples("en")[0]


@pytest.fixture
def dice():
    return random.Random(5)


def work():
    while jobs.fingerprint() or story_jobs.fingerprint():
        pass


def printed(text, **fields):
    made = make_article(headline="The original", body=html(text), **fields)
    work()
    return made


def withhold(article, editor):
    article.withhold(by=editor, reason="In question.", reference=uuid.uuid4(), law="dsa", claimant="A person")


def live(client, text, **fields):
    return {verdict["id"]: verdict for verdict in client.post(URL, submission(body=text, **fields)).json()["verdicts"]}


def preview(client, text):
    return client.post("/en/submit/", submission(body=text, preview="1")).content.decode()


def review(desk, story):
    return desk.get(f"/admin/submissions/story/{story.pk}/change/").content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_contributor_is_shown_the_article_that_is_very_like_the_story(client, dice, language):
    text = samples(language)[1]
    article = printed(text, language=language)
    asked = edited(text, language, 0.2, dice)
    found = live(client, asked, language=language)["duplicate"]
    assert found["message"].startswith(PRINTED)
    assert (found["link"], found["link_name"]) == (article.get_absolute_url(), "The original")
    assert (found["level"], found["rule"]) == ("note", "3.7")
    page = client.post("/en/submit/", submission(body=asked, language=language, preview="1")).content.decode()
    assert f'<a href="{article.get_absolute_url()}" target="_blank" rel="noopener">The original</a>' in page


def test_another_story_on_the_same_day_is_not_called_like(client, text):
    printed(text)
    assert "duplicate" not in live(client, samples("en")[1])
    assert "duplicate" not in live(client, "The ferry waits.")
    assert PRINTED not in preview(client, samples("en")[1])


def test_text_of_a_withheld_article_is_told_without_naming_it(client, editor, text):
    withhold(printed(text), editor)
    found = live(client, text)
    assert COPIED in found["copied"]["message"]
    assert found["copied"]["rule"] == "3.1"
    assert "duplicate" not in found
    page = preview(client, text)
    assert COPIED in page
    for answer in (json.dumps(found), page):
        assert "The original" not in answer


@pytest.mark.parametrize("asked", [live, preview])
def test_nobody_can_learn_from_the_form_what_waits_or_is_not_printed(client, text, asked):
    before = str(asked(client, text))
    make_story(headline="Somebody else's headline", body=html(text))
    printed(text, published=False)
    printed(text, published_at=timezone.now() + timedelta(days=1))
    assert _without_keys(str(asked(client, text))) == _without_keys(before)


def _without_keys(page):
    """A page without what each has for itself: its time, its form's key."""
    page = re.sub(r'datetime="[^"]*"', "", page)
    return "".join(line for line in page.splitlines() if "form_key" not in line and "nonce" not in line)


def test_the_editor_is_pointed_to_the_passages_of_everything(desk, editor, text):
    story = make_story(body=html(text))
    work()
    assert EDITOR_LIKE not in review(desk, story)
    other = make_story(body=html(text))
    work()
    page = review(desk, story)
    assert EDITOR_LIKE in page
    assert "Like this story" in page
    assert EDITOR_COPIED not in page
    assert COPIED not in page
    other.decline(by=editor, reason="Twice.")
    work()
    assert EDITOR_LIKE not in review(desk, story)
    article = printed(text)
    assert EDITOR_LIKE in review(desk, story)
    withhold(article, editor)
    page = review(desk, story)
    assert EDITOR_COPIED in page
    assert EDITOR_LIKE not in page


def test_a_story_is_not_like_itself_or_its_own_article(client, desk, editor, text):
    story = make_story(body=html(text))
    work()
    story.ask_changes(by=editor, reason="Which ferry?")
    work()
    again = submission(body=text, headline="The night ferry waits", revise="1", ai_use="none")
    assert client.post(f"/en/receipt/{story.code}/", again).status_code == 302
    work()
    assert EDITOR_LIKE not in review(desk, story)
    story = Story.objects.get()
    story.accept(by=editor)
    work()
    assert EDITOR_LIKE not in review(desk, story)


def test_likeness_keeps_nobody_from_sending(client, editor, text):
    withhold(printed(text), editor)
    printed(text)
    assert client.post("/en/submit/", submission(body=text)).status_code == 302
    assert Story.objects.count() == 1


def test_the_live_check_costs_two_queries_more_where_something_is_found(client, django_assert_num_queries, text):
    fields = submission(body=text)
    with django_assert_num_queries(3):  # the guidelines, their rules, and the search
        client.post(URL, fields)
    printed(text)
    with django_assert_num_queries(4):
        client.post(URL, fields)


def test_sending_compares_nothing(client, django_assert_max_num_queries, text):
    printed(text)
    fields = submission(body=text)
    with django_assert_max_num_queries(15) as done:
        client.post("/en/submit/", fields)
    assert not [query for query in done.captured_queries if "fingerprintkey" in query["sql"]]


def test_the_held_out_pairs_are_what_they_say():
    every = list(held_out(40))
    assert len(every) >= 500
    assert every == list(held_out(40))
    for language in LANGUAGES:
        sentences = [one for found in reports(language).values() for one in found]
        assert len(set(sentences)) == len(sentences)
        for name, share in EDITS.items():
            kept = [_kept(pair) for pair in every if (pair.name, pair.language) == (name, language)]
            lost = 1 - sum(kept) / len(kept)  # what comes in has some of the words that went
            assert 0.6 * share <= lost <= share, (name, language)


def _kept(pair):
    """Which part of the words of the first text is in the second one, in whatever order."""
    mine, theirs = (
        collections.Counter(word for word in words(text, pair.language) if word[0].isalnum()) for text in pair[2:]
    )
    return (mine & theirs).total() / mine.total()
