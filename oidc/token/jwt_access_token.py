"""Access tokens for a protected resource (RFC 8707): a JWT (RFC 9068), or as opaque as those for UserInfo.

Both say the same. A JWT is checked by the resource itself; `jti` names its grant to us and to nobody else, so
that introspection and revocation reach it. An opaque token is the same claims, sealed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from oidc.confirmation import JKT, Confirmation
from oidc.models import FAPI2, Client, Grant, Resource
from oidc.parts import Parts
from oidc.token.access_token import REVOKED
from oidc.worlds import MARK, audience_of

TYP = "at+jwt"  # RFC 9068 §2.1
JTI = "resource token jti"
OPAQUE = "resource token"
FAPI2_ALG = "ES256"
BY_HELPER = "+"  # beside a grant's id, which holds none

Claims = dict[str, Any]


class ResourceToken(NamedTuple):
    """A token for a resource: the claims of RFC 9068 §2.2, and the grant that it hangs on.

    `grant_id` is "" for a token of a client that acts for itself. `has_helper` says that the innermost actor
    is no client, but a person who signed in in the subject's stead.
    """

    claims: Claims
    grant_id: str
    has_helper: bool = False

    @property
    def resource(self) -> str:
        return str(self.claims["aud"]).removesuffix(MARK)

    @property
    def is_sandbox(self) -> bool:
        """Say whether a sandbox's client got it, whose tokens are good for nothing that is live."""
        return str(self.claims["aud"]).endswith(MARK)

    @property
    def client_id(self) -> str:
        return str(self.claims["client_id"])

    @property
    def actors(self) -> list[str]:
        """Return the clients that had it exchanged on the way, the last first: RFC 8693 §4.1."""
        found, act = [], self.claims.get("act")
        while act:
            found.append(str(act["sub"]))
            act = act.get("act")
        return found[:-1] if self.has_helper else found

    @property
    def parties(self) -> list[str]:
        """Whose token it is, and who had it exchanged on the way."""
        return [self.client_id, *self.actors]

    @property
    def scopes(self) -> list[str]:
        return str(self.claims["scope"]).split()

    @property
    def expires_at(self) -> int:
        return int(self.claims["exp"])

    @property
    def token_type(self) -> str:
        return "DPoP" if JKT in self.claims.get("cnf", {}) else "Bearer"

    @property
    def is_by_itself(self) -> bool:
        """Say whether the token is revoked alone: its client has no grant, or it is another client's."""
        return not self.grant_id or bool(self.actors)


class Wanted(NamedTuple):
    """What a token is to be: for which resource, in which client's hands, and bound to which key."""

    resource: Resource
    client: Client
    scope: str
    expires_at: int
    confirmation: Confirmation | None = None


class ResourceTokens:
    """Writes and reads access tokens for protected resources; one may live as long as `lifetime_seconds`."""

    def __init__(self, parts: Parts) -> None:
        self._issuer = parts.config.issuer
        self._signer = parts.signer
        self._handles = parts.handles
        self._identifiers = parts.identifiers
        self._grants = parts.stores.grants
        self._clients = parts.stores.clients
        self._resources = parts.stores.resources
        self._replays = parts.stores.replays
        self.lifetime_seconds = parts.config.resource_token_lifetime_seconds

    def issue_for_person(self, wanted: Wanted, grant: Grant, now: int, *, actors: Sequence[str] = ()) -> str:
        """Return a token by which the client acts for the grant's person, until the grant ends at most.

        `actors` are the clients of a token that came of an exchange, the last first: RFC 8693 §4.1. Innermost
        is the helper who signed in in the person's stead, as this resource and this client know them.
        """
        claims = self._claims(wanted, now)
        claims["exp"] = min(wanted.expires_at, grant.expires_at)
        claims["sub"] = self._identifiers.subject_at(wanted.resource, wanted.client, grant.account_id)
        # RFC 9068 §2.2.1: as the person signed in, however old the grant is
        claims |= {"auth_time": grant.auth_time, "acr": grant.acr, "amr": grant.amr.split()}
        named = list(actors)
        if grant.actor_id is not None:
            named.append(self._identifiers.subject_at(wanted.resource, wanted.client, grant.actor_id))
        if named:
            claims["act"] = nest(named)
        return self._write(wanted, claims, grant.id, now, has_helper=grant.actor_id is not None)

    def issue_for_client(self, wanted: Wanted, now: int) -> str:
        """Return a token by which the client acts for itself: RFC 9068 §2.2, its `sub` is the client."""
        return self._write(wanted, {**self._claims(wanted, now), "sub": wanted.client.client_id}, "", now)

    def read(self, token: str, now: int) -> ResourceToken | None:
        """Return what a token of ours says, revoked ones too; None where it is expired or none of ours."""
        found = self._read_jwt(token, now) if "." in token else self._read_opaque(token)
        return found if found is not None and found.expires_at > now else None

    def is_open(self, token: ResourceToken) -> bool:
        """Say whether resource, client and actors are still there, and the token wasn't revoked by itself.

        Its grant, where it has one, is the caller's to look at.
        """
        resource = self._resources.find(token.resource)
        if resource is None or resource.disabled_at is not None:
            return False
        if not all(self._is_active(client_id) for client_id in token.parties):
            return False
        return not (token.is_by_itself and self._replays.is_consumed(REVOKED, token.claims["jti"]))

    def find_grant(self, token: ResourceToken, now: int) -> Grant | None:
        """Return the live grant that the token hangs on, its client active; None where there is none.

        None, too, where the person has since taken back one of the token's scopes.
        """
        grant = self._grants.find_live(token.grant_id, now) if token.grant_id else None
        if grant is None or not self._is_active(grant.client_id):
            return None
        is_whole = grant.withheld is None or set(token.scopes).isdisjoint(_withheld_scopes(grant))
        return grant if is_whole else None

    def _is_active(self, client_id: str) -> bool:
        client = self._clients.find(client_id)
        return client is not None and client.disabled_at is None

    def revoke(self, token: ResourceToken) -> None:
        """End this token by itself, its grant aside."""
        self._replays.consume(REVOKED, token.claims["jti"], token.expires_at)

    def _claims(self, wanted: Wanted, now: int) -> Claims:
        claims: Claims = {
            "iss": self._issuer,
            "aud": audience_of(wanted.resource, wanted.client),
            "client_id": wanted.client.client_id,
            "iat": now,
            "exp": wanted.expires_at,
            "scope": wanted.scope,
        }
        if wanted.confirmation is not None:
            # RFC 9449 §6.1 and RFC 8705 §3.1
            claims["cnf"] = wanted.confirmation.cnf
        return claims

    def _write(
        self, wanted: Wanted, claims: Claims, grant_id: str, now: int, *, has_helper: bool = False
    ) -> str:
        if wanted.resource.token_format == "jwt":  # noqa: S105  a format, no secret
            content = grant_id + BY_HELPER if has_helper else grant_id
            claims["jti"] = self._handles.seal(JTI, content.encode())
            return self._signer.sign(claims, alg=signing_alg(wanted), typ=TYP, now=now)
        claims["jti"] = secrets.token_urlsafe(16)
        return self._handles.seal(OPAQUE, orjson.dumps([claims, grant_id, has_helper]))

    def _read_jwt(self, token: str, now: int) -> ResourceToken | None:
        try:
            claims = self._signer.verify(token, typ=TYP, now=now)
        except ValueError:
            return None
        content = self._handles.unseal(JTI, str(claims.get("jti")))
        # RFC 9068 §4: the issuer is compared, as keys are no names
        if content is None or claims.get("iss") != self._issuer:
            return None
        grant_id = content.decode()
        return ResourceToken(claims, grant_id.removesuffix(BY_HELPER), grant_id.endswith(BY_HELPER))

    def _read_opaque(self, token: str) -> ResourceToken | None:
        content = self._handles.unseal(OPAQUE, token)
        return None if content is None else ResourceToken(*orjson.loads(content))


def nest(actors: Sequence[str]) -> dict[str, Any]:
    """Return the `act` claim: who acts now, around who acted before."""
    act: dict[str, Any] = {"sub": actors[0]}
    return {**act, "act": nest(actors[1:])} if len(actors) > 1 else act


def _withheld_scopes(grant: Grant) -> set[str]:
    return set(grant.scope.split()) - set(grant.scopes)


def signing_alg(wanted: Wanted) -> str:
    """Return the algorithm of a JWT: the resource's own, but no RS256 for the fapi2 profile."""
    # FAPI 2.0 Security Profile §5.4.1
    return FAPI2_ALG if wanted.client.profile == FAPI2 else wanted.resource.signing_alg
