"""The picker's form; its ids are relied on from outside."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, StopValidation, ValidationError

from oidc.sandbox_faults import AT_TOKEN, AT_USERINFO
from tnid.accounts.forms import REQUIRED
from tnid.sandbox.faults import MOST_MINUTES, MOST_REQUESTS
from tnid.sandbox.people import people
from tnid.sandbox.words import AT_PICKER, WORDS

ONE, TWO = "1", "2"
WHOM = _("Choose whom to sign in as.")
SHUT = _("This account is disabled: nobody signs in to it. Choose somebody else.")


class PickForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Who signs in, by the button that was pressed, and with how many factors."""

    person = StringField(id="sandbox_person", validators=[InputRequired(WHOM)])
    factors = RadioField(
        _("How to sign in"),
        id="sandbox_factors",
        choices=[
            SelectChoice(ONE, _("One factor (acr LoA1)")),
            SelectChoice(TWO, _("Two factors (acr LoA2)")),
        ],
        default=ONE,
    )

    def validate_person(self, field: Any) -> None:
        if field.data not in people():
            raise ValidationError(WHOM)
        if people()[field.data].is_disabled:
            raise ValidationError(SHUT)


class AnswerForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """With how many factors somebody made up answers, by the button that was pressed."""

    factors = StringField(validators=[AnyOf((ONE, TWO))])


class DeviceForm(PickForm):
    """The same with a device's code."""

    user_code = StringField(_("Code on the device's screen"), id="user_code", validators=[REQUIRED])


class FailForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """How a sign-in is to end instead."""

    fault = SelectField(
        _("What goes wrong"),
        id="sandbox_fault",
        choices=[SelectChoice(name, WORDS[name].label) for name in AT_PICKER],
    )


REQUESTS, MINUTES = "requests", "minutes"


class FaultForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What goes wrong at the endpoints of machines, for how long."""

    fault = RadioField(
        _("What goes wrong"),
        id="fault",
        choices=[SelectChoice(name, WORDS[name].label) for name in (*AT_TOKEN, *AT_USERINFO)],
        validators=[InputRequired(_("Choose what goes wrong."))],
    )
    number = IntegerField(id="fault_number", default=1)
    unit = RadioField(
        _("For how long"),
        id="fault_unit",
        choices=[SelectChoice(REQUESTS, _("requests")), SelectChoice(MINUTES, _("minutes"))],
        default=REQUESTS,
    )

    def validate_number(self, field: Any) -> None:
        most = MOST_MINUTES if self.unit.data == MINUTES else MOST_REQUESTS
        if field.data is None or not 1 <= field.data <= most:
            raise StopValidation(_("Write a number from 1 to %(most)s.", most=most))


ALL, NONE = "all", "none"


class PreviewForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Whom to look at, and what is asked for."""

    person = SelectField(
        _("Made-up person"), id="preview_person", validate_choice=False, validators=[InputRequired(WHOM)]
    )
    scope = StringField(_("scope"), id="preview_scope", default="")
    claims = TextAreaField(_("claims parameter"), id="preview_claims", default="")
    factors = RadioField(
        _("How to sign in"),
        id="preview_factors",
        choices=[
            SelectChoice(ONE, _("One factor (acr LoA1)")),
            SelectChoice(TWO, _("Two factors (acr LoA2)")),
        ],
        default=ONE,
    )
    share = RadioField(
        _("What is voluntary"),
        id="preview_share",
        choices=[
            SelectChoice(ALL, _("The person ticks all of it")),
            SelectChoice(NONE, _("The person ticks none of it")),
        ],
        default=ALL,
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.person.choices = [SelectChoice(name, one.display_name) for name, one in people().items()]

    def validate_person(self, field: Any) -> None:
        if field.data not in people():
            raise ValidationError(WHOM)
