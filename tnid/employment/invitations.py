"""An invitation's code: how a worker finds an offer that was made without their number."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from oidc.decoupled.user_code import read_user_code
from tnid import services
from tnid.access import Guard, declare, send_to_sign_in
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.personal_codes import try_code
from tnid.accounts.refusal import Refused
from tnid.employment.decisions import INVITATION
from tnid.employment.forms import InvitationForm
from tnid.employment.service import Employment
from tnid.signin import kept
from tnid.signin.assurance import LOA2
from tnid.signin.session import get_end_user

blueprint = declare(Blueprint("work_invitation", __name__, url_prefix="/account/work"), Guard.SIGNED_IN)


@blueprint.route("/code", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    """Take the code and lead to its offer. A wrong one and one for another's name get the same answer."""
    end_user = get_end_user()
    if end_user.acr != LOA2:
        return send_to_sign_in(least_acr=LOA2, return_to=request.path)
    if services.current().accounts.get(end_user.account_id).identity_level < 1:
        return render_template("employment/identity.html")
    form = InvitationForm()
    if not form.validate_on_submit():
        return answer_form(render_template("employment/code.html", form=form), form)
    found = find_invited(end_user.account_id, form.code.data)
    if isinstance(found, Employment):
        kept.keep(INVITATION, end_user.account_id, [read_user_code(form.code.data) or ""])
        return redirect(url_for("work_decisions.show", employment_id=found.id), 303)
    show_refusal(form, found)
    return answer_form(render_template("employment/code.html", form=form), form, found)


def find_invited(account_id: str, typed: str) -> Employment | Refused:
    """Return the offer of a code as it was typed, within the person's and the network's allowance."""
    code = read_user_code(typed)

    def look() -> Employment | None:
        if code is None:
            return None
        return services.current().employments.find_invited(account_id, code, services.now())

    return try_code("employment.find", account_id, look)
