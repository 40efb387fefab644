"""The very values that an application would be sent, in words: masked for whoever looks over a shoulder, and
whole for the person who asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from babel import Locale, UnknownLocaleError
from flask_babel import lazy_gettext as _

from oidc.attested import IDENTITY_LEVEL, NOTHING, OF_EMPLOYMENT, QUESTIONS, Vouched
from oidc.consent import ABOUT_VERIFIED, Item
from oidc.verified_claims import EVIDENCE
from oidc.yes_no import base_of, yes_no_names
from tnid.accounts.contacts import mask_email, mask_phone
from tnid.accounts.yes_no import answer
from tnid.consent.standing_values import WRITTEN_OF_STANDING
from tnid.consent.work_values import MASKS_OF_WORK, WRITTEN_OF_WORK, write_date, write_source
from tnid.moments import moment

ADDRESS_MEMBERS = ("street_address", "locality", "region", "postal_code", "country")

HOW_VERIFIED = {
    1: _("By phone and the text of the identity card"),
    2: _("In person, by an official who compared the identity card"),
}
_VOUCHED_FOR = frozenset({*OF_EMPLOYMENT, *QUESTIONS})
YES, NO = _("Yes"), _("No")


class Holdings(NamedTuple):
    """What is known of a person at this moment: their claims, what was verified, the best first, and what an
    employer vouches for.

    `is_work_alone` says that of verified claims nothing else is asked for. To `unanswered` questions the
    application gets no answer, for it asked too many.
    """

    claims: Mapping[str, Any]
    verified: Sequence[Mapping[str, Any]] = ()
    identity_level: int = 0
    now: int = 0
    vouched: Vouched = NOTHING
    is_work_alone: bool = False
    unanswered: frozenset[str] = frozenset()

    @property
    def verified_claims(self) -> Mapping[str, Any]:
        """Return what was compared, and what an employer vouches for; neither has a name of the other's."""
        compared: Mapping[str, Any] = self.verified[0]["claims"] if self.verified else {}
        confirmed = self.vouched.record["claims"] if self.vouched.record else {}
        return {**confirmed, **compared}

    @property
    def own_claims(self) -> Mapping[str, Any]:
        return {**self.claims, **self.vouched.claims}


class Value(NamedTuple):
    """One claim's value. `label` is "" where the item's own label says it all."""

    label: str
    text: str


LABELS = {
    "name": _("Full name"),
    "family_name": _("Family name"),
    "middle_name": _("Middle name"),
    "given_name": _("Given name"),
    "nickname": _("Nickname"),
    "phone_number_verified": _("Checked with a code"),
    "email_verified": _("Checked with a code"),
    "zoneinfo": _("Time zone"),
    "profile": _("Web page about you"),
    "picture": _("Picture"),
    "website": _("Website"),
    "age_over_15": _("15 or older"),
    "age_over_18": _("18 or older"),
    "is_worker": _("Works now"),
    "employment_confirmed_at": _("Confirmed on"),
    "employment_valid_until": _("Confirmed until"),
}


def name_of_language(tag: str) -> str:
    """Return a language's name in its own script, the tag itself where nobody knows it."""
    try:
        return str(Locale.parse(tag, sep="-").display_name)
    except (ValueError, UnknownLocaleError):
        return tag


def write_address(address: Mapping[str, Any]) -> str:
    parts = [str(address[name]) for name in ADDRESS_MEMBERS if address.get(name)]
    return ", ".join(parts) or str(address.get("formatted", ""))


WRITTEN: dict[str, Callable[[Any], str]] = {
    "birthdate": write_date,
    "gender": lambda gender: str({"male": _("Male"), "female": _("Female")}.get(gender, gender)),
    "address": write_address,
    "locale": name_of_language,
    "updated_at": moment,
    **WRITTEN_OF_WORK,
    **WRITTEN_OF_STANDING,
}
MASKS: dict[str, Callable[[Any], str]] = {
    "phone_number": mask_phone,
    "email": mask_email,
    "birthdate": lambda birthdate: f"••/••/{birthdate[:4]}",
    "gender": lambda _gender: "•••",
    "address": lambda address: str(address.get("locality") or address.get("region") or "•••"),
    "locale": name_of_language,
    "updated_at": moment,
    **MASKS_OF_WORK,
}


def values_of(item: Item, held: Holdings) -> list[Value]:
    """Return what would be sent of an item now, whole; nothing where the person has none of it."""
    if item.scope is not None:
        return []
    if is_question(item):
        return _answers(item, held)
    if item.name == ABOUT_VERIFIED + EVIDENCE:
        return _how_verified(held)
    source = held.verified_claims if item.is_verified else held.own_claims
    names = sorted(claim.removeprefix(ABOUT_VERIFIED) for claim in item.claims)
    present = [name for name in names if source.get(name) not in (None, "", {}, [])]
    first = item.name.removeprefix(ABOUT_VERIFIED)
    present.sort(key=lambda name: name != first)
    return [Value(_label(name, first), write_value(name, source[name])) for name in present]


def _how_verified(held: Holdings) -> list[Value]:
    """Return what the evidence says: how the person was checked, and who vouches for their work."""
    is_checked = held.verified and not held.is_work_alone
    text = HOW_VERIFIED.get(held.identity_level) if is_checked else None
    return [Value("", said) for said in (str(text or ""), write_source(held.vouched.record)) if said]


def is_question(item: Item) -> bool:
    """Say whether the item is answered by yes or no."""
    return bool(yes_no_names(item.claims))


def is_attested(item: Item) -> bool:
    """Say whether the item is what an employer vouches for, answered by yes or no or told."""
    names = (base_of(claim.removeprefix(ABOUT_VERIFIED)) for claim in item.claims)
    return not _VOUCHED_FOR.isdisjoint(names)


def _answers(item: Item, held: Holdings) -> list[Value]:
    """Return what would be answered now; looking at it here is nobody's question."""
    known = held.vouched.answers
    told = [
        (name, known[name] if name in known else answer(name, held.verified, held.now))
        for name in yes_no_names(item.claims - held.unanswered)
    ]
    return [Value(str(LABELS.get(name, "")), write_value(name, one)) for name, one in told if one is not None]


def _label(name: str, first: str) -> str:
    return "" if name == first and first != "profile" else str(LABELS.get(name, ""))


def write_value(name: str, value: Any) -> str:
    """Return a claim's value in words."""
    if isinstance(value, bool):
        return str(YES if value else NO)
    return WRITTEN.get(name, str)(value)


def preview_of(item: Item, held: Holdings) -> str | None:
    """Return enough for the owner to recognise the value, and little for whoever looks over a shoulder."""
    if is_question(item):
        told = [": ".join(part for part in value if part) for value in values_of(item, held)]
        return "; ".join(told) or None
    first = item.name.removeprefix(ABOUT_VERIFIED)
    source = held.verified_claims if item.is_verified else held.own_claims
    names = [first, *sorted(claim.removeprefix(ABOUT_VERIFIED) for claim in item.claims)]
    # Level 0 is a value, and a no of what else there is not is none
    value = next((source.get(name) for name in names if source.get(name) or name == IDENTITY_LEVEL), None)
    if first == EVIDENCE:
        return next((value.text for value in values_of(item, held)), None)
    if value is None:
        return None
    return MASKS[first](value) if first in MASKS else write_value(first, value)
