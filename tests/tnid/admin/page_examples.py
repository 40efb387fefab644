"""The operators' pages, each with a context as its view gives it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SubmitField

from tnid.admin.roles import NAMES
from tnid.admin.setting_words import group
from tnid.setting_report import describe_running
from tnid.settings import load

PERSON = SimpleNamespace(display_name="Hoàng Văn Hành", initials="HH", username="hanh.hoang")


class PlainForm(FlaskForm):
    submit = SubmitField()


MOMENT = 1_795_000_000


def _page(**changes: Any) -> dict[str, Any]:
    return {"current_person": PERSON, "admin_sections": list, **changes}


ADMIN_PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "admin-open": (
        "admin/open.html",
        lambda: {"form": PlainForm(), "roles": ["Xét duyệt"], "minutes": 15, "current_person": PERSON},
    ),
    "admin": ("admin/index.html", lambda: _page(sections=[], roles=["Xét duyệt", "Hỗ trợ"])),
    "admin-settings": ("admin/settings.html", lambda: _page(groups=group(describe_running(load({}))))),
    "sign-in-again": ("signin/again.html", lambda: {"current_person": PERSON}),
    "admin-operators": (
        "admin/operators.html",
        lambda: _page(
            listed=[
                (
                    "hanh.hoang",
                    [
                        (
                            SimpleNamespace(role="support", account_id="a1", used_at=MOMENT),
                            NAMES["support"],
                            True,
                        )
                    ],
                )
            ]
        ),
    ),
}
