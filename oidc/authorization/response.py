"""Authorization responses: RFC 6749 §4.1.2, with the issuer of RFC 9207, by the mode that was asked for."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from html import escape
from typing import NamedTuple
from urllib.parse import urlsplit

from oidc.errors import OAuthError
from oidc.http import NO_STORE, Response, redirect


class ReplyTo(NamedTuple):
    """Where an answer goes: a redirect URI that was checked, by which mode, with which state."""

    redirect_uri: str
    response_mode: str
    state: str | None


_SUBMIT = "document.forms[0].submit()"
_SUBMIT_HASH = base64.b64encode(hashlib.sha256(_SUBMIT.encode()).digest()).decode()


def form_post(uri: str, parameters: Mapping[str, str]) -> Response:
    """Have the browser post the parameters: OAuth 2.0 Form Post Response Mode §2."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in parameters.items()
    )
    page = (
        '<!doctype html><html lang="vi"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<title>Thái Nguyên ID</title><form method="post" action="{escape(uri)}">{fields}'
        f"<noscript><p>Nhấn nút để tiếp tục. · Press the button to go on. · 버튼을 눌러 계속하세요.</p>"
        f'<button id="form_post_submit">Tiếp tục</button></noscript></form><script>{_SUBMIT}</script></html>'
    )
    parts = urlsplit(uri)
    target = f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
    policy = (
        f"default-src 'none'; script-src 'sha256-{_SUBMIT_HASH}'; form-action {target};"
        " base-uri 'none'; frame-ancestors 'none'"
    )
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy), *NO_STORE)
    return Response(200, headers, page.encode())


MODES: dict[str, Callable[[str, Mapping[str, str]], Response]] = {"query": redirect, "form_post": form_post}
RESPONSE_MODES = tuple(MODES)


def success_response(issuer: str, reply_to: ReplyTo, code: str) -> Response:
    """Send the code to the client."""
    return _respond(issuer, reply_to, {"code": code})


def failure_response(issuer: str, reply_to: ReplyTo, error: OAuthError) -> Response:
    """Send the error to the client, by the query where we don't know the mode that it asked for."""
    return _respond(issuer, reply_to, {"error": error.code, "error_description": error.description})


def _respond(issuer: str, reply_to: ReplyTo, parameters: dict[str, str]) -> Response:
    if reply_to.state is not None:
        parameters["state"] = reply_to.state
    send = MODES.get(reply_to.response_mode, redirect)
    return send(reply_to.redirect_uri, {**parameters, "iss": issuer})
