"""What somebody looks for, in words: on the pages of wishes, and before it is shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from tnid.money import write_dong
from tnid.parks import find_park
from tnid.wards import find_ward

KINDS = {
    "sewing": _("Sewing and garments"),
    "electronics": _("Electronics"),
    "mechanics": _("Mechanics and metal"),
    "food": _("Food"),
    "building": _("Building"),
    "warehouse": _("Warehouse"),
    "driving": _("Driving"),
    "guarding": _("Security guard"),
    "cleaning": _("Cleaning"),
    "office": _("Office"),
    "other": _("Other work"),
}
HOUSEHOLDS = {
    "single": _("By myself"),
    "with_child": _("By myself, with a child"),
    "couple": _("As a couple"),
}
WAGE = _("from %(amount)s a month")
RENT = _("up to %(amount)s a month")
PEOPLE = _("people: %(number)s")
FOUND = _("recruiters may find you")
NOT_FOUND = _("recruiters can't find you; you write to them yourself")


def write_job_wishes(wishes: Mapping[str, Any]) -> str:
    """Return what somebody wants of a job, and whether they may be found."""
    said = [park.name for one in wishes.get("parks", ()) if (park := find_park(one)) is not None]
    said += [str(KINDS[kind]) for kind in wishes.get("kinds", ()) if kind in KINDS]
    if "wage_from" in wishes:
        said.append(str(WAGE) % {"amount": write_dong(wishes["wage_from"])})
    return "; ".join([*said, str(FOUND if wishes.get("may_be_found") else NOT_FOUND)])


def write_home_wishes(wishes: Mapping[str, Any]) -> str:
    """Return what somebody wants of a home."""
    said = [str(HOUSEHOLDS.get(wishes["household"], wishes["household"]))]
    if "people" in wishes:
        said.append(str(PEOPLE) % {"number": wishes["people"]})
    said += [ward.name for code in wishes.get("wards", ()) if (ward := find_ward(code)) is not None]
    if "rent_to" in wishes:
        said.append(str(RENT) % {"amount": write_dong(wishes["rent_to"])})
    return "; ".join(said)
