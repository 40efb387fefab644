"""Live clients are for people who live, sandbox clients for the made-up: neither knows the other's people."""

from __future__ import annotations

from collections.abc import Callable

from oidc.models import Client, EndUser, Resource

MARK = "#sandbox"
"""Behind a resource's identifier in the `aud` of a sandbox's tokens: no identifier has a fragment (RFC 8707
§2), so that no live resource server takes one of them for its own."""

WhoIsThere = Callable[[Client | None], EndUser | None]
"""Says who is at the browser as far as a client is concerned; without one, as far as our own pages are."""


def of_its_world(end_user: EndUser | None, client: Client) -> EndUser | None:
    """Return who is signed in as far as this client is concerned.

    At a live one somebody made up is nobody, and at a sandbox somebody who lives is.
    """
    return end_user if end_user is not None and end_user.is_sandbox == client.is_sandbox else None


def audience_of(resource: Resource, client: Client) -> str:
    """Return the `aud` of the client's tokens for the resource."""
    return resource.identifier + MARK if client.is_sandbox else resource.identifier
