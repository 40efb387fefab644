"""The pages: touch to begin, the person's day, their income where the API lets them see it, and the end.

Any sign-in shows the day; for the income the API wants two factors, which at a shared screen are the phone's.
Nobody stays signed in for longer than a minute after they last touched the screen.
"""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from flask import current_app as app
from werkzeug.wrappers import Response

from examples.relying_party.protected_api import Answer, ProtectedApi, StepUp
from examples.relying_party.refusals import Refusal
from examples.relying_party.seats import IDLE_SECONDS, Seats
from examples.relying_party.sign_in import Wish
from examples.relying_party.terminal import Terminal
from examples.relying_party.web import show_refusal

PARTS = "kiosk"
CLIENT_ID = "kiosk"
SCOPES = ("openid", "profile", "shifts.read")
INCOME = "income"

blueprint = Blueprint("kiosk", __name__)


class Parts(NamedTuple):
    """What the views work with."""

    base_url: str
    terminal: Terminal
    api: ProtectedApi
    seats: Seats


def parts() -> Parts:
    return app.extensions[PARTS]


@blueprint.get("/")
def start() -> str | Response:
    """The page for whoever comes next; who left without signing out is signed out by it."""
    if parts().seats.find_left() is not None:
        return _end()
    if parts().seats.find() is not None:
        return redirect(url_for("kiosk.day"), 303)
    way_back = parts().terminal.take_end(CLIENT_ID)
    return way_back or render_template("start.html", has_ended=parts().terminal.has_ended(CLIENT_ID))


@blueprint.get("/begin")
def begin() -> Response:
    return _answer(_begin(Wish(SCOPES, resource=parts().api.resource)))


@blueprint.get("/callback")
def callback() -> Response:
    person = parts().terminal.complete(CLIENT_ID)
    if isinstance(person, Refusal):
        # Who stopped, or walked away, leaves the screen to the next person
        return redirect("/", 303) if person.code == "access_denied" else _answer(person)
    parts().seats.empty()
    parts().seats.take(person)
    return redirect(url_for("kiosk.income" if person.purpose == INCOME else "kiosk.day"), 303)


@blueprint.get("/day")
def day() -> Response:
    person = parts().seats.find()
    if person is None:
        return redirect("/", 303)
    found = parts().api.call(person, "GET", "/shifts")
    if isinstance(found, Answer):
        return _page("day.html", person=person, shifts=found.document["shifts"])
    return _answer(found) if isinstance(found, Refusal) else _page("phone.html", person=person)


@blueprint.get("/income")
def income() -> Response:
    """Show the income, or say that it takes the phone: where the API says that the sign-in is too weak, or
    that nobody agreed to that yet."""
    person = parts().seats.find()
    if person is None:
        return redirect("/", 303)
    found = parts().api.call(person, "GET", "/income")
    if isinstance(found, Answer):
        return _page("income.html", person=person, months=found.document["income"])
    return _answer(found) if isinstance(found, Refusal) else _page("phone.html", person=person)


@blueprint.post("/income")
def show_by_phone() -> Response:
    """RFC 9470 §5: the sign-in that the API asks for, at which the provider offers the phone."""
    person = parts().seats.find()
    wanted = parts().api.call(person, "GET", "/income") if person is not None else None
    if not isinstance(wanted, StepUp):
        return redirect(url_for("kiosk.income"), 303)
    wish = Wish(
        (*SCOPES, *wanted.scope.split()),
        wanted.acr or "LoA2",
        is_acr_essential=True,
        max_age=wanted.max_age,
        purpose=INCOME,
        resource=parts().api.resource,
    )
    return _answer(_begin(wish))


@blueprint.post("/end")
def end() -> Response:
    return _end()


def _end() -> Response:
    """Sign out here, and then at the provider, where everything that this screen got ends."""
    person = parts().seats.empty()
    if person is None:
        return redirect("/", 303)
    return _answer(parts().terminal.end(person, parts().base_url + "/"))


def _begin(wish: Wish) -> Response | Refusal:
    problem = parts().api.find_problem()
    return problem or parts().terminal.begin(CLIENT_ID, parts().base_url + url_for("kiosk.callback"), wish)


def _page(template: str, **context: object) -> Response:
    """Answer with a page that goes back to the start by itself: this browser needs no script for it."""
    page = app.make_response(render_template(template, **context))
    page.headers["Refresh"] = f"{IDLE_SECONDS}; url=/"
    return page


def _answer(outcome: Response | Refusal) -> Response:
    if not isinstance(outcome, Refusal):
        return outcome
    page = show_refusal(outcome, try_again=url_for("kiosk.begin"))
    if request.method == "GET":
        page.headers["Refresh"] = f"{IDLE_SECONDS}; url=/"
    return page
