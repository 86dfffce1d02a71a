"""Files of pictures that pages name while they are made anew."""

from __future__ import annotations

from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import Storage


def replace_file(storage: Storage, name: str, data: bytes) -> None:
    """Write a file in one step: whoever asks for it gets the old bytes or the new ones, never half of them or none."""
    try:
        target = Path(storage.path(name))
    except NotImplementedError:  # not on this machine: such storages replace a file in one step by themselves
        storage.delete(name)
        storage.save(name, ContentFile(data))
        return
    part = storage.save(f"{name}.part", ContentFile(data))
    Path(storage.path(part)).replace(target)
