"""Covers drawn by code: one story, one cover; another story, another; honest about their origin."""

import hashlib
import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from articles import provenance
from articles.cover_art import cover_bytes, draw_cover
from articles.cover_art.composition import compose
from articles.cover_art.dice import Dice
from articles.cover_art.motifs import MOTIFS, mask
from articles.cover_art.palettes import PALETTES
from tests.factories import make_story
from tests.test_pictures import opened, taken

HEADLINES = [f"Seventeen questions about water, part {number}" for number in range(40)]


def fingerprint(image: Image.Image) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_same_story_gets_the_same_cover():
    assert draw_cover("会等待的起重机", "business").tobytes() == draw_cover("会等待的起重机", "business").tobytes()
    assert cover_bytes("The cranes that wait", "markets") == cover_bytes("The cranes that wait", "markets")


def test_the_cover_does_not_depend_on_the_machine():
    """A changed value here means that every cover of the archive has changed."""
    throws = Dice("business\nThe cranes that wait")
    assert [throws.below(1000) for _ in range(8)] == [873, 611, 824, 710, 94, 590, 435, 214]


def test_every_headline_gets_another_cover():
    prints = {fingerprint(draw_cover(headline, "business", (160, 90))) for headline in HEADLINES}
    assert len(prints) == len(HEADLINES)


def test_the_section_changes_the_cover_too():
    assert draw_cover("The cranes that wait", "a").tobytes() != draw_cover("The cranes that wait", "b").tobytes()


def test_covers_differ_to_the_eye_and_not_only_in_bytes():
    small = [draw_cover(headline, "business", (320, 180)).convert("L").resize((9, 8)) for headline in HEADLINES]
    rows = [list(image.tobytes()) for image in small]
    hashes = [[row[i] < row[i + 1] for i in range(71) if i % 9 != 8] for row in rows]
    distances = [sum(a != b for a, b in zip(x, y, strict=True)) for x in hashes for y in hashes if x is not y]
    assert min(distances) >= 6


@pytest.mark.parametrize("size", [(1600, 900), (1200, 900), (1200, 1200), (900, 1600), (333, 187), (1, 1)])
def test_every_size_is_filled_by_tiles_without_gap_or_overlap(size):
    assert draw_cover("The cranes that wait", "markets", size).size == size
    unit = -(-min(size) // 9)
    columns, rows = -(-size[0] // unit), -(-size[1] // unit)
    for headline in HEADLINES:
        covered = [
            (tile.at[0] + dx, tile.at[1] + dy)
            for tile in compose(Dice(headline), PALETTES[0], columns, rows)
            for dx in range(tile.side)
            for dy in range(tile.side)
        ]
        assert sorted(covered) == [(x, y) for x in range(columns) for y in range(rows)]


@pytest.mark.parametrize("headline", ["", "\ud800", "x" * 10_000, "\0", "👩‍🚀"])
def test_any_text_gets_a_cover(headline):
    assert draw_cover(headline, "", (160, 90)).mode == "RGB"


@pytest.mark.parametrize("motif", list(MOTIFS))
def test_every_motif_has_soft_edges_and_leaves_room_for_its_ground(motif):
    levels = mask(motif, 200).histogram()
    assert levels[0] > 2000
    assert levels[255] > 2000
    if motif not in {"stripes", "stairs"}:
        assert sum(levels[1:255]) > 100


def test_every_palette_has_a_paper_that_does_not_glare_and_an_ink_that_reads_on_it():
    for palette in PALETTES:
        paper, ink = luminance(palette.ground), luminance(palette.ink)
        assert 0.75 < paper < 0.9
        assert (paper + 0.05) / (ink + 0.05) >= 10
        assert (paper + 0.05) / (luminance(palette.accent) + 0.05) >= 2


def test_the_file_says_that_it_was_drawn_by_code():
    data = cover_bytes("The cranes that wait", "markets")
    image = opened(data)
    declared = provenance.read_declared(image)
    assert (image.format, image.size) == ("JPEG", (1600, 900))
    assert declared["source_type"] == "algorithmicMedia"
    assert declared["aigc"]["Label"] == "1"
    assert declared["aigc"]["ProduceID"] == hashlib.sha256(b"markets\nThe cranes that wait").hexdigest()


def test_a_cover_can_come_in_like_any_other_picture():
    result = taken(cover_bytes("The cranes that wait", "markets"))
    assert (result.source_type, result.aigc["Label"]) == ("algorithmicMedia", "1")
    assert "computer-generated art" in provenance.caption_for(result.source_type, result.declared)


def gradient(headline, section):
    """Another generator, as a newsroom may name one: it declares what it is."""
    target = io.BytesIO()
    picture = Image.linear_gradient("L").resize((800, 450))
    picture.save(target, "PNG", pnginfo=declared_info("trainedAlgorithmicMedia"))
    return target.getvalue()


def declared_info(source_type):
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", provenance.xmp_packet(source_type).decode())
    return info


def undeclared(headline, section):
    target = io.BytesIO()
    Image.new("RGB", (800, 450)).save(target, "PNG")
    return target.getvalue()


def broken(headline, section):
    raise RuntimeError("the other machine is away")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "source_type", "alt"),
    [
        ("", "algorithmicMedia", "Geometric pattern"),
        ("tests.test_cover_art.gradient", "trainedAlgorithmicMedia", "Illustration made"),
        ("tests.test_cover_art.undeclared", "algorithmicMedia", "Geometric pattern"),
        ("tests.test_cover_art.broken", "algorithmicMedia", "Geometric pattern"),
        ("tests.test_cover_art.nobody", "algorithmicMedia", "Geometric pattern"),
    ],
)
def test_a_setting_names_another_generator_and_a_story_gets_a_cover_in_any_case(
    settings, editor, name, source_type, alt
):
    settings.COVER_GENERATOR = name
    article = make_story().accept(by=editor)
    assert article.cover.source_type == source_type
    assert article.cover.disclosed.label == provenance.Label.GENERATED
    assert alt in article.cover_alt
