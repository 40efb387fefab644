"""Request objects that a client keeps at addresses of its own: OpenID Connect Core §6.2, RFC 9101 §5.2."""

from __future__ import annotations

from urllib.parse import urldefrag

from oidc.clients.fetch_cache import FetchCache, Fetcher
from oidc.clients.outbound import OutboundRefused
from oidc.clients.request_metadata import MAX_CHARACTERS
from oidc.errors import InvalidRequestUri, RequestUriNotSupported
from oidc.models import Client

FRESH_SECONDS = 5
"""For the few times that one sign-in looks at its request."""
NAMED_SECONDS = 300
"""Where the fragment names the content: OpenID Connect Core §6.2, it changes when the content does."""
MOST_KEPT = 100
"""Anybody can make up fragments, and each is a document of up to 64 KiB."""


class RequestUris:
    """Fetches the request objects of registered addresses, and no others."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetched = FetchCache(fetcher, read_token, most=MOST_KEPT)

    def fetch(self, client: Client, request_uri: str) -> str:
        """Return the request object at a request_uri of the client; raise InvalidRequestUri."""
        registered = client.metadata.get("request_uris", ())
        if not registered:
            raise RequestUriNotSupported("This client has registered no request_uris.")
        if len(request_uri) > MAX_CHARACTERS:
            raise InvalidRequestUri(f"A request_uri has {MAX_CHARACTERS} characters at most.")
        address, fragment = urldefrag(request_uri)
        if request_uri not in registered and address not in registered:
            raise InvalidRequestUri("The request_uri is not one that this client registered.")
        fresh_seconds = NAMED_SECONDS if fragment else FRESH_SECONDS
        try:
            return self._fetched.get(request_uri, address, lambda _, age, _repeats: age > fresh_seconds)
        except OutboundRefused as error:
            raise InvalidRequestUri(f"The request_uri can't be used: {error}") from error


def read_token(body: bytes) -> str:
    """Return the request object that an address answered with; raise OutboundRefused where it is none."""
    try:
        return body.decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise OutboundRefused("The address does not answer with a JWT.") from error
