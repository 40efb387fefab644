"""The form that takes a device's code."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField, SubmitField
from wtforms.validators import InputRequired

from tnid.accounts.messages import MESSAGES


class UserCodeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    user_code = StringField(validators=[InputRequired(MESSAGES["required"])])
    submit = SubmitField()
