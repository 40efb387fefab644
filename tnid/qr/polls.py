"""Answers a screen that asks whether its phone has come: GET /qr/poll, by the cookie that the screen holds.

It comes thousands of times a minute, so it needs no page, no transaction and, as a rule, no database: see
tnid/qr/look.py. A cookie that names nothing is looked up, so many times for a network, and costs no memory.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from werkzeug.sansio.http import parse_cookie

from oidc.http import Request, Response, json_response
from tnid.logs import POLL
from tnid.qr.frames import Frames, step_of
from tnid.qr.image import data_uri
from tnid.qr.look import Look, Screen
from tnid.qr.state import WAITING, state_of
from tnid.signin.limits import network_of
from tnid.signin.sessions import MOST_COOKIE_CHARACTERS, hash_cookie

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PATH = POLL
MOST_POLLS_A_SECOND = 4
_STEP = "step="


def _refusal(status: int, code: str, description: str, *headers: tuple[str, str]) -> Response:
    return json_response({"error": code, "error_description": description}, status, headers)


_UNKNOWN = _refusal(404, "unknown", "No sign-in by QR waits in this browser.")
_TOO_FAST = _refusal(429, "slow_down", "Ask every other second.", ("Retry-After", "1"))
_TOO_MANY = _refusal(429, "slow_down", "Too many unknown cookies.", ("Retry-After", "10"))
_UNAVAILABLE = _refusal(503, "temporarily_unavailable", "Ask again soon.", ("Retry-After", "2"))


class Misses:
    """Bounds how often the database is asked for what the last look didn't see: by a network, and by all."""

    WINDOW_SECONDS = 10
    OF_NETWORK, OF_ALL = 20, 400

    def __init__(self) -> None:
        self._window = -1
        self._counts: Counter[str] = Counter()

    def take(self, network: str, tick: float) -> bool:
        """Count one more; False where there were too many. No more networks are noted than may ask."""
        window = int(tick) // self.WINDOW_SECONDS
        if window != self._window:
            self._window, self._counts = window, Counter()
        if self._counts.total() >= self.OF_ALL or self._counts[network] >= self.OF_NETWORK:
            return False
        self._counts[network] += 1
        return True


class Polls:
    """Answers polls in one process."""

    def __init__(
        self, look: Look, frames: Frames, cookie_name: str, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._look = look
        self._frames = frames
        self._cookie_name = cookie_name
        self._ticks = ticks
        self._misses = Misses()

    def answer(self, request: Request, environ: WSGIEnvironment, now: int) -> Response:
        """Return state, step and seconds left; address and image where the step isn't the one presented.

        404 for a cookie that names nothing, 429 to who asks too often. Raises DatabaseUnavailable.
        """
        secret = parse_cookie(environ.get("HTTP_COOKIE")).get(self._cookie_name, "")
        if not secret or len(secret) > MOST_COOKIE_CHARACTERS:
            return _UNKNOWN
        self._look.refresh(now)
        if self._look.is_down():
            return _UNAVAILABLE
        key, tick = hash_cookie(secret), self._ticks()
        screen = self._look.find(key)
        if screen is None:
            self._look.settle()
            screen = self._look.find(key)
        if screen is None:
            if not self._misses.take(network_of(request.remote_address), tick):
                return _TOO_MANY
            screen = self._look.ask(key)
        if screen is None:
            return _UNKNOWN
        return self._describe(screen, request.query, now) if _is_slow(screen, int(tick)) else _TOO_FAST

    def _describe(self, screen: Screen, query: str, now: int) -> Response:
        row = screen.row
        state, step = state_of(row, now), step_of(row.created_at, now)
        document = {"state": state, "step": step, "expires_in": max(0, row.expires_at - now)}
        if state == WAITING and query != f"{_STEP}{step}":
            _, document["address"], document["image"] = self._draw(screen, step, now)
        return json_response(document)

    def _draw(self, screen: Screen, step: int, now: int) -> tuple[int, str, str]:
        """Return the picture of a step; two tabs of one browser share it."""
        picture = screen.picture
        if picture is None or picture[0] != step:
            address = self._frames.address(screen.row, now)
            picture = screen.picture = (step, address, data_uri(address))
        return picture


def _is_slow(screen: Screen, second: int) -> bool:
    """Count a poll; say whether the screen asks no more often than it may."""
    if screen.second != second:
        screen.second, screen.polls = second, 0
    screen.polls += 1
    return screen.polls <= MOST_POLLS_A_SECOND
