"""The page on which a manager names the organisation's domain, and has it verified."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.forms import PlainForm
from tnid.accounts.messages import message_of, show_refusal
from tnid.employers.desk import find_obstacle, get_representative
from tnid.employers.forms import DomainForm
from tnid.employers.roles import Permission

blueprint = declare(
    Blueprint("employer_domain", __name__, url_prefix="/employers/<employer_id>/domain"), Guard.REPRESENTATIVE
)


@blueprint.route("", methods=["GET", "POST"])
def show(employer_id: str) -> ResponseReturnValue:
    """Show how the domain is verified, and take another one."""
    representative = get_representative(employer_id, Permission.MANAGE)
    if (obstacle := find_obstacle(employer_id)) is not None:
        return obstacle
    employer, domains = representative.employer, services.current().employers.domains
    form = DomainForm(domain=employer.domain)
    if form.validate_on_submit():
        refused = domains.set(employer.id, form.domain.data or "", representative.account_id, services.now())
        if refused is None:
            flash(gettext("Saved."), "good")
            return redirect(url_for("employer_domain.show", employer_id=employer_id), 303)
        show_refusal(form, refused)
    page = render_template(
        "employers/domain.html", representative=representative, employer=employer, form=form,
        asked=domains.asked_of(employer.id, employer.domain) if employer.domain else None,
    )  # fmt: skip
    return answer_form(page, form)


@blueprint.post("/verify")
def verify(employer_id: str) -> ResponseReturnValue:
    """Look at the organisation's website whether the file is there."""
    representative = get_representative(employer_id, Permission.MANAGE)
    if (obstacle := find_obstacle(employer_id)) is not None:
        return obstacle
    employer, now = representative.employer, services.now()
    if PlainForm().validate_on_submit() and employer.domain:
        refused = services.current().employers.domains.verify(
            employer.id, employer.domain, representative.account_id, now
        )
        if refused is None:
            flash(
                gettext("Verified: %(domain)s belongs to the organisation.", domain=employer.domain), "good"
            )
        else:
            flash(message_of(refused), "care")
    return redirect(url_for("employer_domain.show", employer_id=employer_id), 303)
