"""What the settings were, how to bring something back; and all of them as one document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from oidc.clients.registration import read_members
from oidc.errors import InvalidClientMetadata
from oidc.strict_json import BadJson, load_object
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.refusal import Refused
from tnid.developers.changes import difference
from tnid.developers.fault_words import words_of
from tnid.developers.jwks_sources import is_secret
from tnid.developers.metadata import Saved, Version
from tnid.developers.metadata_diffs import describe_changes
from tnid.developers.metadata_fields import FIELDS
from tnid.developers.metadata_forms import DocumentForm, pretty
from tnid.developers.metadata_pages import after_saving
from tnid.developers.metadata_parts import fingerprint_of, show_faults, show_outcome
from tnid.developers.metadata_place import (
    PREFIX,
    Place,
    context_of,
    find_live_obstacle,
    find_opening_obstacle,
    get_place,
)
from tnid.developers.names import name_of
from tnid.developers.records import SANDBOX
from tnid.developers.roles import Permission
from tnid.stores.client_versions import DOCUMENT, FIRST, FORM, REGISTRATION, REVIEW, UNDO

blueprint = declare(Blueprint("client_history", __name__, url_prefix=PREFIX), Guard.DEVELOPER)

MOST_BYTES = 64 * 1024
SOURCES: dict[str, Any] = {
    FORM: _("on the pages of settings"),
    DOCUMENT: _("as a whole document"),
    REGISTRATION: _("by a program (RFC 7592)"),
    REVIEW: _("by a review"),
    UNDO: _("brought back"),
    FIRST: _("as it was at first"),
}


@blueprint.get("/history")
def history(application_id: str, env: str) -> ResponseReturnValue:
    """List the last ten versions: who, when, how, and what changed."""
    place = get_place(application_id, env, Permission.LOOK)
    versions = services.current().developers.settings.list_versions(place.client)
    entries = [
        (
            one,
            SOURCES.get(one.source, one.source),
            name_of(one.made_by, place.account_id),
            describe_changes(versions[at + 1].metadata, one.changed) if one.changed is not None else [],
        )
        for at, one in enumerate(versions)
    ]
    return render_template("developers/settings_history.html", **context_of(place), entries=entries)


@blueprint.route("/history/<int:number>", methods=["GET", "POST"])
def bring_back(application_id: str, env: str, number: int) -> ResponseReturnValue:
    """Show what bringing a version back would change, and bring it back by the rules of any change."""
    place = get_place(application_id, env, Permission.LOOK if request.method == "GET" else Permission.CHANGE)
    version = services.current().developers.settings.find_version(place.client, number)
    if version is None:
        abort(404)
    if request.method == "POST" and (obstacle := find_live_obstacle(place)) is not None:
        return obstacle
    form = PlainForm()
    if form.validate_on_submit():
        if (obstacle := find_opening_obstacle(place, version.metadata)) is not None:
            return obstacle
        outcome = services.current().developers.settings.save(
            application_id, place.client, version.metadata, place.account_id, services.now(), source=UNDO
        )
        if isinstance(outcome, Saved):
            return after_saving(place, outcome)
        show_outcome(form, outcome)
    return answer_form(show_version(place, version, form), form)


def show_version(place: Place, version: Version, form: Any) -> str:
    changes = describe_changes(place.client.metadata, difference(place.client.metadata, version.metadata))
    return render_template(
        "developers/settings_version.html", **context_of(place), found=version, form=form, changes_=changes,
        made_by=name_of(version.made_by, place.account_id),
    )  # fmt: skip


# As one document


@blueprint.get("/client.json")
def download(application_id: str, env: str) -> ResponseReturnValue:
    """Answer with the client's metadata as RFC 7591 has them; no secret is in it."""
    place = get_place(application_id, env, Permission.LOOK)
    document = {"client_id": place.client.client_id, **place.client.metadata}
    answer = Response(pretty(document) + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{env}-client.json"'
    return answer


@blueprint.route("/document", methods=["GET", "POST"])
def document(application_id: str, env: str) -> ResponseReturnValue:
    """Show the whole document; in the sandbox, judge what was written and save it where nothing is wrong."""
    is_write = request.method == "POST"
    place = get_place(application_id, env, Permission.CHANGE if is_write else Permission.LOOK)
    if is_write and env != SANDBOX:
        abort(403)
    form = DocumentForm(data={"document": place.client.metadata})
    whole = fingerprint_of(place.client.metadata, sorted(place.client.metadata))
    changed: dict[str, Any] | None = None
    if form.is_submitted():
        is_right = form.validate()
        written = read_document(form)
        changed = written if written is None else judge(place, form, written)
        if is_right and changed is not None and not form.check.data and not form.errors:
            outcome = save(place, form, written, whole)
            if isinstance(outcome, Saved):
                return after_saving(place, outcome)
            show_outcome(form, outcome)
    else:
        form.seen.data = whole
    page = render_template(
        "developers/settings_document.html", **context_of(place), form=form, fields=FIELDS,
        changes_=None if changed is None else describe_changes(place.client.metadata, changed),
        labels={"document": _("The document")},
    )  # fmt: skip
    return page, (400 if form.errors else 200)


def read_document(form: Any) -> dict[str, Any] | None:
    """Return what was written, None where it is no JSON object; a private key is forgotten at once."""
    typed = form.document.data or ""
    if '"d"' in typed and _holds_secret(typed):
        form.document.data = ""
        show_faults(form, [InvalidClientMetadata("", member="document", reason="secret_keys")])
        return None
    try:
        found = load_object(typed.encode(), max_bytes=MOST_BYTES)
    except BadJson:
        show_faults(form, [InvalidClientMetadata("", member="document", reason="not_json")])
        return None
    # What the registration's answer has beside the metadata may stay in a document that was downloaded
    return {name: value for name, value in found.items() if name not in ANSWERED}


ANSWERED = frozenset(
    {
        *("client_id", "client_id_issued_at", "client_secret", "client_secret_expires_at"),
        *("registration_access_token", "registration_client_uri"),
    }
)


def _holds_secret(typed: str) -> bool:
    try:
        jwks = orjson.loads(typed).get("jwks")
    except (ValueError, AttributeError):
        return False
    return is_secret(orjson.dumps(jwks).decode())


def judge(place: Place, form: Any, written: Mapping[str, Any]) -> dict[str, Any] | None:
    """Put what is wrong beside the document; return what it would change, None where something is wrong."""
    draft = services.current().developers.settings.judge(place.client, written)
    if draft.faults:
        show_faults_of_document(form, draft.faults)
        return None
    known = read_members(written)
    form.unknown = sorted(set(written) - set(known))
    return difference(place.client.metadata, draft.metadata)


def show_faults_of_document(form: Any, faults: Any) -> None:
    """Each fault with the member's own name: it is what stands in the document."""
    form.document.errors = [
        *form.document.errors,
        *(f"{fault.member}: {words_of(fault)}" if fault.member else words_of(fault) for fault in faults),
    ]


def save(place: Place, form: Any, written: Mapping[str, Any] | None, whole: str) -> Any:
    if form.seen.data != whole:
        form.seen.data = whole
        return Refused("", "changed_meanwhile")
    return services.current().developers.settings.save(
        place.standing.application.id, place.client, written or {}, place.account_id, services.now(),
        source=DOCUMENT,
    )  # fmt: skip
