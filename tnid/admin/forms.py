"""The forms of operators' pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice

from tnid.accounts.choices import DropDown, Radios
from tnid.accounts.forms import CHOOSE_ONE, strip, text_field
from tnid.admin.roles import ADMINISTRATOR, NAMES, REVIEWER, SECURITY, SUPPORT
from tnid.employers.roles import NAMES as EMPLOYER_NAMES
from tnid.employers.roles import ROLES as EMPLOYER_ROLES
from tnid.wards import all_wards


def reason_field() -> TextAreaField:
    """Why something is done, for the log; how long it may be is judged with the act."""
    return TextAreaField(filters=[strip])


class ReasonForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A button that needs a reason."""

    reason = reason_field()
    submit = SubmitField()


class NewOperatorForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    username = text_field(required=True)
    role = Radios(
        choices=[SelectChoice(role, NAMES[role]) for role in (REVIEWER, SUPPORT, SECURITY, ADMINISTRATOR)],
        validators=[CHOOSE_ONE],
    )
    reason = reason_field()
    submit = SubmitField()


class SwitchOffForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Why something is turned off, and whether that is meant where people need it."""

    reason = reason_field()
    is_meant = BooleanField()
    submit = SubmitField()


class FindForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    query = text_field(required=True)
    submit = SubmitField()


class SearchForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    query = text_field()
    submit = SubmitField()


class RepresentativeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    username = text_field(required=True)
    role = Radios(
        choices=[SelectChoice(role, EMPLOYER_NAMES[role]) for role in EMPLOYER_ROLES],
        validators=[CHOOSE_ONE],
    )
    reason = reason_field()
    submit = SubmitField()


class OfficialForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Who serves at which commune's counter."""

    username = text_field(required=True)
    commune = DropDown(
        choices=[
            SelectChoice("", "–"),
            *(SelectChoice(ward.code, ward.name) for ward in sorted(all_wards(), key=lambda one: one.name)),
        ],
        validators=[CHOOSE_ONE],
    )
    reason = reason_field()
    submit = SubmitField()


class AuditForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What is looked for in the log; `before` is where the page before ended."""

    event = text_field()
    outcome = DropDown(
        choices=[
            SelectChoice("", _("Every outcome")),
            SelectChoice("ok", _("Done")),
            SelectChoice("refused", _("Refused")),
        ],
        default="",
    )
    reason = text_field()
    account = text_field()
    client = text_field()
    ip = text_field()
    request = text_field()
    since = text_field()
    until = text_field()
    why = reason_field()
    submit = SubmitField()
