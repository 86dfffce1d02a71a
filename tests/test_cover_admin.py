"""Pictures in the admin: where they are used, their focal point, their words and their origin."""

from io import BytesIO

import pytest
from django.urls import reverse

from articles import provenance
from articles.jobs import make_renditions
from articles.models import Article, Picture
from tests.covers import TRAINED, doubtful, fields_of, review
from tests.factories import make_article, make_picture, make_story, upload
from tests.test_pictures import photograph, saved

pytestmark = pytest.mark.django_db


def change(picture):
    return reverse("admin:articles_picture_change", args=[picture.pk])


def words(picture, **changes):
    return {
        "focus_x": picture.focus_x, "focus_y": picture.focus_y, "source_type": picture.source_type,
        "credit": picture.credit, "licence": picture.licence, "licence_note": "", "licence_url": "",
    } | changes  # fmt: skip


def test_the_list_shows_pictures_where_they_are_used_in_few_queries(desk, django_assert_max_num_queries):
    covers = [make_picture() for _number in range(3)]
    article = make_article(cover=covers[0], cover_alt="A bus", headline="Night buses")
    make_story(cover=covers[1], headline="A ferry")
    address = reverse("admin:articles_picture_changelist")
    with django_assert_max_num_queries(9):
        page = desk.get(address).content.decode()
    assert page.count('class="thumbnail"') == 3
    assert f'<a href="{review(article)}">Night buses</a>' in page
    assert "A ferry</a>" in page
    found = desk.get(address, {"q": "night buses"}).content.decode()
    assert found.count('class="thumbnail"') == 1


def test_a_focal_point_is_set_by_numbers_and_the_crops_follow(desk):
    picture = make_picture()
    make_renditions()
    page = desk.get(change(picture)).content.decode()
    assert 'd="M50 0V100M0 50H100"' in page
    desk.post(change(picture), words(picture, focus_x=13, focus_y=88, credit="Ilse Brandt"))
    picture.refresh_from_db()
    assert (picture.focus_x, picture.focus_y, picture.credit, picture.rendered) == (13, 88, "Ilse Brandt", None)
    assert picture.renditions  # what there is stays on the pages meanwhile
    assert make_renditions() == 1
    article = make_article(cover=picture, cover_alt="A bus")
    assert 'class="fx-1 fy-9"' in desk.get(article.get_absolute_url()).content.decode()
    assert desk.post(change(picture), words(picture, focus_x=101)).status_code == 200
    assert Picture.objects.get().focus_x == 13


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source_type": ""}, "source_type"),
        ({"licence": "CC-BY-4.0"}, "credit"),
        ({"licence": "other"}, "licence_note"),
        ({"licence_url": "http://example.org/licence"}, "licence_url"),
        ({"licence_url": "javascript:alert(1)"}, "licence_url"),
        ({"focus_y": "-1"}, "focus_y"),
    ],
)
def test_what_is_wrong_with_a_picture_s_words_is_named_and_stays_typed(desk, changes, field):
    picture = make_picture()
    answer = desk.post(change(picture), words(picture) | changes)
    assert field in answer.context["adminform"].form.errors
    assert Picture.objects.get().licence == ""


def test_an_editor_s_choice_of_origin_decides_unless_the_file_is_certain(desk):
    says_photo = saved(photograph((640, 360)), xmp=provenance.xmp_packet("digitalCapture"))
    photo = Picture.objects.take_in(BytesIO(says_photo))
    desk.post(change(photo), words(photo, source_type="digitalCreation"))
    photo.refresh_from_db()
    assert (photo.source_type, photo.is_in_doubt) == ("digitalCreation", False)
    made = doubtful()
    answer = desk.post(change(made), words(made, source_type="digitalCapture"), follow=True)
    assert "its origin stays" in answer.content.decode()
    made.refresh_from_db()
    assert (made.source_type, made.is_in_doubt) == (TRAINED, True)


def test_an_upload_into_an_article_is_kept_when_its_origin_is_forgotten(desk):
    article = make_article(published=False)
    refused = desk.post(review(article), fields_of(article, upload=upload(), cover_alt="A bus", headline="Typed"))
    kept = Picture.objects.get()
    page = refused.content.decode()
    assert "Say where the picture comes from" in page
    assert f'value="{kept.pk}"' in page
    assert 'value="Typed"' in page
    desk.post(review(article), fields_of(article, cover=kept.pk, upload_source_type="digitalCapture", cover_alt="A"))
    assert (Article.objects.get().cover, Picture.objects.get().source_type) == (kept, "digitalCapture")
