"""Kinds of application, and what each means for the client's metadata: one choice, not thirty fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _

from oidc.decoupled.models import DEVICE_CODE

CODE = ["authorization_code", "refresh_token"]
# As a terminal of the sandbox names its place in authorization_details
SANDBOX_PLACE = "Sandbox"
WEB, SPA, NATIVE, TERMINAL, CLI, SERVICE = "web", "spa", "native", "terminal", "cli", "service"


class Preset(NamedTuple):
    """A kind. `metadata` are the members that it decides; `redirect_uri` is where a sign-in comes back to
    while the application is written, "" where nobody is sent back."""

    id: str
    label: Any
    hint: Any
    metadata: Mapping[str, Any]
    redirect_uri: str = ""


PRESETS: dict[str, Preset] = {
    one.id: one
    for one in (
        Preset(
            WEB,
            _("Web application with a server"),
            _("Pages made by a server, such as Flask, Spring, Laravel or Next.js. It keeps a secret."),
            {
                "application_type": "web",
                "grant_types": CODE,
                "token_endpoint_auth_method": "client_secret_basic",
            },
            "http://localhost:5000/callback",
        ),
        Preset(
            SPA,
            _("Single page, in the browser alone"),
            _("JavaScript in the browser without a server of its own. It has no secret: PKCE protects it."),
            {"application_type": "web", "grant_types": CODE, "token_endpoint_auth_method": "none"},
            "http://localhost:5173/callback",
        ),
        Preset(
            NATIVE,
            _("Mobile or desktop application"),
            _("Installed on a phone or a computer. It has no secret, and signs in through the browser."),
            {"application_type": "native", "grant_types": CODE, "token_endpoint_auth_method": "none"},
            "http://127.0.0.1/callback",
        ),
        Preset(
            TERMINAL,
            _("Terminal: a screen that many people share"),
            _(
                "A kiosk or a counter's screen. People sign in with their phone; nothing stays behind. It"
                " signs with a key of its own, made for you in the sandbox."
            ),
            {
                "application_type": "web",
                "grant_types": ["authorization_code"],
                "token_endpoint_auth_method": "private_key_jwt",
                "token_endpoint_auth_signing_alg": "ES256",
                "require_pushed_authorization_requests": True,
            },
            "http://localhost:5000/callback",
        ),
        Preset(
            CLI,
            _("Command line, or a device without a keyboard"),
            _("It shows a code, which people type in on their phone. Nothing leads back to it."),
            {
                "application_type": "native",
                "grant_types": [DEVICE_CODE, "refresh_token"],
                "token_endpoint_auth_method": "none",
            },
        ),
        Preset(
            SERVICE,
            _("Service without people"),
            _("A program that calls other programs in its own name. Nobody signs in."),
            {
                "application_type": "web",
                "grant_types": ["client_credentials"],
                "token_endpoint_auth_method": "client_secret_basic",
            },
        ),
    )
}


def document_of(preset: Preset, name: str, redirect_uri: str) -> dict[str, Any]:
    """Return the RFC 7591 document of a new client of this kind, for the one validator."""
    document: dict[str, Any] = {"client_name": name, "client_name#vi": name, **preset.metadata}
    if preset.redirect_uri:
        document["redirect_uris"] = [redirect_uri or preset.redirect_uri]
    if preset.id in (WEB, SPA):
        # Signing out leads back to the first page, so that it works from the first try
        document["post_logout_redirect_uris"] = first_pages(redirect_uri or preset.redirect_uri)
    return document


def first_pages(redirect_uri: str) -> list[str]:
    """Return the first page of the site that an address is of; none where it is no address of a site."""
    try:
        parts = urlsplit(redirect_uri)
    except ValueError:
        return []
    return [f"{parts.scheme}://{parts.netloc}/"] if parts.scheme in ("http", "https") and parts.netloc else []


def terminal_of(name: str) -> dict[str, Any]:
    """Return what a terminal in the sandbox says of itself (oidc.clients.terminal); live it has a place."""
    return {"name": {"vi": name}, "place": SANDBOX_PLACE}


def preset_of(metadata: Mapping[str, Any]) -> str:
    """Return which kind a client is that a program registered."""
    grant_types, method = metadata["grant_types"], metadata["token_endpoint_auth_method"]
    if DEVICE_CODE in grant_types:
        return CLI
    if "authorization_code" not in grant_types:
        return SERVICE
    if metadata.get("application_type") == "native":
        return NATIVE
    return SPA if method == "none" else WEB
