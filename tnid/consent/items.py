"""What a request asks to see, in groups that mean something to a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _

from oidc.claims import SCOPE_CLAIMS, names_of_scopes
from oidc.models import OFFLINE_ACCESS, Agreed, AuthorizationRequest
from tnid.accounts.contacts import mask_email, mask_phone


class Group(NamedTuple):
    """Claims that a person thinks of as one thing."""

    claim: str
    label: Any
    members: tuple[str, ...]
    is_common: bool = True


GROUPS = (
    Group("name", _("Full name"), ("name", "family_name", "given_name", "middle_name", "nickname")),
    Group("preferred_username", _("Username"), ("preferred_username",)),
    Group("birthdate", _("Date of birth"), ("birthdate",)),
    Group("gender", _("Sex"), ("gender",)),
    Group("phone_number", _("Phone number"), ("phone_number", "phone_number_verified")),
    Group("email", _("Email"), ("email", "email_verified")),
    Group("address", _("Address"), ("address",)),
    Group("locale", _("Language"), ("locale", "zoneinfo"), is_common=False),
    Group("profile", _("Web pages and picture"), ("profile", "picture", "website"), is_common=False),
)
MASKS: dict[str, Callable[[Any], str]] = {
    "phone_number": mask_phone,
    "email": mask_email,
    "birthdate": lambda birthdate: f"••/••/{birthdate[:4]}",
    "gender": lambda _gender: "•••",
    "address": lambda address: str(address.get("locality") or address.get("region") or "•••"),
}
SIGN_IN = _("That it is you who signs in")
OTHER_SCOPE = _("Other information: %(scope)s")


class ConsentItem(NamedTuple):
    """One thing that is shared. `value` is a masked preview, None where the profile holds none."""

    claim: str
    label: str
    value: str | None
    required: bool


def items_of(request: AuthorizationRequest, claims: Mapping[str, Any]) -> list[ConsentItem]:
    """Return what the person is asked to share; claims are what their profile holds."""
    wanted = names_of_scopes(request.scope) | request.asked_claims
    asked = [group for group in GROUPS if wanted.intersection(group.members)]
    shown = [group for group in asked if group.is_common or _preview(group, claims)]
    items = [ConsentItem(group.claim, str(group.label), _preview(group, claims), True) for group in shown]
    others = [ConsentItem(scope, _label_of_scope(scope), None, True) for scope in _others(request.scope)]
    if items or others:
        return items + others
    return [ConsentItem("sub", str(SIGN_IN), str(claims.get("preferred_username", "")), True)]


def labels_of(agreed: Agreed) -> list[str]:
    """Return what was agreed to, for the list of connected applications."""
    wanted = names_of_scopes(agreed.scope) | agreed.claims
    labels = [str(group.label) for group in GROUPS if wanted.intersection(group.members) and group.is_common]
    labels += [_label_of_scope(scope) for scope in _others(tuple(sorted(agreed.scope)))]
    return labels or [str(SIGN_IN)]


def is_offline(request: AuthorizationRequest) -> bool:
    return OFFLINE_ACCESS in request.scope


def _others(scope: tuple[str, ...]) -> list[str]:
    return [name for name in scope if name not in SCOPE_CLAIMS]


def _label_of_scope(scope: str) -> str:
    return str(OTHER_SCOPE) % {"scope": scope}


def _preview(group: Group, claims: Mapping[str, Any]) -> str | None:
    """Return enough for the owner to recognise the value, and little for whoever looks over a shoulder."""
    value = next((claims[name] for name in group.members if claims.get(name)), None)
    if value is None:
        return None
    return MASKS.get(group.claim, str)(value)
