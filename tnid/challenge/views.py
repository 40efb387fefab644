"""Before a stranger's browser may try a password while sign-ins are under attack: GET and POST /challenge.

With scripts it solves a puzzle by itself, in a second or two; without them its person waits twenty seconds.
Nothing that was typed is lost: the page comes before the form, and what a form held that was open already but
for its password, is in the next one. Browsers that the account knows pass at once.
"""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tnid import services, web
from tnid.access import Guard, declare
from tnid.challenge.puzzles import BITS, Ticket
from tnid.errors import error_page
from tnid.signin import known_device, typed

blueprint = declare(Blueprint("challenge", __name__), Guard.PUBLIC)

PASS = "tnid_pass"  # noqa: S105  a cookie's name
# Where a guess is tried, and what each costs is a hash or a message
LOGIN = "signin.login"
GUARDED = frozenset({LOGIN, "registration.register", "recovery.begin"})


def install(app: Flask) -> None:
    """Send strangers' browsers by the puzzle, as long as the alarm is on."""
    app.before_request(check_pass)


def check_pass() -> Response | None:
    if request.endpoint not in GUARDED:
        return None
    parts, now = services.current().challenge, services.now()
    if not parts.alarm.is_on(now) or is_known():
        return None
    presented, browser = web.cookie(PASS), web.browser_id()
    if request.method == "POST":
        is_let_in = parts.passes.take_try(presented, browser, now)
    else:
        is_let_in = parts.passes.is_good(presented, browser, now)
    if not is_let_in and request.method == "POST":
        typed.keep()
    return None if is_let_in else redirect(address_of(parts.tickets.make(browser, return_path(), now)), 303)


def is_known() -> bool:
    """Say whether the account that is signed in to was signed in to from here before; on looking, whether
    any may have been."""
    if request.endpoint != LOGIN or not known_device.is_marked():
        return False
    if request.method != "POST":
        return True
    row = services.current().accounts.find_row_by_sign_in_name(request.form.get("username", ""))
    return row is not None and known_device.find_device(row) is not None


def return_path() -> str:
    """Return where a form was, or the page itself."""
    return request.full_path.rstrip("?")


def address_of(ticket: Ticket) -> str:
    return f"/challenge?ticket={services.current().challenge.tickets.write(ticket)}"


@blueprint.get("/challenge")
def show() -> ResponseReturnValue:
    """Give the browser its puzzle; whoever comes without a ticket of ours begins at the sign-in."""
    text = request.args.get("ticket", "")
    ticket = find_ticket(text)
    return begin_again(text) if ticket is None else page(ticket)


@blueprint.post("/challenge")
def answer() -> ResponseReturnValue:
    """Take the solution, or the wait; go to where the person wanted to."""
    parts, now = services.current().challenge, services.now()
    text = request.form.get("ticket", "")
    ticket = find_ticket(text)
    if ticket is None:
        return begin_again(text)
    solution = request.form.get("solution", "").strip()
    given = parts.passes.give(ticket, solution, request.remote_addr or "", now)
    if given is not None:
        web.set_cookie(PASS, given)
        return redirect(ticket.return_to, 303)
    if not solution and now >= ticket.opens_at:
        return error_page("too_many_attempts", 429, retry_after_seconds=60)
    if parts.passes.is_used(ticket):
        return go_on(ticket)
    # A script that was wrong once would be wrong again, and at once
    return page(ticket, is_solved_by_script=not solution), 400


def go_on(ticket: Ticket) -> Response:
    """Lead on who comes once more with a ticket that was taken: by what it got them, or to another one."""
    parts, now = services.current().challenge, services.now()
    if parts.passes.is_good(web.cookie(PASS), ticket.browser, now):
        return redirect(ticket.return_to, 303)
    return redirect(address_of(parts.tickets.make(ticket.browser, ticket.return_to, now)), 303)


def begin_again(text: str) -> Response:
    """Lead on who has no ticket that is good: to another one where this one has expired, else to the sign-in.

    A browser that keeps no cookies would be led around for ever, and is told.
    """
    if not web.has_browser_id():
        return error_page("no_cookies", 400)
    tickets, browser = services.current().challenge.tickets, web.browser_id()
    ticket = tickets.find(text, browser)
    if ticket is None:
        return redirect("/login", 303)
    return redirect(address_of(tickets.make(browser, ticket.return_to, services.now())), 303)


def find_ticket(text: str) -> Ticket | None:
    if not web.has_browser_id():
        return None
    return services.current().challenge.tickets.read(text, web.browser_id(), services.now())


def page(ticket: Ticket, *, is_solved_by_script: bool = True) -> str:
    written = services.current().challenge.tickets.write(ticket)
    seconds = max(0, ticket.opens_at - services.now())
    return render_template(
        "challenge/show.html",
        ticket=written,
        puzzle=ticket.id,
        bits=BITS,
        seconds=seconds,
        is_solved_by_script=is_solved_by_script,
    )
