"""What was done in a team, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext

from tnid import services
from tnid.developers.acts import Act
from tnid.developers.roles import NAMES
from tnid.developers.words import ACTS


class Told(NamedTuple):
    """An act as its team reads it: `who` is "" where a program did it; `about` names the application."""

    when: int
    who: str
    text: str
    about: str


def describe_acts(acts: list[Act]) -> list[Told]:
    """Return the acts in words, in the order given; what has no words is left out."""
    names = _Names()
    return [
        Told(one.occurred_at, names.person(one.account_id), _text(one, names), names.application(one))
        for one in acts
        if one.event in ACTS
    ]


class _Names:
    """Looks each person and each application up once."""

    def __init__(self) -> None:
        self._people: dict[str, str] = {}
        self._applications: dict[str, str] = {}

    def person(self, account_id: str | None) -> str:
        if account_id is None:
            return ""
        if account_id not in self._people:
            found = services.current().accounts.find_name(account_id)
            self._people[account_id] = found or str(gettext("Somebody whose account is gone"))
        return self._people[account_id]

    def application(self, act: Act) -> str:
        if act.application_id is None:
            return ""
        if act.application_id not in self._applications:
            found = services.current().developers.applications.find(act.application_id)
            self._applications[act.application_id] = found.name if found is not None else ""
        return self._applications[act.application_id]


def _text(act: Act, names: _Names) -> str:
    details: Mapping[str, Any] = act.details
    values = {
        "person": names.person(details["member"]) if "member" in details else "",
        "role": str(NAMES.get(details.get("role", ""), "")),
        "name": str(details.get("name", "")),
    }
    return str(ACTS[act.event]) % values
