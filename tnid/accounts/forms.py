"""The forms of registration and of the account pages."""

from __future__ import annotations

import secrets
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from tnid.accounts.choices import DropDown
from tnid.accounts.messages import MESSAGES

REQUIRED = InputRequired(MESSAGES["required"])
# After REQUIRED, of a line or a text: blanks alone are nothing. A password may be of blanks
FILLED = DataRequired(MESSAGES["required"])
CHOOSE_ONE = InputRequired(MESSAGES["choose_one"])
GENDERS = [SelectChoice("", "–"), SelectChoice("female", _("Female")), SelectChoice("male", _("Male"))]


def strip(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def text_field(*, required: bool = False) -> StringField:
    return StringField(filters=[strip], validators=[REQUIRED, FILLED] if required else [])


def attempt_field() -> HiddenField:
    """Return the form's own random number, made anew with each page: the same form sent twice acts once."""
    return HiddenField(default=lambda: secrets.token_urlsafe(16))


class RegistrationForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    attempt = attempt_field()
    name = text_field(required=True)
    username = text_field()
    phone = text_field()
    email = text_field()
    password = PasswordField(validators=[REQUIRED])
    submit = SubmitField()


class PersonalCodeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A code that one person handed another (tnid.accounts.personal_codes)."""

    code = StringField(validators=[REQUIRED])
    submit = SubmitField()


class ProfileForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    name = text_field(required=True)
    family_name = text_field()
    middle_name = text_field()
    given_name = text_field()
    birthdate = text_field()
    # The date that was asked about: of somebody so young that a guardian is needed
    confirmed_birthdate = HiddenField()
    gender = DropDown(choices=GENDERS)
    street_address = text_field()
    locality = text_field()
    region = text_field()
    country = text_field()
    submit = SubmitField()


class ContactForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    contact = text_field(required=True)
    submit = SubmitField()


class MessageCodeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    code = StringField(validators=[REQUIRED])
    submit = SubmitField()


class PasswordForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    current = PasswordField()
    new = PasswordField(validators=[REQUIRED])
    end_others = BooleanField(default=True)
    submit = SubmitField()


class PasskeyNameForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    name = text_field(required=True)
    submit = SubmitField()


class PlainForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A button alone: the CSRF token is all that it holds."""

    submit = SubmitField()
