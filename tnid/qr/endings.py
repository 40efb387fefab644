"""What a phone is told where there is nothing to answer: what happened, and the one thing to do now."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import make_response, render_template
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from tnid.qr.state import ABANDONED, COLLECTED, EXPIRED, OTHER_PERSON, READY, REFUSED, REPLACED, WRONG_DIGITS

UNKNOWN, STALE, FOREIGN, SECOND_PHONE = "unknown", "stale", "foreign", "second_phone"
GONE, SHUT, TOO_MANY, TOO_MANY_STRANGE = "gone", "shut", "too_many", "too_many_strange"


class Ending(NamedTuple):
    """`kind` is that of a notice; `step` says the one thing to do, `link` leads there where it is a page."""

    status: int
    kind: str
    title: Any
    happened: Any
    step: Any
    link: str = ""
    link_text: Any = ""


_SCAN = _("Look at the screen in front of you and scan the code that stands there now.")
_ANEW = _("Press the button for a new code on the screen, and scan that.")
_NO_SIGN_IN = _("Nobody was signed in.")
_WATCH_OUT = _(
    "If somebody sent you a code or presses you to scan one, do no more: they want into your account."
)

ENDINGS: dict[str, Ending] = {
    UNKNOWN: Ending(
        404,
        "care",
        _("This code leads nowhere"),
        _("It is not whole, or it was not made by Thái Nguyên ID. Nothing happened."),
        _("Scan the code on the screen once more, or type the letters that stand beside it."),
        "/qr",
        _("Type the letters"),
    ),
    STALE: Ending(
        410,
        "care",
        _("The code on the screen has changed"),
        _("It changes every few seconds, so that a picture of it is worth nothing. This one is too old."),
        _SCAN,
    ),
    FOREIGN: Ending(
        404,
        "care",
        _("This address was made for another browser"),
        _("Or this browser has signed out since then, or keeps no cookies. Nobody was signed in."),
        _("Scan the screen's code with this phone's camera. If none is there, show a new one first."),
    ),
    EXPIRED: Ending(
        410,
        "care",
        _("The time for this code is over"),
        _("A code is good for two minutes. Nobody was signed in, and nothing was shared."),
        _ANEW,
    ),
    SECOND_PHONE: Ending(
        409,
        "bad",
        _("Another phone has scanned this code already"),
        _("The first phone decides; this one can do nothing more. If the other phone is yours, go on there."),
        _("If you don't know that phone, leave the screen's page, or press the button for a new code there."),
    ),
    OTHER_PERSON: Ending(
        409,
        "care",
        _("Somebody else has signed in on this phone meanwhile"),
        _("The code was scanned for one account, and another one is signed in now. Nobody was signed in."),
        _("Decide whose account it shall be. Then press the button for a new code on the screen."),
    ),
    WRONG_DIGITS: Ending(
        410,
        "bad",
        _("Wrong digits were typed on the screen"),
        _NO_SIGN_IN,
        _("Was it you? Press the button for a new code on the screen. Was it not you? Do nothing more."),
    ),
    REFUSED: Ending(
        410,
        "good",
        _("You refused this sign-in"),
        _("Nobody was signed in, and nothing was shared."),
        _WATCH_OUT,
    ),
    REPLACED: Ending(
        410,
        "care",
        _("The screen shows a newer code by now"),
        _NO_SIGN_IN,
        _SCAN,
    ),
    ABANDONED: Ending(
        410,
        "care",
        _("The sign-in was stopped on the screen"),
        _NO_SIGN_IN,
        _("If you still want to sign in there, begin again on the screen."),
    ),
    GONE: Ending(
        410,
        "care",
        _("The screen waits for nothing more"),
        _("What it asked for was finished another way, or the application has withdrawn it."),
        _("If you still want to sign in there, begin again on the screen."),
    ),
    COLLECTED: Ending(
        200,
        "good",
        _("Signed in on the screen"),
        _("This page can be closed. A sign-in by QR ends by itself after a short while."),
        _("Sign out there when you have finished. Was it not you? Sign that device out at once."),
        "/account/sessions",
        _("See and sign out devices"),
    ),
    SHUT: Ending(
        403,
        "care",
        _("This account is shut"),
        _("Its owner has shut it, so it opens nothing."),
        _("To use it again, recover it."),
        "/recover",
        _("Recover the account"),
    ),
    TOO_MANY: Ending(
        429,
        "bad",
        _("There were too many codes in a short time"),
        _("Five codes were scanned for this account, and none was used. So it takes a rest of ten minutes."),
        _WATCH_OUT,
    ),
    TOO_MANY_STRANGE: Ending(
        429,
        "care",
        _("Too many tries"),
        _("From this network came many codes that no screen has shown."),
        _("Wait some minutes, then scan the code on the screen once more."),
    ),
}
# A screen that has been signed in and one that is about to be are the same to the phone
ENDINGS[READY] = ENDINGS[COLLECTED]


def tell(reason: str, retry_after_seconds: int = 0) -> Response:
    """Answer with the page of an ending."""
    ending = ENDINGS[reason]
    page = render_template("qr/phone_ending.html", ending=ending, reason=reason)
    response = make_response(page, ending.status)
    if retry_after_seconds:
        response.headers["Retry-After"] = str(retry_after_seconds)
    return response
