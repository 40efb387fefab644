"""The official of the current request: somebody signed in with two factors, whose desk is open here."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import g

from tnid import desk, services
from tnid.desk import COUNTER, may_open
from tnid.signin.session import find_end_user
from tnid.wards import find_ward

__all__ = [
    "Official",
    "close_desk",
    "find_official",
    "get_official",
    "may_open",
    "name_of_commune",
    "open_desk",
]


class Official(NamedTuple):
    """Who serves at this browser, for which commune."""

    account_id: str
    role_id: str
    commune: str

    @property
    def commune_name(self) -> str:
        return name_of_commune(self.commune)


def name_of_commune(code: str) -> str:
    ward = find_ward(code)
    return ward.name if ward else code


def find_official() -> Official | None:
    """Return who has a desk open at this browser; asked once a request."""
    if "official" not in g:
        row, end_user = desk.find_desk(COUNTER), find_end_user()
        g.official = Official(end_user.account_id, row.role_id, row.commune) if row and end_user else None
    found: Official | None = g.official
    return found


def get_official() -> Official:
    """Return who serves here, where the guard has seen to it that somebody does; raises LookupError."""
    found = find_official()
    if found is None:
        raise LookupError("no desk is open")
    return found


def open_desk(role: Any) -> None:
    """Open a desk of the counter at this browser for a role that is held; the role was used."""
    services.current().counter.roles.note_use(role.id, services.now())
    desk.open_desk(COUNTER, role)


def close_desk() -> None:
    """Close the desk of the counter at this browser; the session goes on."""
    desk.close_desk(COUNTER)
