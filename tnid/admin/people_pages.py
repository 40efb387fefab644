"""Support's pages: one person is found, seen masked, and helped."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.account import Account
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import message_of, show_refusal
from tnid.accounts.refusal import Refused
from tnid.admin.asking import NOT_FRESH, check_fresh, do_page, find_obstacle
from tnid.admin.desk import get_operator
from tnid.admin.forms import FindForm, ReasonForm
from tnid.admin.person import describe_person
from tnid.admin.requests import read_reason
from tnid.admin.roles import Permission
from tnid.admin.words import ACT_PAGES, FIELDS

blueprint = declare(Blueprint("admin_people", __name__, url_prefix="/admin/people"), Guard.OPERATOR)
STATUS_OF_REASON = {"not_found": 404, "own_account": 403, "too_many_searches": 429}


@blueprint.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Find a person by what was typed as a whole; it is in no address and no log."""
    operator = get_operator(Permission.PEOPLE)
    form, found, status = FindForm(), None, 200
    if form.validate_on_submit():
        people = services.current().admin.people
        answer = people.find(form.query.data, operator.account_id, services.now())
        if isinstance(answer, Refused):
            show_refusal(form, answer)
            status = STATUS_OF_REASON.get(answer.reason, 400)
        elif len(answer) == 1:
            return redirect(url_for("admin_people.show", account_id=answer[0].id), 303)
        else:
            found = [(account, people.masked(account)) for account in answer]
    elif form.is_submitted():
        status = 400
    return render_template("admin/people.html", form=form, found=found), status


def get_person(account_id: str) -> Account:
    """Return the person of the page, where this operator may see them; else end the request."""
    operator = get_operator(Permission.PEOPLE)
    found = services.current().admin.people.look(account_id, operator.account_id, services.now())
    if isinstance(found, Refused):
        abort(STATUS_OF_REASON[found.reason])
    return found


@blueprint.get("/<account_id>")
def show(account_id: str) -> ResponseReturnValue:
    """Show what there is of a person, masked."""
    account, parts, now = get_person(account_id), services.current(), services.now()
    return render_template(
        "admin/person.html",
        account=account,
        masked=parts.admin.people.masked(account),
        fields=FIELDS,
        may_audit=get_operator(Permission.PEOPLE).may(Permission.AUDIT),
        is_operator=bool(parts.admin.operators.list_roles(account.id, now)),
        **describe_person(account, now),
    )


@blueprint.route("/<account_id>/reveal/<field>", methods=["GET", "POST"])
def reveal(account_id: str, field: str) -> ResponseReturnValue:
    """Show one field in full, for a reason that the person reads too."""
    account, operator = get_person(account_id), get_operator(Permission.PEOPLE)
    if field not in FIELDS:
        abort(404)
    if (obstacle := find_obstacle()) is not None:
        return obstacle
    form, refused, value = ReasonForm(), None, None
    if form.validate_on_submit():
        refused, value = _reveal(account, field, form, operator.account_id)
        if refused is not None:
            show_refusal(form, refused)
    page = render_template(
        "admin/reveal.html",
        account=account,
        label=FIELDS[field],
        form=form,
        value=value,
        is_stale=refused == NOT_FRESH,
    )
    return page, (400 if refused is not None or (form.is_submitted() and value is None) else 200)


def _reveal(account: Account, field: str, form: ReasonForm, by: str) -> tuple[Refused | None, str | None]:
    people, reason = services.current().admin.people, read_reason(form.reason.data or "")
    if isinstance(reason, Refused):
        return people.refuse("reveal", reason.reason, account.id, by, services.now(), "reason"), None
    stale = check_fresh("person.reveal", by)
    if stale is not None:
        return stale, None
    return None, people.reveal(account, field, reason, by, services.now())


@blueprint.route("/<account_id>/<act>", methods=["GET", "POST"])
def act(account_id: str, act: str) -> ResponseReturnValue:
    """Do one of ACT_PAGES to the account, with a reason."""
    if act not in ACT_PAGES:
        abort(404)
    account, operator = get_person(account_id), get_operator(Permission.PEOPLE)
    title, warning, label, done = ACT_PAGES[act]

    def do(typed: str) -> Refused | None:
        return services.current().admin.care.do(act, account, typed, operator.account_id, services.now())

    return do_page(
        f"person.{act}",
        do,
        url_for("admin_people.show", account_id=account.id),
        str(done),
        title=title,
        what=account.username,
        warning=warning,
        label=label,
        kind="grave" if act in ("disable", "end_sessions") else "",
        reason_hint=gettext("One sentence. It stands in the log, and the person can read it."),
    )


@blueprint.post("/<account_id>/sessions")
def end_session(account_id: str) -> ResponseReturnValue:
    """End one session of the person's."""
    account, operator = get_person(account_id), get_operator(Permission.PEOPLE)
    form = PlainForm()
    if form.validate_on_submit():
        refused = services.current().admin.care.end_session(
            account, request.form.get("sid", ""), operator.account_id, services.now()
        )
        if refused is None:
            flash(gettext("Signed out there."), "good")
        else:
            flash(message_of(refused), "care")
    return redirect(url_for("admin_people.show", account_id=account.id), 303)
