"""What a person decides about, in words: what it is, what it is for, how long it is kept, and its value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from flask_babel import lazy_gettext as _

from oidc import attested, yes_no
from oidc.agreed import Agreed
from oidc.consent import ABOUT_VERIFIED, Item, decided, key_of_item
from oidc.models import OFFLINE_ACCESS, AuthorizationRequest, Client
from oidc.verified_claims import EVIDENCE
from oidc.yes_no import base_of, values_in
from tnid import web
from tnid.consent.scopes import ScopeText
from tnid.consent.service import in_locale, items_agreed
from tnid.consent.standing_values import MISSING
from tnid.consent.values import Holdings, Value, is_attested, is_question, preview_of, values_of
from tnid.money import write_dong
from tnid.parks import find_park
from tnid.wards import find_ward

LABELS = {
    "name": _("Full name"),
    "preferred_username": _("Username"),
    "birthdate": _("Date of birth"),
    "gender": _("Sex"),
    "phone_number": _("Phone number"),
    "email": _("Email"),
    "address": _("Address"),
    "locale": _("Language"),
    "profile": _("Web pages and picture"),
    "updated_at": _("When the profile was last changed"),
    "age": _("Whether you are 15 and 18 or older – yes or no, never the date of birth"),
    "residence": _("Whether you live in Thái Nguyên province – yes or no, never the address"),
    "identity_level": _("How well you are known: what was checked of you"),
    "residence_ward": _("The ward or commune where you live"),
    "personal_id_number": _("Personal identification number, only when you signed in with two factors"),
    "guardian_of": _("For which children you are the guardian – an identifier of each, never the name"),
    "staff_roles": _("Your office at the province"),
    "is_worker": _("That you are a worker, and until when this is confirmed"),
    "employer": _("Your employer"),
    "employee_number": _("Your employee number, for your own employer alone"),
    "job_title": _("Your job"),
    "industrial_park": _("The industrial park where you work"),
    "employment_start_date": _("Since when you work there"),
    "employment_contract_type": _("Kind of employment contract"),
    "represents": _("Which organisations you represent, and in what role"),
    "social_housing_income": _(
        "Which income ceiling of social housing you are under, and which employer says so – never the wage"
    ),
    "job_seeker": _("What work you are looking for"),
    "housing_seeker": _("What home you are looking for"),
}
"""Every item of `oidc.consent.CLAIM_GROUPS` has its words here."""

VERIFIED = _("%(what)s, verified")
HOW_VERIFIED = _("How it was verified, and by whom")
NOT_VERIFIED_YET = _("Not verified yet; shared once it is")
NOT_THERE_YET = _("Not in your profile yet; shared once you add it")
AGED = _("Whether you are %(years)s or older – yes or no, never the date of birth")
LIVING_IN = _("Whether you live in %(wards)s – yes or no, never the address")
EARNING = _("Income of %(amount)s a month or more – yes or no, never the wage")
WORKING_IN = _("Whether you work in %(parks)s – yes or no, never the company")
WORKING_FOR = _("Whether you have worked at the same place for %(months)s months – yes or no, never the date")
NOT_CONFIRMED_YET = _("Not confirmed yet; shared once your employer confirms it and you accept it")
ASKED_TOO_MUCH = _("Not answered: the application has asked too many such questions this year")
NOT_REPRESENTING = _("You represent no organisation; nothing is shared")
SIGN_IN = _("That it is you who signs in")
OTHER_SCOPE = _("Other information: %(scope)s")
NO_TEXTS: Mapping[str, ScopeText] = {}
ANYBODY = Client("", {})  # what things are called is the same whoever asks


class ConsentItem(NamedTuple):
    """One thing to decide about. `preview` is masked, `values` are what will be sent.

    `missing` says why there is none; `purpose` and `kept` are the operator's words, "" for none. A question
    is answered by yes or no.
    """

    name: str
    label: str
    preview: str | None
    values: list[Value]
    missing: str
    required: bool
    chosen: bool
    purpose: str = ""
    kept: str = ""
    is_question: bool = False


def show_items(
    items: Iterable[Item],
    client: Client,
    held: Holdings,
    agreed: Agreed,
    texts: Mapping[str, ScopeText] = NO_TEXTS,
) -> list[ConsentItem]:
    """Return the items in words; what was agreed to and is shared stands ticked, and nothing else does."""
    return [_show(item, client, held, agreed, texts) for item in items]


def _show(
    item: Item, client: Client, held: Holdings, agreed: Agreed, texts: Mapping[str, ScopeText]
) -> ConsentItem:
    declared, locale = client.consent_items.get(key_of_item(item.name), {}), web.current_locale()
    text = texts.get(item.scope) if item.scope else None
    return ConsentItem(
        name=item.name,
        label=label_of(item.name, item.scope, texts),
        preview=text.resource if text else preview_of(item, held),
        values=values_of(item, held),
        missing=_why_missing(item, held),
        required=item.required,
        chosen=item.required or is_shared(item, agreed),
        purpose=in_locale(declared.get("purpose", {}), locale),
        kept=in_locale(declared.get("kept", {}), locale),
        is_question=is_question(item),
    )


def _why_missing(item: Item, held: Holdings) -> str:
    if item.scope is not None:
        return ""
    if item.claims <= held.unanswered:
        return str(ASKED_TOO_MUCH)
    if is_attested(item):
        return str(NOT_CONFIRMED_YET)
    if item.name in MISSING:
        return str(MISSING[item.name])
    if item.name == attested.REPRESENTS:
        return str(NOT_REPRESENTING)
    return str(NOT_VERIFIED_YET if item.is_verified or is_question(item) else NOT_THERE_YET)


def is_shared(item: Item, agreed: Agreed) -> bool:
    """Say whether the person agreed to the item and hasn't declined it since."""
    return item.claims <= decided(agreed) and not item.claims & agreed.withheld


def label_of(name: str, scope: str | None, texts: Mapping[str, ScopeText] = NO_TEXTS) -> str:
    """Return what the item is called."""
    if scope is not None:
        return texts[scope].label if scope in texts else str(OTHER_SCOPE) % {"scope": scope}
    if name == ABOUT_VERIFIED + EVIDENCE:
        return str(HOW_VERIFIED)
    if name.startswith(ABOUT_VERIFIED):
        inner = name.removeprefix(ABOUT_VERIFIED)
        return str(VERIFIED) % {"what": LABELS.get(inner, inner)}
    return _label_of_question(name) if "=" in name else str(LABELS.get(name, name))


def _label_of_question(name: str) -> str:
    """Say what is asked about, in the words of a yes/no question."""
    values = values_in(name)
    match base_of(name):
        case yes_no.AGE_OVER:
            return str(AGED) % {"years": values[0]}
        case attested.INCOME_AT_LEAST:
            return str(EARNING) % {"amount": write_dong(int(values[0]))}
        case attested.TENURE_AT_LEAST:
            return str(WORKING_FOR) % {"months": values[0]}
        case attested.WORKS_IN_PARK:
            parks = [park.name if (park := find_park(code)) else code for code in values]
            return str(WORKING_IN) % {"parks": ", ".join(parks)}
    wards = [ward.name if (ward := find_ward(code)) else code for code in values]
    return str(LIVING_IN) % {"wards": ", ".join(wards)}


def labels_of(
    agreed: Agreed,
    texts: Mapping[str, ScopeText] = NO_TEXTS,
    client: Client = ANYBODY,
    unanswered: frozenset[str] = frozenset(),
) -> list[str]:
    """Return what is shared, with this client, for the list of connected applications; a question that gets
    no answer is not."""
    kept = agreed.withheld | unanswered
    shared = [item for item in items_agreed(agreed, client) if not item.claims <= kept]
    return [label_of(item.name, item.scope, texts) for item in shared] or [str(SIGN_IN)]


def is_offline(asked: AuthorizationRequest | Agreed) -> bool:
    return OFFLINE_ACCESS in asked.scope
