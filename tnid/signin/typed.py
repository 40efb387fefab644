"""What was typed into a form that wasn't looked at, for the same form when it is shown next.

Because the puzzle came in between (`tnid/challenge/`), or another language was chosen (`tnid/pages.py`). It
lies in this browser's own cookie, for that one time, and holds no secret. A terminal's browser, to which
others come, keeps nothing.
"""

from __future__ import annotations

from typing import Any

from flask import request, session

from tnid.signin.session import uid_of_terminal

KEPT = "typed"
FIELDS = ("username", "name", "phone", "email")
# A cookie that is too long would be lost, and the rest of what it holds with it
MOST_CHARACTERS = 80


def keep() -> None:
    """Keep what came with this request."""
    if uid_of_terminal():
        return
    typed = {name: request.form.get(name, "")[:MOST_CHARACTERS] for name in FIELDS}
    session[KEPT] = {name: value for name, value in typed.items() if value}


def keep_if_any() -> None:
    """Keep what came with this request, where it came from a form that has any of it."""
    if any(name in request.form for name in FIELDS):
        keep()


def restore(form: Any) -> None:
    """Put it into a form that is shown, unless it was sent just now."""
    if form.is_submitted():
        return
    for name, value in session.pop(KEPT, {}).items():
        if name in form:
            form[name].data = value
