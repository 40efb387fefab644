"""Somebody whom the province knows well."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import Someone
from tests.tnid.mandates.test_guardians import born

NUMBER, WARD = "019161004512", {"code": "05467", "name": "Phường Gia Sàng"}
HOME = {
    "street_address": "Tổ 7",
    "locality": "Phường Gia Sàng",
    "region": "Tỉnh Thái Nguyên",
    "country": "VN",
}


@pytest.fixture
def bay(new_person: Callable[..., Someone], clock: Clock) -> Someone:
    """Somebody whom an official has seen, with the card."""
    claims = born(clock, 40, name="Hoàng Thị Bảy", address=HOME)
    return new_person("bay", totp=True, identity_level=2, personal_id_number=NUMBER, claims=claims)
