"""What people will see: the consent's own items, with the values of somebody made up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oidc.agreed import Agreed
from oidc.attested import QUESTIONS, Vouched
from oidc.consent import ABOUT_VERIFIED, CLAIM_GROUPS, Item
from oidc.models import Client
from tnid.consent.items import ConsentItem, show_items
from tnid.consent.values import Holdings, values_of
from tnid.developers.disclosure import Disclosure

MADE_UP: Mapping[str, Any] = {
    "name": "Nguyễn Thị Mai",
    "family_name": "Nguyễn",
    "middle_name": "Thị",
    "given_name": "Mai",
    "preferred_username": "mai.thu",
    "birthdate": "1994-03-08",
    "gender": "female",
    "phone_number": "+84912345678",
    "phone_number_verified": True,
    "email": "mai@example.com",
    "email_verified": True,
    "address": {"street_address": "Tổ 5", "locality": "Phường Phan Đình Phùng", "region": "Tỉnh Thái Nguyên"},
    "locale": "vi",
    "zoneinfo": "Asia/Ho_Chi_Minh",
    "website": "https://mai.example",
    "updated_at": 1_793_000_000,
}
_OF_WORK: Mapping[str, Any] = {
    "is_worker": True,
    "employment_confirmed_at": "2026-09-01",
    "employment_valid_until": "2027-03-01",
    "job_title": "Công nhân lắp ráp",
    "employee_number": "TN-20418",
    "employment_start_date": "2022-05-16",
}
_OF_STANDING: Mapping[str, Any] = {
    "identity_level": 2,
    "residence_ward": {"code": "05443", "name": "Phường Phan Đình Phùng"},
    "personal_id_number": "000000000001",
    "guardian_of": ["made-up"],
    "staff_roles": [{"role": "official", "ward": {"code": "05443", "name": "Phường Phan Đình Phùng"}}],
}
_VALUES = {
    "age_over": "60",
    "resident_of_ward": "05443",
    "works_in_park": "yen-binh-1",
    "tenure_at_least_months": "12",
    "income_at_least": "8000000",
}
_ANSWERS = {f"{name}={_VALUES[name]}": True for name in QUESTIONS}
_RECORD = {"verification": {"trust_framework": "vn"}, "claims": MADE_UP}
SOMEBODY = Holdings(
    MADE_UP,
    (_RECORD,),
    identity_level=2,
    now=1_793_000_000,
    vouched=Vouched({**_OF_WORK, **_OF_STANDING}, _ANSWERS),
)


def preview_items(asked: Disclosure, client: Client) -> list[ConsentItem]:
    """Return the items as the consent page shows them, what is required first."""
    items = [item_of(name, is_required=asked.items[name].required) for name in asked.names]
    return show_items(items, client, SOMEBODY, Agreed(frozenset(), frozenset()))


def item_of(name: str, *, is_required: bool = False) -> Item:
    """Return an item as a request would ask for it, with a value where it is asked about one."""
    if name in _VALUES:
        asked = f"{name}={_VALUES[name]}"
        return Item(asked, frozenset({asked}), is_required)
    verified = name.startswith(ABOUT_VERIFIED)
    claims = CLAIM_GROUPS.get(name.removeprefix(ABOUT_VERIFIED), (name.removeprefix(ABOUT_VERIFIED),))
    return Item(name, frozenset(ABOUT_VERIFIED + one if verified else one for one in claims), is_required)


def example_of(name: str) -> str:
    """Return what the application would be told of the made-up person, in a line; "" where there is none."""
    told = [
        f"{one.label}: {one.text}" if one.label else one.text for one in values_of(item_of(name), SOMEBODY)
    ]
    return " · ".join(told)
