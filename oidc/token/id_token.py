"""The ID token: OpenID Connect Core §2 and §3.1.3.6."""

from __future__ import annotations

from typing import Any

from authlib.oidc.core.grants.util import create_half_hash

from oidc.models import Client, Grant
from oidc.parts import Parts
from oidc.release import Part, release
from oidc.sandbox_faults import NEW_KEY, spoil_claims, spoil_signature
from oidc.token.encryption import check_encryption_key, encrypt, is_encrypted


class IdTokens:
    """Issues ID tokens; profile claims only where the claims parameter asked for them here (§5.4)."""

    def __init__(self, parts: Parts) -> None:
        self._issuer = parts.config.issuer
        self._signer = parts.signer
        self._faults = parts.config.faults
        self._identifiers = parts.identifiers
        self._subjects = parts.stores.subjects
        self._client_keys = parts.client_keys
        self._lifetime_seconds = parts.config.id_token_lifetime_seconds

    def check_can_issue(self, client: Client) -> None:
        """Raise InvalidRequest where the client wants ID tokens encrypted and has no key for it now."""
        check_encryption_key(client, "id_token", self._client_keys)

    def issue(self, client: Client, grant: Grant, access_token: str, now: int, *, fault: str = "") -> str:
        """Return a signed ID token for the grant, at_hash of its access token included.

        `fault` is what a sandbox's developer wants to be wrong with it (`oidc.sandbox_faults`).
        """
        claims = self.claims(client, grant, access_token, now)
        if fault:
            claims = spoil_claims(claims, fault)
        name = self._faults.name_key(now) if fault == NEW_KEY else ""
        signed = self._signer.sign(claims, alg=client.id_token_alg, typ="JWT", now=now, name=name)
        if fault:
            signed = spoil_signature(signed, fault)
        if not is_encrypted(client, "id_token"):
            return signed
        return encrypt(client, "id_token", signed, self._client_keys)

    def claims(self, client: Client, grant: Grant, access_token: str, now: int) -> dict[str, Any]:
        """Return what an ID token of the grant says now."""
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "sub": self._identifiers.subject(client, grant.account_id),
            "aud": client.client_id,
            "iat": now,
            "exp": now + self._lifetime_seconds,
            "auth_time": grant.auth_time,
            "acr": grant.acr,
            "amr": grant.amr.split(),
            "sid": grant.sid,
            "at_hash": create_half_hash(access_token, client.id_token_alg).decode(),
            **self._identifiers.act(client, grant),
        }
        if grant.nonce is not None:
            claims["nonce"] = grant.nonce
        if grant.id_token_claims or grant.verified_claims:
            profile = (self._subjects.claims(grant.account_id) or {}) if grant.id_token_claims else {}
            part = Part("id_token", (), grant.id_token_claims.split())
            claims = {**release(grant, client, part, profile, self._subjects, now), **claims}
        return claims
