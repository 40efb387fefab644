"""What people read of an application, and its picture, as its team changes them."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import message_of, show_refusal
from tnid.accounts.refusal import Refused
from tnid.developers.application_pages import shared
from tnid.developers.desk import get_application
from tnid.developers.forms import TextsForm
from tnid.developers.logos import MOST_BYTES
from tnid.developers.records import Application, Standing
from tnid.developers.roles import Permission
from tnid.developers.texts import FIELDS, LANGUAGES, Typed, digest_of

texts = declare(
    Blueprint("application_texts", __name__, url_prefix="/developers/apps/<application_id>/texts"),
    Guard.DEVELOPER,
)
# The form around the picture takes some bytes of its own; what is larger still is refused in words
logo = declare(
    Blueprint("application_logo", __name__, url_prefix="/developers/apps/<application_id>/logo"),
    Guard.DEVELOPER,
    most_bytes=4 * MOST_BYTES,
    files=("logo",),
)
pictures = declare(Blueprint("logos", __name__, url_prefix="/logos"), Guard.PUBLIC)

# A picture is never changed: another one has another address
PICTURE_HEADERS = {
    "Cache-Control": "private, max-age=86400, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@texts.route("", methods=["GET", "POST"])
def change(application_id: str) -> ResponseReturnValue:
    """Change name, purpose and organisation in three languages."""
    standing = get_application(application_id, Permission.CHANGE)
    form = TextsForm(shown=digest_of(standing.application.texts), **_fields_of(standing.application))
    if form.validate_on_submit():
        refused = services.current().developers.texts.change(standing, _typed(form), services.now())
        if refused is None:
            flash(gettext("Saved. In the sandbox it is read at once."), "good")
            return redirect(url_for("application_texts.change", application_id=application_id), 303)
        show_refusal(form, refused)
        # Who looks at the page again has seen what somebody else wrote
        form.shown.data = digest_of(standing.application.texts)
    return answer_form(show_page(standing, form), form)


def show_page(standing: Standing, form: TextsForm) -> str:
    return render_template(
        "developers/texts.html",
        **shared(standing),
        form=form,
        logo=standing.application.texts.get("logo"),
        is_changed=form.form_errors and form.is_submitted(),
    )


def _fields_of(application: Application) -> dict[str, str]:
    return {
        f"{name}_{language}": application.texts.get(name, {}).get(language, "")
        for name in FIELDS
        for language in LANGUAGES
    }


def _typed(form: TextsForm) -> Typed:
    found = {name: {lang: form[f"{name}_{lang}"].data or "" for lang in LANGUAGES} for name in FIELDS}
    return Typed(found, form.shown.data or "")


@logo.route("", methods=["GET", "POST"])
def upload(application_id: str) -> ResponseReturnValue:
    """Take a picture, and show it at once in the sandbox."""
    standing = get_application(application_id, Permission.CHANGE)
    form, refused = PlainForm(), None
    if form.validate_on_submit():
        file = request.files.get("logo")
        content = file.read(MOST_BYTES + 1) if file is not None else b""
        refused = services.current().developers.logos.upload(standing, content, services.now())
        if refused is None:
            flash(gettext("The logo is saved. In the sandbox it is shown at once."), "good")
            return redirect(url_for("application_texts.change", application_id=application_id), 303)
    page = render_template(
        "developers/logo.html",
        **shared(standing),
        form=form,
        logo=standing.application.texts.get("logo"),
        wrong=message_of(refused) if isinstance(refused, Refused) else None,
    )
    return answer_form(page, form)


@logo.post("/remove")
def remove(application_id: str) -> ResponseReturnValue:
    """Take the picture away."""
    standing = get_application(application_id, Permission.CHANGE)
    if PlainForm().validate_on_submit():
        refused = services.current().developers.logos.remove(standing, services.now())
        flash(*((message_of(refused), "care") if refused else (gettext("The logo is gone."), "good")))
    return redirect(url_for("application_texts.change", application_id=application_id), 303)


@pictures.get("/<logo_id>")
def picture(logo_id: str) -> ResponseReturnValue:
    """Answer with a picture of our own making; whoever knows its address may see it."""
    found = services.current().developers.logos.find(logo_id)
    if found is None:
        abort(404)
    return Response(found, mimetype="image/png", headers=PICTURE_HEADERS)
