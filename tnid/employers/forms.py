"""The forms of organisations and of those who represent them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SubmitField
from wtforms.fields.choices import SelectChoice

from tnid.accounts.choices import DropDown, Radios
from tnid.accounts.forms import CHOOSE_ONE, text_field
from tnid.employers.roles import NAMES, ROLES
from tnid.parks import all_parks


class AskForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Which organisation; its park may be none of them."""

    tax_code = text_field(required=True)
    name = text_field(required=True)
    park = DropDown(
        choices=[
            SelectChoice("", _("In none of these parks")),
            *(SelectChoice(one.id, one.name) for one in all_parks()),
        ]
    )
    submit = SubmitField()


class RoleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Which role; none is chosen beforehand."""

    role = Radios(
        choices=[SelectChoice(role, NAMES[role]) for role in ROLES],
        validators=[CHOOSE_ONE],
    )
    submit = SubmitField()


class DomainForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    domain = text_field()
    submit = SubmitField()


class SearchForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    query = text_field()
    submit = SubmitField()


class LeftForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    end_date = text_field(required=True)
    submit = SubmitField()
