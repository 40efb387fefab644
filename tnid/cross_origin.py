"""What a page of any other origin may call by its own script (CORS): addresses that no cookie opens.

Single pages are public clients. They bring PKCE, a token or nothing, never what a browser sends by itself:
anybody's page learns here what anybody's server does. Pages of ours, and sign-in itself, are not among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oidc import discovery
from oidc.http import Headers, Response

PATHS = frozenset(
    {
        *(discovery.OPENID_PATH, discovery.OAUTH_PATH),
        *(
            discovery.ENDPOINTS[name]
            for name in (
                *("jwks_uri", "token_endpoint", "userinfo_endpoint", "revocation_endpoint"),
                "pushed_authorization_request_endpoint",
            )
        ),
    }
)
# No Access-Control-Allow-Credentials, ever: "*" and credentials exclude each other
HEADERS: Headers = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "WWW-Authenticate, DPoP-Nonce, X-Request-ID"),
)
DAY_SECONDS = 86400


def is_preflight(environ: Mapping[str, Any]) -> bool:
    """Say whether a browser asks what a script may send here."""
    is_asked = environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
    return is_asked and environ["PATH_INFO"] in PATHS


def allow(methods: frozenset[str]) -> Response:
    """Answer a browser that asks; HEADERS go with it, as with every answer here."""
    return Response(
        200,
        (
            ("Access-Control-Allow-Methods", ", ".join(sorted(methods))),
            ("Access-Control-Allow-Headers", "Authorization, Content-Type, DPoP"),
            ("Access-Control-Max-Age", str(DAY_SECONDS)),
            ("Content-Type", "text/plain"),
        ),
    )
