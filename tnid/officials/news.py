"""What of the counter concerns a person on their first page: what waits, and what was asked for."""

from __future__ import annotations

from typing import Any

from tnid import services, web
from tnid.consent.applications import describe
from tnid.signin.session import get_end_user


def find_news() -> dict[str, Any]:
    """Return the recovery that is under way, or None, and the person's appointments, newest first."""
    counter, now, end_user = services.current().counter, services.now(), get_end_user()
    rows = counter.appointments.list_by_account(end_user.account_id, now)
    return {
        "recovery": counter.recoveries.find_of_account(end_user.account_id, now),
        "correction": counter.corrections.find_of_account(end_user.account_id, now),
        "appointments": [
            shown for row in rows if (shown := describe_appointment(row, end_user.identity_level))
        ],
    }


def describe_appointment(row: Any, identity_level: int) -> dict[str, Any] | None:
    """Return an appointment as pages show it; None where its application or its request is gone.

    `continue_url` is where the request goes on, None in another browser than the one that it began in.
    """
    parts = services.current()
    client = parts.clients.find(row.client_id)
    if client is None or client.disabled_at is not None:
        return None
    interaction = parts.interactions.find(row.interaction_uid, web.browser_id(), services.now())
    return {
        "id": row.id,
        "reference": row.reference,
        "app": describe(client),
        "expires_at": row.expires_at,
        "is_ready": identity_level >= client.least_identity_level,
        "continue_url": f"/resume/{row.interaction_uid}" if interaction else None,
    }
