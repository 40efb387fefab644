"""Claims in words: how a value is written for a person to read, and what was asked for and did not come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from examples.relying_party.words import LANGUAGES

SHOWN = (
    "name", "name_parts", "nickname", "birthdate", "gender", "phone_number", "email", "address", "website",
    "preferred_username", "locale",
)  # fmt: skip
NAME_PARTS = ("family_name", "middle_name", "given_name")

# A person is named by `name`, so that alone is looked for under profile
EXPECTED = {"profile": ("name",), "phone": ("phone_number",), "email": ("email",), "address": ("address",)}

Say = Callable[[str], str]


class Line(NamedTuple):
    """One claim as shown; `is_verified` is None where the claim has no such mark."""

    claim: str
    label: str
    value: str
    is_verified: bool | None


def describe(claims: Mapping[str, Any], say: Say) -> list[Line]:
    """Return the claims that a person can read, in a settled order, the parts of the name in one line."""
    parts = " · ".join(claims[part] for part in NAME_PARTS if claims.get(part))
    found = {**claims, "name_parts": parts}
    return [
        Line(name, say(f"claims.{name}"), _write(name, found[name], say), claims.get(f"{name}_verified"))
        for name in SHOWN
        if found.get(name)
    ]


def find_missing(scopes: Iterable[str], claims: Mapping[str, Any]) -> list[str]:
    """Return the scopes that were asked for and brought nothing."""
    return [scope for scope in scopes if not all(claims.get(name) for name in EXPECTED.get(scope, ()))]


def _write(name: str, value: Any, say: Say) -> str:
    if name == "birthdate":
        return "/".join(part for part in reversed(str(value).split("-")) if part != "0000")
    if name == "gender" and value in ("male", "female"):
        return say(f"gender.{value}")
    if name == "locale":
        return LANGUAGES.get(str(value).split("-")[0], str(value))
    if name == "address":
        return _write_address(value)
    return write_phone_number(value) if name == "phone_number" else str(value)


def _write_address(address: Mapping[str, str]) -> str:
    parts = (address.get(part) for part in ("street_address", "locality", "region"))
    return ", ".join(filter(None, parts)) or str(address.get("formatted", ""))


def write_phone_number(number: str) -> str:
    """Write a Vietnamese mobile number as people say it: 0912 345 678."""
    if number.startswith("+84") and len(number) == 12:
        local = "0" + number[3:]
        return f"{local[:4]} {local[4:7]} {local[7:]}"
    return number
