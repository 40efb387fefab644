"""The pages: what is booked, and booking. Whatever the API says that it needs of a sign-in is asked for.

A password alone shows the appointments; to make one, the API wants two factors, and the person is sent to the
provider for them, and comes back to an appointment that is made.
"""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from flask import current_app as app
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from examples.relying_party.protected_api import Answer, ProtectedApi, StepUp
from examples.relying_party.refusals import Refusal, refuse
from examples.relying_party.sign_in import RelyingParty, SignedIn, Wish
from examples.relying_party.sign_outs import SignOuts
from examples.relying_party.visits import Visits
from examples.relying_party.web import show_refusal

PARTS = "bookings"
CLIENT_ID = "bookings"
SCOPES = ("openid", "profile", "bookings.read", "bookings.write")
COUNTERS = {"ho-tich": "Hộ tịch", "dat-dai": "Đất đai", "kinh-doanh": "Đăng ký kinh doanh"}

blueprint = Blueprint("bookings", __name__)


class Parts(NamedTuple):
    """What the views work with."""

    base_url: str
    relying_party: RelyingParty
    api: ProtectedApi
    visits: Visits
    sign_outs: SignOuts


def parts() -> Parts:
    return app.extensions[PARTS]


def find_person() -> SignedIn | None:
    """Return who is signed in at this browser, if anybody."""
    return parts().visits.find(CLIENT_ID)


@blueprint.get("/")
def show() -> str | Response:
    person = find_person()
    if person is None:
        way_back = parts().relying_party.take_end(CLIENT_ID)
        return way_back or render_template("door.html", has_ended=parts().relying_party.has_ended(CLIENT_ID))
    found = parts().api.call(person, "GET", "/bookings")
    if isinstance(found, Answer):
        return render_template("bookings.html", bookings=found.document["bookings"], counters=COUNTERS)
    return _answer(found if isinstance(found, Refusal) else _step_up(found, purpose=""))


@blueprint.post("/bookings")
def book() -> Response:
    person, counter = find_person(), request.form.get("counter", "")
    if person is None:
        return redirect(url_for("bookings.sign_in"), 303)
    outcome = parts().api.call(person, "POST", "/bookings", {"counter": counter})
    if isinstance(outcome, StepUp):
        # RFC 9470 §5: the sign-in that the API asked for, and then what the person wanted
        return _answer(_step_up(outcome, purpose=counter))
    return _answer(outcome)


@blueprint.get("/sign-in")
def sign_in() -> Response:
    return _answer(_begin(Wish(SCOPES, resource=parts().api.resource)))


@blueprint.get("/callback")
def callback() -> Response:
    person = parts().relying_party.complete(CLIENT_ID)
    if isinstance(person, Refusal):
        return _answer(person)
    parts().visits.open(person)
    if not person.purpose:
        return redirect(url_for("bookings.show"), 303)
    outcome = parts().api.call(person, "POST", "/bookings", {"counter": person.purpose})
    # Once is enough: an API that is never content would send people round and round
    return _answer(refuse("unmet_authentication_requirements") if isinstance(outcome, StepUp) else outcome)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    person = find_person()
    if person is None:
        return redirect("/", 303)
    parts().visits.close(CLIENT_ID)
    return _answer(parts().relying_party.end(person, _address("show")))


@blueprint.post("/backchannel-logout")
def hear_of_sign_out() -> ResponseReturnValue:
    return parts().sign_outs.hear(CLIENT_ID)


def _step_up(wanted: StepUp, purpose: str) -> Response | Refusal:
    wish = Wish(SCOPES, wanted.acr, max_age=wanted.max_age, purpose=purpose, resource=parts().api.resource)
    return _begin(wish)


def _begin(wish: Wish) -> Response | Refusal:
    problem = parts().api.find_problem()
    return problem or parts().relying_party.begin(CLIENT_ID, _address("callback"), wish)


def _address(view: str) -> str:
    """Return the address as it is registered at the provider."""
    return parts().base_url + url_for(f"bookings.{view}")


def _answer(outcome: Response | Answer | Refusal) -> Response:
    if isinstance(outcome, Refusal):
        return show_refusal(outcome, try_again=url_for("bookings.sign_in"))
    return redirect(url_for("bookings.show"), 303) if isinstance(outcome, Answer) else outcome
