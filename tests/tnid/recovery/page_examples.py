"""Pages of coming back into an account, each with a context as its view gives it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, StringField, SubmitField

from tests.tnid.page_parts import JOBS, READY_AT, Pages, PlainForm, RecoveryForm, TotpForm, with_errors


class RecoverNameForm(FlaskForm):
    name = StringField(id="recover_name")
    submit = SubmitField()


class RecoverCodeForm(FlaskForm):
    code = StringField(id="recover_code")
    submit = SubmitField()


class RecoverPasswordForm(FlaskForm):
    new = PasswordField(id="recover_password")
    app_lost = BooleanField(id="recover_app_lost")
    submit = SubmitField()


def _recovery(form: type[FlaskForm], **changes: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"form": form(), "recovery_id": "r" * 22, "login_url": "/login", **changes}


_STANDING = SimpleNamespace(has_app=True, has_passkey=True, has_recovery_codes=True)


_WAIT = {"hours": 72, "back_url": "/recover/r/proof"}


RECOVERY_PAGES: Pages = {
    "recover": ("recovery/begin.html", _recovery(RecoverNameForm)),
    "recover-code": ("recovery/code.html", _recovery(RecoverCodeForm)),
    "recover-code-wrong": (
        "recovery/code.html",
        lambda: {"form": with_errors(RecoverCodeForm(), code="Mã chưa đúng."), "recovery_id": "r"},
    ),
    "recover-proof": ("recovery/proof.html", _recovery(PlainForm, standing=_STANDING)),
    "recover-passkey": (
        "recovery/passkey.html",
        _recovery(PlainForm, action="/recover/r/passkey", options={"challenge": "AAAA"}),
    ),
    "recover-app": ("recovery/app.html", _recovery(TotpForm)),
    "recover-recovery-code": ("recovery/recovery_code.html", _recovery(RecoveryForm)),
    "recover-begin-wait": ("recovery/wait.html", _recovery(PlainForm, wait=None, **_WAIT)),
    "recover-waiting": ("recovery/wait.html", _recovery(PlainForm, wait=READY_AT, **_WAIT)),
    "recover-wait-over": ("recovery/wait.html", _recovery(PlainForm, wait=READY_AT, is_ready=True, **_WAIT)),
    "recover-password": (
        "recovery/password.html",
        _recovery(RecoverPasswordForm, username="lanh.tn95", asks_for_app=True),
    ),
    "recover-done": ("recovery/done.html", _recovery(PlainForm)),
    "recover-counter": ("recovery/counter.html", lambda: {"proof_url": "/recover/r/proof"}),
    "recover-lost-factor": (
        "recovery/lost_factor.html",
        _recovery(RecoveryForm, app=JOBS, none_url="/recover/factor/nothing", totp_url="/mfa/totp"),
    ),
    "recover-stop": ("recovery/stop.html", _recovery(RecoverCodeForm)),
    "recover-stopped": ("recovery/stopped.html", dict),
}
