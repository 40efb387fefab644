"""The picker's form; its ids are relied on from outside."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from tnid.sandbox.people import people

ONE, TWO = "1", "2"
WHOM = _("Choose whom to sign in as.")
SHUT = _("This account is disabled: nobody signs in to it. Choose somebody else.")


class PickForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Who signs in, by the button that was pressed, and with how many factors."""

    person = StringField(id="sandbox_person", validators=[InputRequired(WHOM)])
    factors = RadioField(
        _("How to sign in"),
        id="sandbox_factors",
        choices=[(ONE, _("One factor (acr LoA1)")), (TWO, _("Two factors (acr LoA2)"))],
        default=ONE,
    )

    def validate_person(self, field: Any) -> None:
        if field.data not in people():
            raise ValueError(WHOM)
        if people()[field.data].is_disabled:
            raise ValueError(SHUT)
