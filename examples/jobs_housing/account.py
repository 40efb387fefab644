"""Signing in and out, and a person's own page. What a sign-in may be for beside that: `linking.py` and
`applying.py`.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examples.jobs_housing import applying, linking
from examples.jobs_housing.following import list_mine
from examples.jobs_housing.parts import CLIENT_ID, address, answer, find_person, now, parts
from examples.jobs_housing.posters import HIRING, POSTING
from examples.relying_party.refusals import Refusal
from examples.relying_party.sign_in import SignedIn, Wish
from examples.relying_party.web import own_path

WISHES = {
    # Who looks around and saves is known by nothing but that it is them again
    "": Wish(("openid",)),
    "posting": POSTING,
    "hiring": HIRING,
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
        profile=parts().people.find(person.sub),
        mine=list_mine(person.sub),
        saved=parts().listings.list_saved(person.sub),
    )


@blueprint.get("/sign-in")
def sign_in() -> Response:
    wish = WISHES.get(request.args.get("for", ""), WISHES[""])
    purpose = own_path(request.args.get("next", "/me"))
    begun = replace(wish, purpose=purpose)
    return answer(parts().relying_party.begin(CLIENT_ID, address("account.callback"), begun))


@blueprint.get("/callback")
def callback() -> Response:
    """Take whoever comes back to what they were about to do."""
    purpose = parts().relying_party.find_purpose(CLIENT_ID)
    listing_id = purpose.removeprefix(applying.APPLY) if purpose.startswith(applying.APPLY) else None
    person = parts().relying_party.complete(CLIENT_ID)
    if isinstance(person, Refusal):
        return answer(person) if listing_id is None else applying.explain(person, listing_id)
    if not parts().people.is_current(person.sub, person.came_at):
        return answer(linking.refuse_late())
    parts().people.greet(person.sub, person.came_at, now())
    if listing_id is None and purpose != linking.LINK:
        parts().visits.open(person)
        return redirect(purpose, 303)
    keep_visit(person)
    return linking.complete(person) if listing_id is None else applying.complete(person, listing_id)


def keep_visit(person: SignedIn) -> None:
    """Have them signed in: what was agreed to for one application goes into that one, and nowhere else."""
    before = find_person()
    if before is None or before.sub != person.sub or not before.reaches(person.acr):
        parts().visits.open(replace(person, claims={}))


@blueprint.post("/sign-out")
def sign_out() -> Response:
    person = find_person()
    if person is None:
        return redirect("/", 303)
    parts().visits.close(CLIENT_ID)
    return answer(parts().relying_party.end(person, address("listings.show_all")))
