"""Pictures of the made-up dwellings, drawn by this code: nobody's photograph, and a few kilobytes each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple
from zlib import crc32

from examples.jobs_housing.pictures import Image

WIDTH, HEIGHT = 960, 640


class Palette(NamedTuple):
    """The colours of one dwelling."""

    wall: str
    trim: str
    roof: str
    cloth: str
    sky: str


PALETTES = (
    Palette("#f3e3c3", "#d9b98a", "#b4552d", "#4f8a6b", "#cfe6ee"),
    Palette("#e3ecd9", "#aebf98", "#8d4a3a", "#c2703d", "#dcebf5"),
    Palette("#f5dcd0", "#d8a08a", "#6b5b53", "#3f6f94", "#d6e9e4"),
    Palette("#dfe6ee", "#9fb2c6", "#a4482f", "#c99a2e", "#e4eef0"),
)
LEAF, DARK_LEAF, WOOD, DARK_WOOD, INK, GLASS = (
    "#5d9a5f",
    "#3c7448",
    "#b98a5a",
    "#8a6239",
    "#4a4038",
    "#a9cddb",
)


def draw(scene: str, listing_id: str) -> Image:
    """Return the scene in the colours of the listing's dwelling."""
    palette = PALETTES[crc32(listing_id.encode()) % len(PALETTES)]
    written = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}">{SCENES[scene](palette)}</svg>'
    ).encode()
    return Image("image/svg+xml", WIDTH, HEIGHT, written, written)


def _box(x: int, y: int, width: int, height: int, fill: str, round_by: int = 0) -> str:
    rounded = f' rx="{round_by}"' if round_by else ""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{rounded} fill="{fill}"/>'


def _shape(points: str, fill: str) -> str:
    return f'<polygon points="{points}" fill="{fill}"/>'


def _disc(x: int, y: int, radius: int, fill: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}"/>'


def _hills(palette: Palette) -> str:
    far = '<path d="M0 330 Q160 190 330 300 T640 270 T960 310 V640 H0Z" fill="#a9cbb4"/>'
    near = '<path d="M0 390 Q220 290 470 370 T960 350 V640 H0Z" fill="#86b390"/>'
    return _box(0, 0, WIDTH, HEIGHT, palette.sky) + _disc(790, 120, 52, "#f7e7b0") + far + near


def _tree(x: int, y: int, size: int) -> str:
    trunk = _box(x - size // 12, y - size, size // 6, size, DARK_WOOD)
    crown = _disc(x, y - size, size // 2, DARK_LEAF) + _disc(
        x - size // 4, y - size - size // 5, size // 3, LEAF
    )
    return trunk + crown


def _window(x: int, y: int, width: int, height: int, frame: str) -> str:
    panes = _box(x, y, width, height, frame, 4) + _box(x + 8, y + 8, width - 16, height - 16, GLASS)
    cross = _box(x + width // 2 - 3, y + 8, 6, height - 16, frame)
    shine = _shape(f"{x + 14},{y + 60} {x + 52},{y + 12} {x + 70},{y + 12} {x + 14},{y + 84}", "#cfe5ec")
    return panes + shine + cross


def _pot(x: int, y: int) -> str:
    leaves = (
        _disc(x, y - 58, 26, LEAF)
        + _disc(x - 20, y - 44, 20, DARK_LEAF)
        + _disc(x + 20, y - 44, 20, DARK_LEAF)
    )
    return leaves + _shape(f"{x - 24},{y - 32} {x + 24},{y - 32} {x + 16},{y} {x - 16},{y}", "#b5623f")


def _floor(palette: Palette) -> str:
    boards = "".join(_box(0, 470 + row * 34, WIDTH, 3, palette.trim) for row in range(1, 6))
    return (
        _box(0, 0, WIDTH, 470, palette.wall)
        + _box(0, 470, WIDTH, 170, "#d8c3a5")
        + boards
        + _box(0, 458, WIDTH, 14, palette.trim)
    )


def _row_of_rooms(palette: Palette) -> str:
    roof = _shape("60,250 130,170 830,170 900,250", palette.roof)
    wall = _box(90, 250, 780, 240, palette.wall) + _box(90, 470, 780, 20, palette.trim)
    doors = "".join(
        _box(x, 310, 92, 180, WOOD, 4)
        + _disc(x + 78, 404, 5, INK)
        + _window(x + 112, 318, 104, 90, palette.trim)
        for x in (118, 374, 630)
    )
    posts = "".join(_box(x, 250, 12, 240, palette.trim) for x in (94, 348, 604, 856))
    yard = _box(0, 490, WIDTH, 150, "#cdbfa4") + _pot(90, 560) + _pot(888, 560)
    return _hills(palette) + _tree(905, 470, 150) + roof + wall + doors + posts + yard + _motorbike(470, 600)


def _motorbike(x: int, y: int) -> str:
    wheels = "".join(
        _disc(x + by, y - 26, 28, INK) + _disc(x + by, y - 26, 16, "#d7d2c8") for by in (-70, 70)
    )
    body = f'<path d="M{x - 84} {y - 62} h70 l22 22 h34 l22 -70 h18 v14 h-8 l-18 74 h-110z" fill="#b8433a"/>'
    return wheels + body + _box(x - 78, y - 78, 72, 16, INK, 8)


def _room(palette: Palette) -> str:
    bed = _box(90, 400, 420, 90, DARK_WOOD, 8) + _box(100, 360, 400, 74, "#f7f3ea", 14)
    quilt = _box(220, 356, 284, 92, palette.cloth, 12) + _box(112, 340, 92, 44, "#ffffff", 16)
    desk = (
        _box(620, 380, 260, 18, WOOD)
        + _box(636, 398, 14, 112, DARK_WOOD)
        + _box(850, 398, 14, 112, DARK_WOOD)
    )
    lamp = _box(816, 320, 8, 60, INK) + _shape("784,320 856,320 838,276 802,276", "#e4b23c")
    books = (
        _box(660, 330, 18, 50, palette.roof)
        + _box(680, 338, 16, 42, palette.cloth)
        + _box(698, 326, 20, 54, INK)
    )
    shelf = _box(110, 190, 220, 12, WOOD) + _box(130, 150, 26, 40, palette.cloth) + _pot(250, 190)
    return (
        _floor(palette) + _window(430, 110, 220, 190, "#fbf8f2") + shelf + bed + quilt + desk + lamp + books
    )


def _bunks(palette: Palette) -> str:
    beds = ""
    for x in (70, 590):
        for y in (230, 400):
            beds += _box(x, y, 300, 22, DARK_WOOD) + _box(x + 8, y - 34, 284, 36, palette.cloth, 10)
            beds += _box(x + 14, y - 50, 70, 28, "#ffffff", 10)
        beds += "".join(_box(x + by, 160, 16, 350, WOOD) for by in (-8, 292))
    lockers = "".join(
        _box(394 + 62 * row, 300, 56, 210, palette.trim, 4) + _disc(440 + 62 * row, 405, 4, INK)
        for row in range(3)
    )
    return _floor(palette) + _window(400, 90, 170, 150, "#fbf8f2") + beds + lockers


def _kitchen(palette: Palette) -> str:
    tiles = "".join(
        _box(60 + 84 * row, 250, 80, 80, "#fbfaf6" if row % 2 else palette.wall, 3) for row in range(10)
    )
    counter = _box(50, 340, 860, 26, "#efe9df") + _box(60, 366, 840, 150, WOOD)
    doors = "".join(_box(76 + 206 * row, 382, 190, 120, DARK_WOOD, 6) for row in range(4))
    stove = (
        _box(180, 318, 190, 24, INK, 6)
        + _box(216, 268, 110, 52, "#b9bec2", 10)
        + _box(206, 262, 130, 10, "#8d9397", 5)
    )
    shelves = _box(480, 150, 380, 14, WOOD) + "".join(
        _box(500 + 58 * row, 104, 40, 46, colour, 8)
        for row, colour in enumerate(
            (palette.cloth, palette.roof, "#e4b23c", palette.trim, LEAF, palette.cloth)
        )
    )
    sink = (
        _box(600, 330, 170, 14, "#9aa4a9")
        + '<path d="M690 332 v-62 q0 -26 28 -26 v14" stroke="#8d9397" stroke-width="12" fill="none"/>'
    )
    return (
        _floor(palette)
        + _window(130, 70, 220, 150, "#fbf8f2")
        + tiles
        + counter
        + doors
        + stove
        + shelves
        + sink
    )


def _block(palette: Palette) -> str:
    wall = _box(200, 90, 560, 430, palette.wall) + _box(186, 74, 588, 22, palette.roof)
    floors = ""
    for row in range(4):
        y = 122 + 98 * row
        floors += "".join(_window(232 + 132 * column, y, 92, 62, palette.trim) for column in range(4))
        floors += "".join(_box(226 + 132 * column, y + 54, 104, 12, palette.cloth) for column in range(4))
    door = _box(440, 440, 80, 80, WOOD, 4)
    ground = _box(0, 520, WIDTH, 120, "#b9c9a8") + _shape("430,520 530,520 600,640 360,640", "#d9d2c4")
    trees = _tree(110, 560, 170) + _tree(850, 560, 190)
    return _hills(palette) + wall + floors + door + ground + trees


def _yard(palette: Palette) -> str:
    house = _box(520, 250, 360, 230, palette.wall) + _shape("480,260 700,130 920,260", palette.roof)
    front = (
        _box(660, 340, 84, 140, WOOD, 4)
        + _window(552, 330, 86, 80, palette.trim)
        + _window(768, 330, 86, 80, palette.trim)
    )
    ground = _box(0, 470, WIDTH, 170, "#c9b78f")
    beds = "".join(
        _box(60, 500 + 44 * row, 380, 26, "#8a6a45", 10)
        + "".join(
            _disc(86 + 46 * plant, 504 + 44 * row, 15, LEAF if (plant + row) % 2 else DARK_LEAF)
            for plant in range(8)
        )
        for row in range(3)
    )
    line = f'<path d="M90 330 Q260 372 430 330" stroke="{INK}" stroke-width="4" fill="none"/>' + "".join(
        _box(x, 346, 58, 72, colour, 4)
        for x, colour in ((150, palette.cloth), (230, "#ffffff"), (310, palette.roof))
    )
    poles = _box(84, 320, 10, 160, DARK_WOOD) + _box(426, 320, 10, 160, DARK_WOOD)
    return _hills(palette) + _tree(470, 470, 130) + house + front + ground + beds + poles + line


SCENES: Mapping[str, Callable[[Palette], str]] = {
    "rooms": _row_of_rooms,
    "room": _room,
    "bunks": _bunks,
    "kitchen": _kitchen,
    "block": _block,
    "yard": _yard,
}
