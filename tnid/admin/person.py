"""What support sees of one person: kinds, dates and states, no name, contact or number in full."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _

from tnid import services, web
from tnid.accounts.account import Account
from tnid.accounts.activity import TEXTS, describe_events
from tnid.accounts.browsers import describe_browser
from tnid.accounts.methods import describe_methods
from tnid.consent.applications import describe
from tnid.messages.texts import TEXTS as MESSAGE_TEXTS
from tnid.messages.views import STATES as MESSAGE_STATES
from tnid.recovery.waits import is_ready

MOST_EVENTS, MOST_MESSAGES = 15, 10


class Factor(NamedTuple):
    """One way to prove who one is: its kind, what its owner called it, since when, and last used."""

    kind: Any
    name: str = ""
    since: int | None = None
    used_at: int | None = None


def list_factors(account: Account, now: int) -> list[Factor]:
    """Return the kinds and dates of what the account is protected by; never what would open it."""
    parts = services.current()
    totp = parts.factors.find_totp_date(account.id)
    badge = parts.badges.find_current(account.id)
    codes = parts.factors.count_recovery_codes(account.id)
    return [
        Factor(_("Password"), since=account.password_changed_at),
        *([Factor(_("Authenticator app"), since=totp)] if totp else []),
        *(
            Factor(_("Passkey"), since=row.created_at, used_at=row.last_used_at)
            for row in parts.passkeys.list_by_account(account.id)
        ),
        *([Factor(_("Recovery codes left"), str(codes))] if totp or codes else []),
        *([Factor(_("Sign-in card"), since=badge.created_at, used_at=badge.last_used_at)] if badge else []),
    ]


def list_sessions(account: Account, now: int) -> list[dict[str, Any]]:
    """Return where the account is signed in."""
    return [
        {
            "sid": row.sid,
            "browser": describe_browser(row.user_agent),
            "ip": row.ip,
            "how": describe_methods(row.amr.split()),
            "started_at": row.created_at,
            "last_seen_at": row.last_seen_at,
        }
        for row in services.current().sessions.list_live(account.id, now)
    ]


def list_applications(account: Account, now: int) -> list[dict[str, Any]]:
    """Return the applications that may read something of the account."""
    parts = services.current()
    found = [
        (one, parts.clients.find(one.client_id)) for one in parts.consents.list_by_account(account.id, now)
    ]
    return [
        {"name": describe(client).name, "client_id": one.client_id, "granted_at": one.granted_at}
        for one, client in found
        if client is not None
    ]


def list_mandates(account: Account, now: int) -> list[dict[str, Any]]:
    """Return the mandates given and held: for how long, and at how many applications; not with whom."""
    mandates = services.current().mandates
    sides = (
        (_("Given"), mandates.list_given(account.id, now)),
        (_("Held"), mandates.list_received(account.id, now)),
    )
    return [
        {
            "side": side,
            "applications": len(one.scopes),
            "is_accepted": one.row.accepted_at is not None,
            "expires_at": one.row.expires_at,
        }
        for side, ones in sides
        for one in ones
    ]


def list_recoveries(account: Account, now: int) -> list[dict[str, Any]]:
    """Return the recoveries that wait, online and at a counter."""
    parts = services.current()
    online = parts.recovery.waits.find_open(account.id, now)
    at_counter = parts.counter.recoveries.find_of_account(account.id, now)
    found = []
    if online is not None:
        found.append({"where": _("Online"), "ready_at": online.ready_at, "is_ready": is_ready(online, now)})
    if at_counter is not None:
        is_open = at_counter.agreed_at is not None or at_counter.ready_at <= now
        found.append({"where": _("At a counter"), "ready_at": at_counter.ready_at, "is_ready": is_open})
    return found


def list_messages(account: Account) -> list[dict[str, Any]]:
    """Return what was sent to the person, and what became of it."""
    parts, locale = services.current(), web.current_locale()
    rows = [row for row in parts.messages.list_by_account(account.id) if row.text in MESSAGE_TEXTS]
    return [
        {
            "title": MESSAGE_TEXTS[row.text].title[locale],
            "masked": parts.messages.open(row).masked,
            "when": row.ended_at or row.created_at,
            "tag": MESSAGE_STATES[row.state][0],
            "state": MESSAGE_STATES[row.state][1],
        }
        for row in rows[:MOST_MESSAGES]
    ]


def list_events(account: Account) -> list[dict[str, Any]]:
    """Return what happened to the account lately, in the words that its person reads."""
    kinds = tuple(sorted(TEXTS))
    rows = services.current().audit.list_page(
        account.id, kinds, since=0, until=2**62, before_id=2**62, most=MOST_EVENTS
    )
    return describe_events(rows)


def describe_person(account: Account, now: int) -> dict[str, Any]:
    """Return all sections of the page."""
    return {
        "factors": list_factors(account, now),
        "sessions": list_sessions(account, now),
        "applications": list_applications(account, now),
        "mandates": list_mandates(account, now),
        "recoveries": list_recoveries(account, now),
        "messages": list_messages(account),
        "events": list_events(account),
    }
