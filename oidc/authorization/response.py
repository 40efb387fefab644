"""Authorization responses: RFC 6749 §4.1.2, with the issuer of RFC 9207, by the mode that was asked for."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from html import escape
from typing import NamedTuple
from urllib.parse import urlsplit

from oidc.errors import InvalidRequest, OAuthError
from oidc.http import NO_STORE, Response, redirect
from oidc.models import FAPI2, Client
from oidc.parts import Parts
from oidc.token.encryption import check_encryption_key, encrypt, is_encrypted

NAME = "authorization"
LIFETIME_SECONDS = 300  # JARM §2.1 recommends ten minutes at most


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
    # The scheme and not the origin: Chromium holds the client's own redirects after the post to it, too
    policy = (
        f"default-src 'none'; script-src 'sha256-{_SUBMIT_HASH}'; form-action {urlsplit(uri).scheme}:;"
        " base-uri 'none'; frame-ancestors 'none'"
    )
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy), *NO_STORE)
    return Response(200, headers, page.encode())


MODES: dict[str, Callable[[str, Mapping[str, str]], Response]] = {"query": redirect, "form_post": form_post}
SIGNED_MODES = {"jwt": "query", "query.jwt": "query", "form_post.jwt": "form_post"}
"""How each mode of JARM §2.3 carries its one parameter; for a code, `jwt` means `query.jwt`."""
RESPONSE_MODES = (*MODES, *SIGNED_MODES)


def takes_response_mode(client: Client, mode: str) -> bool:
    """Say whether the client may be answered by this mode: a signed one only where it registered for it."""
    return mode in MODES or (mode in SIGNED_MODES and get_signing_alg(client) is not None)


def get_signing_alg(client: Client) -> str | None:
    """Return what the client's responses are signed by; None where it has not registered for any: JARM §3."""
    registered = client.metadata.get("authorization_signed_response_alg")
    if registered is None and client.profile == FAPI2:
        return "ES256"
    return registered or ("RS256" if is_encrypted(client, NAME) else None)


class Carried(NamedTuple):
    """What is told to a redirect URI, and how: `mode` is one of MODES."""

    mode: str
    uri: str
    parameters: Mapping[str, str]

    def send(self) -> Response:
        """Return the answer by which the browser carries it at once."""
        return MODES[self.mode](self.uri, self.parameters)


class AuthorizationResponses:
    """Answers to the redirect URI, in the clear or by the JWT Secured Authorization Response Mode (JARM)."""

    def __init__(self, parts: Parts) -> None:
        self._issuer = parts.config.issuer
        self._signer = parts.signer
        self._client_keys = parts.client_keys

    def check_can_send(self, client: Client, mode: str) -> None:
        """Raise InvalidRequest where the client wants the code encrypted and has no key for it now."""
        if mode in SIGNED_MODES:
            check_encryption_key(client, NAME, self._client_keys)

    def success(self, client: Client, reply_to: ReplyTo, code: str, now: int) -> Response:
        """Send the code to the client."""
        return self._carry(client, reply_to, {"code": code}, now).send()

    def failure(self, client: Client, reply_to: ReplyTo, error: OAuthError, now: int) -> Carried:
        """Return what tells the client of the error, by the query where it may not have its mode."""
        parameters = {"error": error.code, "error_description": error.description}
        return self._carry(client, reply_to, parameters, now)

    def _carry(self, client: Client, reply_to: ReplyTo, parameters: dict[str, str], now: int) -> Carried:
        if reply_to.state is not None:
            parameters["state"] = reply_to.state
        mode = reply_to.response_mode
        if not takes_response_mode(client, mode):
            mode = "query"
        if mode in SIGNED_MODES:
            secured = self._secure(client, parameters, now)
            return Carried(SIGNED_MODES[mode], reply_to.redirect_uri, {"response": secured})
        return Carried(mode, reply_to.redirect_uri, {**parameters, "iss": self._issuer})

    def _secure(self, client: Client, parameters: Mapping[str, str], now: int) -> str:
        """JARM §2.1: the parameters with who says them to whom, and until when."""
        claims = {"iss": self._issuer, "aud": client.client_id, "exp": now + LIFETIME_SECONDS, **parameters}
        signed = self._signer.sign(claims, alg=get_signing_alg(client) or "RS256", typ="JWT", now=now)
        if not is_encrypted(client, NAME):
            return signed
        try:
            return encrypt(client, NAME, signed, self._client_keys)
        except InvalidRequest:
            if "code" in parameters:
                raise
            # An error has to be told even where it is that there is no key to encrypt to
            return signed
