"""The one way in for pictures, and the copies that pages show.

Every sniffing library calls a file that is both a GIF and a script "an image", so nothing that was sent is
ever served: `take_in` decodes it and writes a new file; scripts, EXIF, GPS and comments do not survive that.
"""

import contextlib
import hashlib
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from . import declarations, provenance

MAX_BYTES = 12 * 1024 * 1024  # a 48-megapixel phone's JPEG; also what one request may hold in memory
MAX_PIXELS = 50_000_000  # the same phone's sensor; 200 MB once decoded
MIN_WIDTH, MIN_HEIGHT = 320, 180  # below this a cover is a smear on the narrowest phone
MAX_SIDE = 3200  # twice the widest rendition: room for a later crop
WIDTHS = (480, 800, 1200, 1600)  # phone, phone at 2x and tablet, desktop column, the same at 2x
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")  # each more is one more decoder open to hostile bytes
QUALITY = 88  # kept once; the renditions are made from it

AVIF_OPTIONS = {"quality": 60, "speed": 8}
WEBP_OPTIONS = {"quality": 78, "method": 4}
JPEG_OPTIONS = {"quality": 80, "progressive": True}
DRAWN = frozenset({"algorithmicMedia", "digitalCreation"})  # hard edges: coarse colour would fringe them

PROBLEMS = {
    "too_big": _("This picture is larger than %(megabytes)d MB. Save a smaller copy as JPEG and send that."),
    "too_many_pixels": _("This picture has more than %(megapixels)d million pixels. Scale it down and send it again."),
    "not_a_picture": _("This file is not a picture we can read. Send a JPEG, PNG, WebP or AVIF file."),
    "damaged": _("This picture is damaged or incomplete. Export it again, or send another copy."),
    "animated": _("This picture moves. Send one still frame of it as JPEG or PNG."),
    "gif": _("GIF pictures are not accepted. Save it as PNG and send that."),
    "heic": _(
        "Many browsers cannot show HEIC pictures. Export it as JPEG and send that "
        "(an iPhone does so by itself with Settings, Camera, Formats, Most Compatible)."
    ),
    "too_small": _("This picture is smaller than %(width)d × %(height)d pixels. Send a larger one."),
}
"""Error code -> what is wrong and what to do about it."""

_LIMITS = {
    "megabytes": MAX_BYTES // 1024**2,
    "megapixels": MAX_PIXELS // 10**6,
    "width": MIN_WIDTH,
    "height": MIN_HEIGHT,
}
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"})
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Taken:
    """A picture that came in: a fresh JPEG, sizes in pixels, and where it is said to come from.

    `declared` is what the file itself said (see `declarations.read`); `source_type` and `aigc` are
    what was settled from that and from the sender's claim, and written into `data`.
    """

    data: bytes = field(repr=False)
    width: int
    height: int
    sha256: str
    declared: Mapping[str, Any]
    source_type: str
    aigc: Mapping[str, str] | None
    format: str = "jpeg"
    extension: str = "jpg"


@dataclass(frozen=True)
class Rendition:
    """One copy for pages: width and height in pixels, format "avif", "webp" or "jpeg"."""

    width: int
    height: int
    format: str
    data: bytes = field(repr=False)


def take_in(upload: BinaryIO | UploadedFile, source_type: str = "", declared: Mapping[str, Any] | None = None) -> Taken:
    """Decode an untrusted upload and write it anew: upright, sRGB, on white, at most MAX_SIDE, no metadata.

    `source_type` is the IPTC code the sender claims; `declared` what the file said when it first came, where it has
    been written anew since. Raises ValidationError with a code of PROBLEMS.
    """
    raw = _read(upload)
    image = _opened(raw)
    try:
        picture = _developed(image)
    except Exception as error:  # decoders raise whatever they like on hostile bytes
        raise _refusal("damaged") from error
    if picture.width < MIN_WIDTH or picture.height < MIN_HEIGHT:
        raise _refusal("too_small")
    if declared is None:
        declared = declarations.read(image, raw)
    settled, aigc = provenance.settle(source_type, declared)
    data = encode(picture, "jpeg", settled, aigc, quality=QUALITY)
    digest = hashlib.sha256(data).hexdigest()
    return Taken(data, picture.width, picture.height, digest, declared, settled, aigc)


def renditions(data: bytes, source_type: str) -> Iterator[Rendition]:
    """The copies of a picture made by `take_in` or `cover_bytes`: the WIDTHS it can fill, in three formats.

    Never wider than the picture, aspect kept. Each copy declares `source_type` and keeps the AIGC record.
    """
    image, aigc = reopened(data)
    width, height = image.size
    image.draft("RGB", (min(width, WIDTHS[-1]), min(height, height * WIDTHS[-1] // width)))
    picture = image.convert("RGB")
    for target in [each for each in WIDTHS if each <= width] or [width]:
        size = target, max(1, round(height * target / width))
        scaled = picture.resize(size, Image.Resampling.LANCZOS)
        for name in ("avif", "webp", "jpeg"):
            yield Rendition(*size, name, encode(scaled, name, source_type, aigc))


def reopened(data: bytes) -> tuple[Image.Image, provenance.Aigc | None]:
    """A picture that we wrote ourselves, its header read and nothing decoded, and the AIGC record in it."""
    image = Image.open(BytesIO(data), formats=["JPEG"])
    return image, provenance.read_declared(image).get("aigc")


def encode(
    picture: Image.Image,
    name: str,
    source_type: str = "",
    aigc: provenance.Aigc | None = None,
    **options: Any,
) -> bytes:
    """An RGB picture as "avif", "webp" or "jpeg" bytes whose only metadata is where it comes from."""
    options = {"avif": AVIF_OPTIONS, "webp": WEBP_OPTIONS, "jpeg": JPEG_OPTIONS}[name] | options
    if source_type in DRAWN:
        options |= {"use_sharp_yuv": True} if name == "webp" else {"subsampling": "4:4:4"}
    if source_type:
        options["xmp"] = provenance.xmp_packet(source_type, aigc)
    picture.info.clear()  # Pillow would write the comment and the colour profile it finds there
    target = BytesIO()
    picture.save(target, name, **options)
    return target.getvalue()


def _refusal(code: str) -> ValidationError:
    return ValidationError(PROBLEMS[code], code, _LIMITS)


def _read(upload: BinaryIO | UploadedFile) -> bytes:
    """All bytes of an upload, also one that a form field has read before; never more than MAX_BYTES."""
    if upload.seekable():
        upload.seek(0)
    raw = upload.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise _refusal("too_big")
    return raw


def _opened(raw: bytes) -> Image.Image:
    """The picture with its header read and nothing decoded; known by its content, never by its name."""
    if raw[:4] == b"GIF8":
        raise _refusal("gif")
    if _is_heic(raw):
        raise _refusal("heic")
    try:
        image = Image.open(BytesIO(raw), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _refusal("too_many_pixels") from error
    except UnidentifiedImageError as error:
        raise _refusal("not_a_picture") from error
    except Exception as error:
        raise _refusal("damaged") from error
    if image.width * image.height > MAX_PIXELS:
        raise _refusal("too_many_pixels")
    # an MPO is a phone's JPEG with a preview or a depth map behind it: not animated, the first picture counts
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise _refusal("animated")
    return image


def _is_heic(raw: bytes) -> bool:
    if raw[4:8] != b"ftyp":
        return False
    box = raw[8 : min(int.from_bytes(raw[:4], "big"), 128)]
    brands = {box[start : start + 4] for start in range(0, len(box), 4)}
    return bool(brands & _HEIC_BRANDS) and b"avif" not in brands


def _developed(image: Image.Image) -> Image.Image:
    """The whole picture decoded: scaled down first, as the rest is then cheaper, upright, opaque, sRGB."""
    if image.mode in {"L", "RGB", "RGBA", "CMYK"}:
        picture = image
    else:
        image.load()
        picture = _plain(image)
    # Hamming is as sharp as bicubic on the way down at half its cost; gap 1 lets JPEG decode at 1/2, 1/4, 1/8
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.HAMMING, reducing_gap=1.0)
    picture.load()
    turn = _turn(image)
    return _srgb(_opaque(picture.transpose(turn) if turn is not None else picture))


def _plain(image: Image.Image) -> Image.Image:
    """A palette, two-tone, 16-bit or unusual picture in a mode that can be scaled."""
    if image.mode.startswith("I"):
        # Pillow clips instead of scaling when it narrows 16 bits to 8
        return image.convert("I").point(lambda value: value / 257).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _turn(image: Image.Image) -> Image.Transpose | None:
    """How the camera was held; None where EXIF is missing, or too broken to tell."""
    with contextlib.suppress(SyntaxError, LookupError, TypeError, ValueError, ArithmeticError, OSError, struct.error):
        return _TURNS.get(int(image.getexif().get(ExifTags.Base.Orientation, 1)))
    return None


def _opaque(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture
    picture = picture.convert("RGBA")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    ground.info = picture.info
    return ground


def _srgb(picture: Image.Image) -> Image.Image:
    """RGB in the sRGB colours that browsers assume; a broken or unfitting profile is ignored."""
    with contextlib.suppress(ImageCms.PyCMSError, KeyError, OSError, TypeError, ValueError):
        profile = ImageCms.ImageCmsProfile(BytesIO(picture.info["icc_profile"]))
        if "sRGB" not in ImageCms.getProfileDescription(profile):
            srgb = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, profile, srgb, outputMode="RGB")
            return converted or picture.convert("RGB")
    return picture.convert("RGB")
