"""The forms of teams and applications."""

from __future__ import annotations

from flask_babel import lazy_ngettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, SubmitField
from wtforms.fields.choices import SelectChoice

from tnid.accounts.choices import DropDown, Radios
from tnid.accounts.forms import CHOOSE_ONE, attempt_field, text_field
from tnid.developers.presets import PRESETS
from tnid.developers.roles import NAMES, ROLES
from tnid.developers.tokens import LIFETIMES_DAYS


class TeamForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What a team is called, and who is behind it."""

    name = text_field(required=True)
    organisation = text_field()
    submit = SubmitField()


class RoleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Which role; none is chosen beforehand."""

    role = Radios(
        choices=[SelectChoice(role, NAMES[role]) for role in ROLES],
        validators=[CHOOSE_ONE],
    )
    submit = SubmitField()


class TokenForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What a token is for, and how long it opens anything."""

    name = text_field(required=True)
    days = DropDown(
        choices=[
            SelectChoice(str(days), lazy_ngettext("%(num)s day", "%(num)s days", days))
            for days in LIFETIMES_DAYS
        ],
        default="30",
    )
    submit = SubmitField()


class TextsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What people read, in three languages; whatever is left out is read in Vietnamese."""

    # What the texts were when the page was made: nobody's words are overwritten unseen
    shown = HiddenField()
    name_vi, name_en, name_ko = text_field(required=True), text_field(), text_field()
    purpose_vi, purpose_en, purpose_ko = text_field(), text_field(), text_field()
    organisation_vi, organisation_en, organisation_ko = text_field(), text_field(), text_field()
    submit = SubmitField()


class ApplicationForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """All that is asked before an application can be tried."""

    attempt = attempt_field()
    # Asked of somebody with several teams alone; NEW_TEAM for who has none
    team = DropDown(choices=[])
    name = text_field(required=True)
    preset = Radios(
        choices=[SelectChoice(one.id, one.label) for one in PRESETS.values()],
        validators=[CHOOSE_ONE],
    )
    redirect_uri = text_field()
    submit = SubmitField()
