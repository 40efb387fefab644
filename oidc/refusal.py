"""How an endpoint refuses: one audit row, one answer."""

from __future__ import annotations

from typing import Any

from oidc.errors import OAuthError, error_response
from oidc.http import Request, Response
from oidc.interfaces import Events
from oidc.sent import sent_in, without_personal


def record_refusal(events: Events, event: str, error: OAuthError, now: int, client_id: str | None) -> None:
    """Write the refusal's audit row; what the developer may read of it stands in its details.

    `client_id` is who proved to be it. Otherwise the row names whom the error does, by what was said alone.
    """
    events.record(
        event,
        now=now,
        outcome="refused",
        reason=error.reason,
        account_id=error.account_id,
        client_id=client_id or error.client_id,
        details=describe_refusal(error, now),
    )


def describe_refusal(error: OAuthError, now: int) -> dict[str, Any]:
    """Return what a refusal tells the application's developer: no secret, and nothing about a person."""
    details: dict[str, Any] = {"error": error.code, "description": without_personal(error.description)}
    if error.detail:
        details["detail"] = without_personal(error.detail)
    if error.flow:
        details["flow"] = error.flow
    if error.began_at is not None:
        details["seconds"] = max(0, now - error.began_at)
    if error.sent:
        details["sent"] = dict(error.sent)
    return details


def refuse(
    events: Events, event: str, error: OAuthError, now: int, client_id: str | None, request: Request
) -> Response:
    """Record the refusal of a request and answer in JSON: RFC 6749 §5.2."""
    if error.is_refusal:
        error.sent = error.sent or sent_in(request)
        record_refusal(events, event, error, now, client_id)
    return error_response(error)
