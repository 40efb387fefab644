"""The forms of the sign-in screens; their ids are relied on from outside."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField, SubmitField

from tnid.accounts.forms import REQUIRED


class LoginForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    username = StringField(id="login_username", validators=[REQUIRED])
    password = PasswordField(id="login_password", validators=[REQUIRED])
    submit = SubmitField(id="login_submit")


class CodeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    code = StringField(id="otp_code", validators=[REQUIRED])
    submit = SubmitField(id="otp_submit")


class RecoveryForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    code = StringField(id="recovery_code", validators=[REQUIRED])
    submit = SubmitField(id="recovery_submit")


class PasskeyForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What a passkey answers, put in by the script."""

    credential = HiddenField(default="")


class ContinueForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    submit = SubmitField()
