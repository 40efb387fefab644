"""The pages of an organisation's personnel system, each with a context as its view gives it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.tnid.employers.page_examples import _form, _page
from tnid.scim.pages import KeyForm, RevokeForm

BASE = "https://id.thainguyen.example/scim/v2"
KEYS = [
    SimpleNamespace(
        id="k1", label="Phần mềm nhân sự, nhà máy 2", created_at="thứ Hai, 16/11/2026",
        last_used_at="hôm nay lúc 09:12", expires_at="thứ Ba, 16/11/2027",
    ),
    SimpleNamespace(
        id="k2", label="Thử nghiệm", created_at="thứ Hai, 16/11/2026", last_used_at=None,
        expires_at="thứ Ba, 16/11/2027",
    ),
]  # fmt: skip
SCIM_PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "employer-scim": ("employers/scim.html", _form(KeyForm, keys=KEYS, base=BASE)),
    "employer-scim-none": (
        "employers/scim.html",
        _form(KeyForm, keys=[], base=BASE, errors={"label": "Trống."}),
    ),
    "employer-scim-key": (
        "employers/scim_key.html",
        _page(label="Phần mềm nhân sự", token="tnid_scim_" + "x" * 43, base=BASE),
    ),
    "employer-scim-revoke": ("employers/scim_revoke.html", _form(RevokeForm, key=KEYS[0])),
}
