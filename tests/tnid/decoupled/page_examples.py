"""Pages of what waits on another device, each with a context as its view gives it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask_wtf import FlaskForm
from wtforms import StringField, SubmitField

from tests.tnid.page_parts import PERSON, TERMINAL, Pages, items, question, with_errors


class UserCodeForm(FlaskForm):
    user_code = StringField()
    submit = SubmitField()


def _waiting(**changes: Any) -> SimpleNamespace:
    """A request as the pages of what waits elsewhere see it; changes are of its record."""
    record = {
        "id": "request-1",
        "binding_message": "",
        "asked_from": "203.0.113.9",
        "created_at": "hôm nay lúc 07:12",
        "scope": "openid profile",
        "allowed_at": None,
        "denied_at": None,
    }
    is_device = changes.pop("is_device", True)
    return SimpleNamespace(app=TERMINAL, record=SimpleNamespace(**record | changes), is_device=is_device)


def _decision(**changes: Any) -> dict[str, Any]:
    context = {
        "app": TERMINAL,
        "waiting": _waiting(),
        "terminal": SimpleNamespace(name="Ki-ốt cổng A", place="Nhà máy Yên Bình"),
        "nearness": "SAME_NETWORK",
        "obstacle": None,
        "current_person": PERSON,
        **question(items(), offline=True),
    }
    return context | changes


def _answered(**changes: Any) -> dict[str, Any]:
    return {"app": TERMINAL, "waiting": _waiting(**changes), "current_person": PERSON}


REQUEST_PAGES: Pages = {
    "device": (
        "decoupled/enter.html",
        lambda: {"form": UserCodeForm(data={"user_code": "WDJB-MJHT"}), "current_person": PERSON},
    ),
    "device-wrong": (
        "decoupled/enter.html",
        lambda: {
            "form": with_errors(UserCodeForm(), user_code="Không có thiết bị nào đang chờ mã này."),
            "current_person": PERSON,
        },
    ),
    "device-decide": ("decoupled/decide.html", _decision),
    "device-unchecked": ("decoupled/decide.html", lambda: _decision(obstacle="identity_level")),
    "counter-decide": (
        "decoupled/decide.html",
        lambda: _decision(
            waiting=_waiting(is_device=False, binding_message="Hồ sơ 1207, quầy 3"), obstacle="sign_in"
        ),
    ),
    "device-allowed": ("decoupled/answered.html", lambda: _answered(allowed_at=1)),
    "device-denied": ("decoupled/answered.html", lambda: _answered(denied_at=1)),
    "device-expired": ("decoupled/answered.html", _answered),
    "requests": (
        "decoupled/requests.html",
        lambda: {
            "waiting": [_waiting(), _waiting(is_device=False, binding_message="Hồ sơ 1207, quầy 3")],
            "current_person": PERSON,
        },
    ),
    "requests-none": ("decoupled/requests.html", lambda: {"waiting": [], "current_person": PERSON}),
}
