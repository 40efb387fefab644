"""Linking an identity, and taking the link back: what a person has to have done before they apply."""

from __future__ import annotations

from flask import Blueprint, after_this_request, flash, render_template
from werkzeug.wrappers import Response

from examples.jobs_housing import sharing
from examples.jobs_housing.letting_go import let_go_of_all
from examples.jobs_housing.parts import CLIENT_ID, address, answer, find_person, go_to, now, parts
from examples.jobs_housing.people import EVERYTHING
from examples.relying_party.refusals import Refusal, refuse
from examples.relying_party.sign_in import SignedIn, Wish

LINK = "link"
KNOWN = "jobs_housing_known"
KNOWN_SECONDS = 400 * 86400

blueprint = Blueprint("linking", __name__)


@blueprint.get("/link")
def show() -> str | Response:
    """Say what linking is; or that it is done."""
    person = find_person()
    profile = parts().people.find(person.sub) if person else None
    if profile and profile.linked_at:
        return go_to("account.show_me")
    return render_template("link.html")


@blueprint.post("/link")
def begin() -> Response:
    name = sharing.list_offers("job", None, 0)[:1]
    return ask(sharing.claims_wish(name), LINK)


def ask(claims: dict[str, object], purpose: str) -> Response:
    """Send the person to show two factors, and to agree to exactly these claims."""
    wish = Wish(("openid",), "LoA2", is_acr_essential=True, purpose=purpose, claims=claims)
    return answer(parts().relying_party.begin(CLIENT_ID, address("account.callback"), wish))


def complete(person: SignedIn) -> Response:
    """Link whoever came back, if the provider vouches for who they are."""
    if not sharing.is_proofed(person.claims):
        return show_unproofed(go_on="linking.show")
    with parts().database.writing() as connection:
        parts().people.hold(connection, person.sub, now())
        is_new = parts().people.link(connection, person.sub, now())
    remember()
    if is_new:
        flash("link.done")
    return go_to("account.show_me")


def remember() -> None:
    """Have this browser offer the one tap from now on; that is all that the cookie says."""

    @after_this_request
    def keep(response: Response) -> Response:
        is_https = parts().base_url.startswith("https:")
        response.set_cookie(KNOWN, "1", KNOWN_SECONDS, secure=is_https, httponly=True, samesite="Lax")
        return response


def show_unproofed(go_on: str, **values: str) -> Response:
    """Say that the identity has to be checked first, and how."""
    page = render_template("unproofed.html", issuer=parts().relying_party.issuer, go_on=go_on, values=values)
    return Response(page, 403, mimetype="text/html")


@blueprint.get("/unlink")
def ask_unlink() -> str | Response:
    person = find_person()
    if person is None:
        return go_to("account.sign_in", next="/unlink")
    return render_template("unlink.html")


@blueprint.post("/unlink")
def unlink() -> Response:
    """Forget the person and all that came from them, and sign them out here, in every browser."""
    person = find_person()
    if person is None:
        return go_to("linking.show_unlinked")
    moment = now()
    with parts().database.writing() as connection:
        # By the later of two clocks: theirs counts sign-ins, ours counts what was done here
        let_go_of_all(connection, parts().people, person.sub, max(person.came_at, moment), moment)
    parts().visits.close(CLIENT_ID)
    response = go_to("linking.show_unlinked")
    response.delete_cookie(KNOWN)
    return response


@blueprint.get("/unlinked")
def show_unlinked() -> str:
    issuer = parts().relying_party.issuer
    return render_template("unlinked.html", address=f"{issuer}/account/applications/{CLIENT_ID}")


def drop_taken_back(person: SignedIn, sent: list[sharing.Sent], marks: dict[str, int]) -> list[sharing.Sent]:
    """Return what of an answer still may be used: an event may have been quicker than it."""
    came_at = person.came_at
    over = sharing.find_names_of(
        claim for claim, at in marks.items() if claim != EVERYTHING and at >= came_at
    )
    kept = [one for one in sent if one.name not in over]
    return [one._replace(source="") for one in kept] if sharing.EMPLOYER in over else kept


def refuse_late() -> Refusal:
    return refuse("mismatching_state", "The consent was withdrawn meanwhile.")
