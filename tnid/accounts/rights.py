"""Requests under the law: what can be done at once has its button here, the rest is asked for."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.choices import Radios
from tnid.accounts.data_requests import DAYS, DataRequest
from tnid.accounts.forms import CHOOSE_ONE, FILLED, REQUIRED, attempt_field, strip
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("rights", __name__, url_prefix="/account/rights"), Guard.SIGNED_IN)


class Right(NamedTuple):
    """What somebody may ask for, and the page where they can do it at once."""

    label: Any
    button: Any = ""
    address: str = ""


RIGHTS = {
    "see": Right(_("See what is stored about me"), _("See it now"), "/account/export"),
    "provide": Right(_("Get a copy of my data"), _("Get it now"), "/account/export"),
    "correct": Right(_("Correct what is wrong"), _("Correct it now"), "/account/profile"),
    "withdraw": Right(_("Take a consent back"), _("Take it back now"), "/account/applications"),
    "delete": Right(_("Delete my data"), _("Delete the account"), "/account/delete"),
    "restrict": Right(_("Restrict how my data is used")),
    "object": Right(_("Object to a use of my data")),
}


class RightsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    attempt = attempt_field()
    kind = Radios(
        choices=[SelectChoice(name, right.label) for name, right in RIGHTS.items()],
        validators=[CHOOSE_ONE],
    )
    words = TextAreaField(filters=[strip], validators=[REQUIRED, FILLED])
    submit = SubmitField()


@blueprint.route("", methods=["GET", "POST"])
def show() -> ResponseReturnValue:
    """Show the buttons, the person's requests with their clock, and take a new one."""
    requests, account_id, now = services.current().data_requests, get_end_user().account_id, services.now()
    form = RightsForm()
    if form.validate_on_submit():
        asked = (form.kind.data, form.words.data)
        refused: Refused | None = requests.make(account_id, *asked, now, attempt=form.attempt.data or "")
        if refused is None:
            flash(gettext("Your request is noted. Below stands by when it is answered."), "good")
            return redirect(url_for("rights.show"), 303)
        show_refusal(form, refused)
    page = render_template(
        "accounts/rights.html",
        form=form,
        at_once=[(str(r.label), str(r.button), r.address) for r in RIGHTS.values() if r.address],
        days=[(str(right.label), DAYS[name]) for name, right in RIGHTS.items()],
        requests=[describe(one, now) for one in requests.list_by_account(account_id)],
    )
    return answer_form(page, form)


def describe(one: DataRequest, now: int) -> dict[str, Any]:
    """Return a request as its person sees it."""
    return {
        "label": str(RIGHTS[one.kind].label),
        "words": one.words,
        "created_at": one.created_at,
        "acknowledge_by": one.acknowledge_by,
        "acknowledged_at": one.acknowledged_at,
        "due_at": one.due_at,
        "answered_at": one.answered_at,
        "is_done": one.outcome == "done",
        "is_late": one.is_late(now),
        "answer": one.answer,
    }
