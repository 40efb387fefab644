"""For rooms where phones are banned: a code is taken down at a terminal, agreed to outside, and brought back.

The screen is free for the next person meanwhile: nothing of a room's code is kept in the terminal's browser.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from oidc.decoupled.user_code import ALPHABET, show_user_code
from oidc.models import Interaction
from oidc.sensitive import sensitive_names
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import MESSAGES, show_refusal
from tnid.accounts.refusal import Refused
from tnid.qr.forms import RoomForm
from tnid.qr.screen import count_beginning, screen_here, sign_in
from tnid.qr.service import ROOM
from tnid.signin.forms import ContinueForm
from tnid.signin.limits import ROOM_CODE, Bucket, network_of
from tnid.signin.screen import address, asking_app, get_interaction, resume
from tnid.signin.session import find_terminal
from tnid.signin.terminals import Terminal

blueprint = declare(Blueprint("room", __name__, url_prefix="/terminal/room"), Guard.PUBLIC)


@blueprint.get("")
def begin() -> ResponseReturnValue:
    """Say how it goes, and ask whether a code is wanted or brought back."""
    interaction = get_interaction()
    if find_terminal() is None:
        return resume(interaction)
    return show_steps(interaction)


def show_steps(interaction: Interaction, refused: Refused | None = None) -> str:
    return render_template(
        "qr/terminal_room.html",
        app=asking_app(interaction),
        form=ContinueForm(formdata=None),
        refusal=MESSAGES[refused.reason] if refused else None,
        take_url=address("room.take", interaction),
        finish_url=address("room.finish", interaction),
        other_url=address("terminal.choose", interaction),
    )


@blueprint.post("/code")
def take() -> ResponseReturnValue:
    """Give a code, shown this once: a page that could be gone back to would show it to the next person."""
    interaction = get_interaction()
    if find_terminal() is None:
        return resume(interaction)
    screen = screen_here(interaction)
    refused = count_beginning(screen)
    if refused is not None:
        page = show_steps(interaction, Refused("", "too_many_rooms"))
        return page, 429, {"Retry-After": str(refused.retry_after_seconds)}
    parts = services.current()
    begun = parts.qr_sign_ins.begin(screen, services.now(), ROOM)
    return render_template(
        "qr/terminal_room_code.html",
        app=asking_app(interaction),
        typed_code=show_user_code(begun.typed_code),
        until=begun.row.expires_at,
        typing_address=parts.settings.issuer.partition("://")[2] + "/qr",
    )


@blueprint.route("/finish", methods=["GET", "POST"])
def finish() -> ResponseReturnValue:
    """Take the code that a phone has agreed to, with that phone's digits."""
    interaction = get_interaction()
    terminal = find_terminal()
    if terminal is None:
        return resume(interaction)
    form = RoomForm()
    refused = None
    if form.validate_on_submit():
        collected = collect(form, terminal, interaction)
        if not isinstance(collected, Refused):
            sign_in(collected, interaction)
            return resume(interaction)
        refused = collected
        show_refusal(form, refused)
    page = render_template(
        "qr/terminal_room_finish.html",
        app=asking_app(interaction),
        form=form,
        keys=ALPHABET,
        other_url=address("room.begin", interaction),
    )
    return answer_form(page, form, refused)


def collect(form: RoomForm, terminal: Terminal, interaction: Interaction) -> Any | Refused:
    """Consume what was agreed to. A guess is counted before it is looked at; a right one is given back."""
    parts, now = services.current(), services.now()
    ip = request.remote_addr or ""
    client_id = interaction.request.client_id if interaction.request else ""
    bucket = Bucket(ROOM_CODE, f"{client_id}:{network_of(ip)}")
    if not parts.limits.take(bucket, now):
        return _refuse("too_many_rooms", client_id, parts.limits.seconds_shut((bucket,), now))
    row = parts.qr_sign_ins.find_room(form.typed_code.data, now)
    if isinstance(row, Refused):
        return _refuse(row.reason, client_id)
    if row.client_id != client_id or not _is_here(row, terminal, ip) or not _covers(row, interaction):
        return _refuse("room_elsewhere", client_id)
    collected = parts.qr_sign_ins.collect_room(row, form.digits.data, now)
    if not isinstance(collected, Refused) or collected.reason == "room_not_approved":
        parts.limits.give_back(bucket)
    return collected


def _is_here(row: Any, terminal: Terminal, ip: str) -> bool:
    """Say whether the code was taken in the terminal's network, in which this browser is too."""
    return row.network == network_of(ip) or (terminal.holds(row.asked_from) and terminal.holds(ip))


def _covers(row: Any, interaction: Interaction) -> bool:
    """Say whether the phone was shown whatever is most private of what the terminal asks for by now."""
    shown = services.current().interactions.recall(row.interaction_uid)
    if interaction.request is None or shown is None or shown.request is None:
        return False
    return sensitive_names(interaction.request) <= sensitive_names(shown.request)


def _refuse(reason: str, client_id: str, seconds: int = 0) -> Refused:
    services.current().audit.record(
        "qr.room_code", outcome="refused", reason=reason, client_id=client_id, now=services.now()
    )
    return Refused("typed_code", reason, seconds)
