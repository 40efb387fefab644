"""The form that takes the code of a screen."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField, SubmitField
from wtforms.validators import InputRequired

from tnid.accounts.messages import MESSAGES


class TypedCodeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    typed_code = StringField(validators=[InputRequired(MESSAGES["required"])])
    submit = SubmitField()
