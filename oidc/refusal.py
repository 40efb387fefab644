"""How an endpoint refuses: one audit row, one answer."""

from __future__ import annotations

from oidc.errors import OAuthError, error_response
from oidc.http import Response
from oidc.interfaces import Events


def record_refusal(events: Events, event: str, error: OAuthError, now: int, client_id: str | None) -> None:
    """Write the refusal's audit row."""
    events.record(
        event,
        now=now,
        outcome="refused",
        reason=error.reason,
        account_id=error.account_id,
        client_id=client_id,
    )


def refuse(events: Events, event: str, error: OAuthError, now: int, client_id: str | None = None) -> Response:
    """Record the refusal and answer in JSON: RFC 6749 §5.2."""
    if error.is_refusal:
        record_refusal(events, event, error, now, client_id)
    return error_response(error)
