"""The forms of mandates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from tnid.accounts.choices import Radios, Ticks
from tnid.accounts.forms import attempt_field, strip
from tnid.accounts.messages import MESSAGES

DAYS: tuple[tuple[int, Any], ...] = (
    (1, _("1 day")),
    (7, _("1 week")),
    (30, _("30 days")),
    (90, _("90 days")),
    (180, _("180 days")),
    (365, _("1 year")),
)


class ClientsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Which applications; the choices are set by the view."""

    clients = Ticks(validators=[InputRequired(MESSAGES["mandate_client"])])
    submit = SubmitField()


class MandateForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What the helper may do, until when, and who it is; `scopes` holds "<client_id> <scope>"."""

    attempt = attempt_field()
    scopes = Ticks()
    days = Radios(validators=[InputRequired(MESSAGES["mandate_until"])])
    to = StringField(filters=[strip])
    submit = SubmitField()

    def offer_choices(self, scopes: Sequence[tuple[str, str]], longest_days: int) -> None:
        """Set what can be chosen here and now."""
        self.scopes.choices = [SelectChoice(value, label) for value, label in scopes]
        self.days.choices = [SelectChoice(str(days), label) for days, label in DAYS if days <= longest_days]
