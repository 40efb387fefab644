"""What is most private of what clients ask for: not for whoever proved too little, or from too far."""

from __future__ import annotations

import re

from oidc.attested import IDENTITY_LEVEL, PERSONAL, PERSONAL_SCOPES, QUESTIONS, SCOPES, SELF_DECLARED
from oidc.attested import OF_WORK as WORK_CLAIMS
from oidc.models import AuthorizationRequest, EndUser
from oidc.verified_claims import MEMBER
from oidc.yes_no import base_of

SENSITIVE = frozenset({"pid", "identity", "income", "worker", "employment", "health"})
"""With which word the name of such a scope or claim begins."""

OF_WORK = frozenset({*SCOPES, *WORK_CLAIMS, *QUESTIONS, *SELF_DECLARED}) - {"is_worker"}
"""Whatever tells of somebody's work, but the bare word that they have any: a clock at a gate may ask that."""

OF_PERSON = PERSONAL | PERSONAL_SCOPES
"""The identification number, the children and the office of somebody."""

LITTLE = frozenset({"card"})
"""Authentication methods (`amr`) that open nothing sensitive: a printed card can be copied."""

BY_PHONE = "qr"
"""The method of who said on a phone what is to be opened on another screen: that, and little more."""


def is_sensitive(name: str) -> bool:
    """Say whether a scope's or claim's name begins with such a word: `income`, `income:read`.

    Or whether it tells of somebody's work, number, children or office, or an identity document was compared
    for it: `verified_claims/birthdate`. How well somebody is known is no secret.
    """
    if name.startswith(f"{MEMBER}/") or base_of(name) in OF_WORK or name in OF_PERSON:
        return True
    return name != IDENTITY_LEVEL and re.split(r"[^a-z]", name.lower(), maxsplit=1)[0] in SENSITIVE


def asks_for_sensitive(request: AuthorizationRequest) -> bool:
    """Say whether a request asks for such a thing."""
    return bool(sensitive_names(request))


def sensitive_names(request: AuthorizationRequest) -> frozenset[str]:
    """Return which scopes and claims of a request are such."""
    names = (*request.scope, *request.asked_claims)
    return frozenset(name for name in names if is_sensitive(name))


def is_by_phone(end_user: EndUser) -> bool:
    """Say whether a phone opened this session elsewhere."""
    return BY_PHONE in end_user.amr


def proves_little(end_user: EndUser) -> bool:
    """Say whether somebody signed in by such a method, whatever they proved beside it."""
    return not LITTLE.isdisjoint(end_user.amr)
