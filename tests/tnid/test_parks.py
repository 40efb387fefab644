"""The industrial parks: by ids that never change."""

from __future__ import annotations

from tnid.parks import all_parks, find_park, name_of_park


def test_each_park_is_found_by_its_id() -> None:
    parks = all_parks()
    assert len(parks) == len({park.id for park in parks}) == 11
    assert all(find_park(park.id) == park for park in parks)
    assert find_park("diem-thuy") == find_park("khu công nghiệp Điềm Thuỵ") == ("diem-thuy", "KCN Điềm Thụy")
    assert find_park("nowhere") is None
    assert name_of_park("nowhere") == name_of_park(None) == ""
