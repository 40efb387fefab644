"""The province's wards and communes: 92 of them, by codes that keep their zeros."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.tnid.conftest import InProcess
from tnid.wards import all_wards, find_ward


def test_there_are_ninety_two_and_each_is_found_by_its_code() -> None:
    wards = all_wards()
    assert len(wards) == len({ward.code for ward in wards}) == 92
    assert all(find_ward(ward.code) == ward and len(ward.code) == 5 for ward in wards)
    assert find_ward("1840") is None and find_ward("01840") is not None


@pytest.mark.parametrize(("code", "is_refused"), [("01840", False), ("00001", True), ("99999", True)])
def test_nobody_is_asked_whether_they_live_in_what_is_no_ward_here(
    browser: InProcess, new_app: Callable[..., str], code: str, is_refused: bool
) -> None:
    claims = json.dumps({"userinfo": {"resident_of_ward": {"value": code}}})
    page = browser.open(f"{new_app()}&claims={quote(claims)}")
    assert ("error=invalid_request" in page.url) == is_refused
    assert page.has("login_username") != is_refused


@pytest.mark.parametrize(("park", "is_refused"), [("diem-thuy", False), ("khu-cong-nghiep-diem-thuy", True)])
def test_nobody_is_asked_whether_they_work_in_what_is_no_park_here(
    browser: InProcess, new_app: Callable[..., str], park: str, is_refused: bool
) -> None:
    claims = json.dumps({"userinfo": {"works_in_park": {"value": park}}})
    page = browser.open(f"{new_app(scope='openid worker')}&claims={quote(claims)}")
    assert ("error=invalid_request" in page.url) == is_refused
    assert page.has("login_username") != is_refused


def test_a_split_unit_went_to_several() -> None:
    split = {(unit.name, ward.code) for ward in all_wards() for unit in ward.former if unit.is_split}
    names = [name for name, _code in split]
    assert split and all(names.count(name) > 1 for name in names)
