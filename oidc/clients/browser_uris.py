"""A client's pages that we lead a browser to beside its redirect URIs: to begin a sign-in, to end one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from oidc.clients.redirect_uris import check_uri
from oidc.errors import InvalidClientMetadata, InvalidRedirectUri
from oidc.http import redirect
from oidc.models import Client

DEFAULT_PORTS = {"https": ":443", "http": ":80"}


def origin_of(uri: str) -> str:
    """Return scheme, host and port of an address that was checked, as a browser's policy names them."""
    parts = urlsplit(uri)
    host = parts.netloc.lower().removesuffix(DEFAULT_PORTS.get(parts.scheme, ""))
    return f"{parts.scheme}://{host}"


def check_initiate_login(metadata: Mapping[str, Any]) -> None:
    """OpenID Connect Core §4: https without exception."""
    uri = metadata.get("initiate_login_uri")
    if uri is None:
        return
    if not uri.startswith("https://"):
        text = "initiate_login_uri must be an https address."
        raise InvalidClientMetadata(text, member="initiate_login_uri", reason="https_alone", value=uri)
    _check_uri("initiate_login_uri", uri)


def check_frontchannel_logout(metadata: Mapping[str, Any]) -> None:
    """Front-Channel Logout 1.0 §2: scheme, host and port must be those of a redirect URI."""
    uri = metadata.get("frontchannel_logout_uri")
    if uri is None:
        return
    _check_uri("frontchannel_logout_uri", uri)
    if origin_of(uri) not in map(origin_of, metadata.get("redirect_uris", [])):
        raise InvalidClientMetadata(
            "frontchannel_logout_uri must have the scheme, host and port of a redirect URI.",
            member="frontchannel_logout_uri",
            reason="same_origin",
        )


def initiate_login_address(client: Client, issuer: str) -> str | None:
    """Return where a browser begins a sign-in to the client by itself, if it can: OpenID Connect Core §4.

    No login_hint: the client learns who it is when the person has signed in, and not before. The target is
    the client's own home page, where that is at the same place.
    """
    uri = client.initiate_login_uri
    if uri is None or client.disabled_at is not None:
        return None
    parameters, home = {"iss": issuer}, client.metadata.get("client_uri")
    if home is not None and origin_of(home) == origin_of(uri):
        parameters["target_link_uri"] = home
    return dict(redirect(uri, parameters).headers)["Location"]


def _check_uri(name: str, uri: str) -> None:
    try:
        check_uri(uri, is_native=False, name=name)
    except InvalidRedirectUri as error:
        raise InvalidClientMetadata(
            error.description, member=name, reason=error.reason, value=error.value
        ) from error
