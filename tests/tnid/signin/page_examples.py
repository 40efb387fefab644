"""Pages of signing in and out, each with a context as its view gives it."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField, SubmitField

from tests.tnid.page_parts import (
    JOBS,
    MARKET,
    PERSON,
    Pages,
    PlainForm,
    RecoveryForm,
    TotpForm,
    enrol,
    with_errors,
)

FRAMES = ["https://vieclam.example/out?iss=a&sid=b", "https://cho.example/out?iss=a&sid=b"]


class LoginForm(FlaskForm):
    username = StringField(id="login_username")
    password = PasswordField(id="login_password")
    submit = SubmitField()


_CODES = [f"{n:04X}-{n * 7:04X}-{n * 3:04X}" for n in range(4096, 44096, 4000)]


_WRONG = (
    "Tên đăng nhập hoặc mật khẩu chưa đúng. Hãy kiểm tra chữ hoa, chữ thường và tắt bộ gõ tiếng Việt khi nhập"
    " mật khẩu."
)


_OPTIONS = {"challenge": "AAAA", "rpId": "id.example", "allowCredentials": []}


_SIGN_IN = {
    "uid": "u",
    "register_url": "/register?interaction=u",
    "qr_url": "/login/qr?interaction=u",
    "passkey_url": "/login/passkey?interaction=u",
    "passkey_options": _OPTIONS,
}


def _making(**changes: Any) -> dict[str, Any]:
    context = {
        "app": JOBS,
        "form": PlainForm(),
        "action": "/mfa/enrol/passkey?interaction=u",
        "options": _OPTIONS,
    }
    return context | {"totp_url": "/mfa/enrol", "skip_url": "/resume/u"} | changes


SIGN_IN_PAGES: Pages = {
    "login": ("signin/login.html", lambda: {"app": JOBS, "form": LoginForm(), **_SIGN_IN}),
    "login-own": ("signin/login.html", lambda: {"app": None, "form": LoginForm(), **_SIGN_IN}),
    "login-wrong": (
        "signin/login.html",
        lambda: {"app": MARKET, "form": with_errors(LoginForm(), username=_WRONG), **_SIGN_IN},
    ),
    "totp": ("signin/totp.html", lambda: {"app": JOBS, "form": TotpForm(), "recovery_url": "/mfa/recovery"}),
    "totp-wrong": (
        "signin/totp.html",
        lambda: {"app": JOBS, "form": with_errors(TotpForm(), code="Mã chưa đúng."), "recovery_url": "/r"},
    ),
    "recovery": (
        "signin/recovery.html",
        lambda: {"app": JOBS, "form": RecoveryForm(), "totp_url": "/mfa/totp"},
    ),
    "enrol": ("signin/enrol.html", enrol),
    "codes": (
        "signin/recovery_codes.html",
        lambda: {
            "app": None,
            "form": PlainForm(),
            "codes": _CODES,
            "account_label": "lanh",
            "made_at": "hôm nay",
        },
    ),
    "select-account": (
        "signin/select_account.html",
        lambda: {"app": JOBS, "person": PERSON, "current_person": PERSON, "form": PlainForm()},
    ),
    "requirement": (
        "signin/requirement.html",
        lambda: {"app": JOBS, "form": PlainForm()},
    ),
    "passkey": (
        "signin/passkey.html",
        lambda: {
            "app": JOBS,
            "form": PlainForm(),
            "action": "/mfa/passkey?interaction=u",
            "options": _OPTIONS,
            "totp_url": "/mfa/totp",
            "recovery_url": "/mfa/recovery",
        },
    ),
    "new-passkey": ("signin/new_passkey.html", _making),
    "new-passkey-own": (
        "signin/new_passkey.html",
        lambda: _making(app=None, totp_url=None, skip_url=None, back_url="/account/security/passkeys"),
    ),
    "shut": ("signin/shut.html", lambda: {"app": None, "recover_url": "/recover"}),
    "logout": ("logout/confirm.html", lambda: {"app": JOBS, "form": PlainForm(), "current_person": PERSON}),
    "signed-out": ("logout/signed_out.html", lambda: {"app": JOBS, "return_uri": "https://vieclam.example/"}),
    "signed-out-own": ("logout/signed_out.html", lambda: {"app": None, "return_uri": None}),
    "signing-out": (
        "logout/signed_out.html",
        lambda: {"app": JOBS, "return_uri": "https://vieclam.example/", "frames": FRAMES},
    ),
    "requirement-online": (
        "signin/requirement.html",
        lambda: {"app": JOBS, "identity_url": "/account/identity?interaction=u", "form": PlainForm()},
    ),
}
