"""Organisations, as operators decide on them: approved, refused, suspended, and who acts for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.passwords import squash
from tnid.accounts.refusal import Refused
from tnid.admin.asking import NOT_FRESH, check_fresh, do_page, find_obstacle
from tnid.admin.desk import get_operator
from tnid.admin.forms import RepresentativeForm, SearchForm
from tnid.admin.lists import cut_page, read_choice, read_query
from tnid.admin.names import name_of_operator
from tnid.admin.requests import read_reason
from tnid.admin.roles import Permission
from tnid.employers.roles import HINTS, NAMES
from tnid.parks import name_of_park

blueprint = declare(Blueprint("admin_employers", __name__, url_prefix="/admin/employers"), Guard.OPERATOR)

FILTERS = ("waiting", "approved", "suspended", "all")


class Act(NamedTuple):
    """What an operator does to an organisation, and the page on which it is done."""

    title: Any
    warning: Any
    label: Any
    done: Any
    perform: Callable[[str, int], Refused | None]
    kind: str = ""


def _approve(employer_id: str, now: int) -> Refused | None:
    return services.current().employers.organisations.approve(employer_id, now)


def _refuse(employer_id: str, now: int) -> Refused | None:
    return services.current().employers.organisations.refuse(employer_id, now)


def _suspend(employer_id: str, now: int) -> Refused | None:
    is_done = services.current().employers.organisations.suspend(employer_id, now)
    return None if is_done else Refused("", "employer_stands")


def _resume(employer_id: str, now: int) -> Refused | None:
    is_done = services.current().employers.organisations.resume(employer_id, now)
    return None if is_done else Refused("", "employer_stands")


ACTS = {
    "approve": Act(
        _("Approve this organisation"),
        _("Who asked becomes its first manager, and is told. Say below how it was checked."),
        _("Approve"),
        _("Approved."),
        _approve,
    ),
    "refuse": Act(
        _("Refuse this organisation"),
        _("The request is removed, and who asked is told. They may ask again."),
        _("Refuse"),
        _("Refused."),
        _refuse,
        "grave",
    ),
    "suspend": Act(
        _("Suspend this organisation"),
        _("Nobody acts for it, and what it confirmed is passed on to no application, until it goes on."),
        _("Suspend"),
        _("Suspended."),
        _suspend,
        "grave",
    ),
    "resume": Act(
        _("Let this organisation go on"), "", _("Let it go on"), _("The organisation goes on."), _resume
    ),
}


@blueprint.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """List the organisations; those that wait to be decided first."""
    get_operator(Permission.EMPLOYERS)
    form, chosen = SearchForm(), read_choice(FILTERS)
    query = read_query(form)
    rows = services.current().employers.organisations.list_all()
    found = [row for row in rows if (_fits(row, query) if query else _is_chosen(row, chosen))]
    shown, paging = cut_page(found)
    return render_template(
        "admin/employers.html",
        form=form,
        employers=shown,
        chosen=chosen,
        filters=FILTERS,
        is_search=bool(query),
        **paging,
    )


def _is_chosen(row: Any, chosen: str) -> bool:
    return {
        "waiting": row.approved_at is None,
        "approved": row.approved_at is not None and row.suspended_at is None,
        "suspended": row.suspended_at is not None,
        "all": True,
    }[chosen]


def _fits(row: Any, query: str) -> bool:
    return query in squash(row.name) or query in squash(row.tax_code)


def get_employer(employer_id: str) -> Any:
    found = services.current().employers.organisations.find(employer_id)
    if found is None:
        abort(404)
    return found


@blueprint.get("/<employer_id>")
def show(employer_id: str) -> ResponseReturnValue:
    """Show one organisation, who asked for it, and who acts for it."""
    get_operator(Permission.EMPLOYERS)
    employer, parts = get_employer(employer_id), services.current()
    return render_template(
        "admin/employer.html",
        employer=employer,
        park=name_of_park(employer.park),
        asked_by=name_of_operator(employer.requested_by),
        others=[
            row
            for row in parts.employers.organisations.list_all()
            if row.tax_code == employer.tax_code and row.id != employer.id
        ],
        representatives=parts.employers.representatives.list_of_employer(employer_id, services.now()),
        names=NAMES,
    )


@blueprint.route("/<employer_id>/<act>", methods=["GET", "POST"])
def act(employer_id: str, act: str) -> ResponseReturnValue:
    """Do one of ACTS, with a reason."""
    operator = get_operator(Permission.EMPLOYERS)
    if act not in ACTS:
        abort(404)
    employer, chosen = get_employer(employer_id), ACTS[act]
    back = url_for("admin_employers.show", employer_id=employer_id)
    # What was refused is there no more
    back = url_for("admin_employers.index") if act == "refuse" else back
    return do_page(
        f"employer.{act}",
        lambda typed: perform(f"employer.{act}", employer_id, typed, operator.account_id, chosen.perform),
        back,
        str(chosen.done),
        title=chosen.title,
        what=f"{employer.name} ({employer.tax_code})",
        warning=chosen.warning,
        label=chosen.label,
        kind=chosen.kind,
    )


def perform(
    event: str, employer_id: str, typed: str, by: str, do: Callable[[str, int], Refused | None]
) -> Refused | None:
    """Do it for a reason; the log keeps who did, and why, or what stood in the way: `own_employer`, too."""
    reason, now = read_reason(typed), services.now()
    refused = reason if isinstance(reason, Refused) else _find_own(employer_id, by, now)
    refused = refused or do(employer_id, now)
    services.current().audit.record(
        "operator.act", outcome="refused" if refused else "ok", reason=refused.reason if refused else None,
        account_id=by, now=now,
        details={"act": event, "employer": employer_id, **({} if refused else {"why": reason})},
    )  # fmt: skip
    return refused


def _find_own(employer_id: str, by: str, now: int) -> Refused | None:
    """Return the refusal of an operator who asked for the organisation, or acts for it: nobody decides on
    what is theirs."""
    parts = services.current().employers
    employer = parts.organisations.find(employer_id)
    acting = [row.account_id for row in parts.representatives.list_of_employer(employer_id, now)]
    is_own = by in acting or (employer is not None and employer.requested_by == by)
    return Refused("", "own_employer") if is_own else None


@blueprint.route("/<employer_id>/representatives/new", methods=["GET", "POST"])
def add_representative(employer_id: str) -> ResponseReturnValue:
    """Make somebody a representative without an invitation, by their username."""
    operator, employer = get_operator(Permission.EMPLOYERS), get_employer(employer_id)
    if employer.approved_at is None:
        abort(404)
    if (obstacle := find_obstacle()) is not None:
        return obstacle
    form, refused = RepresentativeForm(), None
    if form.validate_on_submit():
        refused = check_fresh("operator.act", operator.account_id) or _add(
            form, employer_id, operator.account_id
        )
        if refused is None:
            flash(gettext("Done."), "good")
            return redirect(url_for("admin_employers.show", employer_id=employer_id), 303)
        show_refusal(form, refused)
    page = render_template(
        "admin/representative.html",
        employer=employer,
        form=form,
        hints=HINTS,
        is_stale=refused == NOT_FRESH,
    )
    return answer_form(page, form)


def _add(form: RepresentativeForm, employer_id: str, by: str) -> Refused | None:
    parts = services.current()
    account_id = parts.accounts.find_id_by_username(form.username.data)

    def do(employer_id: str, now: int) -> Refused | None:
        if account_id is None or account_id == by:
            return Refused("username", "own_account" if account_id else "nobody_open")
        return parts.employers.representatives.add(employer_id, account_id, form.role.data, now)

    return perform("representative.add", employer_id, form.reason.data or "", by, do)


@blueprint.route("/<employer_id>/representatives/<account_id>/remove", methods=["GET", "POST"])
def remove_representative(employer_id: str, account_id: str) -> ResponseReturnValue:
    """Take a representative's role back."""
    operator, employer = get_operator(Permission.EMPLOYERS), get_employer(employer_id)
    parts = services.current()

    def do(employer_id: str, now: int) -> Refused | None:
        removed = parts.employers.representatives.remove_by_operator(employer_id, account_id, now)
        return None if removed else Refused("", "no_representative")

    return do_page(
        "operator.act",
        lambda typed: perform("representative.remove", employer_id, typed, operator.account_id, do),
        url_for("admin_employers.show", employer_id=employer_id),
        gettext("The role is taken back."),
        title=gettext("Take a representative's role back"),
        what=f"{name_of_operator(account_id)} – {employer.name}",
        warning=gettext("Within a second no page of the organisation works for them."),
        label=gettext("Take it back"),
        kind="grave",
    )
