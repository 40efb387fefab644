"""Where things are: industrial parks, the wards and communes since July 2025, and how far apart they lie.

Each place is one point, good to about a kilometre; a distance is as the crow flies and is said as "about".
"""

from __future__ import annotations

from functools import cache
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

EARTH_KM = 6371.0088


class Place(NamedTuple):
    """A park or a ward, and where it is in degrees."""

    name: str
    latitude: float
    longitude: float


PARK_PLACES = {
    "yen-binh-1": Place("KCN Yên Bình (I)", 21.43, 105.90),
    "yen-binh-2": Place("KCN Yên Bình 2", 21.44, 105.88),
    "yen-binh-3": Place("KCN Yên Bình 3", 21.42, 105.93),
    "diem-thuy": Place("KCN Điềm Thụy", 21.47, 105.91),
    "song-cong-1": Place("KCN Sông Công I", 21.48, 105.87),
    "song-cong-2": Place("KCN Sông Công II", 21.51, 105.84),
    "nam-pho-yen": Place("KCN Nam Phổ Yên", 21.34, 105.87),
    "quyet-thang": Place("KCN Quyết Thắng", 21.57, 105.79),
    "phu-binh": Place("KCN Phú Bình", 21.45, 106.00),
    "thuong-dinh": Place("KCN Thượng Đình", 21.49, 105.91),
}

WARD_PLACES = {
    "05443": Place("Phường Phan Đình Phùng", 21.59, 105.83),
    "05455": Place("Phường Quyết Thắng", 21.58, 105.79),
    "05467": Place("Phường Gia Sàng", 21.56, 105.88),
    "05500": Place("Phường Tích Lương", 21.54, 105.85),
    "05518": Place("Phường Sông Công", 21.46, 105.85),
    "05528": Place("Phường Bách Quang", 21.50, 105.87),
    "05533": Place("Phường Bá Xuyên", 21.47, 105.81),
    "05860": Place("Phường Phổ Yên", 21.43, 105.87),
    "05890": Place("Phường Vạn Xuân", 21.41, 105.90),
    "05899": Place("Phường Trung Thành", 21.36, 105.88),
    "05908": Place("Xã Phú Bình", 21.47, 105.96),
    "05917": Place("Xã Tân Khánh", 21.54, 105.94),
    "05923": Place("Xã Tân Thành", 21.51, 106.01),
    "05941": Place("Xã Điềm Thụy", 21.46, 105.92),
    "05953": Place("Xã Kha Sơn", 21.43, 106.01),
}

PLACES = {**PARK_PLACES, **WARD_PLACES}
PARKS = {park: place.name for park, place in PARK_PLACES.items()}
WARDS = {ward: place.name for ward, place in WARD_PLACES.items()}


@cache
def measure(start: str, end: str) -> float:
    """Return the kilometres between two parks or wards, along a great circle (haversine)."""
    one, other = PLACES[start], PLACES[end]
    north = radians(other.latitude - one.latitude) / 2
    east = radians(other.longitude - one.longitude) / 2
    share = cos(radians(one.latitude)) * cos(radians(other.latitude))
    return 2 * EARTH_KM * asin(sqrt(sin(north) ** 2 + share * sin(east) ** 2))


def round_up(kilometres: float) -> int:
    """Return whole kilometres as they are said of places that are known to about one: at least 1."""
    return max(1, round(kilometres))


def find_position(kind: str, park: str | None, ward: str | None) -> str | None:
    """Return the place that a listing is at: a job's park where it has one, a home's ward."""
    return (park or ward) if kind == "job" else ward
