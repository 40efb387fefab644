"""An application as a person sees it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from oidc.models import Client
from tnid import services, web


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """`organisation` is the verified name of who stands behind it, or None. `logo` is on our own server.
    `purpose` is what the application says that it is for, or ""."""

    name: str
    host: str
    logo: str | None
    organisation: str | None
    policy_uri: str | None
    tos_uri: str | None
    purpose: str = ""


def describe(client: Client, address: str = "") -> RelyingParty:
    """Return the view of a client; `address` is where the browser goes back to."""
    addresses = [address, *client.redirect_uris]
    hosts = [urlsplit(uri).hostname for uri in addresses if uri]
    locale = web.current_locale()
    return RelyingParty(
        name=client.text("client_name", locale),
        host=next((host for host in hosts if host), ""),
        logo=_own_logo(client),
        # What nobody checked is no organisation: its other languages count with it alone
        organisation=(_presented(client, "organisation", locale) or client.organisation)
        if client.organisation
        else None,
        policy_uri=_web_address(client.metadata.get(f"policy_uri#{locale}") or client.policy_uri),
        tos_uri=_web_address(client.metadata.get(f"tos_uri#{locale}") or client.tos_uri),
        purpose=_presented(client, "purpose", locale),
    )


def _own_logo(client: Client) -> str | None:
    """A picture from elsewhere would tell its server who signs in where, and when; and one that teams
    uploaded is shown for their own application alone."""
    parts = services.current()
    logo = client.logo_uri or ""
    path = logo.removeprefix(parts.settings.issuer)
    if path.startswith("/logos/") and path != logo:
        return path if parts.developers.logos.is_of(path.removeprefix("/logos/"), client.client_id) else None
    return path if path.startswith("/static/") and path != logo else None


def _presented(client: Client, name: str, locale: str) -> str:
    """Return what the client says of itself in this language, or in Vietnamese."""
    texts = client.presentation.get(name, {})
    return texts.get(locale) or texts.get("vi", "")


def _web_address(uri: str | None) -> str | None:
    return uri if uri and urlsplit(uri).scheme in ("http", "https") else None
