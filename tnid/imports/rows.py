"""One row of a list: what is kept of it until it is applied, or what is wrong with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import orjson

from tnid.accounts.numbers import is_number_in_disguise
from tnid.accounts.refusal import Refused
from tnid.employers.tax_codes import read_tax_code
from tnid.employment.attestation import MOST_STAFF_CODE, Attestation, parse
from tnid.employment.attestations import AMBIGUOUS, ENDED, INVITED, MATCHED, UNKNOWN

BAD = "bad"
_NAMES = tuple(field.name for field in dataclasses.fields(Attestation))
OUTCOMES = (MATCHED, INVITED, ENDED, UNKNOWN, AMBIGUOUS, BAD)
NEED_ATTENTION = (UNKNOWN, AMBIGUOUS, BAD)


class Judged(NamedTuple):
    """A row as read: what it attests, or the fault. `staff_code` is for the report, "" where it can't be."""

    number: int
    staff_code: str
    said: Attestation | Refused


def judge(event: Mapping[str, Any], tax_code: str, today: date) -> Judged:
    """Judge what the reader says of a row of this employer's list."""
    values = event["values"]
    code = values.get("staff_code", "")
    return Judged(event["row"], code if is_shown(code) else "", _judge(event, tax_code, today))


def is_shown(staff_code: str) -> bool:
    """Say whether a staff code may be kept and shown as it is: a person's number is sealed, whatever it is
    used for."""
    return len(staff_code) <= MOST_STAFF_CODE and not is_number_in_disguise(staff_code)


def _judge(event: Mapping[str, Any], tax_code: str, today: date) -> Attestation | Refused:
    values, fault = event["values"], event.get("fault")
    if fault:
        return Refused(*fault)
    if "tax_code" in values and (problem := _find_problem(values["tax_code"], tax_code)):
        return Refused("tax_code", problem)
    said = parse(values, today)
    if isinstance(said, list):
        return said[0]
    if not is_shown(said.staff_code):
        return Refused("staff_code", "staff_code_is_number")
    return said


def _find_problem(typed: str, tax_code: str) -> str | None:
    code = read_tax_code(typed)
    if code is None:
        # A number of a spreadsheet's has no zero in front
        return "number_without_zero" if read_tax_code(f"0{typed}") else "tax_code"
    return None if code == tax_code else "other_employer"


def pack_said(said: Attestation) -> bytes:
    return orjson.dumps({name: getattr(said, name) for name in _NAMES})


def open_said(packed: bytes) -> Attestation:
    return Attestation(**orjson.loads(packed))
