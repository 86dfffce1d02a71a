"""Whole numbers from outside: in an address, a hidden field, a header."""

from __future__ import annotations

HIGHEST = 2**63 - 1  # of both databases


def whole_number(typed: str, most: int = HIGHEST) -> int | None:
    """The number that is written in these digits (0 to 9, no sign), or None for what is none or is beyond `most`.

    `int()` reads digits of any script, and raises ValueError for more than 4,300 of them.
    """
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= len(str(most))):
        return None
    return number if (number := int(typed)) <= most else None
