"""Pages of a person's own account, each with a context as its view gives it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, SubmitField, TextAreaField

from tests.tnid.page_parts import (
    JOBS,
    MARKET,
    MASKED,
    PERSON,
    READY_AT,
    SEEN_FACTS,
    Pages,
    TotpForm,
    activity,
    sessions,
    with_errors,
)
from tnid.accounts.copy_sections import Line, Section


class RightsForm(FlaskForm):
    attempt = HiddenField()
    kind = RadioField(choices=[("see", "Xem"), ("restrict", "Hạn chế")])
    words = TextAreaField()
    submit = SubmitField()


class ProfileForm(FlaskForm):
    name = StringField()
    family_name = StringField()
    middle_name = StringField()
    given_name = StringField()
    birthdate = StringField()
    gender = SelectField(choices=[("", "–"), ("female", "Nữ"), ("male", "Nam")])
    street_address = StringField()
    locality = StringField()
    region = StringField()
    country = StringField()
    submit = SubmitField()


class ContactForm(FlaskForm):
    contact = StringField()
    submit = SubmitField()


def _applications() -> list[dict[str, Any]]:
    labels = ["Họ, chữ đệm và tên", "Số điện thoại", "Nơi ở hiện tại"]
    return [
        {
            "client_id": "vieclam",
            "app": JOBS,
            "granted_at": "hôm nay lúc 07:12",
            "items": labels,
            "offline": True,
            "open_uri": "https://vieclam.example/login?iss=https%3A%2F%2Fid.example",
        },
        {
            "client_id": "cho",
            "app": MARKET,
            "granted_at": "thứ Hai, 16/11/2026 lúc 19:40",
            "items": labels[:1],
        },
    ]


def _contacts() -> list[dict[str, Any]]:
    return [
        {"channel": "phone", "address": "+84912345678", "is_verified": False, "may_verify": True},
        {"channel": "email", "address": None, "is_verified": False, "may_verify": False},
    ]


def _overview(**changes: Any) -> dict[str, Any]:
    context = {
        "person": PERSON,
        "current_person": PERSON,
        "safety": SimpleNamespace(
            kind="good",
            title="Tài khoản được bảo vệ tốt",
            sentence="Đăng nhập cần mật khẩu và một bước nữa.",
            step="Mật khẩu và bảo mật",
            step_url="/account/security",
        ),
        "devices": sessions(),
        "more_devices": 1,
        "applications": _applications(),
        "more_applications": 2,
        "alerts": [],
    }
    return context | changes


def _export_page() -> dict[str, Any]:
    return {
        "person": SimpleNamespace(
            username="lanh.tn95", created_at="hôm qua", identity_level=2, password_changed_at="hôm qua"
        ),
        "made_at": "hôm nay lúc 07:10",
        "facts": [("Họ, chữ đệm và tên", "Lường Thị Lành"), ("Số điện thoại", "+84912345678")],
        "number": "019•••••••23",
        "verified": [{"when": "20/11/2026", "facts": [("Ngày, tháng, năm sinh", "27/03/1995")]}],
        "sections": [
            Section("Khóa truy cập", [Line("Chrome trên Android", [], 1_795_000_000)]),
            Section("Nơi làm việc", [Line("Công ty may Sông Công", ["Chức danh: công nhân may"], None)]),
        ],
        "factor_on": True,
        "codes_left": 9,
        "devices": sessions(),
        "applications": _applications(),
        "requests": [
            SimpleNamespace(words="Xin đính chính ngày cấp.", created_at="hôm qua", answer="Đã sửa.")
        ],
        "events": activity()["events"],
        "current_person": PERSON,
    }


def _rights(**changes: Any) -> dict[str, Any]:
    asked = {
        "label": "Hạn chế việc sử dụng dữ liệu của tôi",
        "words": "Đề nghị không dùng số điện thoại của tôi để gửi tin.",
        "created_at": "hôm qua lúc 21:02",
        "acknowledge_by": "thứ Ba, 24/11/2026",
        "due_at": "thứ Hai, 07/12/2026",
    }
    answered = {"acknowledged_at": "hôm nay", "answered_at": "hôm nay", "is_done": True, "answer": "Đã tắt."}
    context = {
        "form": RightsForm(),
        "at_once": [("Xem thông tin được lưu về tôi", "Xem ngay", "/account/export")],
        "days": [("Xem", 10), ("Hạn chế", 15)],
        "requests": [asked, {**asked, **answered}, {**asked, "is_late": True}],
        "current_person": PERSON,
    }
    return context | changes


ACCOUNT_PAGES: Pages = {
    "overview-recovery": ("accounts/overview.html", lambda: _overview(recovery_wait=READY_AT)),
    "overview": ("accounts/overview.html", _overview),
    "overview-new": (
        "accounts/overview.html",
        lambda: _overview(
            safety=SimpleNamespace(
                kind="care",
                title="Tài khoản chỉ có mật khẩu bảo vệ",
                sentence="Hãy thêm mã từ điện thoại.",
                step="Bảo vệ tài khoản",
                step_url="/account/security",
            ),
            applications=[],
            devices=sessions()[:1],
            more_devices=0,
            more_applications=0,
            alerts=[
                {
                    "id": "a",
                    "browser": "Edge trên Windows",
                    "ip": "198.51.100.7",
                    "when": "hôm nay lúc 02:14",
                },
                {
                    "id": "b",
                    "browser": "Ki-ốt tầng 1, Bộ phận Một cửa phường Phan Đình Phùng",
                    "is_by_qr": True,
                    "ip": "198.51.100.7",
                    "when": "hôm nay lúc 02:15",
                },
            ],
        ),
    ),
    "profile": (
        "accounts/profile.html",
        lambda: {
            "form": ProfileForm(data={"name": "Lường Thị Lành"}),
            "contacts": _contacts(),
            "current_person": PERSON,
        },
    ),
    "contact": (
        "accounts/contact.html",
        lambda: {"form": ContactForm(), "channel": "phone", "address": "+84912345678", "has_other": True},
    ),
    "contact-wrong": (
        "accounts/contact.html",
        lambda: {
            "form": with_errors(ContactForm(), contact="Đây không phải là email."),
            "channel": "email",
            "address": None,
            "has_other": True,
        },
    ),
    "contact-verify": (
        "accounts/verify_contact.html",
        lambda: {
            "form": with_errors(TotpForm(), code="Mã chưa đúng."),
            "channel": "phone",
            "masked": "+84 ••• ••678",
            "is_demonstration": True,
        },
    ),
    "applications": (
        "accounts/applications.html",
        lambda: {"applications": _applications(), "current_person": PERSON},
    ),
    "applications-none": (
        "accounts/applications.html",
        lambda: {"applications": [], "current_person": PERSON},
    ),
    "overview-asked": ("accounts/overview.html", lambda: _overview(requests_count=2)),
    "overview-work": ("accounts/overview.html", lambda: _overview(work_count=1)),
    "export": ("accounts/export.html", lambda: {"is_masked": True, "current_person": PERSON}),
    "export-page": ("accounts/export_page.html", _export_page),
    "delete": (
        "accounts/delete.html",
        lambda: {"due_at": "thứ Sáu, 11/12/2026", "applications_count": 2, "current_person": PERSON},
    ),
    "delete-asked": ("accounts/delete_asked.html", lambda: {"days": 19}),
    "leaving": ("accounts/leaving.html", lambda: {"due_at": "thứ Sáu, 11/12/2026"}),
    "rights": ("accounts/rights.html", _rights),
    "rights-none": ("accounts/rights.html", lambda: _rights(requests=[])),
    "rights-wrong": (
        "accounts/rights.html",
        lambda: _rights(
            form=with_errors(RightsForm(), kind="Hãy chọn một mục.", words="Không được để trống.")
        ),
    ),
    "profile-verified": (
        "accounts/profile.html",
        lambda: {
            "form": ProfileForm(data={"phone": "0912 345 678"}),
            "verified": {"phone": True, "email": False},
            "verification": SEEN_FACTS,
            "number": MASKED,
            "current_person": PERSON,
        },
    ),
}
