"""The forms by which a person confirms who they are."""

from __future__ import annotations

from typing import Any

from babel import Locale
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import FileField, HiddenField, RadioField, SelectField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice

from tnid.accounts.forms import strip, text_field
from tnid.accounts.numbers import HOME_COUNTRY, PASSPORT
from tnid.enrolment.addresses import find_place
from tnid.enrolment.details import ELSEWHERE, Details
from tnid.wards import all_wards

SEXES = [SelectChoice("male", _("Male")), SelectChoice("female", _("Female"))]
_TERRITORY_LETTERS = 2
_NO_COUNTRIES = frozenset(("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"))


class CardForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The text of a card's code, as the camera read it."""

    card_text = HiddenField()
    submit = SubmitField()


class PhotoForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    photo = FileField()
    submit = SubmitField()


class DetailsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What the document says. `make_details_form` fills the choices and leaves out what doesn't apply."""

    country = SelectField(validate_choice=False)
    number = text_field()
    name = text_field()
    birthdate = text_field()
    gender = RadioField(choices=SEXES, validate_choice=False)
    address = text_field()
    ward = SelectField(validate_choice=False)
    submit = SubmitField()


class PhoneForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    phone = StringField(filters=[strip])
    submit = SubmitField()


class PhoneCodeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    code = StringField(filters=[strip])
    submit = SubmitField()


def make_details_form(details: Details) -> Any:
    """Return the form for one kind of document, filled in as far as there is anything."""
    form = DetailsForm(data={name: getattr(details, name) for name in Details.__slots__})
    if details.document != PASSPORT:
        del form.country
    else:
        form.country.choices = countries()
    form.ward.choices = wards(form.address.data or "")
    return form


def read_details(form: Any, document: str) -> Details:
    """Return what was typed."""
    typed = {field.short_name: field.data or "" for field in form}
    return Details(document=document, **{name: typed.get(name, "") for name in Details.__slots__[1:]})


def countries() -> list[SelectChoice]:
    """Return every country but ours, in the language of the page."""
    names = Locale.parse(str(get_locale())).territories
    listed = [
        (code, name)
        for code, name in names.items()
        if len(code) == _TERRITORY_LETTERS and code.isalpha() and code not in (*_NO_COUNTRIES, HOME_COUNTRY)
    ]
    return [SelectChoice("", "–"), *(SelectChoice(*one) for one in sorted(listed, key=lambda one: one[1]))]


def wards(address: str) -> Any:
    """Return today's wards; those that the address may lie in come first."""
    likely = find_place(address).wards
    others = sorted((w for w in all_wards() if w not in likely), key=lambda ward: ward.name.split(" ", 1)[1])
    first = [SelectChoice("", "–")]
    rest = [SelectChoice(ward.code, ward.name) for ward in others]
    last = [SelectChoice(ELSEWHERE, gettext("In another province"))]
    if not likely:
        return [*first, *rest, *last]
    return [
        *first,
        *(
            SelectChoice(ward.code, ward.name, None, gettext("Where this address may be now"))
            for ward in likely
        ),
        *(SelectChoice(one.value, one.label, None, gettext("All wards and communes")) for one in rest),
        *(SelectChoice(one.value, one.label, None, gettext("Elsewhere")) for one in last),
    ]
