"""A desk: what somebody with a role has open at one browser, beside the session there.

It is a second cookie, bound to the session, which other sites can't make a browser send (SameSite=Strict) and
which ends after fifteen minutes without use. One mechanism with two doors: the counter of a commune, and the
operators' pages. Neither opens what is behind the other.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import g

from oidc.models import EndUser
from tnid import services, web
from tnid.admin.roles import OPERATOR_ROLES
from tnid.officials.roles import OFFICIAL
from tnid.signin.assurance import LOA2, is_remote
from tnid.signin.session import find_end_user, get_end_user
from tnid.signin.sessions import MOST_COOKIE_CHARACTERS, hash_cookie, new_cookie_value

TOUCH_SECONDS = 60


class Door(NamedTuple):
    """Where a desk leads: its cookie, the roles that open it, the noun that the audit log has for it."""

    cookie: str
    roles: frozenset[str]
    noun: str


COUNTER = Door("tnid_desk", frozenset({OFFICIAL}), "desk")
ADMIN = Door("tnid_admin", OPERATOR_ROLES, "operator_desk")


def find_desk(door: Door) -> Any:
    """Return the row of the desk (role_id, role, commune) that is open here; asked once a request."""
    opened: dict[str, Any] = g.setdefault("desks", {})
    if door.noun not in opened:
        opened[door.noun] = _find(door)
    return opened[door.noun]


def _find(door: Door) -> Any:
    end_user, value = find_end_user(), web.cookie(door.cookie)
    if end_user is None or not _may_serve(end_user) or not value or len(value) > MOST_COOKIE_CHARACTERS:
        return None
    row = services.current().desks.find_open(
        hash_cookie(value), end_user.sid, end_user.account_id, services.now()
    )
    return row if row is not None and row.role in door.roles else None


def _may_serve(end_user: EndUser) -> bool:
    """Say whether the sign-in is one of two factors, made at this very browser."""
    return end_user.acr == LOA2 and not is_remote(end_user.amr)


def may_open() -> bool:
    """Say whether the sign-in is recent enough, and of two factors, to open a desk or to act gravely."""
    end_user = get_end_user()
    age = services.now() - end_user.auth_time
    return _may_serve(end_user) and age <= services.current().settings.fresh_sign_in_seconds


def open_desk(door: Door, role: Any) -> None:
    """Open a desk at this browser for a role (id, commune) that is held."""
    parts, now, end_user = services.current(), services.now(), get_end_user()
    value = new_cookie_value()
    parts.desks.insert(
        id_hash=hash_cookie(value),
        sid=end_user.sid,
        role_id=role.id,
        opened_at=now,
        last_seen_at=now,
        expires_at=now + parts.settings.session_lifetime_seconds,
    )
    web.set_cookie(door.cookie, value, is_strict=True)
    details = {"commune": role.commune} if role.commune else {"role": role.role}
    parts.audit.record(f"{door.noun}.open", account_id=end_user.account_id, now=now, details=details)
    _forget()


def close_desk(door: Door) -> None:
    """Close the desk of this browser; the session goes on."""
    parts, now = services.current(), services.now()
    parts.desks.close(find_desk(door).id_hash, now)
    web.clear_cookie(door.cookie)
    parts.audit.record(f"{door.noun}.close", account_id=get_end_user().account_id, now=now)
    _forget()


def _forget() -> None:
    for name in ("desks", "official", "operator"):
        g.pop(name, None)


def touch_if_due() -> None:
    """Note at a request's end that its desk was used."""
    for desk in g.get("desks", {}).values():
        if desk is not None and desk.last_seen_at <= services.now() - TOUCH_SECONDS:
            services.current().desks.touch(desk.id_hash, services.now())
