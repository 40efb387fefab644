"""How a terminal asks the provider: by its own key (RFC 7523), ahead of the browser (RFC 9126), and saying
which terminal it is (RFC 9396).
"""

from __future__ import annotations

import json
import secrets
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from authlib.common.urls import add_params_to_qs
from authlib.integrations.flask_client import FlaskOAuth2App, OAuthError
from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey

from examples.relying_party.configuration import Configuration, Credentials
from examples.relying_party.sign_in import PROVIDER_TIMEOUT_SECONDS, RelyingParty

TYPE = "urn:thainguyen:terminal"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 60
METHOD = "private_key_jwt"


class Terminal(RelyingParty):
    """A relying party whose every request is pushed, and signed for by a key that never leaves it.

    `name` and `place` are as the operator registered the terminal, word for word.
    """

    def __init__(self, app: Flask, configuration: Configuration, *, name: str, place: str) -> None:
        super().__init__(app, configuration)
        self._details = [{"type": TYPE, "name": name, "place": place}]

    def address_of(self, client: FlaskOAuth2App, url: str) -> str:
        """Push the request; the browser carries nothing but its handle: RFC 9126 §4."""
        metadata = client.load_server_metadata()
        answer = requests.post(
            metadata["pushed_authorization_request_endpoint"],
            data={
                **dict(parse_qsl(urlsplit(url).query)),
                "authorization_details": json.dumps(self._details),
                **self.assertion(client.client_id),
            },
            timeout=PROVIDER_TIMEOUT_SECONDS,
            allow_redirects=False,
        )
        told = answer.json()
        if answer.status_code != 201:
            raise OAuthError(told.get("error", "server_error"), told.get("error_description"))
        handle = {"client_id": client.client_id, "request_uri": told["request_uri"]}
        return f"{metadata['authorization_endpoint']}?{urlencode(handle)}"

    def credentials_of(self, credentials: Credentials) -> dict[str, Any]:
        """Have Authlib sign for each token request, too."""

        def sign(_client: Any, _method: str, uri: str, headers: Any, body: str) -> tuple[str, Any, str]:
            body = add_params_to_qs(body or "", list(self.assertion(credentials.client_id).items()))
            return uri, {**headers, "Content-Length": str(len(body))}, body

        return {
            "client_auth_methods": [(METHOD, sign)],
            "client_kwargs": {"token_endpoint_auth_method": METHOD},
        }

    def assertion(self, client_id: str) -> dict[str, str]:
        """Return what proves that it is this client that asks; each is good for once and a minute."""
        key = ECKey.import_key(dict(self.get_credentials(client_id).private_key or {}))
        now = int(time.time())
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": self.issuer,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + ASSERTION_SECONDS,
        }
        token = jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key, algorithms=["ES256"])
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}
