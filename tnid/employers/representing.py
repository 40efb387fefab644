"""Who represents an organisation, as its managers see and change it."""

from __future__ import annotations

from typing import NoReturn

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from oidc.decoupled.user_code import show_user_code
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.employers.desk import end, find_obstacle, get_representative
from tnid.employers.forms import RoleForm
from tnid.employers.representatives import CODE_SECONDS, Listed, Representative
from tnid.employers.roles import HINTS, NAMES, Permission
from tnid.signin import kept

blueprint = declare(
    Blueprint("representatives", __name__, url_prefix="/employers/<employer_id>/representatives"),
    Guard.REPRESENTATIVE,
)

CODE = "representative_code"


@blueprint.get("")
def index(employer_id: str) -> ResponseReturnValue:
    """List who represents the organisation, and the invitations that are open; all who look may know."""
    representative = get_representative(employer_id, Permission.LOOK)
    return render_template(
        "employers/representatives.html",
        representative=representative,
        employer=representative.employer,
        listed=list_all(representative),
        roles=NAMES,
        may_manage=representative.may(Permission.MANAGE),
    )


def list_all(representative: Representative) -> list[Listed]:
    found = services.current().employers.representatives
    return found.list_of_employer(representative.employer.id, services.now())


@blueprint.route("/new", methods=["GET", "POST"])
def invite(employer_id: str) -> ResponseReturnValue:
    """Ask which role, and make the code that offers it."""
    representative = get_representative(employer_id, Permission.MANAGE)
    if (obstacle := find_obstacle(employer_id)) is not None:
        return obstacle
    form = RoleForm()
    if form.validate_on_submit():
        code = services.current().employers.representatives.invite(
            representative.employer.id, form.role.data, representative.account_id, services.now()
        )
        if not isinstance(code, Refused):
            kept.keep(CODE, representative.account_id, [employer_id, code, form.role.data])
            return redirect(url_for("representatives.show_code", employer_id=employer_id), 303)
        show_refusal(form, code)
    page = render_template(
        "employers/invite.html", representative=representative, employer=representative.employer,
        form=form, hints=HINTS,
    )  # fmt: skip
    return answer_form(page, form)


@blueprint.get("/code")
def show_code(employer_id: str) -> ResponseReturnValue:
    """Show the code that was just made; after half an hour it is shown no more."""
    representative = get_representative(employer_id, Permission.MANAGE)
    found = kept.find(CODE, representative.account_id)
    if found is None or found[0] != employer_id:
        return redirect(url_for("representatives.index", employer_id=employer_id), 303)
    return render_template(
        "employers/code.html", representative=representative, employer=representative.employer,
        code=show_user_code(found[1]), role=NAMES[found[2]], days=CODE_SECONDS // 86400,
    )  # fmt: skip


@blueprint.route("/<representative_id>", methods=["GET", "POST"])
def change(employer_id: str, representative_id: str) -> ResponseReturnValue:
    """Show one representative, and change the role."""
    representative = get_representative(employer_id, Permission.MANAGE)
    one = get_listed(representative, representative_id)
    if (obstacle := find_obstacle(employer_id)) is not None:
        return obstacle
    form = RoleForm(role=one.role)
    if form.validate_on_submit() and not one.is_invitation:
        if services.current().employers.representatives.change_role(
            one.id, representative.employer.id, form.role.data, representative.account_id, services.now()
        ):
            flash(gettext("Saved. %(name)s is told.", name=one.name), "good")
            return redirect(url_for("employers.show", employer_id=employer_id), 303)
        show_refusal(form, Refused("role", "last_manager"))
    page = render_template(
        "employers/representative.html", representative=representative, employer=representative.employer,
        one=one, form=form, hints=HINTS, roles=NAMES,
    )  # fmt: skip
    return answer_form(page, form)


@blueprint.post("/<representative_id>/remove")
def remove(employer_id: str, representative_id: str) -> ResponseReturnValue:
    """End a role or an invitation. Who removes themself has no page of the organisation any more."""
    representative = get_representative(employer_id, Permission.MANAGE)
    one = get_listed(representative, representative_id)
    if (obstacle := find_obstacle(employer_id)) is not None:
        return obstacle
    back = url_for("representatives.change", employer_id=employer_id, representative_id=one.id)
    if not PlainForm().validate_on_submit():
        return redirect(back, 303)
    if not services.current().employers.representatives.remove(
        one.id, representative.employer.id, representative.account_id, services.now()
    ):
        flash(
            gettext("Nobody would manage the organisation any more. Make somebody else a manager first."),
            "care",
        )
        return redirect(back, 303)
    kept.drop(CODE)
    if one.id == representative.id:
        return redirect(url_for("employers.index"), 303)
    flash(gettext("Done. From now on it opens nothing."), "good")
    return redirect(url_for("representatives.index", employer_id=employer_id), 303)


def get_listed(representative: Representative, representative_id: str) -> Listed:
    """Return one of the organisation's own representatives and invitations, or end the request."""
    found = next((one for one in list_all(representative) if one.id == representative_id), None)
    return found if found is not None else not_here(representative)


def not_here(representative: Representative) -> NoReturn:
    end(representative.account_id, "not_found", 404)
