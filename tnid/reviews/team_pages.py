"""Going live, as the team sees it: what is still missing, the review and its comments, what was agreed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.errors import InvalidClientMetadata, InvalidRedirectUri
from oidc.models import Client
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import message_of, show_refusal
from tnid.accounts.refusal import Refused
from tnid.developers.changes import merge
from tnid.developers.desk import find_obstacle, get_application
from tnid.developers.disclosure import LOGOUT, read_disclosure
from tnid.developers.disclosure_forms import name_of_item
from tnid.developers.disclosure_words import BASES
from tnid.developers.records import Standing
from tnid.developers.roles import Permission
from tnid.developers.words import is_line
from tnid.reviews.agreements import Agreement
from tnid.reviews.document import make_document
from tnid.reviews.forms import CommentForm, EndForm, LogoutForm, SubmitForm, name_of_field
from tnid.reviews.missing import Point, list_points
from tnid.reviews.words import STATES
from tnid.signin import kept
from tnid.signin.session import find_account

blueprint = declare(
    Blueprint("reviews", __name__, url_prefix="/developers/apps/<application_id>/review"), Guard.DEVELOPER
)
MOST_LINE = 100
TYPED = "review_submit"


def _here(application_id: str) -> str:
    return url_for("reviews.show", application_id=application_id)


def find_clients(standing: Standing) -> tuple[Client, Client | None]:
    """Return the sandbox client, and the live one where there is one; 404 where the first was deleted."""
    clients, application = services.current().clients, standing.application
    sandbox = clients.find_now(application.sandbox_client_id)
    live = clients.find_now(application.live_client_id) if application.live_client_id else None
    return sandbox if sandbox is not None else abort(404), live


def find_pending(standing: Standing) -> dict[str, Any]:
    """Return the changes of the live client's settings that wait for a review."""
    return services.current().developers.changes.pending(standing.application.id)


def find_points(standing: Standing) -> list[Point]:
    """Return what has to be there before the application can be submitted."""
    sandbox, live = find_clients(standing)
    reviews = services.current().going_live.reviews
    metadata = merge(live.metadata, find_pending(standing)) if live is not None else {}
    has_signed_in = live is not None or reviews.has_signed_in(sandbox.client_id)
    return list_points(
        standing.team, standing.application, sandbox, has_signed_in=has_signed_in, metadata=metadata
    )


@blueprint.get("")
def show(application_id: str) -> ResponseReturnValue:
    """Show how far it is, and what comes next."""
    standing = get_application(application_id, Permission.LOOK)
    return _show(standing, SubmitForm(**_typed_before(standing)))


def _typed_before(standing: Standing) -> dict[str, Any]:
    """Return what somebody typed who had to sign in with two factors first; else their own name."""
    typed = kept.find(TYPED, standing.member.account_id)
    if typed is not None and typed[0] == standing.application.id:
        return {"responsible": typed[1], "position": typed[2], "stands": bool(typed[3])}
    account = find_account()
    return {"responsible": account.display_name if account else ""}


def _keep_typed(standing: Standing, form: SubmitForm) -> None:
    lines = (form.responsible.data or "", form.position.data or "")
    typed = [*(line[:MOST_LINE] for line in lines), "y" if form.stands.data else ""]
    kept.keep(TYPED, standing.member.account_id, [standing.application.id, *typed])


def _show(standing: Standing, form: SubmitForm, comment: CommentForm | None = None) -> str:
    going_live, application = services.current().going_live, standing.application
    reviews = going_live.reviews.list_of_application(application.id)
    latest = reviews[0] if reviews else None
    return render_template(
        "reviews/team.html",
        standing=standing,
        team=standing.team,
        application=application,
        may_change=standing.may(Permission.CHANGE),
        may_manage=standing.may(Permission.MANAGE),
        points=find_points(standing),
        review=latest,
        earlier=reviews[1:],
        states=STATES,
        comments=going_live.reviews.list_comments(latest.id) if latest else [],
        name_of_field=name_of_field,
        agreements=going_live.agreements.list_of_application(application.id),
        form=form,
        comment=comment or (CommentForm().about(latest.document) if latest else None),
    )


@blueprint.post("/submit")
def submit(application_id: str) -> ResponseReturnValue:
    """Submit it as it is now; signed by somebody with two factors."""
    standing = get_application(application_id, Permission.CHANGE)
    form = SubmitForm()
    if (obstacle := find_obstacle(_here(application_id))) is not None:
        _keep_typed(standing, form)
        return obstacle
    if form.validate_on_submit():
        made = submit_as(standing, form)
        if not isinstance(made, Refused):
            kept.drop(TYPED)
            flash(
                gettext("Submitted. The members of the team get a message when there is an answer."), "good"
            )
            return redirect(_here(application_id), 303)
        show_refusal(form, made)
    return _show(standing, form), 400


def submit_as(standing: Standing, form: SubmitForm) -> str | Refused:
    """Return the review's id, or what stands against submitting."""
    if not all(point.is_met for point in find_points(standing)):
        return Refused("", "review_not_ready")
    responsible = {"name": form.responsible.data, "position": form.position.data}
    if not all(is_line(text, MOST_LINE) for text in responsible.values()):
        return Refused("responsible", "review_responsible")
    sandbox, live = find_clients(standing)
    try:
        document = make_document(
            standing.team, standing.application, sandbox, live, find_pending(standing), responsible
        )
    except (InvalidClientMetadata, InvalidRedirectUri):
        return Refused("", "review_settings")
    by, now = standing.member.account_id, services.now()
    return services.current().going_live.reviews.submit(document, by, now)


@blueprint.post("/comments")
def comment(application_id: str) -> ResponseReturnValue:
    """Take an answer to the reviewers."""
    standing = get_application(application_id, Permission.CHANGE)
    reviews = services.current().going_live.reviews
    review = next(iter(reviews.list_of_application(application_id)), None)
    if review is None:
        return redirect(_here(application_id), 303)
    form = CommentForm().about(review.document)
    if form.validate_on_submit():
        by, now = standing.member.account_id, services.now()
        refused = reviews.comment(review, form.field.data or "", form.text.data, by, now, by_reviewer=False)
        if refused is None:
            return redirect(f"{_here(application_id)}#comments", 303)
        show_refusal(form, refused)
    return _show(standing, SubmitForm(formdata=None), form), 400


@blueprint.post("/withdraw")
def withdraw(application_id: str) -> ResponseReturnValue:
    """Take the open review back."""
    standing = get_application(application_id, Permission.CHANGE)
    if PlainForm().validate_on_submit():
        reviews, by = services.current().going_live.reviews, standing.member.account_id
        if reviews.withdraw(application_id, by, services.now()):
            flash(gettext("Taken back. Nothing of it is decided any more."), "good")
        else:
            flash(message_of(Refused("", "review_decided")), "care")
    return redirect(_here(application_id), 303)


@blueprint.route("/logout", methods=["GET", "POST"])
def logout(application_id: str) -> ResponseReturnValue:
    """Take why the application need not be told of sign-outs."""
    standing = get_application(application_id, Permission.CHANGE)
    asked = read_disclosure(standing.application.disclosure)
    form = LogoutForm(reason=asked.reasons.get(LOGOUT, ""))
    if form.validate_on_submit():
        refused = save_logout(standing, form.reason.data)
        if refused is None:
            return redirect(_here(application_id), 303)
        show_refusal(form, refused)
    page = render_template(
        "reviews/logout.html", standing=standing, team=standing.team, application=standing.application,
        form=form,
    )  # fmt: skip
    return answer_form(page, form)


def save_logout(standing: Standing, reason: str) -> Refused | None:
    if not is_line(reason, 300):
        return Refused("reason", "disclosure_text")
    return services.current().developers.disclosures.demand(
        standing.application.id, {"reasons": {LOGOUT: reason}}, standing.member.account_id, services.now()
    )


@blueprint.route("/end", methods=["GET", "POST"])
def end(application_id: str) -> ResponseReturnValue:
    """End the live application for good, by an owner who was asked twice."""
    standing = get_application(application_id, Permission.MANAGE)
    if (obstacle := find_obstacle(_here(application_id))) is not None:
        return obstacle
    form = EndForm()
    if form.validate_on_submit():
        lives, by = services.current().going_live.lives, standing.member.account_id
        refused = lives.end(application_id, by, services.now())
        if refused is None:
            flash(gettext("Ended. Nobody signs in to the live application any more."), "good")
            return redirect(_here(application_id), 303)
        show_refusal(form, refused)
    page = render_template(
        "reviews/end.html", standing=standing, team=standing.team, application=standing.application, form=form
    )
    return answer_form(page, form)


@blueprint.get("/certificates/<number>")
def certificate(application_id: str, number: str) -> ResponseReturnValue:
    """Show a certificate of what was agreed, to be printed."""
    standing = get_application(application_id, Permission.LOOK)
    agreement = services.current().going_live.agreements.find_numbered(number)
    if agreement is None or agreement.application_id != application_id:
        abort(404)
    return render_template(
        "reviews/certificate.html",
        standing=standing,
        team=standing.team,
        application=standing.application,
        **describe_agreement(agreement),
    )


def describe_agreement(agreement: Agreement) -> dict[str, Any]:
    """Return what the page of a certificate says."""
    return {
        "agreement": agreement,
        "document": agreement.document,
        "asked": read_disclosure(
            {name: agreement.document[name] for name in ("items", "offline", "resources")}
        ),
        "name_of_item": name_of_item,
        "bases": BASES,
        "issuer": services.current().settings.issuer,
    }
