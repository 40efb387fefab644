"""Signing in and out, and a person's own page. Linking, applying and letters stand beside this:
`linking.py`, `applications.py`, `letters.py`, each with its tables, store, views and blueprint.
"""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examples.jobs_housing.parts import CLIENT_ID, answer, find_person, parts
from examples.relying_party.claims import describe, find_missing
from examples.relying_party.refusals import Refusal
from examples.relying_party.sign_in import Wish
from examples.relying_party.web import own_path

SCOPES = ("openid", "profile", "phone")
LATER_SCOPES = ("worker", "jobs", "housing")
"""What the provider will offer later: a proof of employment, and profiles for jobs and homes."""

WISHES = {
    "": Wish(SCOPES),
    # Who posts is somebody whose phone is verified, and shows two factors; for an organisation where they may
    "posting": Wish((*SCOPES, "employer"), acr="LoA2", is_acr_essential=True),
}
"""What a sign-in asks for, by what the person is about to do."""

blueprint = Blueprint("account", __name__)


@blueprint.get("/me")
def show_me() -> str | Response:
    person = find_person()
    if person is None:
        return redirect(url_for("account.sign_in", next=request.path), 303)
    return render_template(
        "me.html",
        lines=describe(person.claims, current_app.extensions["say"]),
        missing=find_missing(SCOPES, person.claims),
        later_scopes=LATER_SCOPES,
        saved=parts().listings.list_saved(person.sub),
    )


@blueprint.get("/sign-in")
def sign_in() -> Response:
    wish = WISHES.get(request.args.get("for", ""), WISHES[""])
    purpose = own_path(request.args.get("next", "/me"))
    begun = Wish(wish.scopes, wish.acr, wish.is_acr_essential, purpose=purpose)
    return answer(parts().relying_party.begin(CLIENT_ID, _address("account.callback"), begun))


@blueprint.get("/callback")
def callback() -> Response:
    person = parts().relying_party.complete(CLIENT_ID)
    if isinstance(person, Refusal):
        return answer(person)
    parts().visits.open(person)
    return redirect(person.purpose, 303)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    person = find_person()
    if person is None:
        return redirect("/", 303)
    parts().visits.close(CLIENT_ID)
    return answer(parts().relying_party.end(person, _address("listings.show_all")))


def _address(endpoint: str) -> str:
    """Return the address as it is registered at the provider."""
    return parts().base_url + url_for(endpoint)
