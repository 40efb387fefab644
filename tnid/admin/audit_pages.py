"""The audit log: searched page by page, taken along as a file, its seals checked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone, gettext

from tnid import desk, services
from tnid.access import Guard, declare
from tnid.accounts.forms import PlainForm
from tnid.accounts.history import read_place
from tnid.accounts.messages import message_of, show_refusal
from tnid.accounts.refusal import Refused
from tnid.admin.acts import EXPORT_AUDIT
from tnid.admin.asking import NOT_FRESH, ask_for, check_fresh, show_asked
from tnid.admin.audit_desk import (
    AGREED_SECONDS,
    BULK_EVENTS,
    FILES_ALONE,
    MOST_WINDOW_SECONDS,
    Search,
    read_conditions,
    write_arguments,
    write_lines,
    write_table,
)
from tnid.admin.desk import get_operator
from tnid.admin.forms import AuditForm
from tnid.admin.names import name_of_operator
from tnid.admin.roles import Permission
from tnid.stores.audit_search import Place

blueprint = declare(Blueprint("admin_audit", __name__, url_prefix="/admin/audit"), Guard.OPERATOR)

CONDITIONS = ("event", "outcome", "reason", "account", "client", "ip", "request")
USUAL_SECONDS = 86400
CHECKS_SHOWN = 3
FILES = {
    "csv": (write_table, "text/csv"),
    "jsonl": (write_lines, "application/x-ndjson"),
}


@blueprint.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Search the log: what was typed is in no address, but for the account that a link names."""
    operator = get_operator(Permission.AUDIT)
    form, found, refused = make_form(), None, None
    if form.validate_on_submit():
        asked = read_search(form)
        if isinstance(asked, Search) and request.form.get("file"):
            given = take_along(asked, form, operator.account_id)
            if not isinstance(given, Refused):
                return given
            asked = given
            # What a second one is asked for doesn't grow while a reason is typed
            form.until.data = form.until.data or write_time(services.now() + 59)
        if isinstance(asked, Search):
            before = request.form.get("before", "")
            place = Place(*read_place(before)) if before else None
            found = services.current().admin.audit.search(asked, place, operator.account_id, services.now())
        else:
            refused = asked
            show_refusal(form, refused)
    return show(form, found, refused)


def make_form() -> AuditForm:
    """Return the form, with the last day to look at where nothing was sent."""
    form = AuditForm()
    if not form.is_submitted():
        form.since.data = write_time(services.now() - USUAL_SECONDS)
        form.account.data = request.args.get("account", "")[:64]
    return form


def show(form: AuditForm, found: Any, refused: Refused | None) -> ResponseReturnValue:
    audit = services.current().admin.audit
    page = render_template(
        "admin/audit.html",
        form=form,
        found=found,
        before=f"{found.older.until}-{found.older.before_id}" if found and found.older else None,
        is_stale=refused == NOT_FRESH,
        may_export=desk.may_open(),
        is_bulk=refused is not None and refused.field == "why",
        bulk_events=BULK_EVENTS,
        files_alone=FILES_ALONE.allowed,
        checks=[(row, name_of_operator(row.checked_by)) for row in audit.list_checks(most=CHECKS_SHOWN)],
        has_more=any(form[name].data for name in ("reason", "account", "client", "ip", "request")),
    )
    is_wrong = refused is not None or (form.is_submitted() and found is None)
    return page, (400 if is_wrong else 200)


def read_search(form: AuditForm) -> Search | Refused:
    """Return what is looked for, or what is wrong with the first bad field."""
    given = read_conditions({name: form[name].data or "" for name in CONDITIONS})
    since, until = read_time(form.since.data, 0), read_time(form.until.data, services.now())
    if isinstance(given, Refused):
        return given
    if since is None or until is None:
        return Refused("until" if until is None else "since", "audit_time")
    since = since or until - USUAL_SECONDS
    if not 0 <= until - since <= MOST_WINDOW_SECONDS:
        return Refused("since", "audit_window")
    return Search(given, since, until)


def read_time(typed: str | None, otherwise: int) -> int | None:
    """Return a moment of the clock here as epoch seconds; None where it is none."""
    if not typed:
        return otherwise
    try:
        local = datetime.fromisoformat(typed)
        zone = local if local.tzinfo else get_timezone().localize(local)
        return int(zone.timestamp())
    except (ValueError, OverflowError):
        return None


def write_time(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone(get_timezone()).strftime("%Y-%m-%dT%H:%M")


def take_along(asked: Search, form: AuditForm, by: str) -> ResponseReturnValue | Refused:
    """Return a file, or ask a second operator for it: by which button was pressed. Both need a sign-in of
    the last minutes."""
    kind = request.form["file"]
    if kind == "ask":
        # As the page shows it, so that a form sent twice asks once
        given = ask_for(EXPORT_AUDIT, write_arguments(asked), form.why.data or "")
        if isinstance(given, Refused):
            return Refused("why", given.reason) if given.field == "reason" else given
        return show_asked()
    if kind not in FILES:
        abort(400)
    audit = services.current().admin.audit
    found = check_fresh("audit.export", by) or audit.export(asked, by, services.now())
    return found if isinstance(found, Refused) else write_file(found, kind)


@blueprint.post("/agreed/<request_id>")
def take_agreed(request_id: str) -> ResponseReturnValue:
    """Hand out what a second operator agreed to, to who asked for it."""
    operator = get_operator(Permission.AUDIT)
    parts, now, kind = services.current(), services.now(), request.form.get("file")
    asked = parts.admin.requests.find(request_id)
    if asked is None or asked.row.act != EXPORT_AUDIT or asked.row.asked_by != operator.account_id:
        abort(404)
    if asked.row.decision != "approved" or kind not in FILES or not PlainForm().validate_on_submit():
        abort(400)
    found: Any = check_fresh("audit.export", operator.account_id)
    if found is None and asked.row.decided_at <= now - AGREED_SECONDS:
        found = parts.admin.audit.refuse(
            asked.arguments, Refused("", "export_over"), operator.account_id, now
        )
    if found is None:
        agreed = {"request": request_id, "agreed_by": asked.row.decided_by or ""}
        found = parts.admin.audit.export_agreed(asked.arguments, agreed, operator.account_id, now)
    if isinstance(found, Refused):
        flash(message_of(found), "bad")
        return redirect(url_for("admin_requests.decide", request_id=request_id), 303)
    return write_file(found, kind)


def write_file(found: list[Any], kind: str) -> Response:
    """Return events as a file to keep."""
    write, mimetype = FILES[kind]
    name = f"thai-nguyen-id-audit-{datetime.fromtimestamp(services.now(), UTC):%Y%m%d-%H%M%S}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(b"".join(write(found)), mimetype=mimetype, headers=headers)


@blueprint.post("/verify")
def verify() -> ResponseReturnValue:
    """Check the seals of the log's end; the whole of it is for a command, as it takes long."""
    operator = get_operator(Permission.AUDIT)
    if PlainForm().validate_on_submit():
        found = services.current().admin.audit.check_latest(operator.account_id, services.now())
        if found.problems:
            flash(
                gettext("The log was tampered with. Run the whole check on the machine: tnid audit verify"),
                "bad",
            )
        else:
            flash(gettext("The seals hold: %(events)s events.", events=found.events), "good")
    return redirect(url_for("admin_audit.index"), 303)
