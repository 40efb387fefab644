"""A client's secrets: made, shown once, ended now or at a chosen time."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, SubmitField
from wtforms.fields.choices import SelectChoice

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.choices import DropDown, Radios
from tnid.accounts.forms import attempt_field
from tnid.accounts.messages import message_of
from tnid.accounts.refusal import Refused
from tnid.developers.changes import OPENING
from tnid.developers.desk import find_obstacle
from tnid.developers.metadata_place import PREFIX, Place, context_of, get_place, is_shut
from tnid.developers.names import name_of
from tnid.developers.records import LIVE
from tnid.developers.roles import Permission
from tnid.developers.secrets import MOST_SECRETS, OVERLAPS, USUAL_OVERLAP
from tnid.signin import kept

blueprint = declare(Blueprint("client_secrets", __name__, url_prefix=f"{PREFIX}/secrets"), Guard.DEVELOPER)

SHOWN = "client_secret"
OVERLAP_WORDS = {
    "0": _("at once"),
    "1": _("in a day"),
    "7": _("in a week"),
    "30": _("in 30 days"),
    "": _("when somebody ends it"),
}


class NewSecretForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """When the secret before is to end; the same form sent twice makes one secret."""

    attempt = attempt_field()
    overlap = Radios(choices=[SelectChoice(*one) for one in OVERLAP_WORDS.items()], default=USUAL_OVERLAP)
    submit = SubmitField()


class PlanForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """When a secret ends by itself."""

    overlap = DropDown(choices=[SelectChoice(*one) for one in OVERLAP_WORDS.items() if one[0] != "0"])
    submit = SubmitField()


class EndForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The last one is ended by somebody who says that they are sure."""

    sure = BooleanField()
    submit = SubmitField()


def get_secrets_place(application_id: str, env: str, *, is_write: bool = False) -> Place:
    """Return whose secrets these are; those that open the live client are an owner's to write."""
    write = Permission.MANAGE if env == LIVE else Permission.CHANGE
    return get_place(application_id, env, write if is_write else Permission.LOOK)


def find_secret_obstacle(place: Place) -> ResponseReturnValue | None:
    """Return the way to a fresh sign-in of two factors where it is the live client's secret."""
    if place.env != LIVE:
        return None
    seconds = services.current().settings.fresh_sign_in_seconds
    return find_obstacle(address_of(place), within_seconds=seconds)


def address_of(place: Place) -> str:
    return url_for("client_secrets.show", application_id=place.standing.application.id, env=place.env)


@blueprint.get("")
def show(application_id: str, env: str) -> ResponseReturnValue:
    """List the secrets; show a new one this once."""
    place = get_secrets_place(application_id, env, is_write="change" in request.args)
    if "change" in request.args and (obstacle := find_secret_obstacle(place)) is not None:
        return obstacle
    shown = kept.find(SHOWN, place.account_id)
    is_shown = shown is not None and shown[0] == place.client.client_id
    if is_shown:
        # A reload shows it no more: only the browser's own cookie changes
        kept.drop(SHOWN)
    return page_of(place, NewSecretForm(), new_secret=shown[1] if shown and is_shown else None)


@blueprint.post("")
def make(application_id: str, env: str) -> ResponseReturnValue:
    """Make a secret beside the one there is."""
    place = get_secrets_place(application_id, env, is_write=True)
    if (obstacle := find_secret_obstacle(place)) is not None:
        return obstacle
    form = NewSecretForm()
    if not form.validate_on_submit():
        return page_of(place, form), 400
    made = services.current().developers.secrets.make(
        place.client, services.now(), by=place.account_id, attempt=form.attempt.data,
        overlap=OVERLAPS[form.overlap.data],
    )  # fmt: skip
    if isinstance(made, Refused):
        flash(message_of(made), "care")
    else:
        kept.keep(SHOWN, place.account_id, [place.client.client_id, made])
    return redirect(address_of(place), 303)


@blueprint.route("/<secret_id>/end", methods=["GET", "POST"])
def end(application_id: str, env: str, secret_id: str) -> ResponseReturnValue:
    """Ask whether a secret is to end now, and end it."""
    place = get_secrets_place(application_id, env, is_write=True)
    if (obstacle := find_secret_obstacle(place)) is not None:
        return obstacle
    listed = services.current().developers.secrets.list_of(place.client, services.now())
    found = next((one for one in listed if one.id == secret_id), None)
    form = EndForm()
    if found is None:
        flash(gettext("This secret has ended already."), "good")
        return redirect(address_of(place), 303)
    if form.validate_on_submit():
        refused = services.current().developers.secrets.end(
            place.client, secret_id, services.now(), by=place.account_id, is_sure=bool(form.sure.data)
        )
        if refused is None:
            flash(gettext("The secret has ended. It opens nothing any more."), "good")
            return redirect(address_of(place), 303)
        form.sure.errors = [message_of(refused)]
    is_last = not any(one.ends_at is None for one in listed if one.id != secret_id)
    page = render_template(
        "developers/secret_end.html", **context_of(place), form=form, secret=found, is_last=is_last
    )
    return answer_form(page, form)


@blueprint.post("/<secret_id>/plan")
def plan(application_id: str, env: str, secret_id: str) -> ResponseReturnValue:
    """Choose when a secret ends by itself."""
    place = get_secrets_place(application_id, env, is_write=True)
    if (obstacle := find_secret_obstacle(place)) is not None:
        return obstacle
    form, now = PlanForm(), services.now()
    if form.validate_on_submit():
        seconds = OVERLAPS[form.overlap.data]
        refused = services.current().developers.secrets.plan_end(
            place.client, secret_id, now + seconds if seconds else None, now, by=place.account_id
        )
        words = message_of(refused) if refused else gettext("Noted when it ends.")
        flash(words, "care" if refused else "good")
    return redirect(address_of(place), 303)


def page_of(place: Place, form: Any, *, new_secret: str | None = None) -> str:
    listed = services.current().developers.secrets.list_of(place.client, services.now())
    may_write = place.standing.may(Permission.MANAGE if place.env == LIVE else Permission.CHANGE)
    return render_template(
        "developers/secrets.html",
        **context_of(place), form=form, plan_form=PlanForm(), new_secret=new_secret, may_write=may_write,
        secrets=[(one, name_of(one.made_by, place.account_id)) for one in listed],
        takes_secrets=place.client.auth_method.startswith("client_secret_"),
        has_room=len(listed) < MOST_SECRETS, needs_sign_in=may_write and is_shut(place, OPENING),
    )  # fmt: skip
