"""The colours of the covers: printed inks on warm paper, which also sit quietly on a dark page."""

from typing import NamedTuple


class Palette(NamedTuple):
    """Five colours: paper, a near-black, the two that carry the picture, and one to be used sparingly."""

    ground: str
    ink: str
    main: str
    second: str
    accent: str


PALETTES = (
    Palette("#f2e8d5", "#2b1d1a", "#e6b450", "#7d8f69", "#b3392b"),  # harbour
    Palette("#f3e7d8", "#2c2430", "#c4603c", "#eab676", "#3f6c75"),  # brickworks
    Palette("#f3e6d6", "#3a1f1d", "#a63d2f", "#dba06a", "#5f7d86"),  # foundry
    Palette("#f2e6dd", "#2d1628", "#8c2f52", "#e39a6f", "#4a8085"),  # plum
    Palette("#efe6de", "#1d1830", "#675a9c", "#e8ae45", "#e0563a"),  # night train
    Palette("#ece8df", "#1b2440", "#3d5a98", "#b9c4d0", "#e4572e"),  # switchboard
    Palette("#f0e9da", "#14304c", "#2f6f9f", "#e9b872", "#d8583c"),  # ferry
    Palette("#efe0c9", "#12283f", "#3f7c7a", "#f2b441", "#d1492f"),  # signal
    Palette("#eeeadb", "#12312f", "#3d8c7c", "#f3c55f", "#e0673a"),  # orchard
    Palette("#efeadb", "#1c2a22", "#2f6b4f", "#b9c08a", "#e0903a"),  # ledger
    Palette("#f2ead3", "#26241f", "#8a9a5b", "#e3b23c", "#b5462f"),  # meadow
    Palette("#f4e9d6", "#2a211c", "#d99a1c", "#d9c6a0", "#2f6472"),  # granary
)
"""In the order of their hue, so that neighbours are kin: a section leans towards a stretch of them."""
