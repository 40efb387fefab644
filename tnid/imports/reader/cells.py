"""The text of a cell, or why it can't be taken: a spreadsheet changes what is typed into it."""

from __future__ import annotations

import datetime
import math
import re
import unicodedata

DATES = frozenset({"birthdate", "start_date", "end_date"})
# Made of digits, and never counted with: a spreadsheet takes them for numbers all the same
CODES = frozenset({"personal_id_number", "staff_code", "tax_code"})
MOST_CHARACTERS = 300
_PIN_DIGITS = 12
_ROUNDED = re.compile(r"[+-]?\d+(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
# Numbers of citizens begin with one zero or two; nine digits are an old card's, which has its own words
_LOST_ZEROS = re.compile(r"\d{10,11}")
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"})
_NOTHING = frozenset({"-", "–", "—", "N/A", "n/a"})
_LINE_BREAKS = str.maketrans({"\n": " ", "\r": " ", "\t": " ", "\xa0": " "})


class Fault(Exception):
    """The value can't be taken, for a reason that has words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_cell(field: str, value: object) -> str:
    """Return the cell as text: real dates as yyyy-mm-dd, whole numbers without a point, "" for none.

    Raises Fault: `formula`, `cell_error`, `too_long`, `turned_into_date`, `number_as_power` and
    `number_without_zero`.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return _check_code(field, _read_text(value))
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        if field not in DATES:
            raise Fault("turned_into_date")
        return value.isoformat()
    if isinstance(value, bool | int | float):
        return _check_code(field, _read_number(field, value))
    if isinstance(value, datetime.time | datetime.timedelta):
        raise Fault("turned_into_date")
    # openpyxl's formulas over several cells
    raise Fault("formula")


def _read_text(value: str) -> str:
    text = unicodedata.normalize("NFC", value.translate(_LINE_BREAKS)).strip().strip("\ufeff\u200b").strip()
    if text.startswith("="):
        # Its value is whatever the file says that it was, and a cell that names another cell proves nothing
        raise Fault("formula")
    if text in _ERRORS:
        raise Fault("cell_error")
    if len(text) > MOST_CHARACTERS:
        raise Fault("too_long")
    return "" if text in _NOTHING else text


def _read_number(field: str, value: float) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Fault("cell_error")
        if field == "income":
            # An average; less than a đồng is nobody's
            value = round(value)
    text = str(int(value)) if value == int(value) else repr(value)
    if len(text) > MOST_CHARACTERS:
        raise Fault("too_long")
    return text


def _check_code(field: str, text: str) -> str:
    """Raise Fault where a spreadsheet took the digits for a number, and kept less than was typed."""
    if field in CODES and _ROUNDED.fullmatch(text):
        raise Fault("number_as_power")
    if field == "personal_id_number" and _LOST_ZEROS.fullmatch(text):
        raise Fault("number_without_zero")
    return text
