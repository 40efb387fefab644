"""`/developers/apps/<id>/preview`: whom to look at, what is asked for, and what would be told."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from oidc.errors import OAuthError
from oidc.models import AuthorizationRequest, Client
from tnid import services, web
from tnid.access import Guard, declare
from tnid.developers.desk import get_application
from tnid.developers.roles import Permission
from tnid.sandbox.forms import TWO, PreviewForm
from tnid.sandbox.json_shown import show_json
from tnid.sandbox.people import group, people
from tnid.sandbox.preview import Preview, look
from tnid.sandbox.session import ONE_FACTOR, TWO_FACTORS

blueprint = declare(
    Blueprint("sandbox_preview", __name__, url_prefix="/developers/apps/<application_id>/preview"),
    Guard.DEVELOPER,
)

OBSTACLES = {
    "second_factor": lazy_gettext("A second factor is asked for first: this sign-in is too weak."),
    "guardian": lazy_gettext("Nothing is told: this child's guardian hasn't agreed yet."),
    "mandate": lazy_gettext("The person is asked first for whom they sign in."),
    "identity_level": lazy_gettext("Nothing is told: the application needs a higher identity level."),
}
# For checks that every request passes; nothing of it is kept
USUAL = {
    "response_type": "code",
    "state": "preview",
    "nonce": "n-0S6_WzA2Mj",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
}


@blueprint.route("", methods=["GET", "POST"])
def show(application_id: str) -> ResponseReturnValue:
    """Show what would be told; it changes nothing, so that whoever may look may look at this."""
    standing = get_application(application_id, Permission.LOOK)
    client = services.current().clients.find_now(standing.application.sandbox_client_id)
    form = PreviewForm()
    if not form.is_submitted() and client is not None:
        form.scope.data = " ".join(client.scope)
    preview = find_preview(form, client) if form.validate_on_submit() and client is not None else None
    page = render_template(
        "sandbox/preview.html",
        standing=standing,
        team=standing.team,
        application=standing.application,
        form=form,
        client=client,
        groups=group(people().values()),
        locale_of_people=web.current_locale(),
        **describe(preview),
    )
    return page, (400 if form.errors else 200)


def find_preview(form: PreviewForm, client: Client) -> Preview | None:
    """Return what there is to see; None, with what is wrong said at its field, where there is nothing."""
    asked = read(form, client)
    if asked is None:
        return None
    assurance = TWO_FACTORS if form.factors.data == TWO else ONE_FACTOR
    return look(client, asked, people()[form.person.data], assurance, shares_all=form.share.data == "all")


def read(form: PreviewForm, client: Client) -> AuthorizationRequest | None:
    """Return the request that the form makes, held to every check; else say why it would be refused."""
    parameters = {**USUAL, "scope": " ".join(form.scope.data.split())}
    if form.claims.data.strip():
        parameters["claims"] = form.claims.data.strip()
    previews, now = services.current().provider.previews, services.now()
    try:
        return previews.read(client, parameters, now)
    except OAuthError as error:
        field = form.claims if "claims" in parameters and is_right(client, parameters) else form.scope
        field.errors = [
            gettext(
                "The request would be refused: %(error)s. %(why)s", error=error.code, why=error.description
            )
        ]
        return None


def is_right(client: Client, parameters: dict[str, str]) -> bool:
    """Say whether the request is good without its claims parameter."""
    rest = {name: value for name, value in parameters.items() if name != "claims"}
    try:
        services.current().provider.previews.read(client, rest, services.now())
    except OAuthError:
        return False
    return True


def describe(preview: Preview | None) -> dict[str, Any]:
    """Return what the template says of a preview."""
    if preview is None:
        return {"preview": None}
    return {
        "preview": preview,
        "id_token": show_json(preview.told.id_token),
        "userinfo": show_json(preview.told.userinfo),
        "obstacles": [OBSTACLES[name] for name in preview.told.obstacles if name in OBSTACLES],
    }
