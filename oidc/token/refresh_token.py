"""Refresh tokens: RFC 9700 §4.14.2, rotated at each use; a handle that names grant and generation."""

from __future__ import annotations

from oidc.confirmation import Confirmation
from oidc.models import Grant
from oidc.token.handles import REFRESH, Handle, Handles


def issue_refresh_token(handles: Handles, grant: Grant, confirmation: Confirmation | None = None) -> str:
    """Return the refresh token of the grant's present generation: the same each time for the same key."""
    return handles.write(Handle(REFRESH, grant.id, generation=grant.generation, confirmation=confirmation))


def read_refresh_token(handles: Handles, token: str | None) -> Handle | None:
    """Return what a refresh token says, or None where it is no refresh token of ours."""
    handle = handles.read(token or "")
    return handle if handle and handle.kind == REFRESH else None
