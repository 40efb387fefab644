"""The forms of the counter, and of the slip that a person takes home from it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from tnid.accounts.choices import Radios
from tnid.accounts.forms import CHOOSE_ONE, REQUIRED, text_field
from tnid.accounts.numbers import PASSPORT, RESIDENCE_CARD

SEXES = [SelectChoice("female", _("Female")), SelectChoice("male", _("Male"))]
FOREIGN_DOCUMENTS = [
    SelectChoice(PASSPORT, _("Passport")),
    SelectChoice(RESIDENCE_CARD, _("Residence card")),
]
NOT_TICKED = _("Not ticked yet. Tick it only when it is true.")


class FindForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    card = text_field(required=True)
    submit = SubmitField()


class FindByNameForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    contact = text_field(required=True)
    name = text_field(required=True)
    submit = SubmitField()


class ReferenceForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    reference = text_field(required=True)
    submit = SubmitField()


class DocumentForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The document of a foreigner. Only a passport needs its country: one of those that the page offers."""

    document = Radios(choices=FOREIGN_DOCUMENTS, validators=[CHOOSE_ONE])
    country = SelectField(validate_choice=False)
    number = text_field(required=True)
    submit = SubmitField()


class CardForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What stands on the card, and for somebody new where they live and are reached."""

    number = text_field()
    name = text_field(required=True)
    birthdate = text_field(required=True)
    gender = Radios(choices=SEXES, validators=[REQUIRED])
    phone = text_field()
    lives_here = BooleanField()
    street_address = text_field()
    submit = SubmitField()


class ComparedForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Each of them has to be true: a card that fails one is sent to the police, not recorded."""

    is_alike = BooleanField(validators=[InputRequired(NOT_TICKED)])
    is_whole = BooleanField(validators=[InputRequired(NOT_TICKED)])
    is_same_number = BooleanField(validators=[InputRequired(NOT_TICKED)])
    is_same_person = BooleanField(validators=[InputRequired(NOT_TICKED)])
    submit = SubmitField()


class GuardianForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A guardian beside a child: their card, and what the official saw."""

    card = text_field(required=True)
    is_alike = BooleanField(validators=[InputRequired(NOT_TICKED)])
    is_representative = BooleanField(validators=[InputRequired(NOT_TICKED)])
    has_agreed = BooleanField(validators=[InputRequired(NOT_TICKED)])
    submit = SubmitField()


class ActivationForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    activation_code = StringField(validators=[REQUIRED])
    submit = SubmitField()


class CredentialsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    username = text_field(required=True)
    password = PasswordField(validators=[REQUIRED])
    submit = SubmitField()


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    password = PasswordField(validators=[REQUIRED])
    submit = SubmitField()
