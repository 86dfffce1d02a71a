"""Provenance: every copy says where a picture comes from, and nothing that a file declares can do harm."""

import json

import pytest
from PIL.PngImagePlugin import PngInfo

from articles import provenance
from articles.pictures import renditions
from tests.test_pictures import opened, photograph, saved, taken


def png_with_xmp(packet):
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode())
    return saved(photograph(), "PNG", pnginfo=info)


@pytest.mark.parametrize("source_type", list(provenance.SOURCE_TYPES))
def test_the_original_and_every_rendition_carry_the_source_type(source_type):
    original = taken(saved(photograph((900, 500))), source_type=source_type).data
    copies = [original, *(each.data for each in renditions(original, source_type))]
    assert len(copies) == 7
    for data in copies:
        declared = provenance.read_declared(opened(data))
        assert declared["source_type"] == source_type
        assert ("aigc" in declared) == (source_type in provenance.GENERATED)
        assert b"http://cv.iptc.org/newscodes/digitalsourcetype/" + source_type.encode() in data


def test_a_claim_alone_is_possible_and_the_files_own_word_certain():
    claimed = taken(saved(photograph()), source_type="trainedAlgorithmicMedia")
    assert claimed.aigc["Label"] == "2"
    file = saved(photograph(), xmp=provenance.xmp_packet("trainedAlgorithmicMedia"))
    for claim in ("", "digitalCapture", "trainedAlgorithmicMedia"):
        result = taken(file, source_type=claim)
        assert (result.source_type, result.aigc["Label"]) == ("trainedAlgorithmicMedia", "1")


def test_a_wrong_claim_of_our_own_can_be_put_right():
    claimed = taken(saved(photograph()), source_type="trainedAlgorithmicMedia").data
    corrected = taken(claimed, source_type="digitalCapture")
    assert (corrected.source_type, corrected.aigc) == ("digitalCapture", None)


def test_the_declaration_is_read_from_a_png_too():
    packet = provenance.xmp_packet("digitalCapture")
    assert taken(png_with_xmp(packet)).declared == {"source_type": "digitalCapture"}


def test_the_aigc_record_keeps_its_producer_through_all_copies():
    record = provenance.aigc_fields(provenance.Label.GENERATED, ContentProducer="画室 <&>", ProduceID="7")
    file = saved(photograph(), xmp=provenance.xmp_packet("algorithmicMedia", record))
    for each in renditions(taken(file).data, "algorithmicMedia"):
        assert provenance.read_declared(opened(each.data))["aigc"] == record


def test_xmp_written_as_an_attribute_is_read():
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" e:DigitalSourceType='
        b'"https://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"/></rdf:RDF></x:xmpmeta>'
    )
    result = taken(saved(photograph(), xmp=packet))
    assert result.declared == {"source_type": "compositeSynthetic"}
    assert result.source_type == ""


@pytest.mark.parametrize(
    "packet",
    [
        b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
        b"<a>" * 10_000,
        b"\xff\xfe\0\0 no xml",
        b"<?xml version='1.0' encoding='x-unheard-of'?><a/>",
    ],
)
def test_hostile_xmp_is_harmless(packet):
    assert taken(saved(photograph(), xmp=packet)).declared == {}


@pytest.mark.parametrize("value", ["[" * 5000, '{"Label": 9}', "7", '{"Label": "1", "ProduceID": "a\\u0000\\ud800b"}'])
def test_a_hostile_aigc_record_is_ignored_or_cleaned(value):
    packet = provenance.xmp_packet("algorithmicMedia").decode()
    start, end = packet.index("{"), packet.rindex("}") + 1
    declared = taken(saved(photograph(), xmp=(packet[:start] + value + packet[end:]).encode())).declared
    assert declared.get("aigc", {"ProduceID": "ab"})["ProduceID"] == "ab"
    json.dumps(declared).encode()


def test_the_caption_follows_the_label():
    assert provenance.caption_for("digitalCapture") == ""
    assert provenance.caption_for("") == ""
    assert "computer-generated art" in provenance.caption_for("algorithmicMedia")
    assert "partly" in provenance.caption_for("compositeWithTrainedAlgorithmicMedia")
    assert "may be" in provenance.caption_for("trainedAlgorithmicMedia", {})
