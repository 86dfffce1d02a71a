"""Plots drawn on the server: the points of two lines over days, and bars beside a table. No script, no inline style."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

WIDTH, HEIGHT, LEFT, TOP, FOOT = 800, 240, 44, 14, 28


def lines(dates: Sequence[date], one: Sequence[int], two: Sequence[int]) -> dict[str, Any]:
    """Two lines on one scale from nought: their points, the scale's lines and the days below."""
    top = _round_up(max(*one, *two, 1))
    step = (WIDTH - LEFT - 8) / max(len(dates) - 1, 1)

    def x(place: int) -> int:
        return round(LEFT + place * step)

    def y(value: float) -> int:
        return round(TOP + (HEIGHT - TOP - FOOT) * (1 - value / top))

    def points(values: Sequence[int]) -> str:
        return " ".join(f"{x(place)},{y(value)}" for place, value in enumerate(values))

    scale = sorted({0, top // 2, top}) if top > 1 else [0, 1]
    days = [0, len(dates) // 2, len(dates) - 1]
    return {
        "one": points(one),
        "two": points(two),
        "width": WIDTH,
        "height": HEIGHT,
        "scale": [{"y": str(y(value)), "value": value} for value in scale],
        "days": [
            {"x": str(x(place)), "day": dates[place], "anchor": anchor}
            for place, anchor in zip(days, ("start", "middle", "end"), strict=True)
        ],
    }


def bars(rows: Sequence[tuple[str, int]]) -> list[Any]:
    """Each row with the length of its bar, of a hundred for the longest."""
    longest = max((number for _, number in rows), default=1)
    return [(name, number, max(1, round(100 * number / longest))) for name, number in rows]


def _round_up(value: int) -> int:
    """The next of 1, 2, 4, 10, 20, 40, 100 … at which a scale can end."""
    power = 1
    while True:
        for first in (1, 2, 4):
            if first * power >= value:
                return first * power
        power *= 10
