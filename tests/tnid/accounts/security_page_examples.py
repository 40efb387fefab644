"""Pages of an account's own security, each with a context as its view gives it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField, SubmitField

from tests.tnid.page_parts import EVIL, JOBS, PERSON, Pages, activity, enrol, sessions, with_errors


class PasskeyNameForm(FlaskForm):
    name = StringField()
    submit = SubmitField()


class RegisterForm(FlaskForm):
    attempt = HiddenField()
    name = StringField()
    username = StringField()
    phone = StringField()
    email = StringField()
    password = PasswordField()
    submit = SubmitField()


class PasswordForm(FlaskForm):
    current = PasswordField()
    new = PasswordField()
    end_others = BooleanField()
    submit = SubmitField()


def _app(**changes: Any) -> dict[str, Any]:
    return enrol() | {"current_person": PERSON} | changes


_SAFE = SimpleNamespace(
    kind="good",
    title="Tài khoản được bảo vệ tốt",
    sentence="Muốn đăng nhập phải có thiết bị của bạn.",
    step="Xem đang đăng nhập ở đâu",
    step_url="/account/sessions",
)


_UNSAFE = SimpleNamespace(
    kind="care",
    title="Chỉ có mật khẩu bảo vệ tài khoản này",
    sentence="Ai biết mật khẩu là vào được.",
    step="Bảo vệ tài khoản",
    step_url="/account/security/protect",
)


def _passkey(number: int, name: str, **changes: Any) -> SimpleNamespace:
    one = {
        "id": f"p{number}",
        "name": name,
        "backup_eligible": 1,
        "backed_up": 1,
        "created_at": "hôm qua lúc 21:02",
        "last_used_at": "hôm nay lúc 07:10",
    }
    return SimpleNamespace(**one | changes)


_PASSKEYS = [
    _passkey(1, "Chrome trên Android"),
    _passkey(2, f"Khóa của mẹ {EVIL}", backup_eligible=0, backed_up=0, last_used_at=None),
    _passkey(3, "Safari trên iPhone", backed_up=0),
]


def _security(**changes: Any) -> dict[str, Any]:
    context = {
        "form": PasswordForm(),
        "safety": _SAFE,
        "passkeys": _PASSKEYS,
        "has_app": True,
        "codes_left": 7,
        "current_person": PERSON,
    }
    return context | changes


SECURITY_PAGES: Pages = {
    "register": ("accounts/register.html", lambda: {"app": None, "form": RegisterForm()}),
    "register-wrong": (
        "accounts/register.html",
        lambda: {
            "app": JOBS,
            "form": with_errors(
                RegisterForm(), username="Không được để trống.", password="Không được để trống."
            ),
        },
    ),
    "security": ("accounts/security.html", _security),
    "security-shut": ("accounts/security.html", lambda: _security(passkeys=[], may_change=False)),
    "security-off": (
        "accounts/security.html",
        lambda: _security(safety=_UNSAFE, passkeys=[], has_app=False, codes_left=0),
    ),
    "security-app": ("accounts/security.html", lambda: _security(passkeys=[])),
    "protect": ("accounts/protect.html", lambda: {"current_person": PERSON}),
    "passkeys": (
        "accounts/passkeys.html",
        lambda: {"passkeys": _PASSKEYS, "accepted": {"rpId": "id.example"}, "current_person": PERSON},
    ),
    "passkeys-none": (
        "accounts/passkeys.html",
        lambda: {"passkeys": [], "accepted": {"rpId": "id.example"}, "current_person": PERSON},
    ),
    "passkey-own": (
        "accounts/passkey.html",
        lambda: {"form": PasskeyNameForm(), "one": _PASSKEYS[1], "current_person": PERSON},
    ),
    "app-new": ("accounts/authenticator_app.html", lambda: _app(is_new=True)),
    "app-moved": ("accounts/authenticator_app.html", lambda: _app(is_new=False)),
    "sessions": ("accounts/sessions.html", lambda: {"sessions": sessions(), "current_person": PERSON}),
    "sessions-one": (
        "accounts/sessions.html",
        lambda: {"sessions": sessions()[:1], "current_person": PERSON},
    ),
    "activity": ("accounts/activity.html", activity),
    "activity-none": ("accounts/activity.html", lambda: activity(events=[])),
    "alert-link": ("accounts/alert_link.html", lambda: {"is_over": False}),
    "alert-link-over": ("accounts/alert_link.html", lambda: {"is_over": True}),
    "panic": ("accounts/panic.html", lambda: {"current_person": PERSON}),
}
