"""Lists as an employer sees them: uploaded, followed while they are taken over, and reported row by row."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services, web
from tnid.access import Guard, declare
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.employers.desk import end, find_obstacle, get_representative
from tnid.employers.representatives import Representative
from tnid.employers.roles import Permission
from tnid.employment.attestations import LIST, By
from tnid.imports.forms import UploadForm
from tnid.imports.report import ATTENTION, make_report, write_report
from tnid.imports.service import Import
from tnid.imports.words import LISTS, OUTCOMES, words_of_list
from tnid.signin.session import find_end_user


def most_bytes() -> int:
    """Return how large a form may be: a file's size for whoever may upload one here, as small as any else."""
    end_user = find_end_user()
    if request.method != "POST" or end_user is None:
        return web.MAX_FORM_BYTES
    parts, employer_id = services.current(), str((request.view_args or {}).get("employer_id"))
    found = parts.employers.representatives.find(employer_id, end_user.account_id)
    is_his_to_upload = found is not None and found.may(Permission.ATTEST)
    return parts.lists.most_bytes + web.MAX_FORM_BYTES if is_his_to_upload else web.MAX_FORM_BYTES


blueprint = declare(
    Blueprint("lists", __name__, url_prefix="/employers/<employer_id>/lists"),
    Guard.REPRESENTATIVE,
    most_bytes=most_bytes,
    files=("file",),
)


@blueprint.get("")
def index(employer_id: str) -> ResponseReturnValue:
    """Show where to upload, and what was uploaded."""
    representative = get_representative(employer_id, Permission.LOOK)
    may_attest = representative.may(Permission.ATTEST)
    if may_attest and (obstacle := find_obstacle(employer_id)) is not None:
        return obstacle
    return _show_upload(representative, UploadForm())


def _show_upload(representative: Representative, form: UploadForm, status: int = 200) -> ResponseReturnValue:
    lists = services.current().lists
    page = render_template(
        "imports/index.html",
        representative=representative,
        employer=representative.employer,
        form=form,
        imports=lists.list_of_employer(representative.employer.id),
        may_attest=representative.may(Permission.ATTEST),
        most_megabytes=lists.most_bytes // (1024 * 1024),
    )
    return page, status


@blueprint.post("")
def upload(employer_id: str) -> ResponseReturnValue:
    """Take a file as a whole."""
    representative = get_representative(employer_id, Permission.ATTEST)
    if (obstacle := find_obstacle(employer_id)) is not None:
        return obstacle
    form = UploadForm()
    if not form.validate_on_submit():
        return _show_upload(representative, form, 400)
    given = request.files.get("file")
    content = given.read() if given else b""
    taken = services.current().lists.receive_whole(
        representative.employer.id, By(representative.account_id, LIST), content, services.now()
    )
    if isinstance(taken, Refused):
        show_list_refusal(form, taken)
        return _show_upload(representative, form, 400)
    return redirect(url_for("lists.show", employer_id=employer_id, import_id=taken.id), 303)


def show_list_refusal(form: UploadForm, refused: Refused) -> None:
    if refused.reason in LISTS:
        form.file.errors = [str(LISTS[refused.reason])]
    else:
        show_refusal(form, refused)


def get_import(representative: Representative, import_id: str) -> Import:
    """Return one of the organisation's own imports, or end the request."""
    found = services.current().lists.find(representative.employer.id, import_id)
    return found if found is not None else end(representative.account_id, "not_found", 404)


@blueprint.get("/<import_id>")
def show(employer_id: str, import_id: str) -> ResponseReturnValue:
    """Show how far it is, and when it is done what became of each row."""
    representative = get_representative(employer_id, Permission.LOOK)
    found = get_import(representative, import_id)
    report = make_report(found, request.args.get("show", ATTENTION), request.args.get("after", "0"))
    return render_template(
        "imports/show.html",
        representative=representative,
        employer=representative.employer,
        found=found,
        report=report,
        outcomes=OUTCOMES,
        reason=words_of_list(found.row.reason),
        may_attest=representative.may(Permission.ATTEST),
    )


@blueprint.get("/<import_id>/report.csv")
def report(employer_id: str, import_id: str) -> ResponseReturnValue:
    """Answer with the whole report, as a table that runs nothing in a spreadsheet."""
    representative = get_representative(employer_id, Permission.LOOK)
    found = get_import(representative, import_id)
    answer = write_report(found)
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.id}.csv"'
    return answer


@blueprint.post("/<import_id>/drop")
def drop(employer_id: str, import_id: str) -> ResponseReturnValue:
    """Give up what was never received whole."""
    representative = get_representative(employer_id, Permission.ATTEST)
    found = get_import(representative, import_id)
    is_dropped = PlainForm().validate_on_submit() and services.current().lists.drop(
        representative.employer.id, found.id, representative.account_id, services.now()
    )
    if is_dropped:
        flash(gettext("Removed. Nothing of the file was taken over."), "good")
    return redirect(url_for("lists.index", employer_id=employer_id), 303)
