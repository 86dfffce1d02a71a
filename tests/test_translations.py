"""Translations whose original has changed wait until somebody has looked at them."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from articles.importer import Importer
from articles.interchange import series_of
from articles.models import StaleTranslation, corrected
from articles.models.stale_translation import follow
from cms.models import User
from cms.workflow import Conflict
from tests.corrections import make, review, texts
from tests.factories import make_article, make_editor, make_translation

pytestmark = pytest.mark.django_db


@pytest.fixture
def versions(db):
    original = make_article(editor_name="Chen Xu")
    return original, make_translation(original, editor_name="Chen Xu")


def edited(article, **fields):
    article.refresh_from_db()
    article.amend(by=make_editor(), **fields or {"body": "<p>Four lines run all night.</p>"})
    return article


def test_a_changed_original_puts_its_translation_on_the_desk_with_what_changed(desk, versions):
    original, translation = versions
    edited(original)
    row = StaleTranslation.objects.get()
    assert (row.translation, row.original, row.language, row.status) == (translation, original, "zh-hans", "open")
    assert translation.headline in desk.get("/admin/desk/?kind=articles.staletranslation").content.decode()
    page = desk.get(review(row)).content.decode()
    assert "<del>Three</del>" in page
    assert "<ins>Four</ins>" in page
    assert reverse("admin:articles_article_change", args=[translation.pk]) in page
    assert "has changed since this one" in desk.get(review(translation)).content.decode()
    assert "has changed since this one" not in desk.get(review(original)).content.decode()


def test_a_correction_alone_makes_the_translation_stale_too(desk, editor, versions):
    original, _translation = versions
    original.correct(by=editor, reason="Four lines, not three.")
    page = desk.get(review(StaleTranslation.objects.get())).content.decode()
    assert "The texts are the same as before." in page
    assert "Four lines, not three." in page


@pytest.mark.parametrize(
    "fields", [{"cover_alt": "A bus"}, {"byline": "Lin An"}, {"body": "<p>Three lines run all night.</p> "}]
)
def test_what_changes_no_text_makes_nothing_stale(versions, fields):
    edited(versions[0], **fields)
    assert not StaleTranslation.objects.exists()


def test_a_draft_has_no_stale_translation_and_a_spiked_one_is_not_kept_up(versions):
    draft = make_article(published=False)
    make_translation(draft)
    edited(draft)
    original = make_article()
    make_translation(original, published=False).spike(by=make_editor(), reason="Not needed.")
    edited(original)
    assert not StaleTranslation.objects.exists()


def test_editing_the_translation_and_signing_it_off_closes_the_row(desk, editor, versions):
    original, translation = versions
    edited(original)
    edited(translation, body="<p>四条线路整夜运行。</p>")
    assert StaleTranslation.objects.get().status == "open", "an edit may be half of it: somebody has to answer for it"
    assert make(desk, translation, "sign_off").status_code == 302
    row = StaleTranslation.objects.get()
    assert (row.status, row.decisions().last().actor) == ("up_to_date", editor)


def test_bringing_the_translation_up_to_date_does_not_send_it_back_and_forth(versions):
    original, translation = versions
    edited(original)
    edited(translation, body="<p>四条线路整夜运行。</p>")
    assert list(StaleTranslation.objects.values_list("translation", flat=True)) == [translation.pk]


def test_a_sign_off_of_an_edit_before_the_last_change_does_not_close_the_row(editor, versions):
    original, translation = versions
    edited(original)
    edited(translation, body="<p>四条线路整夜运行。</p>")
    edited(original, dek="What runs after one.")
    translation.refresh_from_db()
    translation.sign_off(by=editor)
    assert StaleTranslation.objects.get().status == "open"


def test_somebody_elses_claim_does_not_stand_in_the_way_of_a_sign_off(editor, versions):
    original, translation = versions
    edited(original)
    StaleTranslation.objects.get().claim(by=make_editor())
    edited(translation, body="<p>四条线路整夜运行。</p>").sign_off(by=editor)
    assert StaleTranslation.objects.get().status == "up_to_date"


def test_up_to_date_is_said_of_what_was_edited_and_a_reason_given_for_what_was_not(desk, versions):
    original, translation = versions
    edited(original)
    row = StaleTranslation.objects.get()
    answer = make(desk, row, "bring_up_to_date")
    assert answer.status_code == 422
    assert "Nobody has edited the translation since" in answer.content.decode()
    assert make(desk, row, "leave", reason="").status_code == 422
    assert make(desk, row, "leave", reason="Spelling.").status_code == 302
    assert StaleTranslation.objects.get().status == "unchanged"

    edited(original, dek="What runs after one.")
    row = StaleTranslation.objects.get(status="open")
    edited(translation, body="<p>四条线路整夜运行。</p>")
    assert make(desk, row, "bring_up_to_date").status_code == 302
    assert not StaleTranslation.objects.waiting().exists()


def test_nobody_decides_on_a_change_that_was_not_the_last_one(editor, versions):
    original, _translation = versions
    edited(original)
    seen = StaleTranslation.objects.get()
    edited(original, dek="What runs after one.")
    row = StaleTranslation.objects.get()
    assert row.changed_at > seen.changed_at
    assert set(row.changes()) == {"dek", "body"}
    with pytest.raises(Conflict):
        seen.leave(by=editor, reason="Spelling.")


def test_a_draft_translation_is_brought_up_to_date_by_publishing_it(editor):
    original = make_article()
    draft = make_translation(original, published=False)
    edited(original)
    edited(draft, body="<p>四条线路整夜运行。</p>").publish(by=editor)
    assert StaleTranslation.objects.get().status == "up_to_date"


def test_an_import_that_brings_both_versions_leaves_nothing_to_do(editor, tmp_path, versions):
    names = ("original", "translation")
    for name, article in zip(names, versions, strict=True):
        type(article).objects.filter(pk=article.pk).update(external_id=name, series=series_of("original"))

    def line(name, article, body):
        fields = {"id": name, "lang": article.language, "headline": article.headline, "dek": article.dek}
        fields |= {"section": "business", "body_html": body, "byline": article.byline, "slug": article.slug}
        fields |= {"published_at": article.published_at.isoformat(), "tags": [], "origin": "staff"}
        return json.dumps(fields | ({"translation_of": "original"} if name == "translation" else {})).encode()

    faults = []
    for bodies in (["<p>Four.</p>", "<p>四条。</p>"], ["<p>Five.</p>", "<p>四条。</p>"]):
        lines = [line(*row) for row in zip(names, versions, bodies, strict=True)]
        importer = Importer(by=editor, folder=tmp_path, complain=lambda number, text: faults.append(text))
        list(importer.run(lines))
    assert faults == []
    assert [row.status for row in StaleTranslation.objects.order_by("pk")] == ["up_to_date", "open"]


def test_the_row_of_a_killed_translation_is_dropped(editor, versions):
    original, translation = versions
    edited(original)
    translation.kill(by=editor, reason="Invented.")
    row = StaleTranslation.objects.get()
    assert (row.status, row.decisions().last().actor) == ("dropped", User.objects.system())


def test_an_edit_that_concerns_one_language_says_so_and_nobody_is_sent_to_look(desk, editor, versions):
    original, _translation = versions
    assert "This concerns this language alone" in desk.get(review(original)).content.decode()
    desk.post(review(original), texts(original, dek="What runs after midnight", one_language="on"))
    row = StaleTranslation.objects.get()
    assert (row.status, row.decisions().last().actor) == ("unchanged", editor)

    edited(original)
    original.refresh_from_db()
    desk.post(review(original), texts(original, dek="What runs at night", one_language="on"))
    assert StaleTranslation.objects.waiting().count() == 1, "what waited before the edit goes on waiting"


def test_an_article_without_a_translation_is_not_asked_about_languages(desk):
    assert "This concerns this language alone" not in desk.get(review(make_article())).content.decode()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_two_editors_who_save_two_versions_in_the_same_moment_do_not_lock_each_other_out(monkeypatch):
    original = make_article()
    translation, editor = make_translation(original), make_editor()
    both_hold_theirs = threading.Barrier(2, timeout=10)
    monkeypatch.setattr(corrected, "follow", lambda *said: both_hold_theirs.wait() is None or follow(*said))

    def save(article):
        try:
            return article.amend(by=editor, dek="At one.")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(save, (original, translation))) == [["dek"], ["dek"]]
    assert StaleTranslation.objects.count() == 2
