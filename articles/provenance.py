"""Where a picture comes from: what its file declares, what we write into every copy, what the caption says.

Sources of the rules: IPTC digital source types (XMP `Iptc4xmpExt:DigitalSourceType`) and China's Labelling
Measures, in force from 2025-09-01 (XMP field `AIGC` of TC260).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from PIL import Image

SOURCE_TYPES = {
    "digitalCapture": pgettext_lazy("picture source", "Photograph"),
    "humanEdits": pgettext_lazy("picture source", "Photograph or picture edited by a person"),
    "digitalCreation": pgettext_lazy("picture source", "Drawn or designed by a person"),
    "compositeWithTrainedAlgorithmicMedia": pgettext_lazy("picture source", "Partly made by a generative AI tool"),
    "trainedAlgorithmicMedia": pgettext_lazy("picture source", "Made by a generative AI tool"),
    "algorithmicMedia": pgettext_lazy("picture source", "Drawn by program code"),
}
"""IPTC code -> what the form calls it, in the order of the form."""

COMPOSITE = "compositeWithTrainedAlgorithmicMedia"
GENERATED = frozenset({"trainedAlgorithmicMedia", COMPOSITE, "algorithmicMedia"})
"""The codes that must be labelled for the reader."""

SOURCE_TYPE_BASE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
IPTC_NAMESPACE = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
AIGC_NAMESPACE = "http://www.tc260.org.cn/ns/AIGC/1.0/"
AIGC_FIELDS = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)

MAX_XMP_BYTES = 256 * 1024  # four times what a JPEG can hold; what is larger is not read
MAX_VALUE_CHARS = 200  # nobody's identifier is longer, and the packet has to fit a JPEG segment

Aigc = Mapping[str, str]


class Label(IntEnum):
    """How sure it is that a picture is generated (Labelling Measures, Art. 6)."""

    GENERATED = 1  # the file says so, or we drew it
    POSSIBLE = 2  # only the person who sent it says so
    SUSPECTED = 3  # only traces of it were found


CAPTIONS = {
    Label.GENERATED: _("The cover is computer-generated art for illustration only; it does not show a real scene."),
    Label.POSSIBLE: _("The cover may be computer-generated; it is for illustration only."),
    Label.SUSPECTED: _("The cover is suspected to be computer-generated; it is for illustration only."),
}
COMPOSITE_CAPTIONS = {
    Label.GENERATED: _("The cover is partly computer-generated; it is for illustration only."),
    Label.POSSIBLE: _("The cover may be partly computer-generated; it is for illustration only."),
    Label.SUSPECTED: _("The cover is suspected to be partly computer-generated; it is for illustration only."),
}

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="{iptc}" xmlns:TC260="{tc260}">
{fields}
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True)
class Disclosure:
    """What is said of a picture's origin, everywhere alike: under it, in JSON-LD, and in the bytes of every copy.

    `uri` is the IPTC term ("" for an unknown origin), `label` how sure it is that it is generated (None: it is not),
    `caption` the sentence for the reader ("" where nothing is disclosed).
    """

    source_type: str
    uri: str
    label: Label | None
    caption: str


def disclosure(source_type: str, declared: Mapping[str, Any] | None = None, claimed: str | None = None) -> Disclosure:
    """What is disclosed of a picture of this type, in the active language.

    With what the file declared (`declarations.read`) and a person claimed (by default the same type) it is as sure as
    the label in the picture's bytes.
    """
    uri = SOURCE_TYPE_BASE + source_type if source_type in SOURCE_TYPES else ""
    if source_type not in GENERATED:
        return Disclosure(source_type, uri, None, "")
    word = source_type if claimed is None else claimed
    aigc = settle(word, declared)[1] if declared is not None else None
    label = Label(int(aigc["Label"])) if aigc else Label.GENERATED
    caption = str((COMPOSITE_CAPTIONS if source_type == COMPOSITE else CAPTIONS)[label])
    return Disclosure(source_type, uri, label, caption)


def caption_for(source_type: str, declared: Mapping[str, Any] | None = None) -> str:
    """The sentence the reader sees under a cover (`disclosure`)."""
    return disclosure(source_type, declared).caption


def aigc_fields(label: Label, **values: str) -> dict[str, str]:
    """The seven fields of an AIGC record; `values` go by their names (`ProduceID="..."`), the rest is ""."""
    return {name: values.get(name, "")[:MAX_VALUE_CHARS] for name in AIGC_FIELDS} | {"Label": str(int(label))}


def xmp_packet(source_type: str, aigc: Aigc | None = None) -> bytes:
    """XMP (RDF/XML, UTF-8) that declares a source type, and the AIGC record where it is a generated one.

    Without `aigc` a generated picture is labelled as certainly so. Raises KeyError for an unknown type.
    """
    if source_type not in SOURCE_TYPES:
        raise KeyError(source_type)
    uri = SOURCE_TYPE_BASE + source_type
    fields = [f"<Iptc4xmpExt:DigitalSourceType>{uri}</Iptc4xmpExt:DigitalSourceType>"]
    if source_type in GENERATED:
        # json's ASCII escapes keep out every character that XML forbids
        record = json.dumps(dict(aigc or aigc_fields(Label.GENERATED)))
        fields.append(f"<TC260:AIGC>{escape(record)}</TC260:AIGC>")
    return _XMP.format(iptc=IPTC_NAMESPACE, tc260=AIGC_NAMESPACE, fields="\n".join(fields)).encode()


def read_declared(image: Image.Image) -> dict[str, Any]:
    """What the XMP of an opened picture declares, as far as it can be trusted to be well-formed.

    Keys, each only where present: `source_type` (IPTC code, perhaps one we do not offer) and `aigc` (the
    TC260 record). Never raises for what a file contains. A PNG must have been loaded: its XMP may come last.
    """
    values = _xmp_values(_packet(image))
    declared: dict[str, Any] = {}
    if code := re.fullmatch(r"(?:https?://\S{1,100}/)?([A-Za-z]{1,60})/?", values["DigitalSourceType"].strip()):
        declared["source_type"] = code[1]
    if record := aigc_record(values["AIGC"]):
        declared["aigc"] = record
    return declared


def read_credits(image: Image.Image) -> dict[str, str]:
    """The texts of the XMP of an opened picture in which generators sign, by where they stand."""
    values = _xmp_values(_packet(image))
    return {f"XMP {name}": values[name] for name in ("CreatorTool", "Credit", "AISystemUsed")}


def _packet(image: Image.Image) -> bytes:
    """The XMP packet; b"" where there is none, or one too large to be honest."""
    packet = image.info.get("xmp", b"")
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    if not isinstance(packet, bytes) or len(packet) > MAX_XMP_BYTES:
        return b""
    return packet.strip(b"\x00 \r\n\t")


def found_type(declared: Mapping[str, Any]) -> str:
    """The source type that a file gives of itself (perhaps one that we do not offer); "" where it says nothing."""
    said = [str(declared.get("source_type", "")), str(declared.get("c2pa", {}).get("source_type", ""))]
    if generated := [code for code in said if code in GENERATED]:
        return generated[0]
    if declared.get("aigc") or declared.get("traces"):
        return "trainedAlgorithmicMedia"
    return said[0] or said[1]


def contradicts(chosen: str, declared: Mapping[str, Any]) -> bool:
    """Whether the file says another thing of its origin than a person chose; only what both say is compared.

    A camera's file that was worked on afterwards still says "photograph": no contradiction to a later step.
    """
    found = found_type(declared)
    if found == "digitalCapture" and chosen in {"humanEdits", COMPOSITE}:
        return False
    return found in SOURCE_TYPES and chosen in SOURCE_TYPES and found != chosen


def settle(claimed: str, declared: Mapping[str, Any]) -> tuple[str, dict[str, str] | None]:
    """Which source type a picture gets, and its AIGC record (None for a picture that is not generated).

    A file that says for certain that it is generated is believed over the person who sent it; otherwise the
    person's word stands, and without one the file's. A claim alone makes a label "possible", not certain.
    """
    found, sure = found_type(declared), _certainty(declared)
    source_type = found if sure == Label.GENERATED or not claimed else claimed
    if source_type not in SOURCE_TYPES:
        return "", None
    if source_type not in GENERATED:
        return source_type, None
    # traces alone only raise a suspicion; with the word of whoever sent it, it is possible (Measures, Art. 6)
    label = Label.POSSIBLE if claimed and sure != Label.GENERATED else sure or Label.POSSIBLE
    return source_type, dict(declared.get("aigc", {})) or aigc_fields(label)


def _certainty(declared: Mapping[str, Any]) -> Label | None:
    """How sure a file makes it that it is generated; None where it says nothing of the kind."""
    manifest = declared.get("c2pa", {})
    signed = manifest.get("source_type") in GENERATED
    if record := declared.get("aigc"):
        return Label(int(record["Label"]))
    if declared.get("source_type") in GENERATED or (signed and manifest["state"] != "invalid"):
        return Label.GENERATED
    return Label.SUSPECTED if signed or declared.get("traces") else None


class _ForbiddenError(Exception):
    """The packet has a document type: the door to entity bombs and to files of the machine."""


class _Values:
    """Collects the texts of the wanted XMP properties, written as elements or as attributes."""

    wanted = {
        f"{IPTC_NAMESPACE} DigitalSourceType": "DigitalSourceType",
        f"{IPTC_NAMESPACE} AISystemUsed": "AISystemUsed",
        f"{AIGC_NAMESPACE} AIGC": "AIGC",
        "http://ns.adobe.com/xap/1.0/ CreatorTool": "CreatorTool",
        "http://ns.adobe.com/photoshop/1.0/ Credit": "Credit",
    }

    def __init__(self) -> None:
        self.found = dict.fromkeys(self.wanted.values(), "")
        self.inside: str | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.inside = self.wanted.get(name)
        self.found |= {self.wanted[key]: value for key, value in attributes.items() if key in self.wanted}

    def end(self, _name: str) -> None:
        self.inside = None

    def text(self, data: str) -> None:
        if self.inside:
            self.found[self.inside] += data

    def forbid(self, *_declaration: object) -> None:
        raise _ForbiddenError


def _xmp_values(packet: bytes) -> dict[str, str]:
    """`DigitalSourceType` and `AIGC` as texts; "" for what is not there, and for all of a suspect packet."""
    values = _Values()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = values.start
    parser.EndElementHandler = values.end
    parser.CharacterDataHandler = values.text
    parser.StartDoctypeDeclHandler = values.forbid
    try:
        parser.Parse(packet, True)
    except (expat.ExpatError, _ForbiddenError, LookupError, ValueError):
        return _Values().found
    return values.found


def aigc_record(text: str) -> dict[str, str]:
    """The AIGC record in a JSON text: known fields only, as short strings; {} unless it has a known label."""
    try:
        record = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(record, dict) or str(record.get("Label")) not in {"1", "2", "3"}:
        return {}
    return {name: _printable(str(record.get(name, ""))) for name in AIGC_FIELDS}


def _printable(value: str) -> str:
    """A value cut to length, without the NULs and lone surrogates that JSON may smuggle past a database."""
    return "".join(filter(str.isprintable, value[:MAX_VALUE_CHARS]))
