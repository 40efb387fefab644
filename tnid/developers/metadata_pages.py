"""The settings of a client, a question a page: each explained, checked as it is typed and when it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from oidc.authorization.response import RESPONSE_MODES
from oidc.errors import BadMetadata
from oidc.models import Client
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.forms import PlainForm
from tnid.accounts.refusal import Refused
from tnid.developers.changes import RULES, Rule, merge
from tnid.developers.desk import get_application
from tnid.developers.fault_words import Advice, advice_words, find_advice
from tnid.developers.metadata import Saved
from tnid.developers.metadata_diffs import describe_changes
from tnid.developers.metadata_fields import FIELDS, label_of
from tnid.developers.metadata_parts import (
    PARTS,
    Entry,
    Part,
    fingerprint,
    list_parts,
    make_form,
    members_of,
    read_entry,
    show_faults,
    show_outcome,
    summary_of,
)
from tnid.developers.metadata_place import (
    PREFIX,
    Place,
    address_of,
    context_of,
    find_form_obstacle,
    find_live_obstacle,
    find_opening_obstacle,
    get_place,
    is_shut,
)
from tnid.developers.records import LIVE
from tnid.developers.roles import Permission
from tnid.stores.client_versions import FORM

blueprint = declare(Blueprint("client_settings", __name__, url_prefix=PREFIX), Guard.DEVELOPER)


RULE_WORDS: dict[Rule, Any] = {
    Rule.AT_ONCE: _("Without a review"),
    Rule.SAME_HOST: _("Without a review on a known host"),
    Rule.LISTENING: _("Without a review on a known host, but not to take it away"),
    Rule.STRICTER: _("Without a review to turn it on"),
    Rule.STRONGER: _("Without a review to what is stronger"),
    Rule.REVIEWED: _("After a review"),
}


def get_part(part_id: str, client: Client) -> Part:
    part = PARTS.get(part_id)
    if part is None or part not in list_parts(client):
        abort(404)
    return part


@blueprint.get("")
def index(application_id: str, env: str) -> ResponseReturnValue:
    """Show the pages of settings, what each holds now, and what waits for a review."""
    standing = get_application(application_id, Permission.LOOK)
    client_id = standing.application.client_id_of(env)
    client = services.current().clients.find_now(client_id) if client_id else None
    pending = services.current().developers.changes.pending(application_id) if env == LIVE and client else {}
    return render_template(
        "developers/settings.html",
        standing=standing, team=standing.team, application=standing.application, env=env, client=client,
        parts=[(part, summary_of(client.metadata, part)) for part in list_parts(client)] if client else [],
        pending=describe_changes(client.metadata, pending) if client else [],
        may_change=standing.may(Permission.CHANGE),
        rules=describe_rules() if env == LIVE else [],
    )  # fmt: skip


def describe_rules() -> list[tuple[Any, list[Any]]]:
    """Return the one table of what a live client changes by itself, as the page explains it."""
    others = [name for name in FIELDS if name not in RULES and name not in ("subject_type", "response_types")]
    named = {
        rule: [label_of(name) for name in RULES if RULES[name] is rule and name in FIELDS] for rule in Rule
    }
    named[Rule.REVIEWED] += [label_of(name) for name in others]
    return [(RULE_WORDS[rule], labels) for rule, labels in named.items() if labels]


# One page


@blueprint.route("/<part_id>", methods=["GET", "POST"])
def show(application_id: str, env: str, part_id: str) -> ResponseReturnValue:
    """Show a page of settings; judge what was typed, and save it where nothing is wrong."""
    place = get_place(application_id, env, Permission.LOOK if request.method == "GET" else Permission.CHANGE)
    part = get_part(part_id, place.client)
    form = make_form(part, place.client)
    if is_shut(place, members_of(part)):
        return answer_shut(place, part, form)
    if not form.is_submitted():
        return page_of(place, part, form)
    is_right = form.validate()
    entry = read_entry(form, place.client)
    if is_right and not form.check.data:
        document = merge(place.client.metadata, entry.changes)
        if (obstacle := find_opening_obstacle(place, document, part_id)) is not None:
            return obstacle
        outcome = save(place, part, form, entry)
        if isinstance(outcome, Saved):
            return after_saving(place, outcome)
        show_outcome(form, outcome)
    else:
        draft = services.current().developers.settings.draft(place.client, entry.changes)
        show_faults(form, [*entry.faults, *draft.faults])
    is_checked = bool(form.check.data) and not form.errors
    page = page_of(place, part, form, is_checked=is_checked, advice=entry.advice)
    return page, (400 if form.errors else 200)


def answer_shut(place: Place, part: Part, form: Any) -> ResponseReturnValue:
    """Answer who needs a sign-in before this form: what it holds to be read, and the way to the sign-in; and
    where the form stood open for too long, all that was typed, to be sent once they signed in beside it."""
    if form.is_submitted():
        form.validate()
        # A private key is forgotten even so
        show_faults(form, read_entry(form, place.client).faults)
        return page_of(place, part, form, is_stale=True), 403
    wants_to_change = place.may_change and "change" in request.args
    obstacle = find_form_obstacle(place, members_of(part), part.id) if wants_to_change else None
    return obstacle or page_of(place, part, form, needs_sign_in=place.may_change)


@blueprint.post("/<part_id>/check")
def check(application_id: str, env: str, part_id: str) -> ResponseReturnValue:
    """Answer the page's script with what is wrong so far; nobody is asked, and nothing is written."""
    place = get_place(application_id, env, Permission.CHANGE)
    part = get_part(part_id, place.client)
    settings = services.current().developers.settings
    seconds = settings.seconds_shut(place.account_id, services.now())
    if seconds:
        return jsonify({"errors": {}, "notes": {}}), 429, {"Retry-After": str(seconds)}
    form = make_form(part, place.client)
    form.validate()
    entry = read_entry(form, place.client)
    show_faults(form, [*entry.faults, *settings.draft(place.client, entry.changes).faults])
    names = [name for name in members_of(part) if name in form]
    notes: dict[str, list[str]] = {}
    for one in entry.advice:
        notes.setdefault(one.member, []).append(advice_words(one))
    errors = {name: [str(text) for text in form[name].errors] for name in names if form[name].errors}
    return jsonify({"errors": errors, "notes": notes})


def save(place: Place, part: Part, form: Any, entry: Entry) -> Saved | Refused | Sequence[BadMetadata]:
    settings = services.current().developers.settings
    if entry.faults:
        return [*entry.faults, *settings.draft(place.client, entry.changes).faults]
    if form.seen.data != fingerprint(place.client, part):
        form.seen.data = fingerprint(place.client, part)
        return Refused("", "changed_meanwhile")
    return settings.save(
        place.standing.application.id, place.client, merge(place.client.metadata, entry.changes),
        place.account_id, services.now(), source=FORM,
    )  # fmt: skip


def after_saving(place: Place, saved: Saved) -> ResponseReturnValue:
    """Say what changed, and what waits."""
    if saved.at_once:
        names = ", ".join(str(label_of(name)) for name in saved.at_once)
        flash(gettext("Saved: %(names)s.", names=names), "good")
    if saved.later:
        names = ", ".join(str(label_of(name)) for name in saved.later)
        flash(
            gettext("This waits for a review: %(names)s. Submit it on the page Review.", names=names), "care"
        )
    if not saved.at_once and not saved.later:
        flash(gettext("Nothing was changed."), "good")
    return redirect(address_of(place), 303)


def page_of(
    place: Place,
    part: Part,
    form: Any,
    *,
    is_checked: bool = False,
    advice: Sequence[Advice] | None = None,
    needs_sign_in: bool = False,
    is_stale: bool = False,
) -> str:
    if advice is None:
        advice = find_advice(place.client.metadata, is_sandbox=place.client.is_sandbox)
    notes: dict[str, list[str]] = {}
    for one in advice:
        notes.setdefault(one.member, []).append(advice_words(one))
    return render_template(
        "developers/settings_part.html",
        **context_of(place), part=part, form=form, fields=FIELDS, notes=notes, is_checked=is_checked,
        rules={name: RULE_WORDS[RULES.get(name, Rule.REVIEWED)] for name in members_of(part)},
        labels={name: label_of(name) for name in members_of(part)}, response_modes=RESPONSE_MODES,
        needs_sign_in=needs_sign_in, is_stale=is_stale,
    )  # fmt: skip


# What waits


@blueprint.post("/withdraw")
def withdraw(application_id: str, env: str) -> ResponseReturnValue:
    """Drop what waits for a review."""
    place = get_place(application_id, env, Permission.CHANGE)
    if (obstacle := find_live_obstacle(place)) is not None:
        return obstacle
    if PlainForm().validate_on_submit():
        services.current().developers.changes.withdraw(application_id, place.account_id, services.now())
        flash(gettext("What waited for a review is withdrawn."), "good")
    return redirect(address_of(place), 303)
