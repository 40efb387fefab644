"""Addresses of old and new cards, brought to today's wards."""

from __future__ import annotations

import pytest

from tnid.enrolment.addresses import find_place
from tnid.wards import all_wards


@pytest.mark.parametrize(
    ("address", "street", "wards"),
    [
        ("Thôn Nà Cà, Chợ Rã, Ba Bể, Bắc Kạn", "Thôn Nà Cà", {"Xã Chợ Rã"}),
        (
            "Tổ 5, Gia Sàng, Thành phố Thái Nguyên, Thái Nguyên",
            "Tổ 5",
            {"Phường Gia Sàng", "Phường Phan Đình Phùng"},
        ),
        (
            "Tổ 5, P. Gia Sàng, TP. Thái Nguyên, T. Thái Nguyên",
            "Tổ 5",
            {"Phường Gia Sàng", "Phường Phan Đình Phùng"},
        ),
        ("Tổ 5, Phường Gia Sàng, Thái Nguyên", "Tổ 5", {"Phường Gia Sàng"}),
        ("to 5, phuong gia sang, thai nguyen", "to 5", {"Phường Gia Sàng"}),
        ("Số 2, ngõ 1, Huyền Tụng, Thị xã Bắc Kạn, Bắc Kạn", "Số 2, ngõ 1", {"Phường Đức Xuân"}),
        ("Xóm 1, Quan Triều, Thành phố Thái Nguyên, Thái Nguyên", "Xóm 1", {"Phường Quan Triều"}),
        ("Xóm 1, Xã Không Có Đâu, Thái Nguyên", "Xóm 1", set()),
        ("Số 1, Tràng Tiền, Hoàn Kiếm, Hà Nội", "Số 1, Tràng Tiền, Hoàn Kiếm, Hà Nội", set()),
        ("Thái Nguyên", "Thái Nguyên", set()),
        ("", "", set()),
        (",,,", ",,,", set()),
    ],
)
def test_an_address_leads_to_its_ward_or_to_those_that_it_may_be_in(
    address: str, street: str, wards: set[str]
) -> None:
    found = find_place(address)
    assert {ward.name for ward in found.wards} == wards and found.street == street


def test_every_former_unit_leads_to_its_ward_and_several_only_where_it_must() -> None:
    asked = set()
    for ward in all_wards():
        for unit in ward.former:
            province = "Thái Nguyên" if unit.province_code == "19" else "Bắc Kạn"
            found = find_place(f"Tổ 1, {unit.name}, {unit.district}, {province}")
            assert ward in found.wards, unit
            if len(found.wards) > 1:
                asked.add((unit.name, unit.is_split))
    assert all(is_split for _name, is_split in asked), asked


def test_every_ward_of_today_is_found_by_its_own_name() -> None:
    for ward in all_wards():
        assert ward in find_place(f"Tổ 1, {ward.name}, Tỉnh Thái Nguyên").wards, ward.name
