"""Chance that is the same on every machine and in every Python: bytes of SHA-256 instead of `random`."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import count
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """An endless stream of throws that the seed text decides."""

    def __init__(self, seed: str) -> None:
        self.digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()
        self._throws = self._stream()

    def _stream(self) -> Iterator[int]:
        for block in count():
            data = hashlib.sha256(self.digest + block.to_bytes(4, "big")).digest()
            yield from (int.from_bytes(data[at : at + 2], "big") for at in range(0, 32, 2))

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1."""
        return next(self._throws) * limit >> 16

    def chance(self, percent: int) -> bool:
        """True in that many of a hundred throws."""
        return self.below(100) < percent

    def pick(self, options: Sequence[T]) -> T:
        """One of the options; write one twice to make it twice as likely."""
        return options[self.below(len(options))]
