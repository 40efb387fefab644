"""What a person decides about, item by item: which claims hang together, and which the application can't do
without.

An item is what a person thinks of as one thing. What was declined is kept by the names that `withheld` has: a
claim's own, `verified_claims/<claim>`, and `scope/<scope>` for a scope of which nothing is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from oidc.agreed import Agreed
from oidc.attested import ALWAYS
from oidc.claims import SCOPE_CLAIMS, names_of_scopes
from oidc.models import OPENID, WITHHELD_SCOPE, AuthorizationRequest, Client
from oidc.verified_claims import EVIDENCE, MEMBER

CLAIM_GROUPS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "family_name", "given_name", "middle_name", "nickname"),
    "preferred_username": ("preferred_username",),
    "birthdate": ("birthdate",),
    "gender": ("gender",),
    "phone_number": ("phone_number", "phone_number_verified"),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "locale": ("locale", "zoneinfo"),
    "profile": ("profile", "picture", "website"),
    "updated_at": ("updated_at",),
    "age": ("age_over_15", "age_over_18"),
    "residence": ("resident_of_province",),
    "identity_level": ("identity_level",),
    "residence_ward": ("residence_ward",),
    "personal_id_number": ("personal_id_number",),
    "guardian_of": ("guardian_of",),
    "staff_roles": ("staff_roles",),
    "is_worker": ALWAYS,
    "employer": ("employer",),
    "employee_number": ("employee_number",),
    "job_title": ("job_title",),
    "industrial_park": ("industrial_park",),
    "employment_start_date": ("employment_start_date",),
    "employment_contract_type": ("employment_contract_type",),
    "represents": ("represents",),
    "social_housing_income": ("social_housing_income",),
    "job_seeker": ("job_seeker",),
    "housing_seeker": ("housing_seeker",),
}
"""Every claim that a scope can cover is in one of them: what a person agrees to is what the page names."""

_GROUP_OF = {name: group for group, names in CLAIM_GROUPS.items() for name in names}
_ORDER = {group: place for place, group in enumerate(CLAIM_GROUPS)}
ABOUT_VERIFIED = f"{MEMBER}/"
SCOPE = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")


class Item(NamedTuple):
    """One thing to decide about. `version` is that of the purpose that the operator gave, "" for none."""

    name: str
    claims: frozenset[str]
    required: bool
    version: str = ""

    @property
    def is_verified(self) -> bool:
        return self.name.startswith(ABOUT_VERIFIED)

    @property
    def scope(self) -> str | None:
        """Return the protected resource's scope that this is, None for claims."""
        return self.name.removeprefix(WITHHELD_SCOPE) if self.name.startswith(WITHHELD_SCOPE) else None


def item_name(claim: str) -> str:
    """Return the item that a claim is decided with."""
    if claim.startswith(ABOUT_VERIFIED):
        inner = claim.removeprefix(ABOUT_VERIFIED)
        return claim if inner == EVIDENCE else ABOUT_VERIFIED + _GROUP_OF.get(inner, inner)
    return _GROUP_OF.get(claim, claim)


def items_asked(request: AuthorizationRequest, client: Client) -> list[Item]:
    """Return all that the request asks for, in the order in which a person is told of it."""
    by_scope = names_of_scopes(request.scope)
    asked: dict[str, set[str]] = {}
    for claim in by_scope | request.asked_claims:
        if is_agreed(claim, client):
            asked.setdefault(item_name(claim), set()).add(claim)
    for scope in request.scope:
        if scope not in SCOPE_CLAIMS:
            asked[WITHHELD_SCOPE + scope] = {WITHHELD_SCOPE + scope}
    needed = frozenset(request.essential_claims)
    names = sorted(asked, key=lambda name: (_place(name), name))
    return [_item(name, frozenset(asked[name]), by_scope, needed, client) for name in names]


def is_agreed(claim: str, client: Client) -> bool:
    """Say whether the client may be told of a claim, whatever its scopes stand for.

    A client that is held to what was agreed with its team names every item in `consent_items`.
    """
    return not client.agreed_only or key_of_item(item_name(claim)) in client.consent_items


def _place(name: str) -> tuple[int, int]:
    if name.startswith(WITHHELD_SCOPE):
        return 3, 0
    if name.startswith(ABOUT_VERIFIED):
        return 2, _ORDER.get(name.removeprefix(ABOUT_VERIFIED), len(_ORDER))
    return (0, _ORDER[name]) if name in _ORDER else (1, 0)


def _item(
    name: str, claims: frozenset[str], by_scope: frozenset[str], needed: frozenset[str], client: Client
) -> Item:
    """OpenID Connect Core §5.5.1: what the claims parameter asks for is voluntary unless it is essential.

    What a scope stands for, and what is verified, is required unless the operator has said otherwise.
    """
    declared = client.consent_items.get(key_of_item(name), {})
    is_whole = bool(claims & by_scope) or name.startswith((ABOUT_VERIFIED, WITHHELD_SCOPE))
    # What was agreed with its team a client can't outdo by calling something essential
    is_needed = bool(claims & needed) and not client.agreed_only
    required = is_needed or bool(declared.get("required", is_whole))
    return Item(name, claims, required, str(declared.get("version", "")))


def key_of_item(name: str) -> str:
    """Return the name under which an operator speaks of the item: without the value that is asked about."""
    return name.removeprefix(WITHHELD_SCOPE).partition("=")[0]


def is_item_key(name: str) -> bool:
    """Say whether an operator can speak of an item under this name."""
    if name.startswith(ABOUT_VERIFIED):
        inner = name.removeprefix(ABOUT_VERIFIED)
        return inner == EVIDENCE or inner in CLAIM_GROUPS
    return name in CLAIM_GROUPS or (SCOPE.fullmatch(name) is not None and name not in SCOPE_CLAIMS)


def missing_items(request: AuthorizationRequest, client: Client, agreed: Agreed | None) -> list[Item]:
    """Return what the person has not decided yet, or has to decide anew: a purpose that has changed, and what
    they declined while they could and the application now can't do without."""
    asked = items_asked(request, client)
    if agreed is None:
        return asked
    covered = decided(agreed)
    return [item for item in asked if _is_open(item, agreed, covered)]


def _is_open(item: Item, agreed: Agreed, covered: frozenset[str]) -> bool:
    if item.version and agreed.versions.get(item.name) != item.version:
        return True
    if item.required and item.claims & agreed.withheld:
        return True
    return not item.claims <= covered


def decided(agreed: Agreed) -> frozenset[str]:
    """Return every claim that the person has decided about, declined ones too."""
    resource_scopes = frozenset(WITHHELD_SCOPE + scope for scope in agreed.scope)
    return agreed.claims | names_of_scopes(agreed.scope) | resource_scopes


def missing_consent(
    request: AuthorizationRequest, client: Client, agreed: Agreed | None, now: int
) -> frozenset[str]:
    """Return the scopes and claims of the request that the person has still to decide about.

    To be told apart at sign-in is what `openid` means; the person agrees to that, too, once a client.
    """
    if agreed is None or agreed.is_over(now):
        return frozenset(request.scope) or frozenset({OPENID})
    covered = agreed.claims | names_of_scopes(agreed.scope)
    missing = (frozenset(request.scope) - agreed.scope) | (request.asked_claims - covered)
    if missing or not (agreed.withheld or client.consent_items):
        return missing
    return frozenset(name for item in missing_items(request, client, agreed) for name in item.claims)


def withhold(before: Iterable[str], shown: Iterable[Item], chosen: Iterable[str]) -> frozenset[str]:
    """Return the claims that stay with the person after a decision about what was shown.

    `chosen` names the voluntary items that the person ticked. What is required is not theirs to choose here,
    and what was not shown was not decided.
    """
    items, ticked = list(shown), frozenset(chosen)
    kept = frozenset(before).difference(*(item.claims for item in items))
    declined = (item.claims for item in items if not item.required and item.name not in ticked)
    return kept.union(*declined)


def keep_voluntary(request: AuthorizationRequest, client: Client) -> str | None:
    """Return what a grant keeps back where nobody could tick anything."""
    withheld = with_scopes(withhold((), items_asked(request, client), ()), request.scope)
    return " ".join(sorted(withheld)) or None


def with_scopes(withheld: Iterable[str], scopes: Iterable[str]) -> frozenset[str]:
    """Return the withheld names, with a name for each of the scopes of which nothing is left."""
    names = frozenset(name for name in withheld if name not in _scope_names())
    empty = [scope for scope in scopes if (claims := SCOPE_CLAIMS.get(scope)) and names.issuperset(claims)]
    return names.union(WITHHELD_SCOPE + scope for scope in empty)


def _scope_names() -> frozenset[str]:
    return frozenset(WITHHELD_SCOPE + scope for scope in SCOPE_CLAIMS)
