"""Fields of which one chooses, whose refusals are in our own words: WTForms knows no Vietnamese."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from tnid.accounts.messages import MESSAGES


class _InOurWords:
    """What was not offered is refused; only somebody who changed the page can send it."""

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)  # type: ignore[misc]  # the field comes after this class
        except ValidationError as error:
            raise ValidationError(MESSAGES["choose_one"]) from error


class Radios(_InOurWords, RadioField):  # type: ignore[misc]  # wtforms has no types
    """One of a few, all of them seen."""


class DropDown(_InOurWords, SelectField):  # type: ignore[misc]  # wtforms has no types
    """One of many."""


class Ticks(_InOurWords, SelectMultipleField):  # type: ignore[misc]  # wtforms has no types
    """Checkboxes, of which none is ticked beforehand."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
