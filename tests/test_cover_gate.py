"""Between a cover and its readers: every way to publish one asks for its origin; every copy's bytes say it."""

import json
import re
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from PIL import Image

from articles import crops, picture_data, provenance
from articles.jobs import make_renditions
from articles.models import Article, Picture
from cms.workflow import Conflict
from tests.factories import make_article, make_picture, make_report, make_story, picture_bytes, submission, upload
from tests.test_pictures import photograph, saved

pytestmark = pytest.mark.django_db
TRAINED = "trainedAlgorithmicMedia"


def doubtful(claim="digitalCapture"):
    """A picture whose file leaves no doubt that it is generated, sent as something else."""
    return Picture.objects.take_in(
        BytesIO(saved(photograph((640, 360)), xmp=provenance.xmp_packet(TRAINED))), source_type=claim
    )


def review(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def make(desk, article, move, **fields):
    return desk.post(review(article).replace("change", f"move/{move}"), {"seen": article.version} | fields)


def fields_of(article, **changes):
    day, _space, hour = str(article.published_at or "").partition(" ")
    return {
        "seen": article.version, "headline": article.headline, "dek": article.dek, "byline": article.byline,
        "body": article.body, "language": article.language, "section": article.section_id, "slug": article.slug,
        "published_at_0": day, "published_at_1": hour[:8], "cover": article.cover_id or "",
        "cover_alt": article.cover_alt, "cover_caption": article.cover_caption, "series": str(article.series),
    } | changes  # fmt: skip


# --- Every way to readers --------------------------------------------------------------------------------


def by_publishing(article, cover, desk, tmp_path):
    article.amend(by=article_editor(), cover=cover, cover_alt="A bus")
    make(desk, article, "publish")
    return article


def by_the_models_own_move(article, cover, desk, tmp_path):
    article.amend(by=article_editor(), cover=cover, cover_alt="A bus")
    with pytest.raises(ValidationError):
        article.publish(by=article_editor())
    return article


def by_editing_what_is_published(article, cover, desk, tmp_path):
    article.publish(by=article_editor())
    article.refresh_from_db()
    desk.post(review(article), fields_of(article, cover=cover.pk, cover_alt="A bus"))
    return article


def by_uploading_into_what_is_published(article, cover, desk, tmp_path):
    article.publish(by=article_editor())
    article.refresh_from_db()
    desk.post(review(article), fields_of(article, upload=upload(), cover_alt="A bus"))
    return article


def by_amending_in_code(article, cover, desk, tmp_path):
    article.publish(by=article_editor())
    with pytest.raises(ValidationError):
        article.amend(by=article_editor(), cover=cover, cover_alt="A bus")
    return article


def by_importing_it(article, cover, desk, tmp_path):
    return imported(tmp_path, cover, "new")


def by_importing_a_cover_for_what_is_published(article, cover, desk, tmp_path):
    imported(tmp_path, None, "known")
    return imported(tmp_path, cover, "known")


def by_signing_off(article, cover, desk, tmp_path):
    article.publish(by=article_editor())
    Article.objects.filter(pk=article.pk).update(cover=cover, cover_alt="A bus", headline="Changed")
    article.refresh_from_db()
    assert make(desk, article, "sign_off").status_code == 422
    Article.objects.filter(pk=article.pk).update(cover=None)
    return article


def article_editor():
    from cms.models import User

    return User.objects.system()


def imported(tmp_path, cover, number):
    row = {
        "id": number, "lang": "en", "headline": "H", "body_html": "<p>T.</p>", "section": "business",
        "published_at": "2026-11-20T08:00:00Z",
    }  # fmt: skip
    if cover:
        with cover.file.open() as file:
            (tmp_path / "c.jpg").write_bytes(picture_bytes() if not cover.source_type else file.read())
        row |= {"cover": "c.jpg", "cover_alt": "A bus"} | (
            {"cover_source_type": "digitalCapture"} if cover.source_type else {}
        )
    (tmp_path / "a.jsonl").write_text(json.dumps(row))
    errors = StringIO()
    try:
        call_command("import_articles", str(tmp_path / "a.jsonl"), stderr=errors, stdout=StringIO())
    except CommandError:
        assert "origin" in errors.getvalue() or "cover" in errors.getvalue()
    return Article.objects.filter(external_id=number).first()


WAYS = [
    by_publishing, by_the_models_own_move, by_editing_what_is_published, by_uploading_into_what_is_published,
    by_amending_in_code, by_importing_it, by_importing_a_cover_for_what_is_published, by_signing_off,
]  # fmt: skip


@pytest.mark.parametrize(
    ("way", "cover"),
    [
        (way, cover)
        for way in WAYS
        for cover in ("without an origin", "in doubt")
        # an upload is taken in with that editor's own declaration, and nothing else is asked of it here
        if (way, cover) != (by_uploading_into_what_is_published, "in doubt")
    ],
)
def test_no_way_leads_a_cover_to_readers_past_the_gate(way, cover, desk, tmp_path):
    picture = make_picture("") if cover == "without an origin" else doubtful()
    article = way(make_article(published=False), picture, desk, tmp_path)
    shown = Article.objects.published().exclude(cover=None)
    assert not shown.exists(), article
    assert Article.objects.filter(cover=None).exists() or not Article.objects.published().exists()


@pytest.mark.parametrize("published", [False, True])
def test_an_article_without_a_picture_has_its_cover_drawn_at_the_press_of_a_button(client, desk, published):
    article = make_article(published=published, headline="Night buses")
    assert make(desk, article, "draw_cover").url == review(article)
    article.refresh_from_db()
    assert article.cover.source_type == "algorithmicMedia"
    assert article.cover_alt == "Geometric pattern drawn by a computer"
    assert "cover drawn" in desk.get(review(article)).content.decode()
    if not published:
        make(desk, article, "publish")
    page = client.get(article.get_absolute_url()).content.decode()
    assert article.cover.url in page
    assert "computer-generated art for illustration only" in page
    assert make(desk, Article.objects.get(), "draw_cover").status_code in {409, 422}, "it has one now"
    assert list(Picture.objects.all()) == [article.cover]


def test_an_editor_decides_on_a_contradiction_with_a_reason_and_the_log_keeps_it(desk):
    article = make_article(published=False, cover=doubtful(), cover_alt="A port")
    refused = make(desk, article, "publish")
    assert refused.status_code == 422
    assert "contradicts" in refused.content.decode()
    assert "It is not printed before an editor has decided" in desk.get(review(article)).content.decode()
    assert make(desk, article, "stand_by_origin").status_code == 422  # a reason is asked for
    make(desk, article, "stand_by_origin", reason="The sender wrote that a tool had made it.")
    article.refresh_from_db()
    line = article.decisions().last()
    assert (line.move, line.reason) == ("stand_by_origin", "The sender wrote that a tool had made it.")
    assert line.details["origin"] == TRAINED
    assert "An editor has decided" in desk.get(review(article)).content.decode()
    assert "stand_by_origin" not in {move.name for move in article.moves_for(article_editor())}
    make(desk, article, "publish")
    assert Article.objects.published().get() == article


def test_the_decision_is_void_once_the_origin_is_declared_anew():
    picture = doubtful()
    picture.stand_by_origin()
    assert not picture.is_in_doubt
    picture.declare("digitalCreation")
    assert picture.is_in_doubt
    picture.declare(TRAINED)  # what the file says
    assert not picture.is_in_doubt


def test_a_picture_in_order_has_no_such_button(editor):
    for cover in (None, make_picture()):
        article = make_article(cover=cover, cover_alt="A bus")
        assert "stand_by_origin" not in {move.name for move in article.moves_for(editor)}


# --- What the contributor is told ------------------------------------------------------------------------


def test_the_contributor_reads_what_the_file_says_in_the_preview_and_on_the_receipt(client):
    sent = SimpleFile(saved(photograph((1300, 800)), xmp=provenance.xmp_packet(TRAINED)))
    fields = submission(cover_source_type="digitalCapture", cover=sent, preview="1")
    page = client.post("/en/submit/", fields).content.decode()
    assert "file says of itself: <strong>Made by a generative AI tool" in page
    assert "That is not what you chose" in page
    sent.seek(0)
    del fields["preview"]
    receipt = client.post("/en/submit/", fields | {"cover": sent}, follow=True)
    page = receipt.content.decode()
    assert "file says of itself: <strong>Made by a generative AI tool" in page
    assert "Declared origin: Photograph" in page


def test_an_honest_picture_s_sender_reads_that_the_own_word_counts(client):
    page = client.post("/en/submit/", submission(cover_source_type="digitalCapture", cover=upload(), preview="1"))
    assert "your own word counts" in page.content.decode()


class SimpleFile(BytesIO):
    name = "cover.jpg"


# --- Bytes, caption and JSON-LD --------------------------------------------------------------------------


@pytest.mark.parametrize("source_type", list(provenance.SOURCE_TYPES))
def test_every_copy_on_disk_the_caption_and_the_data_for_machines_agree(source_type, settings, client):
    picture = Picture.objects.take_in(BytesIO(picture_bytes((500, 300))), source_type=source_type)
    assert make_renditions() == 1
    picture.refresh_from_db()
    folder = settings.MEDIA_ROOT / f"pictures/{picture.uid.hex}"
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 1 + 3 + 3  # the original, one width in three formats, three shapes
    disclosed = picture.disclosed
    for name in names:
        with Image.open(folder / name) as image:
            image.load()
            declared = provenance.read_declared(image)
        assert declared["source_type"] == source_type, name
        label = declared.get("aigc", {}).get("Label")
        assert label == (str(int(disclosed.label)) if disclosed.label else None), name
    for entry in picture_data.image_objects(picture, "The port."):
        assert entry["digitalSourceType"] == disclosed.uri == provenance.SOURCE_TYPE_BASE + source_type
        assert entry["caption"] == f"The port. {disclosed.caption}".strip()
    article = make_article(cover=picture, cover_alt="A port", cover_caption="The port.")
    page = client.get(article.get_absolute_url()).content.decode()
    assert "The port." in page
    assert (disclosed.caption in page) if disclosed.caption else ("computer-generated" not in page)


def test_the_page_shows_the_original_until_the_worker_came_and_never_names_a_file_that_is_not_there(client):
    article = make_article(cover=make_picture(), cover_alt="A bus")
    picture = article.cover
    page = client.get(article.get_absolute_url()).content.decode()
    assert picture.url in page
    assert [image.width for image in picture.machine_images()] == [640]
    make_renditions()
    picture.refresh_from_db()
    page = client.get(article.get_absolute_url()).content.decode()
    named = set(re.findall(r"/media/[^\s\",]+", page))
    assert {address.rpartition(".")[2] for address in named} == {"avif", "webp", "jpeg"}
    for address in named:
        assert client.get(address).status_code == 200, address
    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert [image["url"] for image in json.loads(data)["image"]] == picture.machine_urls()
    assert len(picture.machine_urls()) == 3
    for url in picture.machine_urls():
        assert client.get(url.removeprefix("http://localhost:8000")).status_code == 200, url


def test_a_new_origin_takes_the_old_copies_off_the_pages_at_once():
    picture = make_picture()
    make_renditions()
    picture.refresh_from_db()
    picture.declare("digitalCreation")
    assert (picture.renditions, picture.crops, picture.rendered) == ([], None, None)
    make_renditions()
    picture.refresh_from_db()
    with Image.open(picture.file.storage.path(f"pictures/{picture.uid.hex}/1x1.jpeg")) as image:
        assert provenance.read_declared(image)["source_type"] == "digitalCreation"


def test_what_was_changed_while_the_worker_rendered_is_rendered_again():
    picture = make_picture()
    Picture.objects.filter(pk=picture.pk).update(focus_x=10)
    picture.render()
    assert Picture.objects.unrendered().get() == picture


def test_an_origin_declared_anew_while_the_worker_reads_the_old_file_is_not_forgotten(monkeypatch):
    picture = make_picture()

    def overtaken(self):
        Picture.objects.get(pk=self.pk).declare("digitalCreation")
        return render(self)  # its file is gone by now

    render = Picture.render
    monkeypatch.setattr(Picture, "render", overtaken)
    make_renditions()
    monkeypatch.undo()
    assert Picture.objects.unrendered().get() == picture
    make_renditions()
    picture.refresh_from_db()
    assert len(picture.crops) == 3
    assert not list(Path(picture.file.path).parent.glob("*.part"))


def test_caption_credit_and_licence_stand_under_the_cover(client):
    picture = make_picture()
    picture.credit, picture.licence = "Mara Lindqvist", "CC-BY-4.0"
    picture.save()
    article = make_article(cover=picture, cover_alt="A bus", cover_caption="The <last> bus")
    page = client.get(article.get_absolute_url()).content.decode()
    assert "The &lt;last&gt; bus" in page
    assert "Mara Lindqvist</span>" in page
    assert '<a href="https://creativecommons.org/licenses/by/4.0/" rel="license">CC BY 4.0</a>' in page
    entry = picture_data.image_objects(picture)[0]
    assert (entry["creditText"], entry["license"]) == ("Mara Lindqvist", picture.licence_link)


# --- Crops ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1600, 900), (900, 1600), (320, 180), (2000, 400), (3200, 2400)])
def test_machines_get_three_shapes_of_at_least_fifty_thousand_pixels(size):
    made = {crop.name: crop for crop in crops.crops(saved(photograph(size)), "digitalCapture")}
    assert list(made) == ["16x9", "4x3", "1x1"]
    for name, (wide, high) in crops.SHAPES.items():
        crop = made[name]
        assert crop.width * crop.height >= 50_000
        assert abs(crop.width / crop.height - wide / high) < 0.02
        with Image.open(BytesIO(crop.data)) as image:
            assert (image.format, image.size) == ("JPEG", (crop.width, crop.height))
    if min(size) >= 900:
        assert made["16x9"].width in {900, 1200}


def test_a_crop_keeps_the_focal_point():
    picture = saved(photograph((1600, 400)))  # red on the left, blue on the right
    for focus, red in (((0, 50), True), ((100, 50), False)):
        square = list(crops.crops(picture, "", focus))[2]
        with Image.open(BytesIO(square.data)) as image:
            pixel = image.convert("RGB").getpixel((square.width // 2, square.height // 2))
        assert (pixel[0] > pixel[2]) is red
    assert crops.crop_box((400, 100), (1, 1), (25, 0)) == (75, 0, 175, 100)


# --- The admin --------------------------------------------------------------------------------------------


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


def test_a_picture_under_report_hides_its_crops_too(client):
    article = make_article(cover=make_picture(), cover_alt="A bus")
    make_renditions()
    article.cover.refresh_from_db()
    address = article.cover.machine_urls()[2].removeprefix("http://localhost:8000")
    assert client.get(address).status_code == 200
    report = make_report(article)
    report.uphold(by=article_editor(), reason="Theirs.")
    assert client.get(address).status_code == 404


def test_two_editors_do_not_overwrite_each_other_s_decision_on_a_cover(editor):
    article = make_article(published=False, cover=doubtful(), cover_alt="A port")
    twin = Article.objects.get(pk=article.pk)
    article.stand_by_origin(by=editor, reason="Seen.")
    with pytest.raises(Conflict):
        twin.stand_by_origin(by=editor, reason="Seen too.")
