"""The official of the current request: somebody signed in with two factors, whose desk is open here.

A desk is a second cookie beside the session's, bound to it, which other sites can't make a browser send
(SameSite=Strict) and which ends after fifteen minutes without use. Pages of the counter need both.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import g

from oidc.models import EndUser
from tnid import services, web
from tnid.signin.assurance import LOA2, is_remote
from tnid.signin.session import find_end_user, get_end_user
from tnid.signin.sessions import MOST_COOKIE_CHARACTERS, hash_cookie, new_cookie_value
from tnid.wards import find_ward

DESK = "tnid_desk"
TOUCH_SECONDS = 60


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
        row = _find_desk()
        g.desk = row
        end_user = find_end_user()
        g.official = Official(end_user.account_id, row.role_id, row.commune) if row and end_user else None
    found: Official | None = g.official
    return found


def get_official() -> Official:
    """Return who serves here, where the guard has seen to it that somebody does; raises LookupError."""
    found = find_official()
    if found is None:
        raise LookupError("no desk is open")
    return found


def _find_desk() -> Any:
    end_user, value = find_end_user(), web.cookie(DESK)
    if end_user is None or not _may_serve(end_user) or not value or len(value) > MOST_COOKIE_CHARACTERS:
        return None
    parts = services.current()
    return parts.counter.desks.find_open(
        hash_cookie(value), end_user.sid, end_user.account_id, services.now()
    )


def _may_serve(end_user: EndUser) -> bool:
    """Say whether the sign-in is one of two factors, made at this very browser."""
    return end_user.acr == LOA2 and not is_remote(end_user.amr)


def may_open() -> bool:
    """Say whether the sign-in is recent enough, and of two factors, to open a desk or to act gravely."""
    end_user = get_end_user()
    age = services.now() - end_user.auth_time
    return _may_serve(end_user) and age <= services.current().settings.fresh_sign_in_seconds


def open_desk(role: Any) -> None:
    """Open a desk at this browser for a role that is held."""
    parts, now, end_user = services.current(), services.now(), get_end_user()
    value = new_cookie_value()
    parts.counter.desks.insert(
        id_hash=hash_cookie(value),
        sid=end_user.sid,
        role_id=role.id,
        opened_at=now,
        last_seen_at=now,
        expires_at=now + parts.settings.session_lifetime_seconds,
    )
    parts.counter.roles.note_use(role.id, now)
    web.set_cookie(DESK, value, is_strict=True)
    details = {"commune": role.commune}
    parts.audit.record("desk.open", account_id=end_user.account_id, now=now, details=details)
    g.pop("official", None)


def close_desk() -> None:
    """Close the desk of this browser; the session goes on."""
    parts, now, official = services.current(), services.now(), get_official()
    parts.counter.desks.close(g.desk.id_hash, now)
    web.clear_cookie(DESK)
    parts.audit.record("desk.close", account_id=official.account_id, now=now)
    g.pop("official", None)
    g.pop("desk", None)


def touch_if_due() -> None:
    """Note at a request's end that its desk was used."""
    desk = g.get("desk")
    if desk is not None and desk.last_seen_at <= services.now() - TOUCH_SECONDS:
        services.current().counter.desks.touch(desk.id_hash, services.now())
