"""The browser's endpoints as a Flask blueprint: the only place in the protocol that knows Flask.

What machines call needs no Flask: a front answers it from the provider directly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from oidc.authorization.endpoint import Answer
from oidc.authorization.onward import Onward
from oidc.authorization.prompts import Prompt
from oidc.errors import PageError
from oidc.http import Request
from oidc.models import Client, EndUser
from oidc.provider import Provider

MAX_MOVED = 8 * 1024


@dataclass(frozen=True, slots=True)
class Host:
    """What the application around the protocol provides, each called within a Flask request."""

    provider: Callable[[], Provider]
    end_user: Callable[[Client | None], EndUser | None]
    browser: Callable[[], str]
    now: Callable[[], int]
    show_prompt: Callable[[Prompt], ResponseReturnValue]
    show_error: Callable[[PageError], ResponseReturnValue]
    show_onward: Callable[[Onward], ResponseReturnValue]


def flask_request() -> Request:
    """Return the present Flask request as the protocol sees it."""
    return Request(
        method=request.method,
        query=request.query_string.decode("latin-1"),
        body=request.get_data(cache=True),
        content_type=request.headers.get("Content-Type", ""),
        authorization=request.headers.get("Authorization", ""),
    )


def create_blueprint(host: Host) -> Blueprint:
    """Return the blueprint of the authorization endpoint."""
    blueprint = Blueprint("oidc", __name__)

    def answer(outcome: Answer) -> ResponseReturnValue:
        if isinstance(outcome, Prompt):
            return host.show_prompt(outcome)
        if isinstance(outcome, PageError):
            return host.show_error(outcome)
        if isinstance(outcome, Onward):
            return host.show_onward(outcome)
        headers: Any = list(outcome.headers)
        return outcome.body, outcome.status, headers

    @blueprint.route("/authorize", methods=["GET", "POST"])
    def authorize() -> ResponseReturnValue:
        endpoint, asked, now = host.provider().authorization, flask_request(), host.now()
        if asked.method == "POST" and endpoint.is_sound(asked, now):
            # Encoded anew: what a body may hold as it is, such as # and line ends, no address may
            moved = urlencode(parse_qsl(asked.body.decode("ascii"), keep_blank_values=True))
            if len(moved) <= MAX_MOVED:
                # A form that another site posts brings no session cookie; the address that it leads to does
                return redirect(f"/authorize?{moved}", 303)
        return answer(endpoint.authorize(asked, host.end_user, host.browser(), now))

    @blueprint.get("/resume/<uid>")
    def resume(uid: str) -> ResponseReturnValue:
        endpoint = host.provider().authorization
        return answer(endpoint.resume(uid, host.end_user, host.browser(), host.now()))

    return blueprint
