"""Yes or no, from what was verified: how old somebody is, and where they live, without telling either."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any

from oidc.yes_no import AGE_OVER, RESIDENT_OF_WARD, base_of, values_in
from tnid.wards import REGION, Ward, all_wards, find_ward

LOCAL = timezone(timedelta(hours=7))  # Asia/Ho_Chi_Minh, which has no summer time
_OF_RESIDENCE = ("resident_of_province", RESIDENT_OF_WARD)


def answer(name: str, verified: Sequence[Mapping[str, Any]], now: int) -> bool | None:
    """Return the answer to one question, None where nothing verified tells it."""
    claims: Mapping[str, Any] = verified[0]["claims"] if verified else {}
    base, values = base_of(name), values_in(name)
    if base == AGE_OVER:
        return is_over(claims.get("birthdate", ""), int(values[0]), now) if values else None
    if base.startswith(f"{AGE_OVER}_"):
        return is_over(claims.get("birthdate", ""), int(base.rpartition("_")[2]), now)
    address = claims.get("address")
    if not address or base not in _OF_RESIDENCE:
        return None
    is_here = _key(address.get("region", "")) == _key(REGION)
    if base != RESIDENT_OF_WARD:
        return is_here if address.get("region") else None
    return is_here and _lives_in(address, values) if address.get("locality") else None


def is_over(birthdate: str, years: int, now: int) -> bool | None:
    """Say whether somebody has had this birthday; None without a whole date of birth."""
    try:
        born = date.fromisoformat(birthdate)
    except ValueError:
        return None
    today = datetime.fromtimestamp(now, LOCAL).date()
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (0 if had_birthday else 1) >= years


def ward_of(address: Mapping[str, Any]) -> Ward | None:
    """Return the ward or commune of the province that a verified address names, None for any other place."""
    if _key(address.get("region", "")) != _key(REGION):
        return None
    return _wards_by_name().get(_key(address.get("locality", "")))


@cache
def _wards_by_name() -> Mapping[str, Ward]:
    return {_key(ward.name): ward for ward in all_wards()}


def _lives_in(address: Mapping[str, Any], codes: Sequence[str]) -> bool:
    names = {_key(ward.name) for code in codes if (ward := find_ward(code)) is not None}
    return _key(address["locality"]) in names


def _key(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
