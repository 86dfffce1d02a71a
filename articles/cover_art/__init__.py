"""Covers drawn by code: geometric tiles, one family, another picture for every headline."""

import logging

from django.conf import settings
from django.utils.module_loading import import_string
from PIL import Image

from articles import pictures, provenance

from .composition import compose
from .dice import Dice
from .motifs import mask
from .palettes import PALETTES, Palette

log = logging.getLogger(__name__)

SIZE = (1600, 900)  # 16:9, the widest rendition
UNITS = 9  # along the shorter side; see composition.py
KIN = 4  # neighbouring palettes that a section leans towards
QUALITY = 92  # flat colours: costs little, and the renditions are made from it
SOURCE_TYPE = "algorithmicMedia"


def draw_cover(headline: str, section: str, size: tuple[int, int] = SIZE) -> Image.Image:
    """An RGB picture of `size` pixels that depends on nothing but the headline, the section and the size."""
    dice = _dice(headline, section)
    palette = _palette(dice, section)
    unit = -(-min(size) // UNITS)
    cover = Image.new("RGB", size, palette.ground)
    for tile in compose(dice, palette, -(-size[0] // unit), -(-size[1] // unit)):
        x, y, side = tile.at[0] * unit, tile.at[1] * unit, tile.side * unit
        cover.paste(tile.ground, (x, y, x + side, y + side))
        for motif, turns, colour in tile.layers:
            cover.paste(colour, (x, y), mask(motif, side, turns % 4))
    return cover


def cover_bytes(headline: str, section: str) -> bytes:
    """The same cover as a JPEG that declares itself drawn by code; `take_in` and `renditions` read that."""
    aigc = provenance.aigc_fields(
        provenance.Label.GENERATED,
        ContentProducer="Copydesk",
        ProduceID=_dice(headline, section).digest.hex(),
    )
    return pictures.encode(draw_cover(headline, section), "jpeg", SOURCE_TYPE, aigc, quality=QUALITY)


def by_setting(headline: str, section: str) -> bytes:
    """What the generator named by COVER_GENERATOR draws for a headline and a section's slug; b"" where it fails.

    It is called while somebody waits, and returns a JPEG, PNG, WebP or AVIF whose XMP says where it comes from.
    """
    if not settings.COVER_GENERATOR:
        return b""
    try:
        return bytes(import_string(settings.COVER_GENERATOR)(headline, section))
    except Exception:  # somebody else's code: the story gets a cover all the same
        log.exception("COVER_GENERATOR %s failed", settings.COVER_GENERATOR)
        return b""


def _dice(headline: str, section: str) -> Dice:
    return Dice(f"{section}\n{headline}")


def _palette(dice: Dice, section: str) -> Palette:
    """One of the palettes the section leans towards."""
    return PALETTES[(Dice(section).below(len(PALETTES)) + dice.below(KIN)) % len(PALETTES)]
