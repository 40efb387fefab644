"""One employment: its worker accepts it field by field, changes that, hides it, or takes it back.

What is decided here says who somebody works for, so that it takes two factors, shown in this browser.
"""

from __future__ import annotations

from typing import NoReturn

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare, send_to_sign_in
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.employment.forms import DecisionForm
from tnid.employment.lists import DECLINED, OFFERED, OVER, describe
from tnid.employment.service import Employment
from tnid.signin import kept
from tnid.signin.assurance import LOA2
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("work_decisions", __name__, url_prefix="/account/work"), Guard.SIGNED_IN)

INVITATION = "work_invitation"
FREE = (OFFERED, DECLINED)


@blueprint.before_request
def check_two_factors() -> ResponseReturnValue | None:
    """Ask for the second factor before anything is shown or typed."""
    if get_end_user().acr == LOA2:
        return None
    return send_to_sign_in(least_acr=LOA2, return_to=request.path)


@blueprint.route("/<employment_id>", methods=["GET", "POST"])
def show(employment_id: str) -> ResponseReturnValue:
    """Show what is attested, field by field, and take the ticks: what isn't ticked is refused."""
    found = get_employment(employment_id, "employment.look")
    work = describe(found, services.now())
    if work.state == OVER:
        return redirect(url_for("work.index"), 303)
    form, status = DecisionForm(), 200
    form.offer(found.fields)
    if form.is_submitted():
        refused = take_decision(found, form)
        if refused is None:
            flash(gettext("Saved. It is in force from this moment."), "good")
            return redirect(url_for("work.index"), 303)
        show_refusal(form, refused)
        status = 409 if refused.reason == "work_changed" else 400
        current = find_employment(employment_id)
        if current is None:
            flash(gettext("That is not offered any more. Nothing was saved."), "care")
            return redirect(url_for("work.index"), 303)
        work = describe(current, services.now())
    return render_template("employment/one.html", form=form, work=work), status


def take_decision(found: Employment, form: DecisionForm) -> Refused | None:
    """Record the ticks; refused with `work_changed` where they were set on a page that is out of date."""
    account_id, now = get_end_user().account_id, services.now()
    ticked, is_own = frozenset(form.accept.data or ()), found.row.account_id is not None
    if is_own and form.seen_version != found.version and ticked == found.accepted and not found.undecided:
        # A button that was pressed twice
        return None
    if form.seen_version == found.version and not form.validate():
        return Refused("", "choose_one")
    if not is_own and not ticked:
        return Refused("accept", "work_nothing_ticked")
    employments = services.current().employments
    if is_own:
        refused = employments.decide(account_id, found.id, form.seen_version, ticked, now)
    else:
        code = find_invitation(account_id)
        refused = employments.link(account_id, found.id, form.seen_version, ticked, now, code=code)
    if refused is None:
        kept.drop(INVITATION)
    return refused and Refused("", "work_changed")


@blueprint.route("/<employment_id>/decline", methods=["GET", "POST"])
def decline(employment_id: str) -> ResponseReturnValue:
    """Say that it isn't meant for this person, or unwanted."""
    found = get_employment(employment_id, "employment.decline")
    work = describe(found, services.now())
    if work.state not in FREE:
        return redirect(url_for("work.index"), 303)
    if PlainForm().validate_on_submit():
        account_id, now = get_end_user().account_id, services.now()
        services.current().employments.decline(account_id, found.id, now, code=find_invitation(account_id))
        kept.drop(INVITATION)
        flash(gettext("Declined. Nobody learns anything of it."), "good")
        return redirect(url_for("work.index"), 303)
    return render_template("employment/decline.html", work=work)


@blueprint.post("/<employment_id>/hidden")
def hide(employment_id: str) -> ResponseReturnValue:
    """Keep the employer from listings of jobs and homes, or don't."""
    found = get_employment(employment_id, "employment.hide")
    is_hidden = request.form.get("hidden") == "1"
    if services.current().employments.set_hidden(
        get_end_user().account_id, found.id, services.now(), is_hidden=is_hidden
    ):
        flash(gettext("Saved. It is in force from this moment."), "good")
    return redirect(url_for("work_decisions.show", employment_id=found.id), 303)


@blueprint.route("/<employment_id>/unlink", methods=["GET", "POST"])
def unlink(employment_id: str) -> ResponseReturnValue:
    """Take all of it back, after a page that says what that means."""
    found = get_employment(employment_id, "employment.unlink")
    work = describe(found, services.now())
    if work.state in (*FREE, OVER):
        return redirect(url_for("work.index"), 303)
    if PlainForm().validate_on_submit():
        services.current().employments.unlink(get_end_user().account_id, found.id, services.now())
        flash(gettext("Taken back. From this moment nobody can learn of it."), "good")
        return redirect(url_for("work.index"), 303)
    return render_template("employment/unlink.html", work=work)


@blueprint.route("/<employment_id>/forget", methods=["GET", "POST"])
def forget(employment_id: str) -> ResponseReturnValue:
    """Remove what is over from the person's own list."""
    found = get_employment(employment_id, "employment.forget")
    if found.row.ended_at is None:
        return redirect(url_for("work.index"), 303)
    if PlainForm().validate_on_submit():
        services.current().employments.forget(get_end_user().account_id, found.id, services.now())
        flash(gettext("Removed from your list."), "good")
        return redirect(url_for("work.index"), 303)
    return render_template("employment/forget.html", work=describe(found, services.now()))


def get_employment(employment_id: str, event: str) -> Employment:
    """Return an employment that this person linked or is offered; 404 for anything else."""
    found = find_employment(employment_id)
    return found if found is not None else not_found(event, get_end_user().account_id)


def find_employment(employment_id: str) -> Employment | None:
    employments, account_id, now = services.current().employments, get_end_user().account_id, services.now()
    found = employments.find_own(account_id, employment_id)
    code = find_invitation(account_id)
    return found or employments.find_offer(account_id, employment_id, now, code=code)


def not_found(event: str, account_id: str) -> NoReturn:
    """Answer 404, the same for what is another's and for what never was; the log keeps the try."""
    services.current().audit.record(
        event, outcome="refused", reason="not_found", account_id=account_id, now=services.now()
    )
    abort(404)


def find_invitation(account_id: str) -> str:
    """Return the code that the person typed within the last half-hour, "" for none."""
    found = kept.find(INVITATION, account_id)
    return found[0] if found else ""
