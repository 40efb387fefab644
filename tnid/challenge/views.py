"""Before a stranger's browser may try a password while sign-ins are under attack: GET and POST /challenge.

With scripts it solves a puzzle by itself, in a second or two; without them its person waits twenty seconds.
Nothing that was typed is lost: the page comes before the form. Browsers that the account knows pass at once.
"""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tnid import services, web
from tnid.access import Guard, declare
from tnid.challenge.puzzles import BITS, Ticket
from tnid.errors import error_page
from tnid.signin import known_device

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
    ticket = find_ticket(request.args.get("ticket", ""))
    return redirect("/login", 303) if ticket is None else page(ticket)


@blueprint.post("/challenge")
def answer() -> ResponseReturnValue:
    """Take the solution, or the wait; go to where the person wanted to."""
    parts, now = services.current().challenge, services.now()
    ticket = find_ticket(request.form.get("ticket", ""))
    if ticket is None:
        return redirect("/login", 303)
    solution = request.form.get("solution", "").strip()
    given = parts.passes.give(ticket, solution, request.remote_addr or "", now)
    if given is not None:
        web.set_cookie(PASS, given)
        return redirect(ticket.return_to, 303)
    if not solution and now >= ticket.opens_at:
        return error_page("too_many_attempts", 429, retry_after_seconds=60)
    return page(ticket), 400


def find_ticket(text: str) -> Ticket | None:
    return services.current().challenge.tickets.read(text, web.browser_id(), services.now())


def page(ticket: Ticket) -> str:
    written = services.current().challenge.tickets.write(ticket)
    seconds = max(0, ticket.opens_at - services.now())
    return render_template(
        "challenge/show.html", ticket=written, puzzle=ticket.id, bits=BITS, seconds=seconds
    )
