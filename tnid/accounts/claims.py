"""A person's claims: checked once when they come in, and given out as OpenID Connect Core §5.1 names them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from tnid.accounts.contacts import parse_email, parse_phone
from tnid.accounts.refusal import Refused, Unfit
from tnid.accounts.wishes import check_housing_seeker, check_job_seeker

# Whoever reads such values elsewhere catches it, too
__all__ = ["Unfit", "check_profile", "claims_of", "clean_name", "clean_text"]

MOST_CHARACTERS = 200
MOST_MARKS_ON_A_LETTER = 2
# Also as keyboards and languages have them: D’Angelo, Nguyễn-Lê, Trần T. An, Gal·la, アン・リー
BETWEEN_LETTERS = frozenset(" '‘’`´׳-‐‑–.·・･")
ADDRESS_MEMBERS = ("formatted", "street_address", "locality", "region", "postal_code", "country")
LOCALES = ("vi", "en", "ko")

_BIRTHDATE = re.compile(r"^(\d{4})(?:-(\d{2})-(\d{2}))?$")


def clean_text(value: Any) -> str:
    """Return a line of text in NFC; control, invisible and direction-changing characters are unfit."""
    if not isinstance(value, str):
        raise Unfit("not_text")
    if len(value) > 2 * MOST_CHARACTERS:
        raise Unfit("too_long")
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if len(text) > MOST_CHARACTERS:
        raise Unfit("too_long")
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") for character in text):
        raise Unfit("characters")
    if _has_piled_marks(text):
        raise Unfit("characters")
    return text


def clean_name(value: Any) -> str:
    """Return somebody's name: letters of any script, and what stands between them in names."""
    text = clean_text(value)
    if any(unicodedata.category(c)[0] not in "LM" and c not in BETWEEN_LETTERS for c in text):
        raise Unfit("name_characters")
    if text and not any(unicodedata.category(c)[0] == "L" for c in text):
        raise Unfit("name_characters")
    return text


def _has_piled_marks(text: str) -> bool:
    run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if run > MOST_MARKS_ON_A_LETTER:
            return True
    return False


def _phone(value: Any) -> str:
    phone = parse_phone(clean_text(value))
    if phone is None:
        raise Unfit("phone")
    return phone


def _email(value: Any) -> str:
    email = parse_email(clean_text(value))
    if email is None:
        raise Unfit("email")
    return email


def _birthdate(value: Any) -> str:
    """OpenID Connect Core §5.1: YYYY-MM-DD, YYYY alone, or 0000-MM-DD where the year is withheld."""
    text = clean_text(value)
    found = _BIRTHDATE.match(text)
    if found is None or not text.isascii() or text == "0000":
        raise Unfit("birthdate")
    year, month, day = found.groups()
    try:
        date(int(year) or 2000, int(month or 1), int(day or 1))
    except ValueError:
        raise Unfit("birthdate") from None
    return text


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit("not_a_flag")
    return value


def _address(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not set(value) <= set(ADDRESS_MEMBERS):
        raise Unfit("address")
    members = {name: clean_text(member) for name, member in value.items()}
    return {name: member for name, member in members.items() if member}


def _locale(value: Any) -> str:
    text = clean_text(value)
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        raise Unfit("locale")
    return text


def _web_address(value: Any) -> str:
    text = clean_text(value)
    if not re.fullmatch(r"https?://[^\s\"<>]+", text):
        raise Unfit("web_address")
    return text


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": clean_name,
    "family_name": clean_name,
    "middle_name": clean_name,
    "given_name": clean_name,
    "nickname": clean_text,
    "preferred_username": clean_text,
    "gender": clean_text,
    "zoneinfo": clean_text,
    "birthdate": _birthdate,
    "phone_number": _phone,
    "phone_number_verified": _flag,
    "email": _email,
    "email_verified": _flag,
    "address": _address,
    "locale": _locale,
    "profile": _web_address,
    "picture": _web_address,
    "website": _web_address,
    "job_seeker": check_job_seeker,
    "housing_seeker": check_housing_seeker,
}


def check_profile(
    given: Mapping[str, Any], *, known: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any] | Refused:
    """Return the claims to keep, without the empty ones, or what is wrong with the first bad one.

    What is `known` and stays as it is was checked when it came in, by the rules of that day.
    """
    profile: dict[str, Any] = {}
    for name, value in given.items():
        if name == "updated_at":  # ours to say
            continue
        if name in known and known[name] == value:
            profile[name] = value
            continue
        if name not in _CHECKS:
            return Refused(name, "unknown_claim")
        try:
            checked = _CHECKS[name](value) if value not in (None, "") else None
        except Unfit as unfit:
            return Refused(name, str(unfit))
        if checked not in (None, "", {}):
            profile[name] = checked
    for contact in ("phone_number", "email"):
        if contact in profile:
            profile.setdefault(f"{contact}_verified", False)
        else:
            profile.pop(f"{contact}_verified", None)
    return profile


def claims_of(profile: Mapping[str, Any], *, username: str, locale: str, updated_at: int) -> dict[str, Any]:
    """Return the standard claims of a person, whatever scope they belong to."""
    return {"locale": locale, "preferred_username": username, **profile, "updated_at": updated_at}
