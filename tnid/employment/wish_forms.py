"""The forms of wishes: what somebody wants of a job, and of a home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice

from tnid.accounts import wishes
from tnid.accounts.choices import DropDown, Radios, Ticks
from tnid.accounts.forms import REQUIRED, strip
from tnid.accounts.refusal import Refused
from tnid.employment.wish_words import HOUSEHOLDS, KINDS
from tnid.money import read_dong
from tnid.parks import all_parks
from tnid.wards import all_wards

PARKS = [SelectChoice(park.id, park.name) for park in all_parks()]
WARDS = [
    SelectChoice("", _("Any")),
    *(SelectChoice(ward.code, ward.name) for ward in sorted(all_wards(), key=lambda ward: ward.name)),
]


class JobForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    parks = Ticks(choices=PARKS)
    kinds = Ticks(choices=[SelectChoice(name, word) for name, word in KINDS.items()])
    wage_from = StringField(filters=[strip])
    may_be_found = BooleanField()
    submit = SubmitField()

    def fill(self, wanted: Mapping[str, Any]) -> None:
        self.parks.data, self.kinds.data = wanted.get("parks", []), wanted.get("kinds", [])
        self.wage_from.data = _amount(wanted.get("wage_from"))
        self.may_be_found.data = wanted.get("may_be_found", False)

    def read(self) -> dict[str, Any] | list[Refused]:
        """Return the claim that the form says, or what is wrong with it."""
        wage = read_dong(self.wage_from.data) if self.wage_from.data else None
        if self.wage_from.data and not _is_between(wage, wishes.LEAST_WAGE, wishes.MOST_WAGE):
            return [Refused("wage_from", "wage")]
        said = {
            "parks": self.parks.data or [],
            "kinds": self.kinds.data or [],
            "wage_from": wage,
            "may_be_found": self.may_be_found.data,
        }
        return {name: value for name, value in said.items() if value is not None}


class HomeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    household = Radios(
        choices=[SelectChoice(name, word) for name, word in HOUSEHOLDS.items()], validators=[REQUIRED]
    )
    people = StringField(filters=[strip])
    ward_1 = DropDown(choices=WARDS)
    ward_2 = DropDown(choices=WARDS)
    ward_3 = DropDown(choices=WARDS)
    rent_to = StringField(filters=[strip])
    submit = SubmitField()

    @property
    def wards(self) -> list[Any]:
        return [self.ward_1, self.ward_2, self.ward_3]

    def fill(self, wanted: Mapping[str, Any]) -> None:
        self.household.data = wanted.get("household")
        self.people.data = str(wanted.get("people", ""))
        for field, code in zip(self.wards, wanted.get("wards", []), strict=False):
            field.data = code
        self.rent_to.data = _amount(wanted.get("rent_to"))

    def read(self) -> dict[str, Any] | list[Refused]:
        """Return the claim that the form says, or everything that is wrong with it."""
        rent = read_dong(self.rent_to.data) if self.rent_to.data else None
        people = _number(self.people.data) if self.people.data else None
        faults = []
        if self.people.data and not _is_between(people, 1, wishes.MOST_PEOPLE):
            faults.append(Refused("people", "people"))
        if self.rent_to.data and not _is_between(rent, wishes.LEAST_RENT, wishes.MOST_RENT):
            faults.append(Refused("rent_to", "rent"))
        said = {
            "household": self.household.data,
            "people": people,
            "wards": list(dict.fromkeys(field.data for field in self.wards if field.data)),
            "rent_to": rent,
        }
        return faults or {name: value for name, value in said.items() if value is not None}


def _amount(value: int | None) -> str:
    return "" if value is None else f"{value:,}".replace(",", ".")


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else None


def _is_between(value: int | None, least: int, most: int) -> bool:
    return value is not None and least <= value <= most
