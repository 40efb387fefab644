"""Access tokens: RFC 6749 §1.4, short-lived handles that name their grant."""

from __future__ import annotations

import secrets

from oidc.claims import userinfo_scope
from oidc.confirmation import Confirmation
from oidc.interfaces import ReplayStore
from oidc.models import Grant
from oidc.token.handles import ACCESS, CLIENT_ACCESS, Handle, Handles

REVOKED = "access_token"


def issue_access_token(
    handles: Handles,
    grant: Grant,
    scope: str,
    now: int,
    lifetime_seconds: int,
    confirmation: Confirmation | None = None,
) -> str:
    """Return an access token for UserInfo, bound to `confirmation`.

    Its scope is all, or a part, of what the grant has for UserInfo.
    """
    narrower = "" if scope == userinfo_scope(grant) else scope
    expires_at = min(now + lifetime_seconds, grant.expires_at)
    return handles.write(Handle(ACCESS, grant.id, now, expires_at, grant.generation, narrower, confirmation))


def issue_client_access_token(
    handles: Handles,
    client_id: str,
    scope: str,
    now: int,
    lifetime_seconds: int,
    confirmation: Confirmation | None = None,
) -> str:
    """Return an access token of a client acting for itself: RFC 6749 §4.4. It names no grant.

    Its random part tells it from the one issued a moment before, whose revocation must not reach it.
    """
    nonce = secrets.randbits(32)
    expires_at = now + lifetime_seconds
    return handles.write(Handle(CLIENT_ACCESS, client_id, now, expires_at, nonce, scope, confirmation))


def is_live_client_token(token: str, handle: Handle, replays: ReplayStore, now: int) -> bool:
    """Say whether a client's own token is neither expired nor revoked."""
    if handle.kind != CLIENT_ACCESS or handle.expires_at <= now:
        return False
    return not replays.is_consumed(REVOKED, token[:64])
