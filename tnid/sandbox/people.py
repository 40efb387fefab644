"""Who is made up: the people of people.toml, as they are written there."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _

from tnid.accounts.ages import VIETNAM
from tnid.accounts.numbers import IDENTITY_CARD

# The headings under which developers look for whom they need, in their order
GROUPS: Mapping[str, Any] = {
    "work": _("Work"),
    "identity": _("How well they are known"),
    "family": _("Family and helpers"),
    "residence": _("Where they live"),
    "missing": _("Something is missing"),
    "names": _("Unusual names"),
}
FILE = Path(__file__).with_name("people.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of them, in a group of GROUPS. `name` is family, middle and given name, a birthday month, day."""

    username: str
    group: str
    about: Mapping[str, str]
    level: int
    age: int
    birthday: str
    name: tuple[str, str, str]
    gender: str
    locale: str = "vi"
    document: str = "idcard"
    phone: str = ""
    phone_verified: bool = True
    email: str = ""
    email_verified: bool = True
    address: Mapping[str, str] = field(default_factory=dict)
    verified: Mapping[str, Any] = field(default_factory=dict)
    mandate_of: str = ""
    guardian_of: str = ""
    work: Mapping[str, Any] = field(default_factory=dict)
    is_disabled: bool = False

    @property
    def display_name(self) -> str:
        """Return the name in the order of its language; Korean ones are written in one."""
        return ("" if self.locale == "ko" else " ").join(word for word in self.name if word)

    def say(self, locale: str) -> str:
        """Return what there is to try with this person."""
        return self.about.get(locale, self.about["en"])

    def birthdate(self, now: int) -> str:
        """Return the day of birth of somebody who is as old as this person always is."""
        today = datetime.fromtimestamp(now, VIETNAM).date()
        month, day = map(int, self.birthday.split("-"))
        had_birthday = (today.month, today.day) >= (month, day)
        year = today.year - self.age - (0 if had_birthday else 1)
        if (month, day) == (2, 29) and not _is_leap(year):
            month, day = 3, 1
        return date(year, month, day).isoformat()

    def profile(self, now: int) -> dict[str, Any]:
        """Return the standard claims, without those that there are not."""
        family, middle, given = self.name
        claims: dict[str, Any] = {
            "name": self.display_name,
            "family_name": family,
            "middle_name": middle,
            "given_name": given,
            "gender": self.gender,
            "birthdate": self.birthdate(now),
            "zoneinfo": "Asia/Ho_Chi_Minh",
            "address": dict(self.address),
        }
        if self.phone:
            claims |= {"phone_number": self.phone, "phone_number_verified": self.phone_verified}
        if self.email:
            claims |= {"email": self.email, "email_verified": self.email_verified}
        return {name: value for name, value in claims.items() if value not in ("", {})}


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@cache
def people() -> Mapping[str, Person]:
    """Return everybody who is made up, by username, in their order; read when somebody first asks."""
    listed = tomllib.loads(FILE.read_text())["person"]
    made = (Person(**{**one, "name": tuple(one["name"])}) for one in listed)
    return {person.username: person for person in made}


def find_number(username: str) -> str:
    """Return the identification number of somebody made up, "" for who has another document: no province
    has 000, so that it is nobody's."""
    person = people().get(username)
    if person is None or person.document != IDENTITY_CARD:
        return ""
    return f"{[*people()].index(username) + 1:012d}"


def group(listed: Iterable[Person]) -> list[tuple[str, Any, list[Person]]]:
    """Return people under their headings: its identifier, its words, who stands there."""
    known = list(listed)
    found = ((id_, label, [one for one in known if one.group == id_]) for id_, label in GROUPS.items())
    return [(id_, label, members) for id_, label, members in found if members]
