"""The session of somebody made up, at a developer's browser: beside their own, and never in its place."""

from __future__ import annotations

from flask import g, request

from tnid import services, web
from tnid.signin import session
from tnid.signin.assurance import LOA1, LOA2, Assurance
from tnid.signin.sessions import Place
from tnid.signin.worlds import SANDBOX

ONE_FACTOR = Assurance(LOA1, ("pwd",))
TWO_FACTORS = Assurance(LOA2, ("pwd", "otp", "mfa"))


def enter() -> None:
    """Have the page belong to the sandbox, where no application's request says so."""
    g.is_sandbox = True
    session.look_again()


def begin(account_id: str, assurance: Assurance) -> str:
    """Sign somebody made up in at this browser; return the sid.

    The same person's session goes on under a new id; another made-up person's ends. Nobody is told: there is
    nobody to tell.
    """
    parts, now = services.current(), services.now()
    renewed = _renew(account_id, assurance)
    if renewed is None:
        place = Place(request.remote_addr or "", request.user_agent.string[:255])
        renewed = parts.sessions.begin(account_id, assurance, place, now)
    value, sid = renewed
    web.set_cookie(SANDBOX, value)
    details = {"acr": assurance.acr, "amr": list(assurance.amr)}
    parts.audit.record("sandbox.sign_in", account_id=account_id, now=now, details=details)
    session.look_again()
    return sid


def _renew(account_id: str, assurance: Assurance) -> tuple[str, str] | None:
    end_user = session.find_end_user()
    if end_user is None:
        return None
    if end_user.account_id != account_id:
        session.end_session(end_user.account_id, end_user.sid)
        return None
    value = services.current().sessions.renew(web.cookie(SANDBOX), assurance, services.now())
    return None if value is None else (value, end_user.sid)


def end() -> None:
    """End the session of whoever is picked at this browser, and forget it."""
    end_user = session.find_end_user()
    if end_user is not None:
        session.end_session(end_user.account_id, end_user.sid)
    web.clear_cookie(SANDBOX)
    session.look_again()
