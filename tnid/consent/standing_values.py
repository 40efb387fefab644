"""What the province knows of somebody's standing, in the words in which they read it before they agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import ngettext

from tnid.accounts.numbers import HIDDEN_NUMBER

LEVELS = {
    0: _("Level 0: as you said yourself, checked by nobody"),
    1: _("Level 1: by phone and the text of the identity card"),
    2: _("Level 2: in person, by an official who compared the identity document"),
}
OFFICIAL = _("Official of %(ward)s")
OPERATOR = _("Operator of Thái Nguyên ID")

NOT_RESIDENT_HERE = _("No ward or commune of the province is recorded for you; nothing is shared")
NOT_COMPARED_YET = _("No identity card was compared by an official yet; shared once one is")
NO_CHILDREN = _("You are nobody's guardian here; nothing is shared")
NO_OFFICE = _("You hold no office of the province; nothing is shared")
MISSING = {
    "residence_ward": NOT_RESIDENT_HERE,
    "personal_id_number": NOT_COMPARED_YET,
    "guardian_of": NO_CHILDREN,
    "staff_roles": NO_OFFICE,
}


def write_number(_number: str) -> str:
    """Return dots for a number: no page ever shows it, whoever looks."""
    return HIDDEN_NUMBER


def write_children(children: Sequence[str]) -> str:
    """Return how many there are: of each the application gets an identifier of its own, and no name."""
    return str(ngettext("%(num)s child", "%(num)s children", len(children)))


def write_offices(offices: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(
        str(OFFICIAL) % {"ward": one["ward"]["name"]} if "ward" in one else str(OPERATOR) for one in offices
    )


WRITTEN_OF_STANDING: Mapping[str, Callable[[Any], str]] = {
    "identity_level": lambda level: str(LEVELS.get(level, level)),
    "residence_ward": lambda ward: str(ward["name"]),
    "personal_id_number": write_number,
    "guardian_of": write_children,
    "staff_roles": write_offices,
}
