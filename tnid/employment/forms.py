"""The forms of the worker's side of employment."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice

from tnid.accounts.choices import Ticks
from tnid.accounts.forms import REQUIRED, strip


class DecisionForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Which fields are accepted; `seen` is the version that they were shown in."""

    seen = HiddenField()
    accept = Ticks()
    submit = SubmitField()

    def offer(self, fields: Iterable[str]) -> None:
        """Set what can be chosen here and now."""
        self.accept.choices = [SelectChoice(name, name) for name in fields]

    @property
    def seen_version(self) -> int:
        """Return the version that was shown, -1 where what came is no number of ours."""
        seen = self.seen.data or ""
        return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1


class InvitationForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    code = StringField(filters=[strip], validators=[REQUIRED])
    submit = SubmitField()
