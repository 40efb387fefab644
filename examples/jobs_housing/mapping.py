"""The map: a drawing of our own, with parks, wards and what lies between them; no tiles of anybody's.

It is a plan to find one's way by, not one to measure on: places that would hide each other are pushed apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import cos, hypot, radians
from typing import NamedTuple

from examples.jobs_housing.places import PARK_PLACES, PLACES
from examples.jobs_housing.search import Counted

NORTH, SOUTH, WEST, EAST = 21.625, 21.315, 105.755, 106.045
UNITS_A_DEGREE = 2600
WIDTH = round((EAST - WEST) * cos(radians(21.47)) * UNITS_A_DEGREE)
HEIGHT = round((NORTH - SOUTH) * UNITS_A_DEGREE)
APART, RADIUS = 56, 26
LETTER = 9.4
"""About how wide a letter of a name is drawn."""
ROUNDS = 60

# Roughly, from north to south
RIVERS = {
    "Sông Cầu": (
        (21.64, 105.84), (21.60, 105.85), (21.575, 105.875), (21.545, 105.905), (21.51, 105.925),
        (21.48, 105.955), (21.44, 105.955), (21.41, 105.945), (21.37, 105.925), (21.345, 105.905),
        (21.31, 105.90),
    ),
    "Sông Công": (
        (21.565, 105.745), (21.535, 105.775), (21.50, 105.80), (21.475, 105.835), (21.44, 105.845),
        (21.40, 105.855), (21.36, 105.855), (21.325, 105.885), (21.31, 105.895),
    ),
}  # fmt: skip
# The expressway from Hà Nội
ROAD = (
    (21.31, 105.872), (21.37, 105.873), (21.43, 105.878), (21.48, 105.862), (21.53, 105.846),
    (21.57, 105.815), (21.64, 105.795),
)  # fmt: skip


class Mark(NamedTuple):
    """One place on the map; `number` is its number in the list beside, 0 where nothing is to be found."""

    place: str
    name: str
    is_park: bool
    x: int
    y: int
    number: int
    counted: Counted


class Label(NamedTuple):
    """A name where there is room for it; `anchor` is as SVG has it."""

    text: str
    is_park: bool
    x: int
    y: int
    anchor: str


class Drawing(NamedTuple):
    """The map as the page draws it: lines as the points of a polyline."""

    width: int
    height: int
    rivers: Mapping[str, str]
    road: str
    marks: list[Mark]
    labels: list[Label]


def draw(counts: Mapping[str, Counted]) -> Drawing:
    """Return the map with what there is at each place, numbered from north to south, parks first."""
    marks = _push_apart([_mark(place, counts.get(place, Counted())) for place in PLACES])
    full = sorted((one for one in marks if any(one.counted)), key=lambda one: (not one.is_park, one.y))
    numbered = [one._replace(number=number) for number, one in enumerate(full, 1)]
    empty = [one for one in marks if not any(one.counted)]
    rivers = {name: _line(points) for name, points in RIVERS.items()}
    return Drawing(WIDTH, HEIGHT, rivers, _line(ROAD), numbered + empty, _place_labels(numbered))


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Return where a point is drawn: so far north, a degree of longitude is a little shorter."""
    x = (longitude - WEST) / (EAST - WEST) * WIDTH
    y = (NORTH - latitude) / (NORTH - SOUTH) * HEIGHT
    return x, y


def _mark(place: str, counted: Counted) -> Mark:
    found = PLACES[place]
    x, y = project(found.latitude, found.longitude)
    return Mark(place, found.name, place in PARK_PLACES, round(x), round(y), 0, counted)


def _push_apart(marks: list[Mark]) -> list[Mark]:
    """Move marks that can be pressed until a finger meets one at a time; what is empty gives way to none."""
    spots = {one.place: [float(one.x), float(one.y)] for one in marks if any(one.counted)}
    names = list(spots)
    for _ in range(ROUNDS):
        for index, name in enumerate(names):
            for other in names[index + 1 :]:
                _push(spots[name], spots[other])
    moved = {name: (round(x), round(y)) for name, (x, y) in spots.items()}
    return [
        one._replace(x=moved[one.place][0], y=moved[one.place][1]) if one.place in moved else one
        for one in marks
    ]


def _push(one: list[float], other: list[float]) -> None:
    across, down = other[0] - one[0], other[1] - one[1]
    between = hypot(across, down)
    if between >= APART:
        return
    if between == 0:
        across, between = 1.0, 1.0
    by = (APART - between) / 2 / between
    one[0], one[1] = one[0] - across * by, one[1] - down * by
    other[0], other[1] = other[0] + across * by, other[1] + down * by


def _place_labels(marks: list[Mark]) -> list[Label]:
    """Name what can be named without covering anything; the list beside has every name."""
    taken = [(one.x - RADIUS, one.y - RADIUS, one.x + RADIUS, one.y + RADIUS) for one in marks]
    labels = []
    for mark in marks:
        for label in _choices(mark):
            box = _box(label)
            if _is_inside(box) and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                labels.append(label)
                break
    return labels


def _choices(mark: Mark) -> Iterable[Label]:
    for x, y, anchor in (
        (mark.x + RADIUS + 6, mark.y + 6, "start"),
        (mark.x - RADIUS - 6, mark.y + 6, "end"),
        (mark.x, mark.y + RADIUS + 18, "middle"),
        (mark.x, mark.y - RADIUS - 8, "middle"),
    ):
        yield Label(mark.name.removeprefix("KCN "), mark.is_park, x, y, anchor)


def _box(label: Label) -> tuple[int, int, int, int]:
    width = round(len(label.text) * LETTER)
    left = label.x - {"start": 0, "middle": width // 2, "end": width}[label.anchor]
    return left, label.y - 16, left + width, label.y + 5


def _is_inside(box: tuple[int, int, int, int]) -> bool:
    return box[0] > 0 and box[1] > 0 and box[2] < WIDTH and box[3] < HEIGHT


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _line(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in (project(*point) for point in points))
