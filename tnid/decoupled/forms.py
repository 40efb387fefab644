"""The form that takes a device's code."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField, SubmitField

from tnid.accounts.forms import REQUIRED


class UserCodeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    user_code = StringField(validators=[REQUIRED])
    submit = SubmitField()
