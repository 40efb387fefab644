"""Claims: one table from scope to claims (OpenID Connect Core §5.4), and the claims parameter (§5.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from oidc.attested import (
    ATTESTED,
    OF_EMPLOYMENT,
    PERSONAL_SCOPES,
    QUESTIONS,
    SELF_DECLARED,
    STANDING_SCOPE_CLAIMS,
    USERINFO_ALONE,
)
from oidc.attested import SCOPES as WORK_SCOPES
from oidc.errors import InvalidRequest
from oidc.mandates import Mandate
from oidc.models import ACR_VALUES, OFFLINE_ACCESS, OPENID, AuthorizationRequest, Grant
from oidc.strict_json import BadJson, load_object
from oidc.verified_claims import EVIDENCE, MEMBER, check_request, names_of
from oidc.yes_no import ASKING, YES_NO_CLAIMS, base_of, name_with_value

SCOPE_CLAIMS: Mapping[str, tuple[str, ...]] = {
    OPENID: (),
    "profile": (
        "name",
        "family_name",
        "given_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    ),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "address": ("address",),
    "age": ("age_over_15", "age_over_18"),
    "residence": ("resident_of_province",),
    **STANDING_SCOPE_CLAIMS,
    "worker": (
        "is_worker",
        "job_title",
        "industrial_park",
        "employment_start_date",
        "employment_contract_type",
        "employment_confirmed_at",
        "employment_valid_until",
    ),
    "employer": ("employer", "represents"),
    "employee": ("employee_number",),
    "jobs": ("job_seeker",),
    "housing": ("social_housing_income", "housing_seeker"),
    OFFLINE_ACCESS: (),
}

_OF_SCOPES = tuple(name for names in SCOPE_CLAIMS.values() for name in names)
YES_NO_SCOPES = frozenset({"age", "residence"})
ON_REQUEST_SCOPES = YES_NO_SCOPES.union(WORK_SCOPES, STANDING_SCOPE_CLAIMS)
"""No client has them that didn't name them at registration."""

CLAIMS_SUPPORTED = (*_OF_SCOPES, *ASKING)
_NEEDS_SCOPE = frozenset({*ATTESTED, *SELF_DECLARED, *QUESTIONS})
_NEVER_VERIFIED = frozenset({*YES_NO_CLAIMS, *SELF_DECLARED, *ATTESTED.difference(OF_EMPLOYMENT)})
VERIFIED_NAMES = frozenset(f"{MEMBER}/{name}" for name in _OF_SCOPES if name not in _NEVER_VERIFIED)
EVIDENCE_NAME = f"{MEMBER}/{EVIDENCE}"
MAX_CLAIMS_BYTES = 16 * 1024


def names_of_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """Return the claims that these scopes stand for."""
    return _names_of(tuple(scopes))


@lru_cache(1024)
def _names_of(scopes: tuple[str, ...]) -> frozenset[str]:
    """Scopes come in few combinations, and are asked about at each release."""
    return frozenset(name for scope in scopes for name in SCOPE_CLAIMS.get(scope, ()))


def userinfo_scope(grant: Grant) -> str:
    """Return the grant's scope without that of its protected resources: what UserInfo is opened by."""
    if not grant.resource:
        return grant.shared_scope
    return " ".join(name for name in grant.scopes if name in SCOPE_CLAIMS)


def within(request: AuthorizationRequest, mandate: Mandate) -> AuthorizationRequest:
    """Return what of a request the mandate covers.

    A claim asked for by name needs a scope that covers it; verified claims, of which a mandate says nothing,
    are left out, and so is what is nobody's to hand over.
    """
    scopes = mandate.scope - PERSONAL_SCOPES
    covered = names_of_scopes(scopes)
    return replace(
        request,
        scope=tuple(name for name in request.scope if name in scopes) or (OPENID,),
        userinfo_claims=tuple(name for name in request.userinfo_claims if name in covered),
        id_token_claims=tuple(name for name in request.id_token_claims if name in covered),
        verified_claims=None,
        verified_names=(),
    )


def select(
    claims: Mapping[str, Any],
    scopes: Iterable[str],
    asked: Iterable[str],
    withheld: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Return those claims that scopes and the claims parameter cover; a missing value is left out.

    `withheld` names those that the person keeps to themselves.

    OpenID Connect Core §5.3.2: a claim that is not returned is omitted, never null and never empty.
    """
    wanted = names_of_scopes(scopes).union(asked) - withheld
    return {
        name: value for name, value in claims.items() if name in wanted and value not in (None, "", {}, [])
    }


@dataclass(frozen=True, slots=True)
class ClaimsRequest:
    """The claims parameter, reduced to what this provider acts on."""

    userinfo: tuple[str, ...] = ()
    id_token: tuple[str, ...] = ()
    essential: tuple[str, ...] = ()
    subject: str = ""
    essential_acr: str = ""
    verified: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """Return every claim that is asked for, verified or not, without what is asked about."""
        verified = (name.removeprefix(f"{MEMBER}/") for name in self.verified_names)
        return frozenset(base_of(name) for name in (*self.userinfo, *self.id_token, *verified))

    @property
    def verified_names(self) -> tuple[str, ...]:
        """Return the verified claims that a person has to agree to, as consent names them.

        A claim that we don't know is never given, and so needs nobody's consent.
        """
        asked = {name for requests in self.verified.values() for name in names_of(requests)}
        known = asked & VERIFIED_NAMES
        return tuple(sorted(known | (asked & {EVIDENCE_NAME}))) if known else ()


def list_unregistered(asked: ClaimsRequest, scopes: Iterable[str]) -> list[str]:
    """Return the claims of ATTESTED and the like that a client with these scopes may not ask for by name.

    Who lists jobs or homes says so by its scopes: from it a worker may hide the employer. A question needs
    one of the scopes of work.
    """
    has = frozenset(scopes)
    covered = names_of_scopes(has).union(() if has.isdisjoint(WORK_SCOPES) else QUESTIONS)
    return sorted((asked.names & _NEEDS_SCOPE) - covered)


def parse_claims_parameter(text: str) -> ClaimsRequest:
    """Parse the claims parameter; raise InvalidRequest where it is malformed.

    Unknown members and claims are ignored, as §5.5 asks, and so is what no ID token holds, asked for there.
    """
    try:
        document = load_object(text, max_bytes=MAX_CLAIMS_BYTES)
    except BadJson as error:
        raise InvalidRequest(f"The claims parameter is malformed: {error}.") from error
    userinfo = _members(document, "userinfo")
    of_token = _members(document, "id_token").items()
    id_token = {name: wish for name, wish in of_token if name not in USERINFO_ALONE}
    return ClaimsRequest(
        userinfo=_known(userinfo),
        id_token=_known(id_token),
        essential=_essential(userinfo, id_token),
        subject=_requested_subject(userinfo.get("sub"), id_token.get("sub")),
        essential_acr=_essential_acr(id_token.get("acr")),
        verified=_verified(document),
    )


def _verified(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is asked for by verified_claims in either place, checked."""
    asked = {
        place: members[MEMBER]
        for place in ("userinfo", "id_token")
        if MEMBER in (members := document.get(place) or {})
    }
    for request in asked.values():
        check_request(request)
    return asked


def _members(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    members = document.get(name)
    if members is None:
        return {}
    if not isinstance(members, dict) or any(
        m is not None and not isinstance(m, dict) for member, m in members.items() if member != MEMBER
    ):
        raise InvalidRequest(f"The claims parameter's {name} must hold null or objects.")
    return members


def _known(members: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for claim in CLAIMS_SUPPORTED if (name := _name(claim, members)) is not None)


def _name(claim: str, members: Mapping[str, Any]) -> str | None:
    if claim not in members:
        return None
    return name_with_value(claim, members[claim]) if claim in ASKING else claim


def _essential(*places: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the claims that are essential in either place."""
    found = {
        name
        for members in places
        for name in _known(members)
        if (members[base_of(name)] or {}).get("essential") is True
    }
    return tuple(sorted(found))


def _requested_subject(*members: Mapping[str, Any] | None) -> str:
    """§5.5.1: a `sub` with a value is the person who must sign in; "" for anyone."""
    values = [member["value"] for member in members if member and "value" in member]
    if not all(isinstance(value, str) and value for value in values):
        raise InvalidRequest("The claims parameter's sub must ask for a string.")
    if len(set(values)) > 1:
        raise InvalidRequest("The claims parameter asks for two different people.")
    return next(iter(values), "")


def _essential_acr(member: Mapping[str, Any] | None) -> str:
    """§5.5.1.1: an essential acr must be met by one of its values, or the request fails.

    Returns the weakest value that we know, or one that nothing meets where we know none.
    """
    if not member or member.get("essential") is not True:
        return ""
    values = member.get("values", [member["value"]] if "value" in member else [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise InvalidRequest("The claims parameter's acr must ask for strings.")
    known = [acr for acr in ACR_VALUES if acr in values]
    if known:
        return known[0]
    return values[0] if values else ""
