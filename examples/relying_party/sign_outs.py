"""Sign-outs that began elsewhere, of which the provider tells: OpenID Connect Back-Channel Logout 1.0 §2."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import requests
from flask import request
from flask.typing import ResponseReturnValue

from examples.relying_party.configuration import Configuration
from examples.relying_party.signed import ProvidersWord
from examples.relying_party.visits import Visits

EVENT = "http://schemas.openid.net/event/backchannel-logout"
SPARE_SECONDS = 15


class SignOuts:
    """Ends the visits that hang on a session which is over at the provider."""

    def __init__(self, configuration: Configuration, visits: Visits) -> None:
        self._word = ProvidersWord(configuration)
        self._visits = visits

    def hear(self, client_id: str) -> ResponseReturnValue:
        """Answer the current request: §2.8. What can't be checked now is told again later."""
        token = request.form.get("logout_token", "").encode()
        try:
            claims = self._word.read(client_id, token, "logout+jwt")
        except requests.RequestException:
            return {"error": "temporarily_unavailable"}, 503
        sid = _find_session(claims, time.time()) if claims is not None else None
        if sid is None:
            return {"error": "invalid_request"}, 400
        self._visits.end(client_id, sid)
        return "", 200


def _find_session(claims: Mapping[str, Any], now: float) -> str | None:
    """Return which session is over; None where a rule of §2.6 is broken."""
    expires_at, issued_at, events = claims.get("exp"), claims.get("iat"), claims.get("events")
    if not isinstance(expires_at, int) or expires_at < now - SPARE_SECONDS:
        return None
    if not isinstance(issued_at, int) or issued_at > now + SPARE_SECONDS:
        return None
    # A nonce makes an ID token of it
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict) or "nonce" in claims:
        return None
    sid = claims.get("sid")
    return sid if isinstance(sid, str) and sid else None
