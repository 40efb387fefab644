"""The cookie of a browser, whoever sits at it: its random id, its forms' token, what its next page is to say.

JSON with a keyed hash over it: the browser can read it, and nobody but us can write it. Flask's own cookie is
the same, but derives its key, tags its JSON and tries to compress it each time, and takes eight times as
long.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from typing import Any

import orjson
from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SessionInterface, SessionMixin

PURPOSE = b"browser session"


class BrowserSessions(SessionInterface):
    """Opens the cookie as Flask's `session`, and writes it where it changed.

    The key is derived of `secret` for this alone; `now` tells the time of the request.
    """

    def __init__(self, secret: bytes, now: Callable[[], int]) -> None:
        self._key = hmac.digest(secret, PURPOSE, "sha256")
        self._now = now

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        value = request.cookies.get(self.get_cookie_name(app), "")
        lifetime_seconds = int(app.permanent_session_lifetime.total_seconds())
        return SecureCookieSession(self._read(value, self._now() - lifetime_seconds))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Every page of ours says by itself that it varies with its cookies."""
        if not self.should_set_cookie(app, session):
            return
        place: dict[str, Any] = {
            "path": self.get_cookie_path(app),
            "secure": self.get_cookie_secure(app),
            "httponly": self.get_cookie_httponly(app),
            "samesite": self.get_cookie_samesite(app),
        }
        name = self.get_cookie_name(app)
        if session:
            value = self.write(dict(session), self._now())
            response.set_cookie(name, value, expires=self.get_expiration_time(app, session), **place)
        else:
            response.delete_cookie(name, **place)

    def write(self, held: dict[str, Any], now: int) -> str:
        """Return the cookie's value."""
        payload = base64.urlsafe_b64encode(orjson.dumps([now, held]))
        return f"{payload.decode()}.{self._mac(payload)}"

    def _read(self, value: str, oldest: int) -> dict[str, Any]:
        """Return what the cookie holds: nothing where it isn't ours, or was written before `oldest`."""
        payload, _, mac = value.encode("utf-8", "surrogatepass").partition(b".")
        if not hmac.compare_digest(self._mac(payload).encode(), mac):
            return {}
        try:
            written_at, held = orjson.loads(base64.urlsafe_b64decode(payload))
        except (binascii.Error, ValueError):
            return {}
        return dict(held) if written_at > oldest else {}

    def _mac(self, payload: bytes) -> str:
        return hmac.digest(self._key, payload, "sha256").hex()
