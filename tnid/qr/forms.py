"""The forms of sign-in by QR; their ids are relied on from outside."""

from __future__ import annotations

import unicodedata

from flask_wtf import FlaskForm
from wtforms import StringField, SubmitField
from wtforms.validators import InputRequired, Regexp

from tnid.accounts.forms import REQUIRED
from tnid.accounts.messages import MESSAGES


def only_digits(typed: str | None) -> str:
    """Return what was typed without spaces, and in ASCII where a keyboard made wide digits."""
    return "".join(unicodedata.normalize("NFKC", typed or "").split())


class DigitsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The digits that the phone shows, typed on the screen. What isn't two digits costs no try."""

    digits = StringField(
        id="qr_digits",
        filters=[only_digits],
        validators=[
            InputRequired(MESSAGES["qr_digits"]),
            Regexp(r"[0-9]{2}\Z", message=MESSAGES["qr_digits"]),
        ],
    )
    submit = SubmitField(id="qr_submit")


class RoomForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What somebody brings back from outside: the code, and the digits of their phone."""

    typed_code = StringField(id="room_code", validators=[REQUIRED])
    digits = StringField(
        id="room_digits",
        filters=[only_digits],
        validators=[
            InputRequired(MESSAGES["room_digits"]),
            Regexp(r"[0-9]{4}\Z", message=MESSAGES["room_digits"]),
        ],
    )
    submit = SubmitField(id="room_submit")


class TypedCodeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The code of a screen, typed on a phone that scans nothing."""

    typed_code = StringField(validators=[REQUIRED])
    submit = SubmitField()
