"""Mandates: a helper signs in to an application in somebody else's stead (RFC 8693 §4.1: `sub` and `act`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mandate:
    """What a helper may do in a principal's stead at one client: sign in, with these scopes, until then.

    The principal's consent is in it: `scope` is all that may be shared. `principal_level` says how well the
    principal is known.
    """

    id: str
    principal_id: str
    helper_id: str
    client_id: str
    scope: frozenset[str]
    principal_level: int
    expires_at: int
