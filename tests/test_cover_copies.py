"""Every copy of a cover says where it comes from, to its sender, to readers and to machines."""

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from articles import crops, picture_data, provenance
from articles.jobs import make_renditions
from articles.models import Picture
from tests.covers import TRAINED, article_editor
from tests.factories import make_article, make_picture, make_report, picture_bytes, submission, upload
from tests.test_pictures import photograph, saved

pytestmark = pytest.mark.django_db


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


def test_a_picture_under_report_hides_its_crops_too(client):
    article = make_article(cover=make_picture(), cover_alt="A bus")
    make_renditions()
    article.cover.refresh_from_db()
    address = article.cover.machine_urls()[2].removeprefix("http://localhost:8000")
    assert client.get(address).status_code == 200
    report = make_report(article)
    report.uphold(by=article_editor(), reason="Theirs.")
    assert client.get(address).status_code == 404
