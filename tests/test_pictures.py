"""Pictures: what comes in is decoded, cleaned and written anew, and every copy says where it comes from."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from articles import pictures
from articles.pictures import renditions, take_in

RED, BLUE = (220, 30, 30), (30, 30, 220)


def photograph(size=(640, 400)):
    """Left half red, right half blue, so that one sees how it was turned."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image


def saved(image, name="JPEG", **options):
    target = io.BytesIO()
    image.save(target, name, **options)
    return target.getvalue()


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def taken(data, **options):
    return take_in(io.BytesIO(data), **options)


def refused(data):
    with pytest.raises(ValidationError) as error:
        taken(data)
    assert str(error.value.messages[0])
    return error.value.code


def near(pixel, colour, tolerance=12):
    return all(abs(a - b) <= tolerance for a, b in zip(pixel, colour, strict=True))


def png_of(width, height):
    """A PNG header that promises many pixels and brings none."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_each_accepted_format_becomes_a_fresh_jpeg(name):
    result = taken(saved(photograph(), name))
    image = opened(result.data)
    assert image.format == "JPEG"
    assert (result.format, result.extension) == ("jpeg", "jpg")
    assert image.size == (result.width, result.height) == (640, 400)
    assert near(image.getpixel((100, 100)), RED)
    assert len(result.sha256) == 64


def test_exif_gps_comment_and_colour_profile_are_gone():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = saved(photograph(), exif=exif, comment=b"meet me at noon", icc_profile=srgb)
    assert b"SecretCamera" in sent
    assert b"noon" in sent
    result = taken(sent)
    image = opened(result.data)
    assert not image.getexif()
    assert not {"exif", "comment", "icc_profile", "xmp"} & image.info.keys()
    assert b"SecretCamera" not in result.data
    assert b"noon" not in result.data


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_of_the_camera_is_applied(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    sent = saved(photograph(), exif=exif)
    image, expected = opened(taken(sent).data), ImageOps.exif_transpose(opened(sent))
    assert image.size == expected.size
    for at in ((50, 50), (image.width - 50, image.height - 50)):
        assert near(image.getpixel(at), expected.getpixel(at), 30)


def test_broken_exif_does_not_stop_a_good_photograph():
    assert taken(saved(photograph(), exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")).width == 640


def test_a_large_photograph_is_scaled_to_the_limit_and_a_small_one_left():
    assert opened(taken(saved(photograph((4000, 1000)))).data).size == (3200, 800)
    assert opened(taken(saved(photograph((4000, 1000)), "PNG")).data).size == (3200, 800)
    assert opened(taken(saved(photograph((500, 300)))).data).size == (500, 300)


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (10_000, 9_500), (8_000, 7_000)])
def test_a_bomb_is_refused_before_it_is_decoded(width, height, monkeypatch):
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("decoded"))
    assert refused(png_of(width, height)) == "too_many_pixels"


def test_a_file_over_the_limit_is_refused_unread(monkeypatch):
    monkeypatch.setattr(pictures, "MAX_BYTES", 2000)
    assert refused(b"\xff\xd8" + bytes(2000)) == "too_big"


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_truncated_file_is_damaged(name):
    noise = Image.effect_noise((640, 400), 80).convert("RGB")
    data = saved(noise, name)
    assert refused(data[: len(data) // 2]) in {"damaged", "not_a_picture"}


@pytest.mark.parametrize(
    "data", [b"", b"GIF", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"BM" + bytes(60)]
)
def test_what_is_no_picture_is_named_so(data):
    assert refused(data) == "not_a_picture"


def test_a_wrong_name_or_type_is_harmless():
    upload = SimpleUploadedFile("cover.gif.exe", saved(photograph(), "PNG"), content_type="text/html")
    upload.read()
    assert take_in(upload).extension == "jpg"
    with pytest.raises(ValidationError):
        take_in(SimpleUploadedFile("cover.jpg", b"<script>alert(1)</script>", content_type="image/jpeg"))


def test_a_gif_that_is_also_a_script_is_refused():
    script = b"GIF89a/*" + saved(photograph((400, 300)), "GIF")[8:] + b"*/=1;alert(1)"
    assert refused(script) == "gif"


def test_a_script_behind_a_jpeg_does_not_come_through():
    sent = saved(photograph(), comment=b"*/alert(1)/*") + b"<script>alert(2)</script>"
    assert b"alert" not in taken(sent).data


@pytest.mark.parametrize("name", ["PNG", "WEBP", "AVIF"])
def test_a_moving_picture_is_refused(name):
    frames = [photograph(), Image.new("RGB", (640, 400), "green")]
    assert refused(saved(frames[0], name, save_all=True, append_images=frames[1:])) == "animated"


def test_a_phones_jpeg_with_a_second_picture_inside_is_taken():
    assert taken(saved(photograph(), "MPO", save_all=True, append_images=[photograph()])).width == 640


@pytest.mark.parametrize("brands", [b"heic\0\0\0\0mif1heic", b"mif1\0\0\0\0mif1heic", b"heix\0\0\0\0mif1heix"])
def test_heic_is_called_by_its_name(brands):
    data = struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + bytes(500)
    assert refused(data) == "heic"


@pytest.mark.parametrize("size", [(300, 400), (400, 100), (1, 1)])
def test_a_picture_too_small_for_a_cover_is_refused(size):
    assert refused(saved(photograph(size))) == "too_small"


def test_cmyk_becomes_rgb():
    image = opened(taken(saved(photograph().convert("CMYK"))).data)
    assert image.mode == "RGB"
    assert near(image.getpixel((100, 100)), RED, 20)


def test_sixteen_bits_are_scaled_and_not_clipped():
    grey = Image.new("I;16", (640, 400), 0x8080)
    assert near(opened(taken(saved(grey, "PNG")).data).getpixel((9, 9)), (128, 128, 128), 2)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P"])
def test_unusual_modes_become_rgb(mode):
    assert opened(taken(saved(photograph().convert(mode), "PNG")).data).mode == "RGB"


def test_transparency_becomes_white_paper():
    clear = Image.new("RGBA", (640, 400), (0, 0, 0, 0))
    for data in (saved(clear, "PNG"), saved(clear, "WEBP"), saved(clear.convert("LA"), "PNG")):
        assert near(opened(taken(data).data).getpixel((9, 9)), (255, 255, 255), 2)
    palette = Image.new("P", (640, 400), 0)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    assert near(opened(taken(saved(palette, "PNG", transparency=0)).data).getpixel((9, 9)), (255,) * 3, 2)


def test_a_colour_profile_is_applied_and_a_broken_one_ignored():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (b"junk", lab, b""):
        image = opened(taken(saved(photograph(), icc_profile=profile)).data)
        assert near(image.getpixel((100, 100)), RED)


def test_a_wide_gamut_picture_is_converted_to_the_colours_of_the_web():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"----").replace(b"bXYZ", b"rXYZ").replace(b"----", b"bXYZ")
    swapped = swapped.replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))
    image = opened(taken(saved(photograph(), "PNG", icc_profile=swapped)).data)
    assert near(image.getpixel((100, 100)), BLUE)


def test_renditions_are_never_wider_than_the_picture():
    widths = [(each.width, each.height, each.format) for each in renditions(saved(photograph((1000, 500))), "")]
    kinds = ("avif", "webp", "jpeg")
    assert widths == [(w, w // 2, kind) for w in (480, 800) for kind in kinds]
    small = list(renditions(saved(photograph((400, 300))), ""))
    assert [(each.width, each.height) for each in small] == [(400, 300)] * 3
    for each in small:
        assert opened(each.data).format == each.format.upper()
        assert opened(each.data).size == (400, 300)


FILES = [saved(photograph((330, 190)), name) for name in ("JPEG", "PNG", "WEBP", "AVIF", "GIF")]


@settings(deadline=None)
@given(st.binary(max_size=400) | st.sampled_from(FILES).flatmap(lambda f: st.binary(max_size=60).map(f[:24].__add__)))
def test_random_bytes_raise_nothing_but_a_validation_error(data):
    with pytest.raises(ValidationError):
        taken(data)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FILES), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=20))
def test_spoiled_files_raise_nothing_but_a_validation_error(data, spots):
    spoiled = bytearray(data)
    for where, value in spots:
        spoiled[int(where * (len(data) - 1))] = value
    try:
        result = taken(bytes(spoiled))
    except ValidationError:
        return
    assert opened(result.data).size == (result.width, result.height)
