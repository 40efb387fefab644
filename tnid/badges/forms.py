"""The forms of printed cards: at a terminal, and on the account's page."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField, SubmitField

from tnid.accounts.forms import REQUIRED


class CardForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What a scanner types, or a person."""

    card = StringField(validators=[REQUIRED])
    submit = SubmitField()


class PinForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    pin = PasswordField(validators=[REQUIRED])
    submit = SubmitField()


class NewPinForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A PIN typed twice, for nobody sees what they type."""

    pin = PasswordField(validators=[REQUIRED])
    again = PasswordField(validators=[REQUIRED])
    submit = SubmitField()


class ActivationForm(NewPinForm):
    activation_code = StringField(validators=[REQUIRED])
