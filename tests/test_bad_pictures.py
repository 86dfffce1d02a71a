"""Pictures that were broken, disguised or made to do harm: a clear answer, nothing lost, never a 500."""

import io
import re
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from articles.models import Article, Picture
from submissions.models import Story
from tests.factories import make_article, submission
from tests.test_interchange import row
from tests.test_pictures import photograph, png_of, saved

pytestmark = pytest.mark.django_db
URL = "/en/submit/"


def frames(kind):
    return saved(photograph((400, 300)), kind, save_all=True, append_images=[Image.new("RGB", (400, 300), "green")])


def heic():
    brands = b"heic\0\0\0\0mif1heic"
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + bytes(500)


def with_gps(size=(400, 340)):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretCamera"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (48.0, 51.0, 29.6), "E", (2.0, 17.0, 40.2)
    return saved(photograph(size), exif=exif, comment=b"48.8582")


def polyglot(kind):
    script = b"<script>alert(document.domain)</script>"
    if kind == "gif":
        return b"GIF89a/*" + saved(photograph((400, 300)), "GIF")[8:] + b"*/=1;alert(1)"
    if kind == "zip":
        return saved(photograph((400, 300)), "PNG") + b"PK\x05\x06" + bytes(18) + script
    return saved(photograph((400, 300)), comment=script) + script


def text_bomb():
    """A PNG with compressed texts that would be 80 MB."""
    info = PngInfo()
    for number in range(80):
        info.add_text(f"t{number}", "x" * 1_000_000, zip=True)
    return saved(photograph((400, 300)), "PNG", pnginfo=info)


def idat_bomb():
    """400 × 300 pixels are promised, 30 MB of them are sent."""
    header = png_of(400, 300)
    data = zlib.compress(bytes(30_000_000))
    chunk = struct.pack(">I", len(data)) + b"IDAT" + data + struct.pack(">I", zlib.crc32(b"IDAT" + data))
    return header[:33] + chunk + header[-12:]


REFUSED = {
    "no bytes at all": (b"", "empty"),
    "a text": (b"<script>alert(1)</script>", "not a picture we can read. Send a JPEG"),
    "an SVG": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "Send a JPEG"),
    "a PDF": (b"%PDF-1.7\n%%EOF", "Send a JPEG"),
    "a TIFF": (saved(photograph((400, 300)), "TIFF"), "Send a JPEG"),
    "a BMP": (saved(photograph((400, 300)), "BMP"), "Send a JPEG"),
    "a bomb of 30,000 × 30,000": (png_of(30_000, 30_000), "Scale it down"),
    "an honest size of a dishonest file": (png_of(7_000, 7_000), "damaged"),
    "a cut JPEG": (saved(Image.effect_noise((640, 400), 80).convert("RGB"))[:9_000], "Export it again"),
    "a cut PNG": (saved(Image.effect_noise((640, 400), 80).convert("RGB"), "PNG")[:9_000], "Export it again"),
    "a cut WebP": (saved(Image.effect_noise((640, 400), 80).convert("RGB"), "WEBP")[:9_000], "picture"),
    "a moving PNG": (frames("PNG"), "one still frame"),
    "a moving WebP": (frames("WEBP"), "one still frame"),
    "a GIF": (saved(photograph((400, 300)), "GIF"), "Save it as PNG"),
    "a GIF that is a script": (polyglot("gif"), "Save it as PNG"),
    "a HEIC": (heic(), "Export it as JPEG"),
    "a tiny one": (saved(photograph((60, 40))), "Send a larger one"),
    "texts that unpack to 80 MB": (text_bomb(), "Export it again"),
}
TAKEN = {
    "a GIF's name": ("cover.gif.exe", saved(photograph((400, 300)), "PNG")),
    "a script behind a JPEG": ("c.jpg", polyglot("jpeg")),
    "a ZIP behind a PNG": ("c.png", polyglot("zip")),
    "CMYK": ("c.jpg", saved(photograph((400, 300)).convert("CMYK"))),
    "16 bits": ("c.png", saved(Image.new("I;16", (400, 300), 0x8080), "PNG")),
    "two tones": ("c.png", saved(photograph((400, 300)).convert("1"), "PNG")),
    "a place and an orientation": ("c.jpg", with_gps()),
    "a phone's two pictures": ("c.jpg", frames("MPO")),
    "a broken profile": ("c.jpg", saved(photograph((400, 300)), icc_profile=b"junk" * 20_000)),
    "more data than pixels": ("c.png", idat_bomb()),
    "a name of 300 characters": ("渡轮" * 150 + ".jpg", saved(photograph((400, 300)))),
    "a path for a name": ("../../../etc/passwd", saved(photograph((400, 300)))),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_the_form_names_what_is_wrong_with_a_picture_and_the_way_out(client, name):
    data, words = REFUSED[name]
    sent = submission(cover_source_type="digitalCapture", headline="What I typed stays.")
    answer = client.post(URL, sent | {"cover": SimpleUploadedFile("cover.jpg", data, "image/jpeg")})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors["cover"])
    assert re.search(r'name="cover"[^>]*aria-invalid="true"', page)
    assert "What I typed stays." in page
    assert (Story.objects.count(), Picture.objects.count()) == (0, 0)


def save(desk, upload):
    """Send an article's form with a new headline and a picture."""
    article = make_article(published=False)
    fields = {
        "seen": article.version, "headline": "What I typed stays.", "body": article.body, "language": "en",
        "section": article.section_id, "series": str(article.series), "slug": article.slug,
        "upload": upload, "upload_source_type": "digitalCapture",
    }  # fmt: skip
    return desk.post(reverse("admin:articles_article_change", args=[article.pk]), fields)


@pytest.mark.parametrize("name", REFUSED)
def test_the_admin_says_the_same_and_keeps_what_was_typed(desk, name):
    data, words = REFUSED[name]
    answer = save(desk, SimpleUploadedFile("cover.jpg", data))
    assert answer.status_code == 200
    assert words in " ".join(answer.context["adminform"].form.errors["upload"])
    assert "What I typed stays." in answer.content.decode()
    assert Article.objects.get().cover is None


@pytest.mark.parametrize("name", REFUSED)
def test_the_import_says_the_same_and_goes_on_with_the_next_line(load, name):
    data, words = REFUSED[name]
    (load.folder / "cover.jpg").write_bytes(data)
    cover = {"cover": "cover.jpg", "cover_alt": "A quay", "cover_source_type": "digitalCapture"}
    _out, errors = load(row(1), row(2, **cover), row(3))
    assert "line 2:" in errors
    assert ("not a picture we can read" if not data else words) in errors
    assert set(Article.objects.values_list("external_id", flat=True)) == {"x-1", "x-3"}
    assert not Picture.objects.exists()


def by_the_form(client, desk, load, file_name, data):
    sent = submission(cover_source_type="digitalCapture") | {"cover": SimpleUploadedFile(file_name, data)}
    assert client.post(URL, sent).status_code == 302
    return Story.objects.get().cover


def by_the_admin(client, desk, load, file_name, data):
    answer = save(desk, SimpleUploadedFile(file_name, data))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return Article.objects.get().cover


def by_the_import(client, desk, load, file_name, data):
    (load.folder / "cover.jpg").write_bytes(data)
    cover = {"cover": "cover.jpg", "cover_alt": "A quay", "cover_source_type": "digitalCapture"}
    _out, errors = load(row(1, **cover))
    assert errors == ""
    return Article.objects.get().cover


@pytest.mark.parametrize("arrive", [by_the_form, by_the_admin, by_the_import])
@pytest.mark.parametrize("name", TAKEN)
def test_an_odd_but_honest_picture_comes_in_clean(client, desk, load, name, arrive):
    picture = arrive(client, desk, load, *TAKEN[name])
    with picture.file.open() as file:
        kept = file.read()
    assert kept[:3] == b"\xff\xd8\xff"
    assert re.fullmatch(r"pictures/[0-9a-f]{32}/original-[0-9a-f]{8}\.jpg", picture.file.name)
    for secret in (b"alert", b"SecretCamera", b"48.8582", b"PK\x05\x06", b"Exif", b"junk"):
        assert secret not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert image.mode == "RGB"
        assert not image.getexif()
        assert image.size == ((340, 400) if "orientation" in name else (400, 300))
