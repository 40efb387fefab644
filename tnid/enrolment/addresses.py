"""Addresses as cards carry them, brought to today's wards and communes.

Cards from before July 2025 have four levels (hamlet, ward, district, province), newer ones three. A unit that
was split, or whose name several have, leads to several of today's: the person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tnid.enrolment.names import bare_key, name_key
from tnid.wards import Ward, all_wards

# The province as it is now, and the one that it was merged with
_PROVINCES = {"thai nguyen": "19", "bac kan": "06", "bac can": "06"}
# With their marks: Huyền Tụng is the name of a ward, and no district (huyện)
_KINDS = re.compile(
    r"^(?:(?:phường|phuong|xã|thị trấn|thi tran|thị xã|thi xa|thành phố|thanh pho|huyện|tỉnh)\s+"
    r"|(?:tp|tx|tt|p|x|h|t)\s*\.\s*|(?:tp|tx|tt)\s+)"
)
_KIND_OF_WORD = {"phường": "p", "phuong": "p", "xã": "x", "thị trấn": "tt", "thi tran": "tt"}


class Place(NamedTuple):
    """Where an address may lie: what stands before the ward, and today's wards that it may be in."""

    street: str
    wards: tuple[Ward, ...]


def unit_key(name: str) -> str:
    """Return the name of a unit without its kind, marks and case: P. Gia Sàng and gia sang are one."""
    return bare_key(_KINDS.sub("", name_key(name))).strip(" .")


def find_place(address: str) -> Place:
    """Return where an address lies in this province; no wards where that can't be told, or elsewhere."""
    parts = [part for part in (piece.strip(" .") for piece in address.split(",")) if part]
    if len(parts) < 2 or unit_key(parts[-1]) not in _PROVINCES:
        return Place(address, ())
    local = parts[:-1]
    if len(local) >= 2:
        former = _former().get((unit_key(local[-2]), unit_key(local[-1])), ())
        if former:
            return Place(", ".join(local[:-2]), _of_kind(former, local[-2]))
    today = _today().get(unit_key(local[-1]), ())
    return Place(", ".join(local[:-1]), tuple(w for w in today if _is_of_kind(w.name, local[-1])))


def _of_kind(units: tuple[tuple[str, Ward], ...], written: str) -> tuple[Ward, ...]:
    """Leave out what has the same name and is of another kind, as far as the address says which."""
    fitting = [ward for name, ward in units if _is_of_kind(name, written)]
    return tuple(dict.fromkeys(fitting or [ward for _name, ward in units]))


def _is_of_kind(name: str, written: str) -> bool:
    kind = _kind_of(written)
    return kind is None or kind == _kind_of(name)


def _kind_of(name: str) -> str | None:
    """Return the first letters of the kind that a name is written with: p, x, tt; None where none is."""
    found = _KINDS.match(name_key(name))
    if found is None:
        return None
    word = found[0].strip(" .")
    return _KIND_OF_WORD.get(word, word)


def _each_former() -> Iterator[tuple[tuple[str, str], tuple[str, Ward]]]:
    for ward in all_wards():
        for unit in ward.former:
            yield (unit_key(unit.name), unit_key(unit.district)), (unit.name, ward)


@cache
def _former() -> dict[tuple[str, str], tuple[tuple[str, Ward], ...]]:
    found: dict[tuple[str, str], tuple[tuple[str, Ward], ...]] = {}
    for key, unit in _each_former():
        found[key] = (*found.get(key, ()), unit)
    return found


@cache
def _today() -> dict[str, tuple[Ward, ...]]:
    found: dict[str, tuple[Ward, ...]] = {}
    for ward in all_wards():
        found[unit_key(ward.name)] = (*found.get(unit_key(ward.name), ()), ward)
    return found
