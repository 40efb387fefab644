"""Where an employment card is checked by whoever it is shown to: by their own browser, without a network too.

Nothing of a card reaches us: its text stands behind the # of the address. Without scripts it is posted, and
nothing of it is kept or logged.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, send_from_directory
from flask.typing import ResponseReturnValue

from oidc.credentials import issuer
from tnid import services, web
from tnid.access import Guard, declare
from tnid.accounts.dates import write_date
from tnid.employment import card_check, card_status
from tnid.employment.card_forms import CheckForm
from tnid.employment.card_words import LABELS, last_day, lines_of
from tnid.employment.cards import NAME
from tnid.employment.words import CONTRACT_TYPES

blueprint = declare(Blueprint("card_check", __name__, url_prefix="/work"), Guard.PUBLIC)


@blueprint.route("/card", methods=["GET", "POST"])
def check() -> ResponseReturnValue:
    """Check a card; the page is the same for everybody, so that a browser may keep it."""
    web.allow_camera()
    web.allow_worker()
    form, found = CheckForm(), None
    if form.validate_on_submit():
        found = card_check.check(services.current(), form.card_text.data, services.now())
    addresses = services.current().employment_cards.addresses
    page = render_template(
        "employment/check.html",
        form=form,
        found=found,
        **describe(found),
        labels=LABELS,
        contract_types=CONTRACT_TYPES,
        addresses=addresses,
        keys_path=issuer.PATH,
        status_path=card_status.PATH,
        # Who is signed in stands on no page that a shared phone keeps
        current_person=None,
    )
    return page, (400 if form.errors else 200)


def describe(found: card_check.Checked | None) -> dict[str, Any]:
    """Return what a card says in words; nothing where it is none of ours."""
    if found is None or not found.claims:
        return {"lines": []}
    claims = found.claims
    return {
        "lines": lines_of(claims),
        "name": claims.get(NAME, ""),
        "confirmed": write_date(str(claims.get("employment_confirmed_at", ""))),
        "until": last_day(claims["exp"]),
    }


@blueprint.get("/card-offline.js")
def offline() -> ResponseReturnValue:
    """Return the service worker: an address beside the page's lets it serve that page and no other."""
    response = send_from_directory(str(current_app.static_folder), "js/card-offline.js")
    response.headers["Cache-Control"] = "no-cache"
    return response
