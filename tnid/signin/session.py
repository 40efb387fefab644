"""The session of the current request: who sits at this browser, signed in, half signed in, or not."""

from __future__ import annotations

from typing import Any

from flask import g, request

from oidc.models import Client, EndUser
from tnid import audit, services, web
from tnid.accounts.service import Account
from tnid.qr.state import ABANDONED, SCREEN_COOKIE
from tnid.settings import Settings
from tnid.signin import known_device
from tnid.signin.assurance import LOA2, Assurance, is_remote
from tnid.signin.sessions import Place, Proof, end_user_of, is_touch_due
from tnid.signin.terminals import Terminal
from tnid.signin.worlds import SANDBOX, enter_world_of, is_sandbox

SESSION = "tnid_session"
SIGN_IN = "tnid_sign_in"
TERMINAL = "tnid_terminal"
RESUME = "oidc.resume"
DAY_SECONDS = 86400


def session_cookie_name(settings: Settings) -> str:
    """Return the name of the cookie that carries a session."""
    return web.cookie_name(settings, SESSION)


def find_end_user() -> EndUser | None:
    """Return who is signed in at the browser of the current request; asked once a request.

    That the session was seen is written at the request's end, so that no write lock is held meanwhile.
    """
    if "end_user" not in g:
        row = services.current().sessions.look_up(_presented(), services.now(), is_sandbox=is_sandbox())
        g.session_row = row
        g.end_user = None if row is None or row.deletion_due_at is not None else end_user_of(row)
        g.is_touch_due = row is not None and is_touch_due(row, services.now())
    found: EndUser | None = g.end_user
    return found


def find_terminal() -> Terminal | None:
    """Return the terminal whose request this page belongs to, None anywhere else."""
    found: Terminal | None = g.get("terminal")
    return found


def _presented() -> str:
    """Return the secret of the session that counts here: at a terminal that of its very request alone, and of
    a sandbox that of somebody made up alone."""
    if is_sandbox():
        return web.cookie(SANDBOX)
    uid, _, secret = web.cookie(TERMINAL).partition(".")
    if uid and uid == _uid_in_address():
        return bound(uid, secret) if secret else ""
    return "" if find_terminal() else web.cookie(SESSION)


def bound(uid: str, secret: str) -> str:
    """Return what stands for a terminal's session: keyed, so that its secret opens nothing elsewhere."""
    return services.current().sealer.blind_index("terminal_session", f"{uid}:{secret}")


def _bind(secret: str) -> str:
    return bound(_uid_in_address(), secret) if find_terminal() else secret


def _uid_in_address() -> str:
    """Return the interaction that the address names, where that is what decides who is signed in."""
    if request.endpoint == RESUME:
        return str((request.view_args or {}).get("uid", ""))
    return request.args.get("interaction", "") if find_terminal() else ""


def uid_of_terminal() -> str:
    """Return the interaction that this terminal's cookie is for, or ""."""
    return web.cookie(TERMINAL).partition(".")[0]


def terminal_cookie(uid: str) -> str:
    """Return what marks a terminal's browser as busy with this interaction, and who signed in there."""
    return web.cookie(TERMINAL) if uid_of_terminal() == uid else f"{uid}."


def _keep(value: str) -> None:
    """Have the browser keep a session's secret: at a terminal together with the request that it is for."""
    name = _cookie()
    web.set_cookie(name, f"{_uid_in_address()}.{value}" if name == TERMINAL else value)


def find_account() -> Account | None:
    """Return the account of who is signed in at this browser, as it was when this request first asked."""
    end_user, found = find_end_user(), g.get("account")
    if end_user is None:
        return None
    if found is None or found.id != end_user.account_id:
        found = g.account = services.current().accounts.find(end_user.account_id)
    known: Account | None = found
    return known


def find_end_user_at(client: Client | None) -> EndUser | None:
    """Return who is signed in at this browser: at a sandbox's client somebody made up, whoever else is."""
    if enter_world_of(client):
        _forget_end_user()
    return find_end_user()


def find_applications_user(client: Client | None = None) -> EndUser | None:
    """Return who is signed in as far as an application is concerned: nobody whose account is shut."""
    end_user = find_end_user_at(client)
    return end_user if end_user is not None and g.session_row.shut_by_owner_at is None else None


def find_leaving() -> Any:
    """Return the session's row of somebody whose account waits for its deletion, or None.

    Such a person is not signed in: all that is left to them is to cancel it.
    """
    find_end_user()
    row = g.session_row
    return row if row is not None and row.deletion_due_at is not None else None


def get_end_user() -> EndUser:
    """Return who is signed in, where the guard has seen to it that somebody is; raises LookupError."""
    end_user = find_end_user()
    if end_user is None:
        raise LookupError("nobody is signed in")
    return end_user


def touch_if_due() -> None:
    """Note at a request's end that its session was seen."""
    if g.get("is_touch_due"):
        services.current().sessions.touch(_presented(), services.now())


def begin_session(account_id: str, assurance: Assurance, row: Any = None) -> str:
    """Sign a person in at this browser, with a new session id; return the sid.

    Somebody else's session here is signed out first; the same person's goes on under the new id. From then
    on the account knows the browser, and its owner is told of one that it didn't know. `row` is the
    account's, where it is at hand.
    """
    parts, now = services.current(), services.now()
    if find_terminal():
        return begin_remote_session(account_id, assurance, Proof(now, DAY_SECONDS))
    renewed = _renewed(account_id, assurance)
    value, sid = renewed or parts.sessions.begin(account_id, assurance, _place(), now)
    web.set_cookie(SESSION, value)
    account = _known_as(account_id, row)
    if renewed is None and known_device.find_device(account) is None:
        parts.alerts.raise_for(account_id, sid, *_place(), now)
    known_device.remember(account)
    stop_recovery(account_id, assurance)
    _note_sign_in(account_id, assurance)
    return sid


def begin_remote_session(
    account_id: str, assurance: Assurance, proof: Proof, *, is_usual: bool = False
) -> str:
    """Sign a person in at this screen who proved who they are elsewhere, or by a card; return the sid.

    Always a new session, and a short one. The account doesn't come to know this browser, and its owner is
    told, whichever browser it is, but for what they do each day (`is_usual`). At a terminal every sign-in is
    such a one.
    """
    parts, now = services.current(), services.now()
    end_user = find_end_user()
    if end_user is not None:
        end_session(end_user.account_id, end_user.sid)
    if find_terminal():
        longest = parts.settings.terminal_session_lifetime_seconds
        proof = proof._replace(lifetime_seconds=min(proof.lifetime_seconds, longest))
    value, sid = parts.sessions.begin(account_id, assurance, _place(), now, proof, bind=_bind)
    _keep(value)
    if not is_usual:
        parts.alerts.raise_for(account_id, sid, *_place(), now, text=known_device.text_of_alert(assurance))
    _note_sign_in(account_id, assurance)
    return sid


def _note_sign_in(account_id: str, assurance: Assurance) -> None:
    parts, now = services.current(), services.now()
    web.keep_forms_of(parts.sealer.blind_index("person_at_browser", account_id))
    end_half_sign_in()
    end_waiting_screen()
    asked = audit.origin.get().asked
    parts.audit.record(
        "sign_in.complete", account_id=account_id, client_id=asked and asked.client_id, now=now,
        details={"acr": assurance.acr, "amr": list(assurance.amr)},
    )  # fmt: skip
    _forget_end_user()


def _known_as(account_id: str, row: Any) -> known_device.Known:
    """Return by what a browser knows the account; most ways lead here with a row that says it."""
    half = find_half_sign_in()
    if row is None and half is not None and half.account_id == account_id:
        row = half
    found = row if row is not None else services.current().accounts.get(account_id)
    return known_device.Known(account_id, found.password_changed_at)


def stop_recovery(account_id: str, assurance: Assurance) -> None:
    """Stop a recovery that waits: whoever has the second factor here needs none, and may not know of it."""
    if assurance.acr == LOA2 and not is_remote(assurance.amr):
        services.current().recovery.waits.stop(account_id, "sign_in", services.now())


def _renewed(account_id: str, assurance: Assurance) -> tuple[str, str] | None:
    end_user = find_end_user()
    if end_user is None:
        return None
    if end_user.account_id != account_id:
        end_session(end_user.account_id, end_user.sid)
        return None
    value = services.current().sessions.renew(web.cookie(SESSION), assurance, services.now())
    return None if value is None else (value, end_user.sid)


def change_trust(assurance: Assurance) -> bool:
    """Give the present session a new id and what its factors prove now; False where it has ended."""
    value = services.current().sessions.change_trust(_presented(), assurance, services.now(), bind=_bind)
    if value is None:
        return False
    _keep(value)
    _forget_end_user()
    return True


def sign_out() -> EndUser | None:
    """End the session of this browser and the grants that were to last as long; return whose it was."""
    end_user = find_end_user()
    if end_user is not None and is_sandbox():
        # Whoever lives and is signed in beside them stays
        end_here(end_user)
        return end_user
    if end_user is not None:
        parts, now = services.current(), services.now()
        parts.qr_sign_ins.end_of_phone(end_user.account_id, web.browser_id(), now)
    web.forget_browser()
    web.clear_cookie(SESSION)
    end_half_sign_in()
    if (row := g.session_row) is not None:
        # Of somebody about to leave, too, who is signed in no more but could stay by it
        end_session(row.account_id, row.sid)
    _forget_end_user()
    return end_user


def leave() -> None:
    """Forget at this browser the session that has ended with all others of its account."""
    web.forget_browser()
    web.clear_cookie(SESSION)
    _forget_end_user()


def look_again() -> None:
    """Forget what was found of this browser's session, for its account has changed."""
    _forget_end_user()


def end_here(end_user: EndUser) -> None:
    """End the session of this browser and keep the interaction: the person signs in anew."""
    end_session(end_user.account_id, end_user.sid)
    web.clear_cookie(_cookie())
    _forget_end_user()


def _cookie() -> str:
    """Return the name of the cookie that holds the session of this page's person."""
    if is_sandbox():
        return SANDBOX
    return TERMINAL if find_terminal() else SESSION


def clear_terminal() -> None:
    """Leave nothing of whoever was at this terminal: what they signed in to goes on without the browser."""
    end_half_sign_in()
    web.clear_cookie(TERMINAL)
    web.clear_cookie(web.LANGUAGE_COOKIE)
    web.forget_browser()
    _forget_end_user()


def end_session(account_id: str, sid: str) -> bool:
    """End one session, wherever its browser is, with its grants, and record it."""
    parts, now = services.current(), services.now()
    if not parts.sessions.end(sid, now):
        return False
    parts.audit.record("session.end", account_id=account_id, now=now)
    return True


def end_session_of(sid: str) -> bool:
    """End the session of this sid, whose browser holds nothing of it; False where it has ended."""
    account_id = services.current().sessions.find_account(sid)
    return account_id is not None and end_session(account_id, sid)


def begin_half_sign_in(account_id: str) -> None:
    """Note that the password was right; the second factor comes within ten minutes."""
    parts, now = services.current(), services.now()
    end_half_sign_in()
    web.set_cookie(SIGN_IN, parts.half_sign_ins.begin(account_id, now))


def find_half_sign_in() -> Any:
    """Return the half-login of this browser (id_hash, account_id, tries, created_at), or None."""
    if "half_sign_in" not in g:
        g.half_sign_in = services.current().half_sign_ins.find(web.cookie(SIGN_IN), services.now())
    return g.half_sign_in


def end_half_sign_in() -> None:
    """End the half-login of this browser: by success, by sign-out, or by too many wrong codes."""
    half = find_half_sign_in()
    if half is not None:
        services.current().half_sign_ins.end(half.id_hash, services.now())
        web.clear_cookie(SIGN_IN)
        g.half_sign_in = None


def end_waiting_screen() -> None:
    """Have this browser wait for no phone any more: its person has signed in, or means to otherwise."""
    secret = web.cookie(SCREEN_COOKIE)
    if secret:
        services.current().qr_sign_ins.abandon(secret, ABANDONED, services.now())
        web.clear_cookie(SCREEN_COOKIE)


def _forget_end_user() -> None:
    g.pop("end_user", None)
    g.pop("account", None)
    g.pop("session_row", None)
    g.is_touch_due = False


def _place() -> Place:
    terminal = find_terminal()
    browser = terminal.browser if terminal else request.user_agent.string[:255]
    return Place(request.remote_addr or "", browser)
