"""A terminal's own pages: how to sign in there, and the way out, by a button or because nobody is there."""

from __future__ import annotations

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from oidc.models import Interaction
from tnid import services, web
from tnid.access import Guard, declare
from tnid.badges.terminals import needs_phone
from tnid.signin import session
from tnid.signin.forms import ContinueForm
from tnid.signin.screen import address, asking_app, get_interaction, resume
from tnid.signin.terminals import Terminal

blueprint = declare(Blueprint("terminal", __name__, url_prefix="/terminal"), Guard.PUBLIC)


@blueprint.get("")
def choose() -> ResponseReturnValue:
    """Ask how: each way is one button. Anywhere but at a terminal there is nothing to choose."""
    interaction = get_interaction()
    terminal = session.find_terminal()
    if terminal is None:
        return resume(interaction)
    if session.uid_of_terminal() != interaction.uid:
        forget_earlier_person()
    web.set_cookie(session.TERMINAL, session.terminal_cookie(interaction.uid))
    needs_two = needs_phone(interaction)
    return render_template(
        "signin/terminal.html",
        app=asking_app(interaction),
        needs_two=needs_two,
        ways=ways_of(interaction, terminal, needs_two=needs_two),
    )


def forget_earlier_person() -> None:
    """End at a terminal what somebody began there and left, before the next person begins."""
    session.end_half_sign_in()
    session.end_waiting_screen()
    uid, _, secret = web.cookie(session.TERMINAL).partition(".")
    parts = services.current()
    left = parts.sessions.look_up(session.bound(uid, secret), services.now()) if secret else None
    if left is not None and not parts.grants.list_parties(left.sid):
        session.end_session(left.account_id, left.sid)


def ways_of(interaction: Interaction, terminal: Terminal, *, needs_two: bool) -> dict[str, str]:
    """Return the address of each way that leads to what is asked: a card opens little."""
    named = {
        "phone": "qr_screen.begin",
        "card": None if needs_two else "badge.enter",
        "room": "room.begin",
        "password": "signin.login" if terminal.allows_password else None,
    }
    return {way: address(endpoint, interaction) for way, endpoint in named.items() if endpoint is not None}


@blueprint.post("/stay")
def stay() -> ResponseReturnValue:
    """Somebody typed or touched: looking the interaction up has noted it."""
    get_interaction()
    return "", 204


@blueprint.post("/leave")
def leave() -> ResponseReturnValue:
    """End what was begun: the terminal is told, and shows its start page."""
    interaction = get_interaction()
    if ContinueForm().validate_on_submit():
        end_user = session.find_end_user()
        if end_user is not None:
            session.end_here(end_user)
        services.current().interactions.deny(interaction.uid, services.now())
    return resume(interaction)


def clear_if_over(response: Response) -> Response:
    """Leave nothing of a person at a terminal once their request is answered.

    A session that no application was told of ends with it.
    """
    if request.endpoint == session.RESUME and web.cookie(session.TERMINAL):
        uid = str((request.view_args or {}).get("uid", ""))
        if uid == session.uid_of_terminal() and not is_open(uid):
            forget_person()
    return response


def is_open(uid: str) -> bool:
    return services.current().interactions.find(uid, web.browser_id(), services.now()) is not None


def forget_person() -> None:
    parts, end_user = services.current(), session.find_end_user()
    if end_user is not None and not parts.grants.list_parties(end_user.sid):
        session.end_session(end_user.account_id, end_user.sid)
    session.clear_terminal()


def page_globals() -> dict[str, object]:
    """Return what every page at a terminal needs to end by itself."""
    terminal, interaction = session.find_terminal(), g.get("interaction")
    if terminal is None or interaction is None:
        return {}
    return {
        "terminal": terminal,
        "idle": {
            "uid": interaction.uid,
            "seconds": max(1, interaction.expires_at - services.now()),
            "longest": services.current().settings.terminal_idle_seconds,
            "stay_url": address("terminal.stay", interaction),
            "leave_url": address("terminal.leave", interaction),
        },
    }
