"""What an employer says of a worker: read once from what somebody typed, a list holds or a program sends."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from tnid.accounts.ages import VIETNAM, birthday
from tnid.accounts.claims import Unfit, clean_name, clean_text
from tnid.accounts.numbers import is_personal_id_number
from tnid.accounts.refusal import Refused
from tnid.enrolment.names import bare_key
from tnid.parks import find_park

FIELDS = ("employer", "park", "title", "start_date", "contract_type", "income")
"""What the worker decides about, one by one."""

CONTRACT_TYPES = ("indefinite", "fixed_term", "probation")
LEAST_YEARS = 15
MOST_STAFF_CODE = 64
MOST_TITLE = 120
MOST_INCOME = 1_000_000_000
FURTHEST_START = timedelta(days=92)
# dd/mm/yyyy, as it is written here; the year first, as programs write it. Never the month first
_DATES = (
    re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[T ]00:00(?::00)?)?"),
)
_AMOUNT = re.compile(r"\d{1,3}(?:[.,]\d{3})+|\d+")
_CURRENCY = re.compile(r"(?:₫|đ|vnd|vnđ|đồng)$", re.IGNORECASE)
_CONTRACT_WORDS = {
    **{name: name for name in CONTRACT_TYPES},
    **{"khong xac dinh thoi han": "indefinite", "xac dinh thoi han": "fixed_term", "thu viec": "probation"},
    **{"permanent": "indefinite", "hdld khong xac dinh thoi han": "indefinite"},
    "hdld xac dinh thoi han": "fixed_term",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """What is attested of one worker. Dates are YYYY-MM-DD, "" for none; income is VND a month.

    `staff_code` or `number` is there; the number itself is kept nowhere.
    """

    staff_code: str = ""
    number: str = field(default="", repr=False)
    name: str = field(repr=False)
    birthdate: str = field(default="", repr=False)
    title: str = ""
    park: str = ""
    start_date: str = ""
    end_date: str = ""
    contract_type: str = ""
    income: int | None = field(default=None, repr=False)

    def values(self) -> dict[str, Any]:
        """Return what is kept of it, sealed: neither the number nor what has a column of its own."""
        kept = ("name", "birthdate", "title", "park", "start_date", "contract_type", "income")
        return {name: value for name in kept if (value := getattr(self, name)) not in ("", None)}


def pack(values: Mapping[str, Any]) -> bytes:
    return orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS)


def parse(fields: Mapping[str, str], today: date) -> Attestation | list[Refused]:
    """Return what the fields say, or everything that is wrong with them; what is missing is "".

    The fields: staff_code, personal_id_number, name, birthdate, title, park (an industrial park's identifier
    or name), start_date, end_date, contract_type and income. Others are not looked at.
    """
    read: dict[str, Any] = {}
    faults: list[Refused] = []
    for name, reader in _READERS.items():
        text = str(fields.get(name) or "").strip()
        try:
            read[name] = reader(text) if text else ("" if name != "income" else None)
        except Unfit as unfit:
            faults.append(Refused(name, str(unfit)))
    if not faults:
        faults = _find_faults(read, today)
    return faults or Attestation(number=read.pop("personal_id_number"), **read)


def _find_faults(read: Mapping[str, Any], today: date) -> list[Refused]:
    born, begun, over = read["birthdate"], read["start_date"], read["end_date"]
    first_day = _midnight(begun or today.isoformat())
    turned = birthday(born, LEAST_YEARS) if born else None
    checks = (
        ("name", "required", not read["name"]),
        ("staff_code", "nobody_named", not read["staff_code"] and not read["personal_id_number"]),
        # Labour Code 2019 art. 3: a worker is 15 or older
        ("birthdate", "too_young", turned is not None and turned > first_day),
        ("start_date", "too_far_ahead", bool(begun) and date.fromisoformat(begun) > today + FURTHEST_START),
        ("end_date", "before_start", bool(over and begun) and over < begun),
    )
    return [Refused(name, reason) for name, reason, is_so in checks if is_so]


def _midnight(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=VIETNAM).timestamp())


def ends_at_of(end_date: str) -> int | None:
    """Return the first second after somebody's last day of work, None for no end."""
    if not end_date:
        return None
    following = date.fromisoformat(end_date) + timedelta(days=1)
    return _midnight(following.isoformat())


def _staff_code(text: str) -> str:
    code = clean_text(text)
    if len(code) > MOST_STAFF_CODE:
        raise Unfit("too_long")
    return code


def _number(text: str) -> str:
    number = re.sub(r"[\s.-]", "", text)
    if not is_personal_id_number(number):
        raise Unfit(_fault_of_number(number))
    return number


def _fault_of_number(number: str) -> str:
    """A spreadsheet takes numbers for amounts: it drops a leading zero, or writes a power of ten."""
    if re.fullmatch(r"\d[.,]?\d*[eE]\+?\d+", number):
        return "number_as_power"
    if re.fullmatch(r"\d{11}", number):
        return "number_without_zero"
    return "old_card_number" if re.fullmatch(r"\d{9}", number) else "personal_id_number"


def _day(text: str) -> str:
    for form in _DATES:
        found = form.fullmatch(text)
        if found and text.isascii():
            try:
                day = date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                raise Unfit("date") from None
            if not 1900 <= day.year <= 2200:
                raise Unfit("date")
            return day.isoformat()
    raise Unfit("date")


def _title(text: str) -> str:
    title = clean_text(text)
    if len(title) > MOST_TITLE:
        raise Unfit("too_long")
    return title


def _park(text: str) -> str:
    park = find_park(clean_text(text))
    if park is None:
        raise Unfit("unknown_park")
    return park.id


def _contract_type(text: str) -> str:
    found = _CONTRACT_WORDS.get(bare_key(clean_text(text)))
    if found is None:
        raise Unfit("contract_type")
    return found


def _income(text: str) -> int:
    """Return VND a month; 12.500.000 and 12,500,000 are the same amount."""
    amount = _CURRENCY.sub("", "".join(text.split()))
    if not amount.isascii() or not _AMOUNT.fullmatch(amount):
        raise Unfit("amount")
    value = int(re.sub(r"[.,]", "", amount)) if len(amount) <= 20 else MOST_INCOME + 1
    if value > MOST_INCOME:
        raise Unfit("amount")
    return value


_READERS: dict[str, Callable[[str], Any]] = {
    "staff_code": _staff_code,
    "personal_id_number": _number,
    "name": clean_name,
    "birthdate": _day,
    "title": _title,
    "park": _park,
    "start_date": _day,
    "end_date": _day,
    "contract_type": _contract_type,
    "income": _income,
}
