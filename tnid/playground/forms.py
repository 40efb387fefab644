"""The form that builds an authorization request."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from tnid.sandbox.people import people

LONG = _("This is too long.")
PROMPTS = ("", "login", "consent", "select_account", "none")
ACRS = ("", "LoA1", "LoA2")
MODES = ("", "form_post")
LOCALES = ("", "vi", "en", "ko")
FAULTS = "sandbox_fault"


def _choices(values: tuple[str, ...]) -> list[SelectChoice]:
    return [SelectChoice(value, value or "–") for value in values]


class RequestForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What is asked for; whatever is left empty is left out."""

    scope = StringField(id="playground_scope", validators=[Length(max=1000, message=LONG)])
    login_hint = SelectField(id="playground_person", validate_choice=False)
    prompt = SelectField(id="playground_prompt", choices=_choices(PROMPTS))
    acr_values = SelectField(id="playground_acr", choices=_choices(ACRS))
    max_age = StringField(id="playground_max_age", validators=[Length(max=10, message=LONG)])
    response_mode = SelectField(id="playground_mode", choices=_choices(MODES))
    ui_locales = SelectField(id="playground_locales", choices=_choices(LOCALES))
    claims = TextAreaField(id="playground_claims", validators=[Length(max=4000, message=LONG)])

    def validate_login_hint(self, field: Any) -> None:
        if field.data and field.data not in people():
            field.data = ""

    def parameters(self) -> dict[str, str]:
        """Return the parameters that were chosen, as they will be sent."""
        names = (
            "scope",
            "login_hint",
            "prompt",
            "acr_values",
            "max_age",
            "response_mode",
            "ui_locales",
            "claims",
        )
        given = {name: str(self[name].data or "").strip() for name in names}
        return {name: value for name, value in given.items() if value}
