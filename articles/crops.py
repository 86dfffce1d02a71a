"""The crops that machines ask for: 16:9, 4:3 and 1:1 of a cover, around its focal point.

schema.org's `image` and the cards of other sites want these shapes, of at least 50,000 pixels each. Pages never show
them: there a picture keeps its own shape.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from PIL import Image

from articles import pictures

SHAPES = {"16x9": (16, 9), "4x3": (4, 3), "1x1": (1, 1)}
"""Name, which is also the file's -> width and height of the shape; the first is what a card shows."""

WIDTH = 1200  # pixels: what cards show at double density
LEAST = 50_000  # pixels in all; a crop of a small picture is enlarged to that
MIDDLE = (50, 50)

Focus = tuple[int, int]  # percent from the left and from the top


@dataclass(frozen=True)
class Crop:
    """One crop: its name in SHAPES, width and height in pixels, JPEG bytes (every machine reads those)."""

    name: str
    width: int
    height: int
    data: bytes = field(repr=False)


def crops(data: bytes, source_type: str, focus: Focus = MIDDLE) -> Iterator[Crop]:
    """The crops of a picture made by `take_in` or `cover_bytes`; each declares `source_type` as every copy does."""
    image, aigc = pictures.reopened(data)
    width, height = image.size
    # The decoder may leave out detail that no crop needs: the square one takes the shorter side.
    scale = min(1.0, WIDTH / min(width, height))
    image.draft("RGB", (math.ceil(width * scale), math.ceil(height * scale)))
    picture = image.convert("RGB")
    for name, shape in SHAPES.items():
        box = crop_box(picture.size, shape, focus)
        size = crop_size(box[2] - box[0], shape)
        cropped = picture.resize(size, Image.Resampling.LANCZOS, box=box)
        yield Crop(name, *size, pictures.encode(cropped, "jpeg", source_type, aigc))


def crop_box(size: tuple[int, int], shape: tuple[int, int], focus: Focus) -> tuple[float, float, float, float]:
    """The largest part of that shape: left, top, right, bottom in pixels.

    The focal point lies as far from the part's edges, in percent, as from the picture's: what style sheets call
    `object-position`, so that a preview in a browser shows the same part.
    """
    width, height = size
    part = min(width, height * shape[0] / shape[1]), min(height, width * shape[1] / shape[0])
    left, top = (width - part[0]) * focus[0] / 100, (height - part[1]) * focus[1] / 100
    return left, top, left + part[0], top + part[1]


def crop_size(width: float, shape: tuple[int, int]) -> tuple[int, int]:
    """The size in pixels of a crop that is `width` wide before: at most WIDTH wide, at least LEAST pixels in all."""
    least = math.ceil(math.sqrt(LEAST * shape[0] / shape[1]))
    wide = max(min(WIDTH, round(width)), least)
    return wide, math.ceil(wide * shape[1] / shape[0])
