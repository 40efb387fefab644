"""The province's 92 wards and communes since July 2025, by code, with the units that they came from."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import orjson

REGION = "Tỉnh Thái Nguyên"
_FILE = Path(__file__).parent / "data" / "wards.json"


class FormerUnit(NamedTuple):
    """A ward or commune as older cards name it. One that was split went to several of today's."""

    name: str
    district: str
    province_code: str
    is_split: bool


class Ward(NamedTuple):
    """A ward or commune. Its code keeps its leading zero."""

    code: str
    name: str
    former: tuple[FormerUnit, ...]


@cache
def all_wards() -> tuple[Ward, ...]:
    """Return every ward and commune, in the order of their codes."""
    listed = orjson.loads(_FILE.read_bytes())["wards"]
    wards = [Ward(w["code"], w["name"], tuple(FormerUnit(*unit) for unit in w["former"])) for w in listed]
    return tuple(sorted(wards, key=lambda ward: ward.code))


@cache
def _by_code() -> dict[str, Ward]:
    return {ward.code: ward for ward in all_wards()}


def find_ward(code: str) -> Ward | None:
    return _by_code().get(code)
