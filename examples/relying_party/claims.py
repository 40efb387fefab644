"""Claims in words: how a value is written for a person to read, and what was asked for and did not come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from examples.relying_party.words import LANGUAGES

SHOWN = (
    "name", "name_parts", "nickname", "birthdate", "gender", "phone_number", "email", "address", "website",
    "preferred_username", "locale", "identity_level", "residence_ward", "personal_id_number", "guardian_of",
    "staff_roles", "is_worker", "employer", "employee_number", "job_title", "industrial_park",
    "employment_start_date", "employment_contract_type", "employment_valid_until", "represents",
    "social_housing_income", "job_seeker", "housing_seeker",
)  # fmt: skip
DATES = ("birthdate", "employment_start_date", "employment_valid_until")
NAME_PARTS = ("family_name", "middle_name", "given_name")

# A person is named by `name`, so that alone is looked for under profile; not everybody has children
EXPECTED = {
    "profile": ("name",),
    "phone": ("phone_number",),
    "email": ("email",),
    "address": ("address",),
    "citizen": ("identity_level",),
    "pid": ("personal_id_number",),
    "staff": ("staff_roles",),
}
# What a person tells nobody through somebody else: a helper brings none of it
OWN = frozenset({"pid", "guardian", "staff"})
SHOWN_DIGITS = 3

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
        if found.get(name) not in (None, "", [])
    ]


def find_missing(scopes: Iterable[str], claims: Mapping[str, Any], *, by_helper: bool = False) -> list[str]:
    """Return the scopes that were asked for and brought nothing."""
    asked = [scope for scope in scopes if not (by_helper and scope in OWN)]
    return [scope for scope in asked if any(name not in claims for name in EXPECTED.get(scope, ()))]


def mask(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims as a screen may show them, word for word: of the number its end alone."""
    number = "personal_id_number"
    return {**claims, number: mask_number(claims[number])} if number in claims else dict(claims)


def mask_number(number: str) -> str:
    return "•" * (len(number) - SHOWN_DIGITS) + number[-SHOWN_DIGITS:]


def _write(name: str, value: Any, say: Say) -> str:
    if name in DATES:
        return "/".join(part for part in reversed(str(value).split("-")) if part != "0000")
    if name == "gender" and value in ("male", "female"):
        return say(f"gender.{value}")
    if name == "locale":
        return LANGUAGES.get(str(value).split("-")[0], str(value))
    if name in _WRITTEN:
        return _WRITTEN[name](value, say)
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


def _write_offices(offices: Iterable[Mapping[str, Any]], say: Say) -> str:
    """Write each office with where it is."""
    held = [(say(f"offices.{one['role']}"), one.get("ward", {}).get("name", "")) for one in offices]
    return "; ".join(f"{office} – {ward}" if ward else office for office, ward in held)


_WRITTEN: Mapping[str, Callable[[Any, Say], str]] = {
    "address": lambda address, _say: _write_address(address),
    "identity_level": lambda level, say: say(f"identity_level.{level}"),
    "residence_ward": lambda ward, _say: str(ward["name"]),
    "personal_id_number": lambda number, _say: mask_number(number),
    "guardian_of": lambda children, _say: str(len(children)),
    "staff_roles": _write_offices,
    "is_worker": lambda _is_worker, say: say("yes"),
    "employer": lambda employer, _say: str(employer["name"]),
    "industrial_park": lambda park, _say: str(park["name"]),
    "employment_contract_type": lambda kind, say: say(f"contract_types.{kind}"),
    "represents": lambda held, _say: "; ".join(str(one["name"]) for one in held),
    # Of what holds much, that it came; the lines for developers have it whole
    "social_housing_income": lambda _income, say: say("received"),
    "job_seeker": lambda _wishes, say: say("received"),
    "housing_seeker": lambda _wishes, say: say("received"),
}
