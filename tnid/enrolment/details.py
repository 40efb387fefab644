"""What a person confirms of themselves, from a card or typed; checked into claims, a number and warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tnid.accounts.claims import check_profile
from tnid.accounts.dates import EARLIEST_YEAR, check_age, read_date, write_date
from tnid.accounts.numbers import (
    HOME_COUNTRY,
    IDENTITY_CARD,
    PASSPORT,
    DocumentNumber,
    find_warnings,
    parse_number,
)
from tnid.accounts.refusal import Refused
from tnid.enrolment.addresses import find_place
from tnid.enrolment.card_text import CardText
from tnid.enrolment.names import is_same_name, split_name
from tnid.wards import REGION, find_ward

ELSEWHERE = "elsewhere"
SEXES = ("female", "male")
NAME_DIFFERS = "name_differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """As it stands in the form: dates as people write them, `ward` a code, ELSEWHERE, or "" for not said."""

    document: str = IDENTITY_CARD
    number: str = field(default="", repr=False)
    country: str = ""
    name: str = field(default="", repr=False)
    birthdate: str = field(default="", repr=False)
    gender: str = ""
    address: str = field(default="", repr=False)
    ward: str = ""

    def to_list(self) -> list[str]:
        return [str(value) for value in asdict(self).values()]

    @classmethod
    def from_list(cls, values: list[str]) -> Details:
        return cls(**dict(zip(cls.__slots__, values, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the details come to."""

    number: DocumentNumber
    claims: Mapping[str, Any] = field(repr=False)
    warnings: tuple[str, ...] = ()


def details_of_card(card: CardText) -> Details:
    """Return what the form shows first: the ward is filled in where the address leads to one alone."""
    wards = find_place(card.address).wards
    return Details(
        number=card.number,
        name=card.name,
        birthdate=write_date(card.birthdate),
        gender=card.gender,
        address=card.address,
        ward=wards[0].code if len(wards) == 1 else "",
    )


def check_details(details: Details, known_name: str, now: int) -> Person | tuple[Refused, ...]:
    """Return who this is, or what is wrong with each bad field, in the order of the form.

    `known_name` is what the account calls its person: another name on the card is a warning, no fault.
    """
    number = parse_number(details.document, details.number, details.country)
    claims = _check_claims(details, now)
    if isinstance(number, Refused) or isinstance(claims, tuple):
        return (*_faults_of_number(details, number), *(claims if isinstance(claims, tuple) else ()))
    warnings = find_warnings(number, claims["birthdate"], claims["gender"])
    if known_name and not is_same_name(known_name, claims["name"]):
        warnings = (*warnings, NAME_DIFFERS)
    return Person(number=number, claims=claims, warnings=warnings)


def _faults_of_number(details: Details, number: DocumentNumber | Refused) -> tuple[Refused, ...]:
    if not isinstance(number, Refused):
        return ()
    has_no_country = details.document == PASSPORT and not details.country and number.field != "country"
    return (Refused("country", "required"), number) if has_no_country else (number,)


def _check_claims(details: Details, now: int) -> dict[str, Any] | tuple[Refused, ...]:
    name, birthdate = check_name(details), check_birthdate(details.birthdate, now)
    gender = {"gender": details.gender} if details.gender in SEXES else Refused("gender", "required")
    address = check_address(details.address, details.ward)
    if not isinstance(address, Refused):
        address = check_profile({"address": address})
    checked = name, birthdate, gender, address
    faults = tuple(one for one in checked if isinstance(one, Refused))
    if faults or isinstance(name, Refused) or isinstance(gender, Refused) or isinstance(address, Refused):
        return faults
    return {**name, "birthdate": birthdate, **gender, **address}


def check_name(details: Details) -> dict[str, Any] | Refused:
    """Return the claims of the name."""
    if not details.name:
        return Refused("name", "required")
    # A foreigner's passport has an order of its own: only the whole is kept
    parts = split_name(details.name) if details.document == IDENTITY_CARD else {}
    checked = check_profile({"name": details.name, **parts})
    return Refused("name", checked.reason) if isinstance(checked, Refused) else checked


def check_birthdate(typed: str, now: int) -> str | Refused:
    """Return YYYY-MM-DD, or the year of a card that knows no more."""
    if not typed:
        return Refused("birthdate", "required")
    birthdate = read_date(typed)
    checked = check_profile({"birthdate": birthdate}) if birthdate else Refused("birthdate", "birthdate")
    if isinstance(checked, Refused) or not birthdate or birthdate < EARLIEST_YEAR:
        return Refused("birthdate", "birthdate")
    return check_age(birthdate, now) or birthdate


def check_address(text: str, ward_code: str) -> dict[str, str] | Refused:
    """Return the address claim: the text is kept, and brought to a ward of today where it lies here."""
    if not text and not ward_code:
        return {}
    place = find_place(text)
    if not ward_code and len(place.wards) != 1:
        return Refused("ward", "ward_split" if place.wards else "ward_needed")
    if ward_code == ELSEWHERE:
        return {"formatted": text, "country": HOME_COUNTRY}
    ward = find_ward(ward_code) if ward_code else place.wards[0]
    if ward is None:
        return Refused("ward", "ward_needed")
    street = place.street if ward in place.wards else text
    address = {"formatted": text, "street_address": street, "locality": ward.name}
    return {**address, "region": REGION, "country": HOME_COUNTRY}
