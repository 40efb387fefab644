"""Where the team is reached, and where the application says how it handles data: what no other page asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import SubmitField

from oidc.models import Client
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import text_field
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.developers.changes import merge
from tnid.developers.desk import get_application
from tnid.developers.metadata import Saved
from tnid.developers.metadata_parts import show_outcome
from tnid.developers.records import Standing
from tnid.developers.roles import Permission
from tnid.stores.client_versions import FORM

blueprint = declare(
    Blueprint("review_papers", __name__, url_prefix="/developers/apps/<application_id>/review/papers"),
    Guard.DEVELOPER,
)
MOST_CONTACTS = 5
_ADDRESS = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]{1,190}\.[^@\s,;<>.]{2,60}")
PAGES = ("policy_uri", "tos_uri")


class PapersForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Addresses, and pages of the application's own."""

    contacts = text_field(required=True)
    policy_uri = text_field(required=True)
    tos_uri = text_field()
    submit = SubmitField()


@blueprint.route("", methods=["GET", "POST"])
def show(application_id: str) -> ResponseReturnValue:
    """Take contacts and pages; they go live by the next review."""
    standing = get_application(application_id, Permission.CHANGE)
    client = services.current().clients.find_now(standing.application.sandbox_client_id)
    if client is None:
        abort(404)
    known = {name: client.metadata.get(name, "") for name in PAGES}
    form = PapersForm(contacts=", ".join(client.metadata.get("contacts", ())), **known)
    if form.validate_on_submit() and save(standing, client, form):
        return redirect(url_for("reviews.show", application_id=application_id), 303)
    page = render_template(
        "reviews/papers.html", standing=standing, team=standing.team, application=standing.application,
        form=form,
    )  # fmt: skip
    return answer_form(page, form)


def save(standing: Standing, client: Client, form: PapersForm) -> bool:
    """Keep what was typed in the sandbox's settings; say beside its field what is wrong."""
    contacts = [one for one in re.split(r"[\s,;]+", form.contacts.data) if one]
    if len(contacts) > MOST_CONTACTS or not all(_ADDRESS.fullmatch(one) for one in contacts):
        show_refusal(form, Refused("contacts", "review_contacts"))
        return False
    changes: Mapping[str, Any] = {
        "contacts": contacts,
        **{name: form[name].data or None for name in PAGES},
    }
    saved = services.current().developers.settings.save(
        standing.application.id, client, merge(client.metadata, changes), standing.member.account_id,
        services.now(), source=FORM,
    )  # fmt: skip
    if isinstance(saved, Saved):
        return True
    show_outcome(form, saved)
    return False
