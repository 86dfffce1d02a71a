"""The key of a newsroom that was given none: made once, kept beside the data."""

from pathlib import Path

from django.core.management.utils import get_random_secret_key


def kept_secret_key(folder: Path) -> str:
    """Return the key kept in `folder`, made at the first start and readable by us only."""
    path = folder / "secret.key"
    if not path.exists():
        fresh = folder / "secret.key.new"
        fresh.touch(mode=0o600)
        fresh.write_text(get_random_secret_key() + get_random_secret_key())
        fresh.rename(path)
    return path.read_text().strip()
