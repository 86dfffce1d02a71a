"""Plots drawn on the server: lines and stacked bands over days, bars beside a table. No script, no inline style."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

WIDTH, HEIGHT, LEFT, TOP, FOOT = 800, 240, 44, 14, 28


def lines(dates: Sequence[date], one: Sequence[int], two: Sequence[int]) -> dict[str, Any]:
    """Two lines on one scale from nought: their points, the scale's lines and the days below."""
    frame = _Frame(len(dates), max(*one, *two, 1))
    return {"one": frame.points(one), "two": frame.points(two), **frame.shown(dates)}


def bands(dates: Sequence[date], rows: Sequence[Sequence[int]]) -> dict[str, Any]:
    """The numbers of each day stacked on one another: the corners of each band, the first at the bottom."""
    frame = _Frame(len(dates), max(1, *map(sum, rows)))
    tops = [[sum(row[:place]) for row in rows] for place in range(len(rows[0]) + 1)]
    edges = [frame.points(top) for top in tops]
    back = [" ".join(edge.split(" ")[::-1]) for edge in edges]
    corners = [f"{upper} {lower}" for upper, lower in zip(edges[1:], back[:-1], strict=True)]
    return {"bands": corners, **frame.shown(dates)}


def spark(values: Sequence[int], top: int) -> str:
    """The points of a line of a few words' size, 100 wide and 24 high, on a scale that ends at `top`."""
    step = 100 / max(len(values) - 1, 1)
    return " ".join(
        f"{round(place * step, 1)},{round(23 - 22 * value / max(top, 1), 1)}" for place, value in enumerate(values)
    )


class _Frame:
    """A plot's scale: `days` from left to right, numbers from nought to what `most` is rounded up to."""

    def __init__(self, days: int, most: int) -> None:
        self.top = _round_up(most)
        self.step = (WIDTH - LEFT - 8) / max(days - 1, 1)

    def x(self, place: int) -> int:
        return round(LEFT + place * self.step)

    def y(self, value: float) -> int:
        return round(TOP + (HEIGHT - TOP - FOOT) * (1 - value / self.top))

    def points(self, values: Sequence[int]) -> str:
        return " ".join(f"{self.x(place)},{self.y(value)}" for place, value in enumerate(values))

    def shown(self, dates: Sequence[date]) -> dict[str, Any]:
        """The plot's size, the lines of its scale and the days below."""
        scale = sorted({0, self.top // 2, self.top}) if self.top > 1 else [0, 1]
        places = zip((0, len(dates) // 2, len(dates) - 1), ("start", "middle", "end"), strict=True)
        return {
            "width": WIDTH,
            "height": HEIGHT,
            "scale": [{"y": str(self.y(value)), "value": value} for value in scale],
            "days": [{"x": str(self.x(place)), "day": dates[place], "anchor": anchor} for place, anchor in places],
        }


def bars(rows: Sequence[tuple[str, int]]) -> list[Any]:
    """Each row with the length of its bar, of a hundred for the longest; what is not nothing is seen."""
    longest = max([1, *(number for _, number in rows)])
    return [(name, number, -(-100 * number // longest)) for name, number in rows]


def _round_up(value: int) -> int:
    """The next of 1, 2, 4, 10, 20, 40, 100 … at which a scale can end."""
    power = 1
    while True:
        for first in (1, 2, 4):
            if first * power >= value:
                return first * power
        power *= 10
