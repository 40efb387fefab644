"""Where an account is signed in: the devices, in words that their owner recognises."""

from __future__ import annotations

from typing import Any

from flask import request

from oidc.models import EndUser
from tnid import services, web
from tnid.accounts.browsers import describe_browser
from tnid.accounts.methods import describe_methods
from tnid.signin.limits import network_of


def list_devices(end_user: EndUser) -> list[dict[str, Any]]:
    """Return the live sessions, this one first, each with the applications that it was used for."""
    parts, now = services.current(), services.now()
    used: dict[str, list[str]] = {}
    for grant in parts.grants.list_by_account(end_user.account_id, now):
        used.setdefault(grant.sid, []).append(grant.client_id)
    rows = parts.sessions.list_live(end_user.account_id, now)
    rows.sort(key=lambda row: row.sid != end_user.sid)
    return [
        {
            "sid": row.sid,
            "browser": describe_browser(row.user_agent),
            "ip": row.ip,
            "is_here": is_same_network(row.ip),
            "how": describe_methods(row.amr.split()),
            "started_at": row.created_at,
            "last_seen_at": row.last_seen_at,
            "apps": _names(used.get(row.sid, [])),
            "is_current": row.sid == end_user.sid,
        }
        for row in rows
    ]


def is_same_network(ip: str) -> bool:
    """Say whether an address is of the network that this request comes from."""
    here = network_of(request.remote_addr or "")
    return bool(here) and network_of(ip) == here


def describe_alert(row: Any) -> dict[str, Any]:
    """Return a sign-in that the person is asked about."""
    return {
        "id": row.id,
        "browser": describe_browser(row.user_agent),
        "is_by_qr": bool(row.is_by_qr),
        "ip": row.ip,
        "is_here": is_same_network(row.ip),
        "when": row.created_at,
    }


def _names(client_ids: list[str]) -> list[str]:
    found = (services.current().clients.find(client_id) for client_id in dict.fromkeys(client_ids))
    return [client.text("client_name", web.current_locale()) for client in found if client is not None]
