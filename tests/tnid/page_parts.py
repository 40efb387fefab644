"""What examples of pages are made of: made-up people, applications, forms, questions."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import Form, StringField, SubmitField

Pages = dict[str, tuple[str, Callable[[], dict[str, Any]]]]

JOBS = SimpleNamespace(
    name="Việc làm Thái Nguyên",
    host="vieclam.thainguyen.example",
    logo=None,
    organisation="Sở Nội vụ tỉnh Thái Nguyên",
    policy_uri="https://vieclam.thainguyen.example/rieng-tu",
    tos_uri="https://vieclam.thainguyen.example/dieu-khoan",
)
MARKET = SimpleNamespace(
    name="Chè & Đặc sản",
    host="cho.example",
    logo=None,
    organisation=None,
    policy_uri=None,
    tos_uri=None,
)
TERMINAL = SimpleNamespace(
    name="Ki-ốt Bộ phận Một cửa",
    host="",
    logo=None,
    organisation="UBND phường Phan Đình Phùng",
    policy_uri=None,
    tos_uri=None,
)
PERSON = SimpleNamespace(display_name="Lường Thị Lành", initials="LL", username="lanh.tn95")
EVIL = "<b>\"&'"


class TotpForm(FlaskForm):
    code = StringField(id="otp_code")
    submit = SubmitField()


class RecoveryForm(FlaskForm):
    code = StringField(id="recovery_code")
    submit = SubmitField()


class PlainForm(FlaskForm):
    submit = SubmitField()


def with_errors(form: Form, **errors: str) -> Form:
    for name, text in errors.items():
        form[name].errors = [text]
    return form


def item(name: str, label: str, preview: str | None, **changes: Any) -> dict[str, Any]:
    values = [{"label": "", "text": preview}] if preview else []
    missing = "Chưa có trong hồ sơ; khi bổ sung thì sẽ được chia sẻ"
    made = {"name": name, "label": label, "preview": preview, "values": values, "missing": missing}
    return made | {"required": True, "chosen": True, "purpose": "", "kept": ""} | changes


def items() -> list[dict[str, Any]]:
    ask = {"purpose": "Gửi lịch phỏng vấn", "kept": "6 tháng sau khi hồ sơ được xét xong"}
    return [
        item("name", "Họ, chữ đệm và tên", "Lường Thị L***"),
        item("phone_number", "Số điện thoại", "091***678", **ask),
        item("address", "Nơi ở hiện tại", None, required=False, chosen=False),
        item("verified_claims/birthdate", "Ngày sinh, đã được xác minh", "••/••/1995"),
    ]


def question(items: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    context = {"items": items, "settled": [], "shown": "0" * 32, "offline": False, "has_changed": False}
    return context | {"person": PERSON, "form": PlainForm()} | changes


def sessions() -> list[dict[str, Any]]:
    shared = {
        "started_at": "hôm nay lúc 07:10",
        "last_seen_at": "hôm nay lúc 07:31",
        "how": "Mật khẩu và mã từ ứng dụng xác thực",
        "apps": ["Việc làm Thái Nguyên", "Chè & Đặc sản"],
        "is_here": True,
        "is_current": False,
    }
    return [
        {**shared, "sid": "a", "browser": "Chrome trên Android", "ip": "192.0.2.17", "is_current": True},
        {**shared, "sid": "b", "browser": "Firefox trên Windows", "ip": "198.51.100.4", "apps": []},
        {**shared, "sid": "c", "browser": "Safari trên iPhone", "ip": "2001:db8::7", "is_here": False},
    ]


def qr() -> Markup:
    squares = "".join(
        f"M{x} {y}h1v1h-1z" for x in range(29) for y in range(29) if (x * 7 + y * y * 3) % 5 < 2
    )
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 33 33"><path d="{squares}"/></svg>'
    )


def enrol() -> dict[str, Any]:
    return {
        "app": JOBS,
        "form": TotpForm(),
        "qr_svg": qr(),
        "secret_text": "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP",
        "account_label": "lanh.tn95",
        "otpauth_uri": "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP",
        "passkey_url": "/mfa/enrol/passkey?interaction=u",
    }


def activity(**changes: Any) -> dict[str, Any]:
    filters = [("all", "Tất cả"), ("sign-ins", "Đăng nhập"), ("failed", "Không thành công")]
    context = {
        "events": [
            {"when": "hôm nay lúc 07:10", "text": "Đăng nhập", "ip": "192.0.2.17", "how": "Mật khẩu"},
            {"when": "hôm qua lúc 21:02", "text": "Nhập sai mật khẩu", "ip": None, "is_refusal": True},
        ],
        "filters": filters,
        "chosen": "sign-ins",
        "older_url": "/account/activity?before=1-1",
        "newest_url": "/account/activity",
        "file_url": "/account/activity/history.csv",
        "current_person": PERSON,
    }
    return context | changes


READY_AT = SimpleNamespace(ready_at="thứ Tư, 25/11/2026 lúc 15:30")
CARD_FACTS = SimpleNamespace(
    level=1,
    document="idcard",
    check_method=None,
    organisation_name="",
    verified_at="hôm nay lúc 07:12",
    claims={
        "name": "Lường Thị Lành",
        "birthdate": "1995-03-27",
        "gender": "female",
        "address": {"formatted": "Tổ 5, Gia Sàng, Thành phố Thái Nguyên, Thái Nguyên"},
    },
)
SEEN_FACTS = SimpleNamespace(
    **vars(CARD_FACTS) | {"level": 2, "check_method": "vpip", "organisation_name": "Phường Gia Sàng"}
)
MASKED = SimpleNamespace(masked="•••••••••123")
