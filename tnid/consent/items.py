"""What a request asks to see, in groups that mean something to a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from babel import Locale, UnknownLocaleError
from flask_babel import lazy_gettext as _

from oidc.claims import SCOPE_CLAIMS, names_of_scopes
from oidc.models import OFFLINE_ACCESS, Agreed, AuthorizationRequest
from oidc.verified_claims import EVIDENCE, MEMBER
from tnid.accounts.contacts import mask_email, mask_phone
from tnid.accounts.verification import LEAST_VERIFIED_LEVEL, VERIFIED_CLAIMS
from tnid.consent.scopes import ScopeText
from tnid.moments import moment


class Group(NamedTuple):
    """Claims that a person thinks of as one thing."""

    claim: str
    label: Any
    members: tuple[str, ...]


def name_of_language(tag: str) -> str:
    """Return a language's name in its own script, the tag itself where nobody knows it."""
    try:
        return str(Locale.parse(tag, sep="-").display_name)
    except (ValueError, UnknownLocaleError):
        return tag


GROUPS = (
    Group("name", _("Full name"), ("name", "family_name", "given_name", "middle_name", "nickname")),
    Group("preferred_username", _("Username"), ("preferred_username",)),
    Group("birthdate", _("Date of birth"), ("birthdate",)),
    Group("gender", _("Sex"), ("gender",)),
    Group("phone_number", _("Phone number"), ("phone_number", "phone_number_verified")),
    Group("email", _("Email"), ("email", "email_verified")),
    Group("address", _("Address"), ("address",)),
    Group("locale", _("Language"), ("locale", "zoneinfo")),
    Group("profile", _("Web pages and picture"), ("profile", "picture", "website")),
    Group("updated_at", _("When the profile was last changed"), ("updated_at",)),
)
"""Every claim that a scope can cover is in one of them: what a person agrees to is what the page names."""

MASKS: dict[str, Callable[[Any], str]] = {
    "phone_number": mask_phone,
    "email": mask_email,
    "birthdate": lambda birthdate: f"••/••/{birthdate[:4]}",
    "gender": lambda _gender: "•••",
    "address": lambda address: str(address.get("locality") or address.get("region") or "•••"),
    "locale": name_of_language,
    "updated_at": moment,
}
VERIFIED = _("Verified information")
HOW_VERIFIED = _("how it was checked")
NOT_VERIFIED_YET = _("%(what)s. None of it is verified yet; it is shared once it is.")
SIGN_IN = _("That it is you who signs in")
OTHER_SCOPE = _("Other information: %(scope)s")
NO_TEXTS: Mapping[str, ScopeText] = {}


class ConsentItem(NamedTuple):
    """One thing that is shared. `value` is a masked preview, None where the profile holds none."""

    claim: str
    label: str
    value: str | None
    required: bool


def items_of(
    request: AuthorizationRequest,
    claims: Mapping[str, Any],
    identity_level: int = 0,
    texts: Mapping[str, ScopeText] = NO_TEXTS,
) -> list[ConsentItem]:
    """Return what the person is asked to share, all of it; claims are what their profile holds now.

    `texts` says what the scopes of protected resources mean.
    """
    wanted = names_of_scopes(request.scope) | request.asked_claims
    asked = [group for group in GROUPS if wanted.intersection(group.members)]
    items = [ConsentItem(group.claim, str(group.label), _preview(group, claims), True) for group in asked]
    items += _verified_items(request.asked_claims, identity_level)
    others = [_item_of_scope(scope, texts) for scope in _others(request.scope)]
    if items or others:
        return items + others
    return [ConsentItem("sub", str(SIGN_IN), str(claims.get("preferred_username", "")), True)]


def labels_of(agreed: Agreed, texts: Mapping[str, ScopeText] = NO_TEXTS) -> list[str]:
    """Return what was agreed to, for the list of connected applications."""
    wanted = names_of_scopes(agreed.scope) | agreed.claims
    labels = [str(group.label) for group in GROUPS if wanted.intersection(group.members)]
    if verified := _verified_labels(agreed.claims):
        labels.append(f"{VERIFIED} ({', '.join(verified)})")
    labels += [_item_of_scope(scope, texts).label for scope in _others(tuple(sorted(agreed.scope)))]
    return labels or [str(SIGN_IN)]


def _verified_items(wanted: frozenset[str], identity_level: int) -> list[ConsentItem]:
    """Name what was checked, and that how it was checked is told, too."""
    labels = _verified_labels(wanted)
    if not labels:
        return []
    what = ", ".join(labels)
    is_verified = identity_level >= LEAST_VERIFIED_LEVEL
    value = what if is_verified else str(NOT_VERIFIED_YET) % {"what": what}
    return [ConsentItem(MEMBER, str(VERIFIED), value, True)]


def _verified_labels(wanted: frozenset[str]) -> list[str]:
    names = {name for name in VERIFIED_CLAIMS if f"{MEMBER}/{name}" in wanted}
    labels = [str(group.label) for group in GROUPS if names.intersection(group.members)]
    return [*labels, str(HOW_VERIFIED)] if labels and f"{MEMBER}/{EVIDENCE}" in wanted else labels


def is_offline(asked: AuthorizationRequest | Agreed) -> bool:
    return OFFLINE_ACCESS in asked.scope


def _others(scope: tuple[str, ...]) -> list[str]:
    return [name for name in scope if name not in SCOPE_CLAIMS]


def _item_of_scope(scope: str, texts: Mapping[str, ScopeText]) -> ConsentItem:
    text = texts.get(scope)
    label = text.label if text else str(OTHER_SCOPE) % {"scope": scope}
    return ConsentItem(scope, label, text.resource if text else None, True)


def _preview(group: Group, claims: Mapping[str, Any]) -> str | None:
    """Return enough for the owner to recognise the value, and little for whoever looks over a shoulder."""
    value = next((claims[name] for name in group.members if claims.get(name)), None)
    if value is None:
        return None
    return MASKS.get(group.claim, str)(value)
