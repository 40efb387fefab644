"""What was sent to a person, and, where nothing can be sent, what would have been."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from tnid import services, web
from tnid.access import Guard, declare
from tnid.messages.letters import Letter, write_letter
from tnid.messages.texts import TEXTS
from tnid.signin.session import get_end_user
from tnid.stores.messages import FAILED, KEPT, PERHAPS, QUEUED, SENDING, SENT, WITHHELD

blueprint = declare(Blueprint("messages", __name__, url_prefix="/account/messages"), Guard.SIGNED_IN)
demonstration = declare(Blueprint("demo_messages", __name__, url_prefix="/demo/messages"), Guard.PUBLIC)

STATES: dict[str, tuple[str, Any]] = {
    QUEUED: ("care", _("Waiting to be sent")),
    SENDING: ("care", _("Being sent")),
    SENT: ("good", _("Sent")),
    PERHAPS: ("care", _("Perhaps sent")),
    FAILED: ("care", _("Not sent")),
    WITHHELD: ("care", _("Not sent")),
    KEPT: ("", _("Demonstration")),
}


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Show what was sent to the person: when, to which masked address, and what became of it."""
    rows = services.current().messages.list_by_account(get_end_user().account_id)
    shown = [describe(row) for row in rows if row.text in TEXTS]
    return render_template("messages/messages.html", messages=shown)


def describe(row: Any) -> dict[str, Any]:
    kind, words = STATES[row.state]
    return {
        "title": TEXTS[row.text].title[web.current_locale()],
        "channel": row.channel,
        "masked": services.current().messages.open(row).masked,
        "when": row.ended_at or row.created_at,
        "state": row.state,
        "tag": kind,
        "state_words": words,
    }


@demonstration.get("")
def show_kept() -> ResponseReturnValue:
    """Show what would have been sent; there is no such page where anything can be sent, or others look."""
    messages = services.current().messages
    if not messages.keeps:
        abort(404)
    shown = [{"letter": letter, **describe(row)} for row in messages.list_kept() if (letter := write(row))]
    return render_template("messages/demonstration.html", messages=shown)


def write(row: Any) -> Letter | None:
    """Return a kept message as it would have left."""
    parts = services.current()
    account = parts.messages.find_account(row.account_id)
    text = TEXTS.get(row.text)
    if account is None or text is None:
        return None
    content = parts.messages.open(row)
    return write_letter(
        row.id, content.masked, row.text, text, content.values,
        language=account.locale, at=row.created_at, issuer=parts.settings.issuer,
    )  # fmt: skip
