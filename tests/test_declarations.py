"""What a file itself declares, beyond its XMP: the notes of generators, EXIF, IPTC and Content Credentials."""

import json
import struct
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from articles import provenance
from tests.test_pictures import opened, photograph, saved, taken

TRAINED = "trainedAlgorithmicMedia"
PROMPT = "a lighthouse, oil on canvas\nNegative prompt: people\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"


def png(**texts):
    info = PngInfo()
    for name, text in texts.items():
        info.add_text(name.replace("_", "-") if name == "sd_metadata" else name, text)
    return saved(photograph((400, 300)), "PNG", pnginfo=info)


def jpeg(tag=None, value=None, **options):
    exif = Image.Exif()
    if tag == 0x9286:
        exif.get_ifd(0x8769)[tag] = value
    elif tag:
        exif[tag] = value
    return saved(photograph((400, 300)), exif=exif, **options)


def iptc(credit):
    """A JPEG with an IPTC record 2:110 (credit) in its Photoshop segment."""
    field = b"\x1c\x02\x6e" + struct.pack(">H", len(credit)) + credit
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(field)) + field + b"\0" * (len(field) % 2)
    segment = b"Photoshop 3.0\0" + resource
    data = saved(photograph((400, 300)))
    return data[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + data[2:]


def manifest(*codes):
    """The words of a C2PA manifest as they stand in its boxes; nothing is signed."""
    return b"\0\0\0\x20jumbjumdc2pa\0" + b"".join(
        b"\x71digitalSourceType\x78" + (provenance.SOURCE_TYPE_BASE + code).encode() + b"\0" for code in codes
    )


def with_manifest(kind, *codes):
    store = manifest(*codes)
    if kind == "JPEG":
        segment = b"JP\0\x01\0\0\0\x01" + store
        data = saved(photograph((400, 300)))
        return data[:2] + b"\xff\xeb" + struct.pack(">H", len(segment) + 2) + segment + data[2:]
    if kind == "PNG":
        data = saved(photograph((400, 300)), "PNG")
        chunk = struct.pack(">I", len(store)) + b"caBX" + store + struct.pack(">I", zlib.crc32(b"caBX" + store))
        return data[:33] + chunk + data[33:]
    data = saved(photograph((400, 300)), "WEBP")
    chunk = b"C2PA" + struct.pack("<I", len(store)) + store + b"\0" * (len(store) % 2)
    return b"RIFF" + struct.pack("<I", len(data) - 8 + len(chunk)) + data[8:] + chunk


@pytest.mark.parametrize(
    ("data", "tool"),
    [
        (png(parameters=PROMPT), "Stable Diffusion web UI (PNG parameters)"),
        (png(prompt='{"3": {"class_type": "KSampler"}}'), "ComfyUI (PNG prompt)"),
        (png(invokeai_metadata='{"positive_prompt": "x"}'), "InvokeAI (PNG invokeai_metadata)"),
        (png(Software="NovelAI", Comment='{"prompt": "x"}'), "NovelAI (PNG Software)"),
        (png(Description=f"a pier --v 6 Job ID: {'0' * 8}-{'0' * 4}-{'0' * 4}-{'0' * 4}-{'0' * 12}"), "Midjourney"),
        (png(Software="即梦 3.0"), "即梦 (PNG Software)"),
        (jpeg(0x0131, "Adobe Firefly"), "Adobe Firefly (EXIF Software)"),
        (jpeg(0x9286, b"UNICODE\0" + PROMPT.encode("utf-16-be")), "Stable Diffusion web UI (EXIF UserComment)"),
        (iptc(b"Made with Google AI"), "Made with Google AI (IPTC Credit)"),
        (jpeg(xmp=b'<a xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:Credit="Made with Google AI"/>'), "(XMP Credit)"),
    ],
)
def test_the_note_of_a_generator_makes_a_picture_suspect(data, tool):
    result = taken(data)
    assert tool in " ".join(result.declared["traces"])
    assert (result.source_type, result.aigc["Label"]) == (TRAINED, "3")
    assert "suspected" in provenance.disclosure(result.source_type, result.declared, "").caption
    assert "lighthouse" not in str(result.declared)
    honest = taken(data, source_type=TRAINED)
    assert honest.aigc["Label"] == "2"
    denied = taken(data, source_type="digitalCapture")
    assert denied.source_type == "digitalCapture"
    assert provenance.contradicts("digitalCapture", denied.declared)


@pytest.mark.parametrize(
    "data",
    [
        jpeg(0x0131, "Adobe Photoshop 26.0"),
        jpeg(0x010E, "The director imagines a port"),
        png(Description="Grokking the harbour", parameters="none"),
        iptc(b"Reuters"),
    ],
)
def test_an_ordinary_program_or_caption_is_no_trace(data):
    assert taken(data).declared == {}


def test_a_camera_s_picture_that_was_edited_later_contradicts_nobody():
    declared = {"source_type": "digitalCapture"}
    assert not provenance.contradicts("humanEdits", declared)
    assert not provenance.contradicts(provenance.COMPOSITE, declared)
    assert provenance.contradicts("digitalCreation", declared)


def test_an_aigc_record_in_a_png_text_counts():
    record = provenance.aigc_fields(provenance.Label.GENERATED, ContentProducer="画室")
    result = taken(png(AIGC=json.dumps(record)))
    assert (result.source_type, result.aigc) == (TRAINED, record)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_content_credentials_are_read_in_every_format(kind, monkeypatch):
    monkeypatch.setitem(sys.modules, "c2pa", None)  # as without the optional package
    result = taken(with_manifest(kind, TRAINED))
    assert result.declared["c2pa"] == {"state": "unchecked", "source_type": TRAINED}
    assert (result.source_type, result.aigc["Label"]) == (TRAINED, "1")
    mixed = taken(with_manifest(kind, "digitalCapture", TRAINED))
    assert mixed.source_type == provenance.COMPOSITE
    assert taken(with_manifest(kind, "digitalCapture")).source_type == "digitalCapture"


def test_what_is_declared_outlives_a_change_of_the_claim_and_agrees_with_the_bytes():
    first = taken(png(parameters=PROMPT))
    again = taken(first.data, source_type=TRAINED, declared=first.declared)
    assert again.declared == first.declared
    record = provenance.read_declared(opened(again.data))["aigc"]
    assert record["Label"] == "2" == str(int(provenance.disclosure(TRAINED, again.declared, TRAINED).label))


def test_huge_metadata_is_refused_or_ignored_but_never_kept():
    assert taken(jpeg(0x010E, "x" * 60_000)).declared == {}
    assert taken(png(Comment="x" * 900_000)).declared == {}
    assert len(taken(png(AIGC="[" * 50_000)).data) < 100_000


SIGNED = Path(__file__).parent / "data" / "content-credentials.avif"  # signed with a key made for it, until 2059


def test_a_real_manifest_is_read_without_the_optional_package_too(monkeypatch):
    monkeypatch.setitem(sys.modules, "c2pa", None)
    assert taken(SIGNED.read_bytes()).declared == {"c2pa": {"state": "unchecked", "source_type": TRAINED}}


def test_with_the_optional_package_a_signature_is_checked_and_tampering_noticed():
    pytest.importorskip("c2pa")
    data = bytearray(SIGNED.read_bytes())
    assert taken(data).declared["c2pa"]["state"] == "valid"
    data[-1] ^= 1
    tampered = taken(data)
    assert tampered.declared["c2pa"]["state"] == "invalid"
    assert tampered.aigc["Label"] == "3"
