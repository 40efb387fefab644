"""The profile page: a person's own claims, as a form and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.ages import child_until
from tnid.accounts.answers import answer_form
from tnid.accounts.claims import check_profile
from tnid.accounts.dates import check_age, read_date, write_date
from tnid.accounts.forms import ProfileForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.accounts.service import Account
from tnid.messages.contacts import CHANNELS, find_address, is_verified, show_address
from tnid.signin.session import get_end_user

__all__ = ["blueprint", "read_date", "write_date"]

blueprint = declare(Blueprint("profile", __name__, url_prefix="/account"), Guard.SIGNED_IN)

TEXT_CLAIMS = ("name", "family_name", "middle_name", "given_name", "gender")
ADDRESS_CLAIMS = ("street_address", "locality", "region", "country")


@blueprint.route("/profile", methods=["GET", "POST"])
def show() -> ResponseReturnValue:
    """Show the claims, and replace those that the person corrected."""
    accounts = services.current().accounts
    account = accounts.get(get_end_user().account_id)
    form = ProfileForm(data=form_data(account))
    if form.validate_on_submit():
        refused = change(account, form)
        if refused is None:
            flash(gettext("Saved."), "good")
            return redirect(url_for("profile.show"), 303)
        show_refusal(form, refused)
    if form.is_submitted():
        show_other_faults(form, account.profile)
    page = render_template(
        "accounts/profile.html",
        form=form,
        contacts=describe_contacts(account),
        verification=accounts.identity.find_verification(account.id),
        number=accounts.identity.find_number(account.id),
    )
    return answer_form(page, form)


def describe_contacts(account: Account) -> list[dict[str, Any]]:
    """Return what the page shows of each way to reach the person, there or not."""
    sendable = services.current().messages.sendable
    found = [(channel, find_address(account.profile, channel)) for channel in CHANNELS]
    return [
        {
            "channel": channel,
            "address": show_address(account.profile, channel),
            "is_verified": is_verified(account.profile, channel),
            "may_verify": address is not None
            and channel in sendable
            and not is_verified(account.profile, channel),
        }
        for channel, address in found
    ]


def form_data(account: Account) -> dict[str, Any]:
    profile = account.profile
    return {
        **{name: profile.get(name, "") for name in TEXT_CLAIMS},
        **{name: profile.get("address", {}).get(name, "") for name in ADDRESS_CLAIMS},
        "birthdate": write_date(profile.get("birthdate", "")),
    }


def change(account: Account, form: Any) -> Refused | None:
    """Store what the form holds; claims that it doesn't show stay as they are."""
    birthdate = read_date(form.birthdate.data)
    if birthdate is None:
        return Refused("birthdate", "birthdate")
    refused = check_age(birthdate, services.now()) if birthdate else None
    refused = refused or find_fault_of_child(account, form, birthdate)
    if refused is not None:
        return refused
    claims = changes(account.profile, form, birthdate)
    refused = services.current().accounts.change_profile(account.id, claims, services.now())
    if refused is None or refused.field != "address":
        return refused
    return Refused(find_wrong_line(claims["address"]), refused.reason)


def show_other_faults(form: Any, known: Mapping[str, Any]) -> None:
    """Say of every line that nothing was said of yet what is wrong with it, not of the first alone."""
    address, birthdate = known.get("address", {}), read_date(form.birthdate.data)
    lines = [(name, {name: form[name].data}) for name in TEXT_CLAIMS]
    lines += [
        (name, {"address": {name: form[name].data}})
        for name in ADDRESS_CLAIMS
        if form[name].data != address.get(name, "")
    ]
    # What is no date for us is none for the claim either
    lines.append(("birthdate", {"birthdate": form.birthdate.data if birthdate is None else birthdate}))
    for name, line in lines:
        fault = check_profile(line, known=known)
        if isinstance(fault, Refused) and not form[name].errors:
            show_refusal(form, Refused(name, fault.reason))


def find_wrong_line(address: Mapping[str, str]) -> str:
    """Return the field of the address that was refused: the words stand beside it, and not above all four."""
    alone = ((name, {"address": {name: address.get(name, "")}}) for name in ADDRESS_CLAIMS)
    wrong = (name for name, line in alone if isinstance(check_profile(line), Refused))
    return next(wrong, ADDRESS_CLAIMS[0])


def find_fault_of_child(account: Account, form: Any, birthdate: str) -> Refused | None:
    """Ask once whether somebody is really so young; from then on their date is the commune's to change."""
    known, now = str(account.profile.get("birthdate", "")), services.now()
    if birthdate == known:
        return None
    if child_until(known, now) is not None:
        return Refused("birthdate", "birthdate_fixed")
    if child_until(birthdate, now) is None or form.confirmed_birthdate.data == birthdate:
        return None
    # Of a field that was sent, the page shows what was sent, unless it is set here
    form.confirmed_birthdate.data = birthdate
    return Refused("birthdate", "guardian_needed")


def changes(profile: Mapping[str, Any], form: Any, birthdate: str) -> dict[str, Any]:
    address = {**profile.get("address", {}), **{name: form[name].data for name in ADDRESS_CLAIMS}}
    return {
        **{name: form[name].data for name in TEXT_CLAIMS},
        "birthdate": birthdate,
        "address": {name: value for name, value in address.items() if value},
    }
