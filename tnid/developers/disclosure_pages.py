"""What an application asks people for: chosen, described item by item, and seen as people will see it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from oidc.consent import is_item_key
from oidc.models import Client
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.consent.applications import describe
from tnid.developers.desk import get_application
from tnid.developers.disclosure import BY_OPERATOR, GROUPS, Disclosure, Wish, read_disclosure
from tnid.developers.disclosure_checks import check_demands, check_wish
from tnid.developers.disclosure_forms import ChooseForm, DemandsForm, ItemForm, name_of_item
from tnid.developers.disclosure_preview import example_of, preview_items
from tnid.developers.disclosure_words import BASES, GROUP_HINTS, GROUP_NAMES
from tnid.developers.records import Standing
from tnid.developers.roles import Permission

blueprint = declare(
    Blueprint("disclosure", __name__, url_prefix="/developers/apps/<application_id>/data"), Guard.DEVELOPER
)


def asked_by(standing: Standing) -> Disclosure:
    return read_disclosure(standing.application.disclosure)


def _show(template: str, standing: Standing, **context: Any) -> str:
    return render_template(
        f"developers/{template}",
        standing=standing,
        team=standing.team,
        application=standing.application,
        may_change=standing.may(Permission.CHANGE),
        name_of_item=name_of_item,
        **context,
    )


@blueprint.get("")
def show(application_id: str) -> ResponseReturnValue:
    """Show what is asked for, and what is still to be said of it."""
    standing = get_application(application_id, Permission.LOOK)
    asked = asked_by(standing)
    listed = [(name, asked.items[name], asked.items[name].find_gaps(name)) for name in asked.names]
    return _show("data.html", standing, asked=asked, listed=listed, bases=BASES)


@blueprint.route("/choose", methods=["GET", "POST"])
def choose(application_id: str) -> ResponseReturnValue:
    """Take which items the application asks for."""
    standing = get_application(application_id, Permission.CHANGE)
    asked = asked_by(standing)
    form = ChooseForm(items=asked.names)
    if form.validate_on_submit():
        refused = services.current().developers.disclosures.choose(
            application_id, form.items.data or [], standing.member.account_id, services.now()
        )
        if refused is None:
            flash(gettext("Saved. In the sandbox it counts at once."), "good")
            return redirect(url_for("disclosure.show", application_id=application_id), 303)
        show_refusal(form, refused)
    page = _show(
        "data_choose.html", standing, form=form, ticked=frozenset(form.items.data or ()), groups=GROUPS,
        group_names=GROUP_NAMES, group_hints=GROUP_HINTS, example_of=example_of,
    )  # fmt: skip
    return answer_form(page, form)


CHOSEN_FROM = frozenset(name for names in GROUPS.values() for name in names)


@blueprint.route("/items/<path:name>", methods=["GET", "POST"])
def item(application_id: str, name: str) -> ResponseReturnValue:
    """Take what one item is for, on what ground, and how long it is kept."""
    standing = get_application(application_id, Permission.CHANGE)
    wish = asked_by(standing).items.get(name)
    # Whoever wrote all this while somebody gave the item up is told so, with what they wrote
    is_given_up = wish is None and request.method == "POST" and name in CHOSEN_FROM
    if wish is None and not is_given_up:
        abort(404)
    form = ItemForm(wish or Wish())
    if form.validate_on_submit():
        refused = save_item(standing, name, form.wish())
        if refused is None:
            return redirect(find_next(standing, name), 303)
        show_refusal(form, refused)
    page = _show(
        "data_item.html", standing, form=form, name=name, example=example_of(name),
        needs_reason=name in BY_OPERATOR,
    )  # fmt: skip
    return answer_form(page, form)


def save_item(standing: Standing, name: str, wish: Wish) -> Refused | None:
    refused = check_wish(name, wish)
    if refused is not None:
        return refused
    return services.current().developers.disclosures.describe(
        standing.application.id, name, wish, standing.member.account_id, services.now()
    )


def find_next(standing: Standing, name: str) -> str:
    """Return the page of the next item that lacks something, else that of all of them."""
    asked = services.current().developers.disclosures.find(standing.application.id)
    names = asked.names
    after = names[names.index(name) + 1 :] if name in names else names
    for one in (*after, *names):
        if asked.items[one].find_gaps(one):
            return url_for("disclosure.item", application_id=standing.application.id, name=one)
    flash(gettext("Saved. In the sandbox it counts at once."), "good")
    return url_for("disclosure.show", application_id=standing.application.id)


@blueprint.route("/demands", methods=["GET", "POST"])
def demands(application_id: str) -> ResponseReturnValue:
    """Take what is asked beside items: how sure of the person, helpers, staying connected, resources."""
    standing = get_application(application_id, Permission.CHANGE)
    asked = asked_by(standing)
    form = DemandsForm(
        least_acr=asked.least_acr, least_identity_level=str(asked.least_identity_level),
        accepts_mandates=asked.accepts_mandates, offline=asked.offline,
        resources=[f"{uri} {scope}" for uri, scopes in asked.resources.items() for scope in scopes],
        **{f"{one}_reason": asked.reasons.get(one, "") for one in ("level", "mandates", "resources")},
    )  # fmt: skip
    form.resources.choices = list_resources()
    if form.validate_on_submit():
        refused = save_demands(standing, form)
        if refused is None:
            flash(gettext("Saved. In the sandbox it counts at once."), "good")
            return redirect(url_for("disclosure.show", application_id=application_id), 303)
        show_refusal(form, refused)
    return answer_form(_show("data_demands.html", standing, form=form), form)


def list_resources() -> list[SelectChoice]:
    """Return the interfaces of other programs that may be asked for, each scope of each."""
    return [
        SelectChoice(f"{one.identifier} {scope}", f"{texts.get('vi', scope)} ({one.identifier})")
        for one in services.current().resources.list_all()
        if one.disabled_at is None
        for scope, texts in one.scopes.items()
        if is_item_key(scope)
    ]


def save_demands(standing: Standing, form: DemandsForm) -> Refused | None:
    resources: dict[str, list[str]] = {}
    for one in form.resources.data or ():
        uri, _, scope = one.partition(" ")
        resources.setdefault(uri, []).append(scope)
    wanted = {
        "least_acr": form.least_acr.data,
        "least_identity_level": int(form.least_identity_level.data),
        "accepts_mandates": form.accepts_mandates.data,
        "offline": form.offline.data,
        "resources": resources,
        "reasons": {one: form[f"{one}_reason"].data or "" for one in ("level", "mandates", "resources")},
    }
    refused = check_demands(wanted)
    if refused is not None:
        return refused
    return services.current().developers.disclosures.demand(
        standing.application.id, wanted, standing.member.account_id, services.now()
    )


@blueprint.get("/preview")
def preview(application_id: str) -> ResponseReturnValue:
    """Show the consent page as a made-up person would see it."""
    standing = get_application(application_id, Permission.LOOK)
    client = services.current().clients.find_now(standing.application.sandbox_client_id)
    asked = asked_by(standing)
    client = client if client is not None else Client(standing.application.sandbox_client_id, {})
    return _show(
        "data_preview.html", standing, app=describe(client), asked=asked,
        items=preview_items(asked, client),
    )  # fmt: skip
