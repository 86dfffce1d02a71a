"""The shapes of the covers as antialiased masks: drawn once, four times too large, then only pasted."""

from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw

Draw = ImageDraw.ImageDraw

_TURNS = {
    1: Image.Transpose.ROTATE_270,  # Pillow turns anticlockwise
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_90,
}
SCALE = 4  # 16 samples a pixel: edges as clean as vector art


def _disc_at(draw: Draw, x: float, y: float, radius: float, fill: int = 255) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def _quarter(draw: Draw, n: int) -> None:
    _disc_at(draw, 0, 0, n)


def _half(draw: Draw, n: int) -> None:
    _disc_at(draw, 0, n / 2, n / 2)


def _triangle(draw: Draw, n: int) -> None:
    draw.polygon(((0, 0), (n, 0), (0, n)), fill=255)


def _peak(draw: Draw, n: int) -> None:
    draw.polygon(((0, 0), (n, n / 2), (0, n)), fill=255)


def _leaf(draw: Draw, n: int) -> None:
    """What the discs around two opposite corners share."""
    draw.rectangle((0, 0, n, n), fill=255)
    for x, y in ((0, n), (n, 0)):
        outside = Image.new("L", (n, n), 255)
        _disc_at(ImageDraw.Draw(outside), x, y, n, 0)
        draw.bitmap((0, 0), outside, fill=0)


def _disc(draw: Draw, n: int) -> None:
    _disc_at(draw, n / 2, n / 2, n * 0.3)


def _sun(draw: Draw, n: int) -> None:
    _disc_at(draw, n / 2, n / 2, n / 2)


def _ring(draw: Draw, n: int) -> None:
    _disc_at(draw, n / 2, n / 2, n / 2)
    _disc_at(draw, n / 2, n / 2, n / 4, 0)


def _bow(draw: Draw, n: int) -> None:
    _disc_at(draw, 0, 0, n)
    _disc_at(draw, 0, 0, n / 2, 0)


def _arches(draw: Draw, n: int) -> None:
    """Quarter rings around one corner: terraces, or a sound that spreads."""
    for step, fill in ((1.0, 255), (0.8, 0), (0.6, 255), (0.4, 0), (0.2, 255)):
        _disc_at(draw, 0, 0, n * step, fill)


def _stripes(draw: Draw, n: int) -> None:
    for index in range(0, 8, 2):
        draw.rectangle((0, n * index // 8, n, n * (index + 1) // 8 - 1), fill=255)


def _stairs(draw: Draw, n: int) -> None:
    for index in range(4):
        draw.rectangle((0, n * index // 4, n * (4 - index) // 4 - 1, n * (index + 1) // 4 - 1), fill=255)


def _core(draw: Draw, n: int) -> None:
    """What fills the hole of a ring."""
    _disc_at(draw, n / 2, n / 2, n / 4)


MOTIFS: dict[str, Callable[[Draw, int], None]] = {
    "quarter": _quarter,
    "half": _half,
    "triangle": _triangle,
    "peak": _peak,
    "leaf": _leaf,
    "disc": _disc,
    "sun": _sun,
    "ring": _ring,
    "bow": _bow,
    "arches": _arches,
    "stripes": _stripes,
    "stairs": _stairs,
    "core": _core,
}


@lru_cache(maxsize=256)
def mask(motif: str, side: int, turns: int = 0) -> Image.Image:
    """The motif as an "L" mask of side × side pixels, turned clockwise 0 to 3 times.

    Masks are shared by all covers: paste them, never draw on them.
    """
    if turns:
        return mask(motif, side).transpose(_TURNS[turns])
    large = Image.new("L", (side * SCALE, side * SCALE))
    MOTIFS[motif](ImageDraw.Draw(large), side * SCALE)
    return large.reduce(SCALE)
