"""The forms of recovery: one question each."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, StringField, SubmitField

from tnid.accounts.forms import REQUIRED, text_field


class NameForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    name = StringField(id="recover_name", validators=[REQUIRED])
    submit = SubmitField()


class MessageCodeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    code = StringField(id="recover_code", validators=[REQUIRED])
    submit = SubmitField()


class AppCodeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    code = StringField(id="otp_code", validators=[REQUIRED])
    submit = SubmitField()


class RecoveryCodeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    code = StringField(id="recovery_code", validators=[REQUIRED])
    submit = SubmitField()


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    new = PasswordField(id="recover_password", validators=[REQUIRED])
    app_lost = BooleanField(id="recover_app_lost")
    submit = SubmitField()


class StopForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    code = text_field(required=True)
    submit = SubmitField()


class PlainForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A button alone: the CSRF token is all that it holds."""

    submit = SubmitField()
