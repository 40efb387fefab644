"""Between rows and resources: what a User is made of, what of it is attested, and what only is kept.

What is attested is read from the employment, so that a list that changes it is seen here too; names and
numbers of the employer's own lie sealed beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from tnid.accounts.ages import VIETNAM
from tnid.accounts.claims import Unfit, clean_text
from tnid.accounts.numbers import is_number_in_disguise, is_personal_id_number
from tnid.accounts.refusal import Refused
from tnid.employment.attestation import Attestation, ends_at_of, parse
from tnid.interfaces import Seals
from tnid.scim.errors import ScimError, bad_value
from tnid.scim.resources import (
    CONFIDENTIAL_SCHEMA,
    EMPLOYMENT_SCHEMA,
    USER_SCHEMA,
    Confidential,
    Employment,
    EnterpriseUser,
    Worker,
)

MOST_EXTERNAL_ID = 255
_NOBODY = "A"
# Of a representation, what has a column of its own, is made for each answer, or is kept nowhere
_NOT_KEPT = ("schemas", "id", "meta", "userName", "externalId", "active", CONFIDENTIAL_SCHEMA)
# The attested value of each attribute of the employment
_ATTESTED = {"startDate": "start_date", "contractType": "contract_type", "park": "park"}
_CLEARABLE = ("title", "start_date", "end_date", "contract_type", "park")
_NAMES = {
    "staff_code": "userName",
    "name": "name.formatted",
    "title": "title",
    "personal_id_number": f"{CONFIDENTIAL_SCHEMA}:personalIdNumber",
    "birthdate": f"{CONFIDENTIAL_SCHEMA}:birthdate",
    "income": f"{CONFIDENTIAL_SCHEMA}:averageIncome",
    "start_date": f"{EMPLOYMENT_SCHEMA}:startDate",
    "end_date": f"{EMPLOYMENT_SCHEMA}:endDate",
    "contract_type": f"{EMPLOYMENT_SCHEMA}:contractType",
    "park": f"{EMPLOYMENT_SCHEMA}:park",
}
_REASONS = {
    "required": "is required while the worker is active",
    "date": "is no date written as YYYY-MM-DD",
    "too_long": "is too long",
    "characters": "holds characters that can't be taken",
    "name_characters": "holds characters that are in no name",
    "personal_id_number": "is no identification number of twelve digits",
    "number_without_zero": "has eleven digits: the leading zero is missing",
    "old_card_number": "is the number of an old card; the identity card has twelve digits",
    "number_as_power": "was taken for an amount: send the twelve digits as a string",
    "unknown_park": "is no industrial park of the province",
    "contract_type": "is none of indefinite, fixed_term and probation",
    "amount": "is no amount in whole VND a month",
    "too_young": "is of somebody who was not fifteen yet on the first day",
    "too_far_ahead": "lies more than three months ahead",
    "before_start": "lies before the first day",
}


class Work(NamedTuple):
    """An employment's row as far as its values are concerned."""

    id: str
    values_sealed: bytes | None


class Records:
    """Makes resources of rows, and what is sealed of resources.

    `open_values` opens what is attested of an employment; `base` is the address of all that is here.
    """

    def __init__(self, seals: Seals, open_values: Callable[[Any], Mapping[str, Any]], base: str) -> None:
        self._seals = seals
        self._open_values = open_values
        self.base = base

    def resource_of(self, row: Any) -> Any:
        """Return the User of a row of tnid.stores.scim_users."""
        kept = self._open(row)
        if row.is_active:
            self._lay_over(kept, row)
        found = {
            **kept,
            "schemas": [USER_SCHEMA],
            "id": row.id,
            "userName": row.user_name,
            "externalId": row.external_id,
            "active": bool(row.is_active),
            "meta": {
                "resourceType": "User",
                "created": _moment(row.created_at),
                "lastModified": _moment(row.modified_at),
                "location": f"{self.base}/Users/{row.id}",
                "version": version_of(row),
            },
        }
        return Worker.model_validate(found)

    def seal(self, user_id: str, resource: Any) -> bytes:
        """Seal what is kept of a resource, which is to be in Unicode's one form by now."""
        whole = resource.model_dump()
        kept = {name: value for name, value in whole.items() if name not in _NOT_KEPT}
        kept.get(EMPLOYMENT_SCHEMA, {}).pop("linked", None)
        return self._seals.seal(orjson.dumps(kept), f"scim_users.values:{user_id}")

    def _open(self, row: Any) -> dict[str, Any]:
        # An end whose day has come may wait to be carried out: it counts already
        if row.values_sealed is None or (row.employment_id is not None and not row.is_active):
            return {}
        opened = self._seals.open(bytes(row.values_sealed), f"scim_users.values:{row.id}")
        kept: dict[str, Any] = orjson.loads(opened)
        return kept

    def _lay_over(self, kept: dict[str, Any], row: Any) -> None:
        """Put what is attested in the place of what was once sent."""
        values = self._open_values(Work(row.employment_id, row.work_sealed))
        if kept.get("name", {}).get("formatted") != values["name"]:
            kept["name"] = {"formatted": values["name"]}
        kept["title"] = values.get("title")
        work = {name: values[key] for name, key in _ATTESTED.items() if key in values}
        if row.ends_at is not None:
            work["endDate"] = datetime.fromtimestamp(row.ends_at - 1, VIETNAM).date().isoformat()
        if row.is_linked:
            work["linked"] = True
        kept[EMPLOYMENT_SCHEMA] = work or None


def version_of(row: Any) -> str:
    """Return the entity tag: it changes with the row, and with what the employer may see of the employment.

    Not with the employment's own version, which counts what its worker decides, or declines unseen.
    """
    said = f"{row.employment_id}:{row.attested_at}:{row.ends_at}:{row.is_linked}:".encode()
    digest = hashlib.sha256(said + bytes(row.work_sealed or b"")).hexdigest()
    return f'W/"{row.version}.{digest[:16]}"'


def _moment(epoch_seconds: int) -> str:
    return datetime.fromtimestamp(epoch_seconds, UTC).isoformat()


# What a resource says


def check_names(resource: Any) -> None:
    """Bring the texts of a resource into one form; raise ScimError where one can't be taken."""
    resource.user_name = _clean(resource.user_name, "userName")
    if not resource.user_name:
        raise bad_value("userName is required: the worker's staff code.")
    resource.external_id = _clean(resource.external_id, "externalId", MOST_EXTERNAL_ID)
    for name, text in (("userName", resource.user_name), ("externalId", resource.external_id)):
        if text and (is_personal_id_number(text) or is_number_in_disguise(text)):
            raise ScimError(
                400,
                f"{name} is an identification number, which has no place in an identifier: send it as"
                f" {CONFIDENTIAL_SCHEMA}:personalIdNumber.",
                "sensitive",
            )
    for part in (resource.name, resource[EnterpriseUser]):
        for field in () if part is None else type(part).model_fields:
            text = getattr(part, field)
            if isinstance(text, str):
                setattr(part, field, _clean(text, field))


def _clean(text: str | None, name: str, most: int | None = None) -> str | None:
    if text is None:
        return None
    try:
        found = clean_text(text)
    except Unfit as unfit:
        raise bad_value(f"{name} {_REASONS[str(unfit)]}.") from None
    if most is not None and len(found) > most:
        raise bad_value(f"{name} {_REASONS['too_long']}.")
    return found or None


def read_attestation(resource: Any, now: int, *, is_over: bool = False) -> Attestation:
    """Return what a resource attests; raise ScimError with all that is wrong with it.

    The resource takes over how it was read: a park by its identifier, a date as YYYY-MM-DD. Of work that is
    over, whose data may be erased by now, no name is asked.
    """
    work = resource[Employment] or Employment.model_validate({})
    secret = resource[Confidential] or Confidential.model_validate({})
    income = secret.average_income
    fields = {
        "staff_code": resource.user_name,
        "name": resource.name and resource.name.formatted,
        "title": resource.title,
        "start_date": work.start_date,
        "end_date": work.end_date,
        "contract_type": work.contract_type,
        "park": work.park,
        "personal_id_number": secret.personal_id_number,
        "birthdate": secret.birthdate,
        "income": None if income is None else str(income),
    }
    given = {name: text for name, text in fields.items() if text}
    if is_over and "name" not in given:
        given["name"] = _NOBODY
    said = parse(given, today(now))
    if not isinstance(said, Attestation):
        raise bad_value(" ".join(_sentence(fault) for fault in said))
    _take_over(resource, said)
    return said


def today(now: int) -> Any:
    return datetime.fromtimestamp(now, VIETNAM).date()


def _sentence(fault: Refused) -> str:
    words = _REASONS.get(fault.reason, "can't be taken")
    return f"{_NAMES.get(fault.field, fault.field)} {words}."


def _take_over(resource: Any, said: Attestation) -> None:
    if resource.name is not None:
        resource.name.formatted = said.name
    resource.title = said.title or None
    work = resource[Employment]
    if work is not None:
        work.start_date, work.end_date = said.start_date or None, said.end_date or None
        work.contract_type, work.park = said.contract_type or None, said.park or None


def find_end(resource: Any, now: int) -> int | None:
    """Return the second from which on a resource says that its worker works there no more, None for not yet.

    Raises ScimError where its last day is no day.
    """
    work = resource[Employment]
    ends_at = None
    if work is not None and work.end_date:
        ends_at = ends_at_of(_read_day(work.end_date))
    if ends_at is not None and ends_at <= now:
        return ends_at
    return None if resource.active else now


def _read_day(text: str) -> str:
    said = parse({"staff_code": "-", "name": _NOBODY, "end_date": text}, today(0))
    if not isinstance(said, Attestation):
        raise bad_value(" ".join(_sentence(fault) for fault in said))
    return said.end_date


def find_cleared(before: Any, after: Any) -> set[str]:
    """Return the names of attested values that a resource had and has no more."""
    return {name for name in _CLEARABLE if _value(before, name) and not _value(after, name)}


def _value(resource: Any, name: str) -> Any:
    if name == "title":
        return resource.title
    work = resource[Employment]
    return None if work is None else getattr(work, name)
