"""The playground's own client of an application: like its sandbox client, but that codes come to us.

It keeps no secret, so that nobody's need be known here, and its host makes other pairwise subjects.
"""

from __future__ import annotations

from typing import Any

from oidc.clients.registration import validate_metadata
from oidc.models import Client
from tnid.developers.records import Application
from tnid.stores.clients import ClientStore
from tnid.stores.mirrors import PREFIX

CALLBACK, SIGNED_OUT = "/developers/playground/callback", "/developers/playground/signed-out"
# What of the application's own metadata a request or its answer shows
COPIED = (
    *("client_name", "client_name#vi", "client_name#en", "client_name#ko", "scope", "logo_uri", "policy_uri"),
    *("tos_uri", "client_uri", "id_token_signed_response_alg", "userinfo_signed_response_alg"),
    *("default_acr_values", "default_max_age", "require_auth_time"),
)
REFRESH = "refresh_token"


class Mirrors:
    """Makes an application's mirror and keeps it like the client that it is of."""

    def __init__(self, clients: ClientStore, issuer: str) -> None:
        self._clients = clients
        self._issuer = issuer

    @property
    def redirect_uri(self) -> str:
        return self._issuer + CALLBACK

    @property
    def signed_out_uri(self) -> str:
        return self._issuer + SIGNED_OUT

    def get(self, application: Application, now: int) -> Client | None:
        """Return the mirror as the sandbox client is now; None where that one is gone, or signs nobody in, or
        where an operator disabled the mirror."""
        original = self._clients.find_now(application.sandbox_client_id)
        if original is None or original.disabled_at is not None or not original.redirect_uris:
            return None
        wanted = self._mirror(application, original, now)
        present = self._clients.find_now(wanted.client_id)
        if present is None:
            self._clients.add(wanted)
        elif present.disabled_at is not None:
            return None
        else:
            self._follow(present, wanted, now)
        return wanted

    def _mirror(self, application: Application, original: Client, now: int) -> Client:
        document: dict[str, Any] = {
            name: original.metadata[name] for name in COPIED if name in original.metadata
        }
        grants = [name for name in ("authorization_code", REFRESH) if name in original.grant_types]
        document |= {
            "redirect_uris": [self.redirect_uri],
            "post_logout_redirect_uris": [self.signed_out_uri],
            "grant_types": grants,
            "token_endpoint_auth_method": "none",
        }
        return Client(
            PREFIX + application.id, validate_metadata(document), created_at=now, is_sandbox=True,
            least_acr=original.least_acr, least_identity_level=original.least_identity_level,
            organisation=original.organisation, consent_items=original.consent_items,
            accepts_mandates=original.accepts_mandates,
        )  # fmt: skip

    def _follow(self, present: Client, wanted: Client, now: int) -> None:
        if present.metadata != wanted.metadata:
            self._clients.set_metadata(present.client_id, dict(wanted.metadata), now)
        if present.consent_items != wanted.consent_items:
            self._clients.set_consent_items(present.client_id, wanted.consent_items, now)
        if present.accepts_mandates != wanted.accepts_mandates:
            self._clients.set_accepts_mandates(present.client_id, wanted.accepts_mandates, now)
