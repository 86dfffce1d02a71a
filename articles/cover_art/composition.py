"""Where what goes on a cover: a grid with heroes, quiet places, runs of kin tiles and few accents.

All positions and sizes are in units: a ninth of the picture's shorter side.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .dice import Dice
from .palettes import Palette

Layer = tuple[str, int, str]  # motif, clockwise quarter turns, colour
Place = tuple[int, int]  # column and row in the grid of modules
Corner = tuple[int, int]  # of a tile, in units


class Voice(NamedTuple):
    """Motifs that speak well together: for the heroes, for the tiles and for the narrow frieze."""

    hero: tuple[str, ...]
    tiles: tuple[str, ...]
    frieze: tuple[str, ...]


VOICES = (
    Voice(("quarter", "bow"), ("quarter", "quarter", "triangle", "disc"), ("quarter", "stripes")),
    Voice(("leaf", "sun"), ("leaf", "leaf", "quarter", "sun"), ("sun", "leaf")),
    Voice(("arches", "bow"), ("quarter", "bow", "arches", "half"), ("quarter",)),
    Voice(("triangle", "quarter"), ("triangle", "triangle", "peak", "quarter"), ("triangle", "stripes")),
    Voice(("half", "sun"), ("half", "half", "sun", "stripes"), ("quarter", "stripes")),
    Voice(("ring", "bow"), ("bow", "quarter", "ring", "disc"), ("quarter", "sun")),
    Voice(("quarter", "stairs"), ("quarter", "stripes", "half", "quarter"), ("stripes", "triangle")),
)
# quarter turns of four neighbours: upper left, upper right, lower left, lower right
FLOWS = (
    (2, 3, 1, 0),  # four quarters make a round
    (0, 1, 3, 2),  # or a star
    (0, 2, 2, 0),  # waves
    (0, 1, 1, 2),  # a slow turn
    (0, 0, 0, 0),  # scales, all one way
)
UPRIGHT = {"stripes": 0, "peak": 3}  # lines lie and mountains stand, whatever the flow does
CENTRES = {"sun": "disc", "half": "disc", "ring": "core"}  # what carries the accent in a hero
ALONE = frozenset({"disc", "ring"})  # two of them side by side look back at the reader


@dataclass(frozen=True)
class Tile:
    """A square: its corner and side in units, its ground colour, and the layers upon it."""

    at: Corner
    side: int
    ground: str
    layers: tuple[Layer, ...] = ()


def compose(dice: Dice, palette: Palette, columns: int, rows: int) -> Iterator[Tile]:
    """The tiles of one cover of so many units; together they leave no gap."""
    return _Composer(dice, palette, columns, rows).tiles()


class _Composer:
    """The choices that one cover keeps to, and the places it has not filled yet."""

    def __init__(self, dice: Dice, palette: Palette, columns: int, rows: int) -> None:
        self.dice, self.palette = dice, palette
        self.voice = dice.pick(VOICES)
        self.flow, self.turn = dice.pick(FLOWS), dice.below(4)
        self.module = dice.pick((2, 2, 3))
        self.columns, self.rows = self._spans(columns), self._spans(rows)
        self.free: dict[Place, Corner] = {
            (column, row): (x, y)
            for row, (y, height) in enumerate(self.rows)
            for column, (x, width) in enumerate(self.columns)
            if width == height == self.module
        }

    def tiles(self) -> Iterator[Tile]:
        """The friezes, the heroes, the quiet places, and then the field around them."""
        yield from self._friezes()
        for accented in (True, False) if self.module == 2 else (True,):
            yield from self._hero(accented)
        for _ in range(4 - self.module):
            yield from self._quiet()
        yield from self._field()

    def _spans(self, length: int) -> list[tuple[int, int]]:
        """Cut a side into modules; what is left over becomes one-unit friezes at a chosen place."""
        parts = [self.module] * (length // self.module)
        at = self.dice.below(len(parts) + 1)
        parts[at:at] = [1] * (length % self.module)
        return [(sum(parts[:index]), part) for index, part in enumerate(parts)]

    def _colours(self) -> tuple[str, str]:
        """A ground and a figure colour; paper is the ground of more than half of all tiles."""
        paper, ink, main, second, _accent = self.palette
        on_paper = [(paper, main)] * 5 + [(paper, second)] * 3 + [(paper, ink)] * 3
        on_colour = [(main, paper), (second, paper), (ink, main), (main, ink)] * 2
        return self.dice.pick(on_paper + on_colour + [(ink, paper), (ink, second), (second, ink)])

    def _friezes(self) -> Iterator[Tile]:
        """The narrow rest of the grid: rows of small tiles, one motif and one pair of colours."""
        (ground, figure), motif = self._colours(), self.dice.pick(self.voice.frieze)
        turn = self.dice.pick((0, 2))
        for x, width in self.columns:
            for y, height in self.rows:
                upright = int(height > width)
                for step in range(max(width, height) if min(width, height) < self.module else 0):
                    at = (x, y + step) if upright else (x + step, y)
                    # neighbours mirror each other: quarters become half discs, triangles a saw
                    mirrored = 0 if motif in UPRIGHT else sum(at) % 2
                    yield Tile(at, 1, ground, ((motif, turn + upright + mirrored, figure),))

    def _hero(self, accented: bool) -> Iterator[Tile]:
        """One large shape over two by two modules, where four free ones touch."""
        at = self._block()
        if at is None:
            return
        paper, ink, main, second, accent = self.palette
        pairs = ((paper, ink), (paper, main), (ink, main), (main, paper), (second, ink))
        ground, figure = self.dice.pick(pairs)
        motif = self.dice.pick(self.voice.hero)
        layers: tuple[Layer, ...] = ((motif, self.dice.below(4), figure),)
        if accented and motif in CENTRES:
            layers += ((CENTRES[motif], 0, accent),)
        yield Tile(at, 2 * self.module, ground, layers)

    def _block(self) -> Corner | None:
        """Take two by two free modules with no frieze between them; None where there are none left."""
        blocks = []
        for (column, row), (x, y) in self.free.items():
            block = [(column, row), (column + 1, row), (column, row + 1), (column + 1, row + 1)]
            touching = self.free.get(block[-1]) == (x + self.module, y + self.module)
            if touching and self.free.keys() >= set(block):
                blocks.append(block)
        if not blocks:
            return None
        corner, *_others = [self.free.pop(place) for place in self.dice.pick(blocks)]
        return corner

    def _quiet(self) -> Iterator[Tile]:
        """A run of two or three empty tiles in a row, mostly bare paper."""
        if not self.free:
            return
        paper, second = self.palette.ground, self.palette.second
        ground = self.dice.pick((paper, paper, paper, second))
        column, row = self.dice.pick(list(self.free))
        for place in [(column + step, row) for step in range(2 + self.dice.below(2))]:
            if place in self.free:
                yield Tile(self.free.pop(place), self.module, ground)

    def _accents(self) -> set[Place]:
        """The few places that carry the accent, well apart from each other."""
        chosen: set[Place] = set()
        for _ in range(5 - self.module):
            apart = [
                (column, row)
                for column, row in self.free
                if all(abs(column - other) + abs(row - another) > 2 for other, another in chosen)
            ]
            if apart:
                chosen.add(self.dice.pick(apart))
        return chosen

    def _field(self) -> Iterator[Tile]:
        """All that is left: each tile often repeats its neighbour, so that runs and large forms appear."""
        accents = self._accents()
        made: dict[Place, tuple[str, tuple[str, str]]] = {}
        for (column, row), at in self.free.items():
            neighbour = (column - 1, row) if self.dice.chance(60) else (column, row - 1)
            repeats = neighbour in made and self.dice.chance(55) and made[neighbour][0] not in ALONE
            beside = {made[place][0] for place in ((column - 1, row), (column, row - 1)) if place in made}
            tiles = [motif for motif in self.voice.tiles if motif not in ALONE & beside]
            motif, (ground, figure) = made[column, row] = (
                made[neighbour] if repeats else (self.dice.pick(tiles), self._colours())
            )
            if (column, row) in accents:
                ground, figure = self.dice.pick((self.palette.ground, ground)), self.palette.accent
            turns = self.turn + self.flow[column % 2 + 2 * (row % 2)]
            if self.dice.chance(12):
                turns = self.dice.below(4)
            yield Tile(at, self.module, ground, ((motif, UPRIGHT.get(motif, turns), figure),))
