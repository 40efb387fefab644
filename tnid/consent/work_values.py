"""What is told of somebody's work, in the words in which they read it before they agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _

from tnid.employers.roles import NAMES
from tnid.employment.wish_words import write_home_wishes, write_job_wishes
from tnid.money import write_dong

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")

CONTRACT_TYPES = {
    "indefinite": _("Without an end date"),
    "fixed_term": _("For a fixed term"),
    "probation": _("On probation"),
}


EMPLOYER = _("%(name)s, tax code %(tax_code)s")
UNDER = _("%(amount)s a month or less (ceiling since %(since)s)")
ABOVE = _("Above every ceiling (ceilings since %(since)s)")
BRACKET_BY = _("%(said)s, confirmed by %(employer)s on %(day)s")
BRACKET = _("%(said)s, confirmed by the employer on %(day)s")
SOURCE_BY = _("Confirmed by %(employer)s on %(day)s")
SOURCE = _("Confirmed by the employer on %(day)s; its name is not told")


def write_date(text: str) -> str:
    """Return a day as it is written here: 27/03/1995."""
    found = _DATE.fullmatch(text)
    return f"{found[3]}/{found[2]}/{found[1]}" if found else text


def write_employer(employer: Mapping[str, str]) -> str:
    return str(EMPLOYER) % employer


def write_roles(represented: Sequence[Mapping[str, str]]) -> str:
    """Return each organisation with the role that somebody has in it."""
    return "; ".join(f"{one['name']} ({NAMES.get(one['role'], one['role'])})" for one in represented)


def write_bracket(told: Mapping[str, Any]) -> str:
    """Return which ceiling an income is under, since when it is the law's, and who says so."""
    since, day = write_date(told["ceiling_since"]), write_date(told["verified_at"])
    if "ceiling" in told:
        said = str(UNDER) % {"amount": write_dong(told["ceiling"]), "since": since}
    else:
        said = str(ABOVE) % {"since": since}
    by = told.get("verified_by", "")
    return str(BRACKET_BY if by else BRACKET) % {"said": said, "employer": by, "day": day}


def write_source(record: Mapping[str, Any] | None) -> str:
    """Return whose record verified claims about somebody's work rest on, "" where there is none."""
    if record is None:
        return ""
    (evidence,) = record["verification"]["evidence"]
    by = evidence["record"].get("source", {}).get("name", "")
    return str(SOURCE_BY if by else SOURCE) % {"employer": by, "day": write_date(evidence["time"][:10])}


WRITTEN_OF_WORK: Mapping[str, Callable[[Any], str]] = {
    "employer": write_employer,
    "industrial_park": lambda park: str(park["name"]),
    "employment_start_date": write_date,
    "employment_confirmed_at": write_date,
    "employment_valid_until": write_date,
    "employment_contract_type": lambda kind: str(CONTRACT_TYPES.get(kind, kind)),
    "represents": write_roles,
    "social_housing_income": write_bracket,
    "job_seeker": write_job_wishes,
    "housing_seeker": write_home_wishes,
}
MASKS_OF_WORK: Mapping[str, Callable[[Any], str]] = {
    "employer": lambda employer: str(employer["name"]),
    "employment_start_date": lambda day: f"••/••/{day[:4]}",
    "represents": lambda represented: "; ".join(one["name"] for one in represented),
    "social_housing_income": lambda _told: "•••",
    "job_seeker": lambda _wishes: "•••",
    "housing_seeker": lambda _wishes: "•••",
}
