"""Reviews, as reviewers see them: the oldest first, one page each, decided by a button."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.models import Client
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.admin.desk import Operator, get_operator
from tnid.admin.roles import Permission
from tnid.clashes import explains_clashes, has_clashed
from tnid.developers.disclosure_forms import name_of_item
from tnid.developers.disclosure_words import BASES
from tnid.reviews.differences import list_differences
from tnid.reviews.document import hosts_of, must_be_two, wishes_of
from tnid.reviews.forms import REASONS, CommentForm, DecisionForm, name_of_field
from tnid.reviews.lookalikes import names_in
from tnid.reviews.records import Approval, Review
from tnid.reviews.remarks import list_remarks
from tnid.reviews.words import STATES
from tnid.stores.reviews import SUBMITTED

blueprint = declare(Blueprint("admin_reviews", __name__, url_prefix="/admin/reviews"), Guard.OPERATOR)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the reviews in a state; those that wait longest first."""
    get_operator(Permission.REVIEW)
    state = request.args.get("state", SUBMITTED)
    state = state if state in STATES else SUBMITTED
    found = services.current().going_live.reviews.list_in_state(state)
    listed = [(one, must_be_two(one.document)) for one in found]
    return render_template("reviews/queue.html", listed=listed, state=state, states=STATES)


@blueprint.get("/<review_id>")
def show(review_id: str) -> ResponseReturnValue:
    """Show all that a decision needs on one page."""
    operator = get_operator(Permission.REVIEW)
    review = get_review(review_id)
    return _show(operator, review, CommentForm(formdata=None).about(review.document), _decision(review))


def get_review(review_id: str) -> Review:
    found = services.current().going_live.reviews.find(review_id)
    return found if found is not None else abort(404)


def _decision(review: Review) -> DecisionForm:
    return DecisionForm(formdata=None, revision=str(review.revision))


def _show(operator: Operator, review: Review, comment: CommentForm, form: DecisionForm) -> str:
    going_live, clients = services.current().going_live, services.current().clients
    live = clients.find_now(review.live_client_id) if review.live_client_id else None
    agreed = going_live.agreements.find_current(review.application_id)
    before = agreed.document if agreed is not None else None
    return render_template(
        "reviews/review.html",
        review=review,
        document=review.document,
        wishes=wishes_of(review.document),
        hosts=hosts_of(review.document["metadata"]),
        remarks=list_remarks(review.document, live, list_names(review)) if review.is_open else [],
        differences=list_differences(before, review.document) if before else None,
        since=list_differences(review.previous, review.document) if review.previous else None,
        comments=going_live.reviews.list_comments(review.id),
        needs_two=must_be_two(review.document),
        is_first=review.first_by == operator.account_id,
        is_own=going_live.reviews.is_own(review, operator.account_id),
        name_of_item=name_of_item,
        name_of_field=name_of_field,
        bases=BASES,
        reason_names=REASONS,
        states=STATES,
        comment=comment,
        form=form,
    )


def list_names(review: Review) -> list[str]:
    """Return what other live applications are called."""
    others = services.current().clients.list_all()
    return [name for one in others if _is_another(one, review) for name in names_in(_names_of(one))]


def _is_another(client: Client, review: Review) -> bool:
    return not client.is_sandbox and client.client_id != review.live_client_id


def _names_of(client: Client) -> dict[str, Any]:
    return {n: text for n, text in client.metadata.items() if n.partition("#")[0] == "client_name"}


@blueprint.post("/<review_id>/comments")
def add_comment(review_id: str) -> ResponseReturnValue:
    """Take a comment, which the team is told of."""
    operator = get_operator(Permission.REVIEW)
    review = get_review(review_id)
    form = CommentForm().about(review.document)
    if form.validate_on_submit():
        refused = services.current().going_live.reviews.comment(
            review, form.field.data or "", form.text.data, operator.account_id, services.now(),
            by_reviewer=True,
        )  # fmt: skip
        if refused is None:
            flash(gettext("Said to the team."), "good")
            return redirect(url_for("admin_reviews.show", review_id=review_id), 303)
        show_refusal(form, refused)
    return _show(operator, review, form, _decision(review)), 400


@blueprint.post("/<review_id>/decision")
@explains_clashes
def decide(review_id: str) -> ResponseReturnValue:
    """Carry out the button that was pressed, for the revision that was looked at."""
    operator = get_operator(Permission.REVIEW)
    review = get_review(review_id)
    form = DecisionForm()
    if form.validate_on_submit():
        clashed = Refused("", "changed_meanwhile") if has_clashed() else None
        outcome = clashed or carry_out(review_id, form, operator.account_id)
        if isinstance(outcome, Refused):
            show_refusal(form, outcome)
        else:
            flash(outcome, "good")
            return redirect(url_for("admin_reviews.show", review_id=review_id), 303)
    review = get_review(review_id)
    # What is shown now is what the next press is about; what was typed stays
    form.revision.data = str(review.revision)
    page = _show(operator, review, CommentForm(formdata=None).about(review.document), form)
    return page, (409 if not form.reason.errors else 400)


def carry_out(review_id: str, form: DecisionForm, by: str) -> str | Refused:
    """Return what was done, in words, or why it wasn't."""
    reviews, now = services.current().going_live.reviews, services.now()
    seen, reason = read_revision(form.revision.data), form.reason.data or ""
    match request.form.get("decision"):
        case "approve":
            approved = reviews.approve(review_id, seen, by, now)
            return approved if isinstance(approved, Refused) else _words_of(approved)
        case "changes":
            refused = reviews.ask_changes(review_id, seen, reason, by, now)
            return refused or str(gettext("Given back to the team, with what you wrote."))
        case "refuse":
            refused = reviews.refuse(review_id, seen, reason, by, now)
            return refused or str(gettext("Turned down. The team is told why."))
    return Refused("", "choose_one")


def _words_of(approved: Approval) -> str:
    if not approved.is_whole:
        return str(gettext("You agreed. A second reviewer has to agree, too."))
    return str(gettext("Approved, and live. Certificate number %(number)s.", number=approved.number))


def read_revision(text: str | None) -> int:
    """Return the number of the revision that a form was about, 0 for what is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 0
