"""What an application asks people for: which items, what each is for, on what ground, how long it is kept.

It is kept as JSON on the application (`applications.disclosure`), read into a Disclosure, and turned into
what the protocol knows: scopes, consent items and levels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from oidc.attested import QUESTIONS, SCOPES
from oidc.claims import SCOPE_CLAIMS
from oidc.clients.consent_policy import with_versions
from oidc.clients.grant_types import is_personal
from oidc.consent import ABOUT_VERIFIED, CLAIM_GROUPS
from oidc.models import LOA1, OFFLINE_ACCESS, OPENID
from oidc.sensitive import is_sensitive
from tnid.developers.disclosure_words import KEPT_OTHER, LAWFUL, words_of_kept

GROUPS: Mapping[str, tuple[str, ...]] = {
    "person": ("name", "birthdate", "gender", "locale", "preferred_username", "profile", "updated_at"),
    "contact": ("phone_number", "email", "address"),
    "yes_no": ("age", "age_over", "residence", "resident_of_ward"),
    "verified": tuple(
        ABOUT_VERIFIED + name for name in ("name", "birthdate", "gender", "address", "evidence")
    ),
    "standing": ("identity_level", "residence_ward", "personal_id_number", "guardian_of", "staff_roles"),
    "work": (
        *("is_worker", "job_title", "industrial_park", "employment_start_date"),
        *("employment_contract_type", "employer", "employee_number", "represents", "works_in_park"),
        *("tenure_at_least_months", "income_at_least", "social_housing_income"),
        *("job_seeker", "housing_seeker"),
    ),
}
"""Every item that a team may choose, in the order in which the page shows them."""

ITEMS = tuple(name for names in GROUPS.values() for name in names)
BY_OPERATOR = frozenset({*GROUPS["verified"], *GROUPS["standing"], *GROUPS["work"]})
"""Items that are asked for with a reason: they say what somebody vouches for."""

MANDATES, LEVEL, RESOURCES, LOGOUT = "mandates", "level", "resources", "logout"
"""What else has a reason: letting helpers in, asking for proofed people, other programs' interfaces, and
doing without being told of sign-outs."""

TWO_REVIEWERS = frozenset({"social_housing_income", "income_at_least", "personal_id_number", "guardian_of"})
_VERY_SENSITIVE = ("pid", "identity", "income", "health")


@dataclass(frozen=True, slots=True)
class Wish:
    """One item. `kept` is one of disclosure_words.KEPT, `kept_words` by locale where it is none of them."""

    purpose: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    basis: str = ""
    law: str = ""
    kept: str = ""
    kept_words: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""

    @property
    def kept_texts(self) -> Mapping[str, str]:
        """Return how long it is kept, in words by locale; nothing where that wasn't said."""
        return self.kept_words if self.kept == KEPT_OTHER else words_of_kept(self.kept)

    def find_gaps(self, name: str) -> list[str]:
        """Return the fields that are missing before it can be submitted."""
        gaps = {
            "purpose_vi": not self.purpose.get("vi"),
            "basis": not self.basis,
            "law": self.basis in LAWFUL and not self.law,
            "kept": not self.kept_texts.get("vi"),
            "reason": name in BY_OPERATOR and not self.reason,
        }
        return [gap for gap, is_open in gaps.items() if is_open]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Everything that an application asks for. `resources` are those of `oidc.models.Client`; `reasons` are
    of MANDATES, LEVEL, RESOURCES and LOGOUT; `is_chosen` says that somebody chose, were it nothing."""

    items: Mapping[str, Wish] = field(default_factory=dict)
    offline: bool = False
    least_acr: str = LOA1
    least_identity_level: int = 0
    accepts_mandates: bool = False
    resources: Mapping[str, list[str]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    is_chosen: bool = False

    @property
    def names(self) -> list[str]:
        """Return the chosen items in the order of the page."""
        return [name for name in ITEMS if name in self.items]

    @property
    def scopes(self) -> list[str]:
        """Return the scopes that the items need; of each the client is told the chosen items alone."""
        needed = {scope for name in self.items for scope in scopes_of(name)}
        if self.items.keys() & set(QUESTIONS) and not needed.intersection(SCOPES):
            needed.add(SCOPES[0])
        return [
            OPENID,
            *(s for s in SCOPE_CLAIMS if s in needed),
            *([OFFLINE_ACCESS] if self.offline else []),
        ]

    @property
    def consent_items(self) -> dict[str, dict[str, Any]]:
        """Return what people are told of each item, as `oidc.clients.consent_policy` has it."""
        return with_versions({name: _consent_item(self.items[name]) for name in self.names})

    @property
    def unexplained(self) -> list[str]:
        """Return what needs a reason and has none, beside items."""
        asked = {
            MANDATES: self.accepts_mandates,
            LEVEL: self.least_identity_level > 0,
            RESOURCES: bool(self.resources),
        }
        return [name for name, is_asked in asked.items() if is_asked and not self.reasons.get(name)]

    def with_item(self, name: str, wish: Wish) -> Disclosure:
        return replace(self, items={**self.items, name: wish})

    def choosing(self, names: list[str]) -> Disclosure:
        """Return it with these items, each as it was where it had been chosen before."""
        wanted = [name for name in ITEMS if name in names]
        return replace(self, items={n: self.items.get(n, Wish()) for n in wanted}, is_chosen=True)


def _consent_item(wish: Wish) -> dict[str, Any]:
    item: dict[str, Any] = {"required": wish.required}
    for member, texts in (("purpose", wish.purpose), ("kept", wish.kept_texts)):
        if texts.get("vi"):
            item[member] = {locale: text for locale, text in texts.items() if text}
    return item


def scopes_of(name: str) -> tuple[str, ...]:
    """Return the scopes by which an item is asked for; none where it is asked for by name alone.

    What is verified is asked for by name; of work it needs the scope of the same claim, too.
    """
    bare = name.removeprefix(ABOUT_VERIFIED)
    claims = set(CLAIM_GROUPS.get(bare, ()))
    found = tuple(scope for scope, names in SCOPE_CLAIMS.items() if claims & set(names))
    return tuple(s for s in found if s in SCOPES) if name != bare else found


def needs_two(items: Mapping[str, Any], scopes: list[str], *, accepts_mandates: bool) -> bool:
    """Say whether two reviewers must agree: identity documents and numbers, children, income, health, and
    acting for others."""
    names = [*items, *scopes]
    return accepts_mandates or any(
        name in TWO_REVIEWERS or name.startswith(ABOUT_VERIFIED) or is_very_sensitive(name) for name in names
    )


def is_very_sensitive(name: str) -> bool:
    return is_sensitive(name) and name.startswith(_VERY_SENSITIVE)


# As it is kept


def read_disclosure(stored: Mapping[str, Any]) -> Disclosure:
    """Return what an application's row holds."""
    items = {name: Wish(**wish) for name, wish in stored.get("items", {}).items() if name in ITEMS}
    return Disclosure(**{**stored, "items": items})


def write_disclosure(disclosure: Disclosure) -> str:
    """Return the row's text: the same for the same."""
    return orjson.dumps(disclosure, option=orjson.OPT_SORT_KEYS).decode()


def metadata_with(disclosure: Disclosure, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return client metadata that ask for this, for the one validator. Where nobody signs in, nothing is."""
    if not is_personal(metadata):
        return dict(metadata)
    scopes = [
        s for s in disclosure.scopes if s != OFFLINE_ACCESS or "refresh_token" in metadata["grant_types"]
    ]
    return {**metadata, "scope": " ".join(scopes)}


def disclosure_grounds(asked: Disclosure) -> dict[str, dict[str, Any]]:
    """Return what may be published of each item: its words, its ground, and whether it is required."""
    return {
        name: {
            "purpose": dict(wish.purpose),
            "kept": dict(wish.kept_texts),
            "required": wish.required,
            "basis": wish.basis,
            "law": wish.law,
        }
        for name, wish in asked.items.items()
    }
