"""What a page of a log is narrowed by: a form that is looked with, and so is part of the address."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from tnid.accounts.ages import VIETNAM
from tnid.accounts.choices import DropDown
from tnid.accounts.dates import read_date
from tnid.accounts.forms import text_field
from tnid.client_log.service import Filters
from tnid.client_log.stages import STAGES
from tnid.client_log.words import OUTCOMES
from tnid.client_log.words import STAGES as STAGE_NAMES

_CODE = re.compile(r"[a-z_]{1,64}")
_NUMBER = re.compile(r"[0-9a-f]{16}")
_ALL = SelectChoice("", _("All"))


class FilterForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Read from the address; it changes nothing, so it needs no token."""

    class Meta:
        csrf = False

    outcome = DropDown(choices=[_ALL, *(SelectChoice(*one) for one in OUTCOMES.items())], default="")
    stage = DropDown(choices=[_ALL, *(SelectChoice(one, STAGE_NAMES[one]) for one in STAGES)], default="")
    error = text_field()
    number = text_field()
    since = text_field()
    until = text_field()
    submit = SubmitField()

    def validate_error(self, field: Any) -> None:
        if field.data and not _CODE.fullmatch(field.data):
            raise ValidationError(_("An error code has small letters and underscores, as invalid_grant has."))

    def validate_number(self, field: Any) -> None:
        field.data = tidy_number(field.data or "")
        if field.data and not _NUMBER.fullmatch(field.data):
            raise ValidationError(_("An error number has 16 digits and letters from a to f."))

    def validate_since(self, field: Any) -> None:
        _check_day(field.data)

    def validate_until(self, field: Any) -> None:
        _check_day(field.data)
        since, until = _first_second(self.since.data), _first_second(field.data)
        if since is not None and until is not None and until < since:
            raise ValidationError(_("The last day is before the first."))

    def read(self) -> Filters:
        """Return the filters of a form that was found right; days are Vietnam's, the last one included."""
        until = _first_second(self.until.data, days=1)
        return Filters(
            self.outcome.data or "", self.stage.data or "", self.error.data or "", self.number.data or "",
            _first_second(self.since.data), until,
        )  # fmt: skip


def read_filters() -> FilterForm:
    """Return the form of the present address, its errors found."""
    form = FilterForm(request.args)
    form.validate()
    return form


def tidy_number(typed: str) -> str:
    """Return an error number as it is kept, however it was copied: in groups, with capitals."""
    return re.sub(r"[\s-]", "", typed).lower()


def is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _check_day(typed: str | None) -> None:
    if typed and _first_second(typed) is None:
        raise ValidationError(_("Write the day as day, month, year, as 27/3/2026."))


def _first_second(typed: str | None, *, days: int = 0) -> int | None:
    read = read_date(typed or "")
    try:
        day = datetime.fromisoformat(read or "").replace(tzinfo=VIETNAM)
        return int((day + timedelta(days=days)).timestamp())
    except (ValueError, OverflowError):
        return None
