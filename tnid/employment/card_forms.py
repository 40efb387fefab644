"""The forms of employment cards."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, SubmitField, TextAreaField

from tnid.accounts.forms import REQUIRED
from tnid.employment.cards import CARD_FIELDS


class NewCardForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Which of the accepted fields stand on the card: none that the worker did not tick."""

    employer = BooleanField()
    title = BooleanField()
    park = BooleanField()
    start_date = BooleanField()
    contract_type = BooleanField()
    submit = SubmitField()

    def ticked(self) -> list[str]:
        return [name for name in CARD_FIELDS if self[name].data]


class CheckForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    card_text = TextAreaField(validators=[REQUIRED])
    submit = SubmitField()
