"""What a file itself declares, beyond its XMP: the notes of generators, EXIF, IPTC and Content Credentials."""

import json
import struct
import sys
import zlib
from pathlib import Path

import pytest
from django.template import Context, Template
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from articles import c2pa_reader, provenance
from articles.models import Picture
from tests.loopback import listening
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


def segment_of(store):
    """A JPEG's APP11 with these boxes."""
    segment = b"JP\0\x01\0\0\0\x01" + store
    return b"\xff\xeb" + struct.pack(">H", len(segment) + 2) + segment


def with_manifest(kind, *codes):
    store = manifest(*codes)
    if kind == "JPEG":
        data = saved(photograph((400, 300)))
        return data[:2] + segment_of(store) + data[2:]
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


@pytest.fixture
def checked():
    """The optional package is installed, as it is for development."""
    pytest.importorskip("c2pa")


def test_with_the_optional_package_a_signature_is_checked_and_tampering_noticed(checked):
    data = bytearray(SIGNED.read_bytes())
    assert taken(data).declared["c2pa"] == {"state": "valid", "source_type": TRAINED, "generator": "test"}
    data[-1] ^= 1
    tampered = taken(data)
    assert tampered.declared["c2pa"]["state"] == "invalid"
    assert tampered.aigc["Label"] == "3"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_unsigned_manifest_is_a_broken_one_and_only_raises_a_suspicion(checked, kind):
    result = taken(with_manifest(kind, TRAINED))
    assert result.declared["c2pa"] == {"state": "invalid", "source_type": TRAINED}
    assert result.aigc["Label"] == "3"


def test_a_cut_or_scrambled_manifest_is_never_a_failure_of_ours(checked):
    data = SIGNED.read_bytes()
    image, start = opened(data), data.index(c2pa_reader._AVIF_BOX)
    states = []
    for place in range(start + 200, start + 4200, 400):
        scrambled = data[:place] + bytes(byte ^ 0xA5 for byte in data[place : place + 12]) + data[place + 12 :]
        states.append(c2pa_reader.read(image, scrambled)["state"])
    assert set(states) <= {"valid", "invalid"}  # some bytes are only there to fill
    assert states.count("invalid") > len(states) / 2
    assert c2pa_reader.read(image, data[: start + 900])["state"] == "invalid"


@pytest.mark.parametrize("program", ["import os; os.abort()", "print('[' * 100000)", "while True: pass"])
def test_a_check_that_crashes_babbles_or_never_ends_harms_nobody(checked, monkeypatch, tmp_path, program):
    stand_in = tmp_path / "check.py"
    stand_in.write_text(program)
    monkeypatch.setattr(c2pa_reader, "_PROGRAM", stand_in)
    monkeypatch.setattr(c2pa_reader, "_SECONDS", 0.5)
    assert taken(SIGNED.read_bytes()).declared["c2pa"] == {"state": "invalid", "source_type": TRAINED}


def test_a_manifest_that_is_too_large_is_not_given_to_the_package(checked, monkeypatch):
    monkeypatch.setattr(c2pa_reader, "_LARGEST", 1000)
    monkeypatch.setattr(c2pa_reader, "_PROGRAM", Path("/nonexistent"))
    monkeypatch.setattr(c2pa_reader, "_checked", lambda *_: pytest.fail("it was"))
    assert taken(SIGNED.read_bytes()).declared["c2pa"]["state"] == "invalid"


def test_nothing_is_fetched_for_a_manifest_that_lies_elsewhere(checked):
    with listening() as server:
        xmp = f'<a xmlns:d="http://purl.org/dc/terms/" d:provenance="{server.url}c2pa"/>'.encode()
        for data in (saved(photograph((400, 300)), xmp=xmp), jpeg(xmp=xmp)):
            with_both = data[:2] + segment_of(manifest(TRAINED)) + data[2:]
            assert taken(with_both).declared["c2pa"]["state"] == "invalid"
            assert c2pa_reader._checked(opened(data), data) == {"state": "Invalid"}
    assert server.told == []


def test_the_program_that_signed_is_shown_to_the_sender_and_to_the_desk():
    declared = {"c2pa": {"state": "valid", "source_type": TRAINED, "generator": "<b>Pix"}}
    picture = Picture(claimed="digitalCapture", declared=declared, width=1, height=1)
    for tag in ("picture_declared", "picture_origin"):
        page = Template("{% load pictures %}{% " + tag + " picture 'digitalCapture' %}").render(
            Context({"picture": picture})
        )
        assert "&lt;b&gt;Pix" in page
        assert "signed, and unchanged since" in page
        assert "ontradict" in page or "not what you chose" in page
