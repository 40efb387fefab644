"""The page on which a manager connects the organisation's personnel system: keys, each shown once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import SubmitField

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import text_field
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.employers.desk import end, find_obstacle, get_representative
from tnid.employers.representatives import Representative
from tnid.employers.roles import Permission
from tnid.signin import kept

KEY = "employer_token"

blueprint = declare(
    Blueprint("employer_scim", __name__, url_prefix="/employers/<employer_id>/scim"), Guard.REPRESENTATIVE
)


class KeyForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    label = text_field(required=True)
    submit = SubmitField()


class RevokeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A button alone."""

    submit = SubmitField()


@blueprint.route("", methods=["GET", "POST"])
def index(employer_id: str) -> ResponseReturnValue:
    """List the keys, and make one for the system that is named."""
    representative = get_representative(employer_id, Permission.MANAGE)
    if (obstacle := find_obstacle(employer_id)) is not None:
        return obstacle
    kept.drop(KEY)
    form = KeyForm()
    if form.validate_on_submit():
        made = services.current().employer_tokens.make(
            representative.employer.id, form.label.data or "", representative.account_id, services.now()
        )
        if not isinstance(made, Refused):
            kept.keep(KEY, representative.account_id, [employer_id, made.token, made.label])
            return redirect(url_for("employer_scim.show_key", employer_id=employer_id), 303)
        show_refusal(form, made)
    page = render_template(
        "employers/scim.html", representative=representative, employer=representative.employer,
        form=form, keys=list_keys(representative), base=services.current().scim.base,
    )  # fmt: skip
    return answer_form(page, form)


@blueprint.get("/key")
def show_key(employer_id: str) -> ResponseReturnValue:
    """Show the key that was just made, until one goes on from here; after that nobody sees it again."""
    representative = get_representative(employer_id, Permission.MANAGE)
    found = kept.find(KEY, representative.account_id)
    if found is None or found[0] != employer_id:
        return redirect(url_for("employer_scim.index", employer_id=employer_id), 303)
    return render_template(
        "employers/scim_key.html", representative=representative, employer=representative.employer,
        token=found[1], label=found[2], base=services.current().scim.base,
    )  # fmt: skip


@blueprint.route("/<token_id>", methods=["GET", "POST"])
def revoke(employer_id: str, token_id: str) -> ResponseReturnValue:
    """Ask whether a key is to end, and end it."""
    representative = get_representative(employer_id, Permission.MANAGE)
    key = next((one for one in list_keys(representative) if one.id == token_id), None)
    if key is None:
        end(representative.account_id, "not_found", 404)
    if (obstacle := find_obstacle(employer_id)) is not None:
        return obstacle
    form = RevokeForm()
    if form.validate_on_submit():
        services.current().employer_tokens.revoke(
            representative.employer.id, key.id, representative.account_id, services.now()
        )
        flash(gettext("%(name)s is revoked. From now on the key opens nothing.", name=key.label), "good")
        return redirect(url_for("employer_scim.index", employer_id=employer_id), 303)
    return render_template(
        "employers/scim_revoke.html", representative=representative, employer=representative.employer,
        key=key, form=form,
    )  # fmt: skip


def list_keys(representative: Representative) -> list[Any]:
    return services.current().employer_tokens.list_live(representative.employer.id, services.now())
