"""One person at the counter: who they are here, what stands on the card, and what the official compared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from tnid import services, web
from tnid.access import Guard, declare
from tnid.accounts.account import Account
from tnid.accounts.answers import answer_form
from tnid.accounts.claims import check_profile
from tnid.accounts.contacts import mask_phone
from tnid.accounts.dates import check_age, read_date, write_date
from tnid.accounts.messages import message_of, show_refusal
from tnid.accounts.numbers import IDENTITY_CARD, RENEWED, DocumentNumber, parse_number
from tnid.accounts.refusal import Refused
from tnid.accounts.verification import SEEN_BY_AN_OFFICIAL, SEEN_IN_PERSON_LEVEL, Evidence
from tnid.officials import acts
from tnid.officials.card import warnings_of
from tnid.officials.corrections import ASKED
from tnid.officials.desk import Official, get_official
from tnid.officials.forms import CardForm, ComparedForm
from tnid.officials.views import tell
from tnid.officials.visits import Card, Visit
from tnid.officials.words import WARNINGS
from tnid.wards import REGION

blueprint = declare(Blueprint("serving", __name__, url_prefix="/officials/visits/<visit_id>"), Guard.STAFF)

CARD_CLAIMS = ("name", "birthdate", "gender")
FIELD_OF_CLAIM = {"phone_number": "phone", "address": "street_address"}


class VisitOver(NotFound):
    """No visit of this official's that lasts: it ended, it is another's, or there never was one."""


class Served(NamedTuple):
    """Who stands at the counter. `account` is None as long as there is none."""

    visit: Visit
    account: Account | None
    official: Official

    @property
    def number(self) -> DocumentNumber | None:
        return self.visit.card.number

    @property
    def is_waiting(self) -> bool:
        """Say whether the account was begun here and has no owner yet."""
        return self.account is not None and services.current().counter.people.is_waiting(self.account.id)

    @property
    def is_checked(self) -> bool:
        return self.account is not None and self.account.identity_level >= SEEN_IN_PERSON_LEVEL

    @property
    def may_have_slip(self) -> bool:
        """Say whether the account is nobody's yet, and its person is here with the card."""
        return self.is_waiting and self.is_checked and self.has_own_number

    @property
    def may_have_badge(self) -> bool:
        """Say whether a sign-in card may be printed: for its person, who is here with the identity card."""
        return self.is_checked and self.has_own_number and not self.is_waiting and self.recovery is None

    @property
    def may_have_guardian(self) -> bool:
        """Say whether a guardian can agree here for this person: a child whose card is on the table."""
        if self.account is None or not self.has_own_number:
            return False
        return services.current().guardians.find_child_until(self.account.id, services.now()) is not None

    @property
    def recovery(self) -> Any:
        """Return the recovery that is under way for the account, or None."""
        if self.account is None:
            return None
        return services.current().counter.recoveries.find_of_account(self.account.id, services.now())

    @property
    def has_own_number(self) -> bool:
        """Say whether the card on the table is the one that the account was checked by."""
        if self.account is None or self.number is None:
            return False
        return services.current().accounts.identity.find_number(self.account.id) == self.number

    @property
    def may_renew(self) -> bool:
        """Say whether the person was checked by a document of those that get another number with time."""
        number = services.current().accounts.identity.find_number(self.account.id) if self.account else None
        return self.is_checked and number is not None and number.kind in RENEWED

    @property
    def is_renewed(self) -> bool:
        """Say whether the document on the table is another of those than the one of before."""
        is_other = self.number is not None and self.number.kind in RENEWED and not self.has_own_number
        return is_other and self.may_renew


def get_served(visit_id: str) -> Served:
    """Return this official's own visit; 404, and a row in the log, for another's, for one over, for none.

    The person is looked up anew: they may have moved to another commune meanwhile.
    """
    parts, now, official = services.current(), services.now(), get_official()
    visit = parts.counter.visits.find(visit_id, official.account_id, official.commune, now)
    account = None
    if visit is not None and visit.account_id is not None:
        account = parts.counter.people.find_served(visit.account_id, official.commune)
        visit = visit if account is not None else None
    if visit is None:
        parts.audit.record(
            "counter.look", outcome="refused", reason="not_found", now=now,
            details={"actor": official.account_id, "commune": official.commune},
        )  # fmt: skip
        raise VisitOver
    return Served(visit, account, official)


@blueprint.app_errorhandler(VisitOver)
def over(_error: VisitOver) -> ResponseReturnValue:
    """Say how to go on, and the same of every visit that isn't this official's: also of another's."""
    return render_template("officials/over.html", official=get_official()), 404


@blueprint.get("")
def show(visit_id: str) -> ResponseReturnValue:
    """Show who it is, as little as is needed, and what can be done."""
    served = get_served(visit_id)
    phone = served.account.profile.get("phone_number") if served.account else None
    recovery = served.recovery
    return render_template(
        "officials/visit.html",
        official=served.official,
        served=served,
        phone=mask_phone(phone) if phone else None,
        is_recovery_open=recovery and (recovery.agreed_at or recovery.ready_at <= services.now()),
        birthdate=write_date(str(served.account.profile.get("birthdate", ""))) if served.account else "",
    )


@blueprint.route("/card", methods=["GET", "POST"])
def card(visit_id: str) -> ResponseReturnValue:
    """Take down what stands on the card."""
    served = get_served(visit_id)
    form = CardForm(data=_form_data(served))
    if form.validate_on_submit():
        read = read_form(served, form)
        if not isinstance(read, Refused):
            services.current().counter.visits.keep_card(served.visit, read)
            return redirect(url_for("serving.compare", visit_id=visit_id), 303)
        show_refusal(form, Refused(FIELD_OF_CLAIM.get(read.field, read.field), read.reason))
    if form.is_submitted():
        served = keep_number(served, form)
    page = render_template("officials/card.html", official=served.official, served=served, form=form)
    return answer_form(page, form)


def keep_number(served: Served, form: Any) -> Served:
    """Keep a number that is one: another field's fault has nobody type it again, and no page shows it."""
    number = parse_number(IDENTITY_CARD, form.number.data or "")
    if served.number is not None or isinstance(number, Refused):
        return served
    return served._replace(visit=note_number(served.visit, number))


def note_number(visit: Visit, number: DocumentNumber) -> Visit:
    """Keep the number of the document on the table beside what is known already."""
    return services.current().counter.visits.keep_card(visit, replace(visit.card, number=number))


def _form_data(served: Served) -> dict[str, Any]:
    """Return what is known: what was read off the card, else what the account says."""
    known = {**(served.account.profile if served.account else {}), **served.visit.card.claims}
    address = known.get("address") or {}
    return {
        "name": known.get("name", ""),
        "birthdate": write_date(str(known.get("birthdate", ""))),
        "gender": known.get("gender", ""),
        # Nothing is ticked beforehand but what the official ticked themselves a page ago
        "lives_here": address.get("locality") == served.official.commune_name,
        "street_address": address.get("street_address", ""),
        "phone": known.get("phone_number", ""),
    }


def read_form(served: Served, form: Any) -> Card | Refused:
    """Return the card as it was typed, or what is wrong with the first bad field."""
    birthdate = read_date(form.birthdate.data)
    if not birthdate:
        return Refused("birthdate", "birthdate")
    refused = check_age(birthdate, services.now())
    if refused is not None:
        return refused
    number = served.number or parse_number(IDENTITY_CARD, form.number.data or "")
    if isinstance(number, Refused):
        return number
    claims = {"name": form.name.data, "birthdate": birthdate, "gender": form.gender.data}
    checked = check_profile({**claims, **({} if served.account else _claims_of_newcomer(served, form))})
    if isinstance(checked, Refused):
        return checked
    return Card(number, checked, served.visit.card.warnings)


def _claims_of_newcomer(served: Served, form: Any) -> dict[str, Any]:
    address = {"street_address": form.street_address.data, "country": "VN"}
    if form.lives_here.data:
        address |= {"locality": served.official.commune_name, "region": REGION}
    lives = {"address": address} if form.lives_here.data or form.street_address.data else {}
    return {"phone_number": form.phone.data, **lives}


@blueprint.route("/compare", methods=["GET", "POST"])
def compare(visit_id: str) -> ResponseReturnValue:
    """Compare the person with the card, and record identity level 2."""
    served = get_served(visit_id)
    if not {"name", "birthdate"} <= served.visit.card.claims.keys() or served.number is None:
        return redirect(url_for("serving.card", visit_id=visit_id), 303)
    form = ComparedForm()
    if form.validate_on_submit():
        refused = record(served)
        if refused is None:
            tell(gettext("Recorded: the identity was checked in person."))
            return redirect(url_for("serving.show", visit_id=visit_id), 303)
        if refused is ASKED:
            tell(message_of(refused), "care")
            return redirect(url_for("serving.show", visit_id=visit_id), 303)
        show_refusal(form, Refused("", refused.reason))
    claims = served.visit.card.claims
    page = render_template(
        "officials/compare.html",
        official=served.official,
        served=served,
        form=form,
        card={**claims, "birthdate": write_date(claims["birthdate"])},
        warnings=[WARNINGS[w] for w in warnings_of(served.visit.card) if w in WARNINGS],
        corrects=is_correction(served),
        hours=services.current().settings.counter_recovery_wait_seconds // 3600,
        differs=served.account is not None and served.account.profile.get("name") != claims["name"],
    )
    return answer_form(page, form)


def record(served: Served) -> Refused | None:
    """Record that the person was seen; begin the account where there is none, in the same transaction."""
    account = served.account or begin_account(served)
    if isinstance(account, Refused):
        return account
    refused = record_of(served, account)
    if served.account is not None:
        return refused
    if refused is not None:
        # Nobody could find it, and nobody's card leads to it
        services.current().accounts.delete(account.id, services.now())
        return refused
    note_begun(served, account)
    return None


def record_of(served: Served, account: Account) -> Refused | None:
    parts, now, official, card = services.current(), services.now(), served.official, served.visit.card
    identity = parts.accounts.identity
    if served.is_checked and identity.find_number(account.id) != card.number and not served.is_renewed:
        # One official must not be able to make one checked person another
        return _refuse(account.id, "number_differs", official)
    if served.is_renewed and card.number and identity.find_account_id(card.number) is not None:
        return _refuse(account.id, "number_taken", official)
    if not parts.counter.people.claim(account, official.commune, now):
        return _refuse(account.id, "other_commune", official)
    claims = {name: card.claims[name] for name in CARD_CLAIMS if name in card.claims}
    corrects = is_correction(served)
    if corrects:
        read = {**claims, "number": card.number.text} if served.is_renewed and card.number else claims
        waits = parts.counter.corrections.take(account.id, read, official.account_id, official.commune, now)
        if waits is not None:
            return waits
    evidence = Evidence(
        number=card.number,
        check_method=SEEN_BY_AN_OFFICIAL,
        organisation=official.commune,
        warnings=warnings_of(card),
    )
    refused = parts.accounts.raise_identity_level(account.id, SEEN_IN_PERSON_LEVEL, claims, evidence, now)
    if refused is None:
        act = acts.CORRECTED if corrects else acts.COMPARED
        parts.counter.acts.note_once(act, official.account_id, account.id, official.commune, now)
    return refused


def is_correction(served: Served) -> bool:
    """Say whether two have to read it: the document says otherwise than before, or is another one."""
    return served.is_renewed or bool(corrected_claims(served))


def corrected_claims(served: Served) -> dict[str, Any]:
    """Return what the card says otherwise than was checked before; one official alone changes none of it."""
    if served.account is None or not served.is_checked:
        return {}
    found = services.current().accounts.identity.find_verification(served.account.id)
    known = found.claims if found is not None else {}
    card = served.visit.card.claims
    names = [name for name in CARD_CLAIMS if name in card and name in known]
    return {name: card[name] for name in names if card[name] != known[name]}


def begin_account(served: Served) -> Account | Refused:
    """Begin the account of somebody new, unless their number came to be somebody's meanwhile."""
    parts, now, official = services.current(), services.now(), served.official
    number = served.number
    if number is None or parts.accounts.identity.find_account_id(number) is not None:
        return Refused("", "number_taken")
    return parts.counter.people.begin(served.visit.card.claims, web.current_locale(), official.commune, now)


def note_begun(served: Served, account: Account) -> None:
    counter, official = services.current().counter, served.official
    counter.visits.keep_account(served.visit, account.id)
    counter.acts.note(acts.ENROLLED, official.account_id, account.id, official.commune, services.now())


def _refuse(account_id: str, reason: str, official: Official) -> Refused:
    services.current().audit.record(
        "counter.compared", outcome="refused", reason=reason, account_id=account_id, now=services.now(),
        details={"actor": official.account_id, "commune": official.commune},
    )  # fmt: skip
    return Refused("", reason)
