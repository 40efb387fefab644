"""The counter's page of a person's sign-in card: printed, replaced, revoked. It is seen once, on paper."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.account import Account
from tnid.accounts.answers import answer_form
from tnid.accounts.dates import write_date
from tnid.accounts.forms import PlainForm
from tnid.badges import secret
from tnid.badges.service import ACTIVATION_SECONDS, OFFICIAL, Issuer
from tnid.badges.state import state_of
from tnid.moments import day
from tnid.officials import acts
from tnid.officials.desk import may_open, name_of_commune
from tnid.officials.forms import ComparedForm
from tnid.officials.serving import Served, get_served
from tnid.officials.views import ask_to_sign_in_anew, tell

blueprint = declare(
    Blueprint("counter_badge", __name__, url_prefix="/officials/visits/<visit_id>/badge"), Guard.STAFF
)


@blueprint.route("", methods=["GET", "POST"])
def show(visit_id: str) -> ResponseReturnValue:
    """Show which card the person has; print one for who is here with the identity card, compared anew."""
    served = get_served(visit_id)
    if served.account is None or served.is_waiting:
        return redirect(url_for("serving.show", visit_id=visit_id), 303)
    form = ComparedForm()
    is_sent = served.may_have_badge and form.validate_on_submit()
    # Before anything is ticked: what is compared is compared after the sign-in
    if (is_sent or "print" in request.args) and not may_open():
        return ask_to_sign_in_anew(url_for("counter_badge.show", visit_id=visit_id))
    if is_sent:
        return print_one(served, served.account)
    badge = services.current().badges.find_last(served.account.id)
    page = render_template(
        "officials/badge.html",
        official=served.official,
        served=served,
        form=form,
        may_print=may_open(),
        birthdate=write_date(str(served.account.profile.get("birthdate", ""))),
        badge=badge,
        state=state_of(badge, services.now()) if badge else None,
        commune=name_of_commune(badge.commune) if badge else "",
    )
    return answer_form(page, form)


def print_one(served: Served, account: Account) -> str:
    """Answer with the print view itself: what it holds is kept nowhere, and no address shows it again."""
    parts, now, official = services.current(), services.now(), served.official
    issued = parts.badges.issue(account.id, Issuer(OFFICIAL, official.account_id, official.commune), now)
    parts.counter.acts.note(acts.PRINTED_BADGE, official.account_id, account.id, official.commune, now)
    return render_template(
        "officials/badge_print.html",
        official=official,
        served=served,
        qr_svg=secret.qr_svg(issued.secret),
        secret_text=secret.grouped(issued.secret),
        activation_code=f"{issued.activation_code[:4]} {issued.activation_code[4:]}",
        activation_until=now + ACTIVATION_SECONDS,
        expires_on=day(issued.expires_at),
        address=parts.settings.issuer,
        host=parts.settings.issuer.partition("://")[2],
    )


@blueprint.post("/revoke")
def revoke(visit_id: str) -> ResponseReturnValue:
    """Revoke the card of somebody who lost it: that only takes away, so nothing more is asked."""
    served = get_served(visit_id)
    if PlainForm().validate_on_submit() and served.account is not None and not served.is_waiting:
        tell(*revoke_card(served, served.account.id))
    return redirect(url_for("counter_badge.show", visit_id=visit_id), 303)


def revoke_card(served: Served, account_id: str) -> tuple[str, str]:
    """Revoke it, note it, and return what to say."""
    parts, now, official = services.current(), services.now(), served.official
    if not parts.badges.revoke(account_id, OFFICIAL, now):
        return gettext("There is no card that could be revoked."), "care"
    parts.counter.acts.note(acts.REVOKED_BADGE, official.account_id, account_id, official.commune, now)
    return gettext("The card is revoked. Nobody signs in with it any more."), "good"
