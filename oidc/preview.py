"""What a request would come to for a person, made by all that makes it in truth, without anything being done.

Nothing is stored, and nobody is told anything: it is for a developer to look at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from oidc.agreed import Agreed
from oidc.authorization.endpoint import AuthorizationEndpoint
from oidc.authorization.prompts import PROMPTS, Situation
from oidc.authorization.request import Draft, check_request
from oidc.consent import Item, items_asked, with_scopes, withhold
from oidc.models import AuthorizationRequest, Client, EndUser
from oidc.parts import Parts
from oidc.resource.userinfo import UserInfoEndpoint, part_of
from oidc.token.id_token import IdTokens

# Of the access token a hash is in the ID token; there is none here
NO_TOKEN = "preview"  # noqa: S105  as above
# What stands before every answer, and says nothing about this one
_USUAL = frozenset({"login", "terminal", "select_account", "consent"})


class Told(NamedTuple):
    """What the client would be told, and which screens come before that (`oidc.authorization.prompts`)."""

    id_token: dict[str, Any]
    userinfo: dict[str, Any]
    obstacles: tuple[str, ...]


class Previews:
    """Looks at requests as the endpoints would, in the caller's unit of work."""

    def __init__(
        self, parts: Parts, authorization: AuthorizationEndpoint, userinfo: UserInfoEndpoint
    ) -> None:
        self._parts = parts
        self._authorization = authorization
        self._userinfo = userinfo
        self._id_tokens = IdTokens(parts)

    def read(self, client: Client, parameters: Mapping[str, str], now: int) -> AuthorizationRequest:
        """Return the request that these parameters make, by the checks of every other; raise the OAuthError.

        By what way it comes, pushed or signed, is of no account here.
        """
        redirect_uri = next(iter(client.redirect_uris), "")
        stores = self._parts.stores
        return check_request(
            Draft(
                parameters, frozenset(), client, redirect_uri, self._parts.signer, stores.resources, now,
                is_pushed=True,
            )
        )  # fmt: skip

    def tell(
        self, client: Client, request: AuthorizationRequest, end_user: EndUser, agreed: Agreed, now: int
    ) -> Told:
        """Return what would be told about somebody who signed in like this and agreed to that."""
        subject = self._parts.identifiers.subject(client, end_user.account_id)
        situation = Situation(now, request, client, end_user, subject=subject, agreed=agreed)
        grant = self._authorization.new_grant(situation, NO_TOKEN)
        profile = self._parts.stores.subjects.claims(end_user.account_id) or {}
        special = (rule for rule in PROMPTS if rule.name not in _USUAL)
        obstacles = tuple(rule.name for rule in special if rule.is_needed(situation))
        return Told(
            self._id_tokens.claims(client, grant, NO_TOKEN, now),
            self._userinfo.claims(client, grant, part_of(grant), profile, now),
            obstacles,
        )


def agree_to(request: AuthorizationRequest, items: list[Item], *, shares_all: bool) -> Agreed:
    """Return what somebody agreed to who ticked every voluntary item, or none."""
    chosen = [item.name for item in items] if shares_all else []
    withheld = with_scopes(withhold((), items, chosen), request.scope)
    versions = {item.name: item.version for item in items if item.version}
    return Agreed(frozenset(request.scope), request.asked_claims, withheld, versions)


def items_of(request: AuthorizationRequest, client: Client) -> list[Item]:
    """Return what the person is asked about."""
    return items_asked(request, client)
