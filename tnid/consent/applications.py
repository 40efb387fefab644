"""An application as a person sees it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from oidc.models import Client
from tnid import services, web


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """`organisation` is the verified name of who stands behind it, or None. `logo` is on our own server."""

    name: str
    host: str
    logo: str | None
    organisation: str | None
    policy_uri: str | None
    tos_uri: str | None


def describe(client: Client, address: str = "") -> RelyingParty:
    """Return the view of a client; `address` is where the browser goes back to."""
    addresses = [address, *client.redirect_uris]
    hosts = [urlsplit(uri).hostname for uri in addresses if uri]
    locale = web.current_locale()
    return RelyingParty(
        name=client.text("client_name", locale),
        host=next((host for host in hosts if host), ""),
        logo=_own_logo(client),
        organisation=client.organisation or None,
        policy_uri=_web_address(client.metadata.get(f"policy_uri#{locale}") or client.policy_uri),
        tos_uri=_web_address(client.metadata.get(f"tos_uri#{locale}") or client.tos_uri),
    )


def _own_logo(client: Client) -> str | None:
    """A picture from elsewhere would tell its server who signs in where, and when."""
    prefix = f"{services.current().settings.issuer}/static/"
    logo = client.logo_uri or ""
    return logo.removeprefix(services.current().settings.issuer) if logo.startswith(prefix) else None


def _web_address(uri: str | None) -> str | None:
    return uri if uri and urlsplit(uri).scheme in ("http", "https") else None
