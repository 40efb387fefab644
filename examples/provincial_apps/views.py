"""Every system's pages: its door, what it got of a person, sign-in and sign-out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examples.provincial_apps.systems import System
from examples.relying_party.claims import describe, find_missing
from examples.relying_party.refusals import Refusal
from examples.relying_party.security_events import Receiver
from examples.relying_party.sign_in import RelyingParty, SignedIn
from examples.relying_party.sign_outs import SignOuts
from examples.relying_party.visits import Visits
from examples.relying_party.web import show_refusal

PARTS = "provincial_apps"
PROMPTS = ("login", "none")

blueprint = Blueprint("systems", __name__)


class Parts(NamedTuple):
    """What the views work with."""

    base_url: str
    systems: Mapping[str, System]
    relying_party: RelyingParty
    visits: Visits
    sign_outs: SignOuts
    receiver: Receiver
    forgotten: dict[tuple[str, str], int]
    # Names that this server was told, by the person's identifier at one system
    names: dict[tuple[str, str], str]

    def find_person(self, slug: str) -> SignedIn | None:
        """Return who is signed in to a system and didn't take back since what the sign-in brought."""
        person = self.visits.find(slug)
        if person is None:
            return None
        taken_back_at = self.forgotten.get((person.client_id, person.sub), -1)
        if taken_back_at >= person.id_token_claims.get("iat", 0):
            self.visits.close(slug)
            return None
        return person


def parts() -> Parts:
    return current_app.extensions[PARTS]


def get_system(slug: str) -> System:
    return parts().systems.get(slug) or abort(404)


@blueprint.get("/")
def show_all() -> str:
    systems, visits = parts().systems, parts().visits
    signed_in = [slug for slug in systems if visits.find(slug)]
    return render_template("systems.html", systems=systems.values(), signed_in=signed_in)


@blueprint.get("/<slug>/")
def show(slug: str) -> str | Response:
    system, person = get_system(slug), parts().find_person(slug)
    if person is None:
        if way_back := parts().relying_party.take_end(slug):
            return way_back
        has_ended = parts().relying_party.has_ended(slug)
        return render_template("door.html", system=system, has_ended=has_ended)
    return _show_inside(system, person)


def _show_inside(system: System, person: SignedIn) -> str:
    done = system.find_step(request.args.get("done"))
    return render_template(
        "inside.html",
        system=system,
        person=person,
        actor_name=parts().names.get((system.slug, person.actor), ""),
        lines=describe(person.claims, current_app.extensions["say"]),
        missing=find_missing(person.asked_scopes, person.claims, by_helper=bool(person.actor)),
        done=done if done and person.reaches(done.acr) else None,
    )


@blueprint.get("/<slug>/sign-in")
def sign_in(slug: str) -> Response:
    system, prompt = get_system(slug), request.args.get("prompt")
    step = system.find_step(request.args.get("step"))
    wish = system.wish(step, prompt if prompt in PROMPTS else None)
    return _answer(parts().relying_party.begin(slug, _address("callback", slug), wish), slug)


@blueprint.get("/<slug>/callback")
def callback(slug: str) -> Response:
    get_system(slug)
    person = parts().relying_party.complete(slug)
    if isinstance(person, Refusal):
        return answer_of(person, slug)
    if not person.actor:
        parts().names[slug, person.sub] = person.name
    parts().visits.open(person)
    return redirect(url_for("systems.show", slug=slug, done=person.purpose or None), 303)


@blueprint.post("/<slug>/sign-out")
def sign_out(slug: str) -> Response:
    get_system(slug)
    person = parts().visits.find(slug)
    if person is None:
        return redirect(url_for("systems.show", slug=slug), 303)
    parts().visits.close(slug)
    return _answer(parts().relying_party.end(person, _address("show", slug)), slug)


def _address(view: str, slug: str) -> str:
    """Return the address as it is registered at the provider."""
    return parts().base_url + url_for(f"systems.{view}", slug=slug)


def _answer(outcome: Response | Refusal, slug: str) -> Response:
    return answer_of(outcome, slug) if isinstance(outcome, Refusal) else outcome


def answer_of(refusal: Refusal, slug: str, try_again: str | None = None) -> Response:
    """Return the refusal's page in the system's clothes."""
    again = try_again or url_for("systems.sign_in", slug=slug)
    return show_refusal(refusal, again, system=get_system(slug))
