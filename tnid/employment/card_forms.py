"""The forms of employment cards."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, SubmitField, TextAreaField

from tnid.accounts.forms import REQUIRED
from tnid.employment.cards import CARD_FIELDS


class NewCardForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Which of the accepted fields stand on the card."""

    employer = BooleanField(default=True)
    title = BooleanField(default=True)
    park = BooleanField(default=True)
    start_date = BooleanField(default=True)
    contract_type = BooleanField(default=True)
    submit = SubmitField()

    def ticked(self) -> list[str]:
        return [name for name in CARD_FIELDS if self[name].data]


class CheckForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    card_text = TextAreaField(validators=[REQUIRED])
    submit = SubmitField()
