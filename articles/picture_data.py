"""A picture for machines: what JSON-LD, cards and feeds say of it agrees with its caption and with its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings

if TYPE_CHECKING:
    from articles.models import Picture


class MachineImage(NamedTuple):
    """One file: absolute address, width and height in pixels."""

    url: str
    width: int
    height: int


def machine_images(picture: Picture) -> list[MachineImage]:
    """The picture as 16:9, 4:3 and 1:1, for JSON-LD (all of them) and cards (the first).

    Until the worker has cut them, the picture itself.
    """
    made = [(picture.beside(f"{name}.jpeg"), width, height) for name, width, height in picture.crops or []]
    files = made or [(picture.url, picture.width, picture.height)]
    return [MachineImage(settings.SITE_URL + url if url[:1] == "/" else url, *size) for url, *size in files]


def image_objects(picture: Picture, caption: str = "", alt: str = "") -> list[dict[str, Any]]:
    """schema.org ImageObjects, one a file, 16:9 first. Their caption is what stands under the cover: the article's
    own `caption` and the disclosure; where there is neither, its description `alt`.

    `digitalSourceType` is the IPTC term that every copy's bytes carry.
    """
    disclosed = picture.disclosed
    about = {
        "caption": " ".join(filter(None, [caption, disclosed.caption])) or alt,
        "digitalSourceType": disclosed.uri,
        "creditText": picture.credit,
        "license": picture.licence_link,
        "copyrightNotice": picture.licence_words,
    }
    known = {name: value for name, value in about.items() if value}
    return [
        {"@type": "ImageObject", "url": image.url, "width": image.width, "height": image.height, **known}
        for image in machine_images(picture)
    ]
