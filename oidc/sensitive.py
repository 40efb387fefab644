"""What is most private of what clients ask for: not for whoever proved too little, or from too far."""

from __future__ import annotations

import re

from oidc.models import AuthorizationRequest, EndUser

SENSITIVE = frozenset({"pid", "identity", "income", "worker", "employment", "health"})
"""With which word the name of such a scope or claim begins."""

LITTLE = frozenset({"card"})
"""Authentication methods (`amr`) that open nothing sensitive: a printed card can be copied."""


def is_sensitive(name: str) -> bool:
    """Say whether a scope's or claim's name begins with such a word: `income`, `income:read`."""
    return re.split(r"[^a-z]", name.lower(), maxsplit=1)[0] in SENSITIVE


def asks_for_sensitive(request: AuthorizationRequest) -> bool:
    """Say whether a request asks for such a thing, or for what an identity document was compared for."""
    names = (*request.scope, *request.asked_claims)
    return bool(request.verified_names) or any(is_sensitive(name) for name in names)


def proves_little(end_user: EndUser) -> bool:
    """Say whether somebody signed in by such a method, whatever they proved beside it."""
    return not LITTLE.isdisjoint(end_user.amr)
