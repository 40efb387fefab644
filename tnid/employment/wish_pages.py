"""What somebody looks for, as they say themselves: a page for a job, and one for a home.

Nobody sees it whom the person didn't let: it is a claim like any other, asked for by the scopes `jobs` and
`housing`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.account import Account
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.employment.wish_forms import HomeForm, JobForm
from tnid.employment.wish_words import write_home_wishes, write_job_wishes
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("wishes", __name__, url_prefix="/account/work/wishes"), Guard.SIGNED_IN)


class Page(NamedTuple):
    """A page of wishes: the claim that it is about, its form and its template."""

    claim: str
    form: Any
    template: str


PAGES = {
    "job": Page("job_seeker", JobForm, "employment/wish_job.html"),
    "home": Page("housing_seeker", HomeForm, "employment/wish_home.html"),
}


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show what the person has said that they look for."""
    profile = get_account().profile
    job, home = profile.get("job_seeker"), profile.get("housing_seeker")
    return render_template(
        "employment/wishes.html",
        job=write_job_wishes(job) if job else None,
        home=write_home_wishes(home) if home else None,
    )


@blueprint.route("/<any(job, home):name>", methods=["GET", "POST"])
def change(name: str) -> ResponseReturnValue:
    """Show one kind of wishes as a form, and keep what it says, or nothing of it any more."""
    page, account = PAGES[name], get_account()
    form = page.form()
    if not form.is_submitted():
        form.fill(account.profile.get(page.claim, {}))
    elif form.validate_on_submit() and save_form(account, page.claim, form):
        flash(gettext("Saved."), "good")
        return redirect(url_for("wishes.index"), 303)
    shown = render_template(page.template, form=form, is_kept=page.claim in account.profile)
    return answer_form(shown, form)


@blueprint.post("/<any(job, home):name>/remove")
def remove(name: str) -> ResponseReturnValue:
    """Forget one kind of wishes."""
    if PlainForm().validate_on_submit():
        save(get_account(), PAGES[name].claim, "")
        flash(gettext("Removed. Nobody learns of it any more."), "good")
    return redirect(url_for("wishes.index"), 303)


def get_account() -> Account:
    return services.current().accounts.get(get_end_user().account_id)


def save_form(account: Account, claim: str, form: Any) -> bool:
    """Store what the form says; False, with the reasons beside its fields, where something is wrong."""
    said = form.read()
    refused = said if isinstance(said, list) else [save(account, claim, said)]
    faults = [one for one in refused if one is not None]
    for fault in faults:
        show_refusal(form, fault)
    return not faults


def save(account: Account, claim: str, value: Any) -> Refused | None:
    return services.current().accounts.change_profile(account.id, {claim: value}, services.now())
