"""A factory's pages for its workers: the day's output, and the income for who just proved two factors.

The provider tells `employee_number` to a worker's own employer alone; who has none works elsewhere. At home
somebody signs in by two factors. In the workshop a terminal takes the printed card and its PIN, too: that
opens the output of somebody whom the factory knows by then, and never the income.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import NamedTuple

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examples.provincial_apps.output import list_income, list_output
from examples.provincial_apps.views import PROMPTS, answer_of, get_system, parts
from examples.provincial_apps.workers import Workers
from examples.relying_party.refusals import Refusal
from examples.relying_party.seats import IDLE_SECONDS, Seats
from examples.relying_party.sign_in import RelyingParty, SignedIn, Wish
from examples.relying_party.terminal import Terminal

PARTS = "factory"
HOME, WORKSHOP = "tng", "tng-may"
NUMBER = "employee_number"
INCOME = "income"
FRESH_SECONDS = 300
# What the terminal asks of whoever holds a card: who they are, and nothing about their work
CARD_WISH = Wish(("openid",))
HOME_WISH = Wish(("openid", "employee", "worker"), "LoA2", is_acr_essential=True)
BY_PHONE_WISH = Wish(("openid", "employee"), "LoA2", is_acr_essential=True, purpose=INCOME)
INCOME_WISH = replace(HOME_WISH, max_age=FRESH_SECONDS, purpose=INCOME)

blueprint = Blueprint("factory", __name__, url_prefix="/tng")


class Factory(NamedTuple):
    """What these pages work with, beside the other systems' parts."""

    terminal: Terminal
    seats: Seats
    workers: Workers


def factory() -> Factory:
    found: Factory = current_app.extensions[PARTS]
    return found


def find_number(person: SignedIn) -> str | None:
    """Return the employee number of who signed in: what the provider says now, else what is known of them."""
    told = person.claims.get(NUMBER)
    if told:
        factory().workers.keep(person.sub, str(told))
        return str(told)
    if "employee" in person.asked_scopes:
        # Asked, and not told: they work here no more, or don't say so any more
        factory().workers.forget(person.sub)
        return None
    return factory().workers.find(person.sub)


def is_fresh(person: SignedIn) -> bool:
    """Say whether two factors were proved just now."""
    age = time.time() - float(person.id_token_claims.get("auth_time", 0))
    return person.reaches("LoA2") and age <= FRESH_SECONDS


# At home


@blueprint.get("/")
def show() -> str | Response:
    system, person = get_system(HOME), parts().find_person(HOME)
    if person is None:
        if way_back := parts().relying_party.take_end(HOME):
            return way_back
        has_ended = parts().relying_party.has_ended(HOME)
        return render_template("factory/door.html", system=system, has_ended=has_ended)
    number = find_number(person)
    if number is None:
        return render_template("factory/stranger.html", system=system, person=person)
    output = list_output(number)
    return render_template("factory/day.html", system=system, person=person, number=number, output=output)


@blueprint.get("/income")
def show_income() -> str | Response:
    system, person = get_system(HOME), parts().find_person(HOME)
    if person is None:
        return redirect(url_for("factory.show"), 303)
    number = find_number(person)
    if number is None:
        return redirect(url_for("factory.show"), 303)
    months = list_income(number) if is_fresh(person) else []
    return render_template("factory/income.html", system=system, person=person, months=months)


@blueprint.get("/sign-in")
def sign_in() -> Response:
    prompt = request.args.get("prompt")
    wish = replace(HOME_WISH, prompt=prompt if prompt in PROMPTS else None)
    return _begin(parts().relying_party, HOME, "factory.home_callback", wish)


@blueprint.get("/income/sign-in")
def prove_again() -> Response:
    return _begin(parts().relying_party, HOME, "factory.home_callback", INCOME_WISH)


@blueprint.get("/callback")
def home_callback() -> Response:
    person = parts().relying_party.complete(HOME)
    if isinstance(person, Refusal):
        return answer_of(person, HOME)
    parts().visits.open(person)
    return redirect(url_for("factory.show_income" if person.purpose == INCOME else "factory.show"), 303)


# In the workshop


@blueprint.get("/may/")
def start() -> str | Response:
    """The page for whoever comes next; who left without signing out is signed out by it."""
    if factory().seats.find_left() is not None:
        return leave()
    if factory().seats.find() is not None:
        return redirect(url_for("factory.day"), 303)
    if way_back := factory().terminal.take_end(WORKSHOP):
        return way_back
    has_ended = factory().terminal.has_ended(WORKSHOP)
    return render_template("factory/start.html", system=get_system(HOME), has_ended=has_ended)


@blueprint.get("/may/begin")
def begin() -> Response:
    return _begin(factory().terminal, WORKSHOP, "factory.callback", CARD_WISH)


@blueprint.post("/may/phone")
def begin_by_phone() -> Response:
    """Income, and whom the factory doesn't know yet: by the phone alone."""
    return _begin(factory().terminal, WORKSHOP, "factory.callback", BY_PHONE_WISH)


@blueprint.get("/may/callback")
def callback() -> Response:
    person = factory().terminal.complete(WORKSHOP)
    if isinstance(person, Refusal):
        # Who stopped, or walked away, leaves the screen to the next person
        at_start = redirect(url_for("factory.start"), 303)
        return at_start if person.code == "access_denied" else _show_refusal(person)
    factory().seats.empty()
    factory().seats.take(person)
    page = "factory.income" if person.purpose == INCOME else "factory.day"
    return redirect(url_for(page), 303)


@blueprint.get("/may/day")
def day() -> Response:
    person = factory().seats.find()
    if person is None:
        return redirect(url_for("factory.start"), 303)
    number = find_number(person)
    if number is None:
        return _screen("factory/phone.html", is_known=False)
    return _screen("factory/screen_day.html", output=list_output(number))


@blueprint.get("/may/income")
def income() -> Response:
    person = factory().seats.find()
    if person is None:
        return redirect(url_for("factory.start"), 303)
    number = find_number(person)
    if number is None and "employee" in person.asked_scopes:
        return _screen("factory/screen_stranger.html")
    if number is None or not is_fresh(person):
        return _screen("factory/phone.html", is_known=number is not None)
    return _screen("factory/screen_income.html", months=list_income(number))


@blueprint.post("/may/end")
def end() -> Response:
    return leave()


def leave() -> Response:
    """Sign out here, and then at the provider, where everything that this screen got ends."""
    person, start_page = factory().seats.empty(), url_for("factory.start")
    if person is None:
        return redirect(start_page, 303)
    outcome = factory().terminal.end(person, parts().base_url + start_page)
    return _show_refusal(outcome) if isinstance(outcome, Refusal) else outcome


def _begin(relying_party: RelyingParty, client_id: str, view: str, wish: Wish) -> Response:
    outcome = relying_party.begin(client_id, parts().base_url + url_for(view), wish)
    if not isinstance(outcome, Refusal):
        return outcome
    return answer_of(outcome, HOME) if client_id == HOME else _show_refusal(outcome)


def _screen(template: str, **context: object) -> Response:
    """Answer with a page that goes back to the start by itself: this browser needs no script for it."""
    page = make_response(render_template(template, system=get_system(HOME), **context))
    page.headers["Refresh"] = f"{IDLE_SECONDS}; url={url_for('factory.start')}"
    return page


def _show_refusal(refusal: Refusal) -> Response:
    page = answer_of(refusal, HOME, try_again=url_for("factory.begin"))
    if request.method == "GET":
        page.headers["Refresh"] = f"{IDLE_SECONDS}; url={url_for('factory.start')}"
    return page
