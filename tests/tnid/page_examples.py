"""Every page with a context as its view gives it, filled with made-up people and applications."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import (
    BooleanField,
    FileField,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)

from tests.tnid.admin.page_examples import ADMIN_PAGES
from tests.tnid.client_log.page_examples import LOG_PAGES
from tests.tnid.developers.page_examples import DEVELOPER_PAGES
from tests.tnid.developers.settings_examples import SETTINGS_PAGES
from tests.tnid.employers.page_examples import EMPLOYER_PAGES
from tests.tnid.employment.card_page_examples import CARD_PAGES
from tests.tnid.employment.page_examples import EMPLOYMENT_PAGES
from tests.tnid.imports.page_examples import IMPORT_PAGES
from tests.tnid.mandates.page_examples import MANDATE_PAGES
from tests.tnid.officials.page_examples import COUNTER_PAGES
from tests.tnid.qr.page_examples import QR_PAGES
from tests.tnid.qr.phone_page_examples import phone_pages
from tests.tnid.reviews.page_examples import REVIEW_PAGES
from tests.tnid.sandbox.page_examples import examples as sandbox_pages
from tests.tnid.scim.page_examples import SCIM_PAGES
from tests.tnid.signin.badge_pages import BADGE_PAGES

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
FRAMES = ["https://vieclam.example/out?iss=a&sid=b", "https://cho.example/out?iss=a&sid=b"]
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


class LoginForm(FlaskForm):
    username = StringField(id="login_username")
    password = PasswordField(id="login_password")
    submit = SubmitField()


class TotpForm(FlaskForm):
    code = StringField(id="otp_code")
    submit = SubmitField()


class RecoveryForm(FlaskForm):
    code = StringField(id="recovery_code")
    submit = SubmitField()


class PasskeyNameForm(FlaskForm):
    name = StringField()
    submit = SubmitField()


class PlainForm(FlaskForm):
    submit = SubmitField()


class RegisterForm(FlaskForm):
    name = StringField()
    username = StringField()
    phone = StringField()
    email = StringField()
    password = PasswordField()
    submit = SubmitField()


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


class UserCodeForm(FlaskForm):
    user_code = StringField()
    submit = SubmitField()


class RightsForm(FlaskForm):
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


class PasswordForm(FlaskForm):
    current = PasswordField()
    new = PasswordField()
    end_others = BooleanField()
    submit = SubmitField()


def _with_errors(form: Form, **errors: str) -> Form:
    for name, text in errors.items():
        form[name].errors = [text]
    return form


def _item(name: str, label: str, preview: str | None, **changes: Any) -> dict[str, Any]:
    values = [{"label": "", "text": preview}] if preview else []
    missing = "Chưa có trong hồ sơ; khi bổ sung thì sẽ được chia sẻ"
    item = {"name": name, "label": label, "preview": preview, "values": values, "missing": missing}
    return item | {"required": True, "chosen": True, "purpose": "", "kept": ""} | changes


def _items() -> list[dict[str, Any]]:
    ask = {"purpose": "Gửi lịch phỏng vấn", "kept": "6 tháng sau khi hồ sơ được xét xong"}
    return [
        _item("name", "Họ, chữ đệm và tên", "Lường Thị L***"),
        _item("phone_number", "Số điện thoại", "091***678", **ask),
        _item("address", "Nơi ở hiện tại", None, required=False, chosen=False),
        _item("verified_claims/birthdate", "Ngày sinh, đã được xác minh", "••/••/1995"),
    ]


def _question(items: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    context = {"items": items, "settled": [], "shown": "0" * 32, "offline": False, "has_changed": False}
    return context | {"person": PERSON, "form": PlainForm()} | changes


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
        **_question(_items(), offline=True),
    }
    return context | changes


def _answered(**changes: Any) -> dict[str, Any]:
    return {"app": TERMINAL, "waiting": _waiting(**changes), "current_person": PERSON}


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


def _messages() -> list[dict[str, Any]]:
    letter = SimpleNamespace(
        language="vi",
        short="482913 là mã xác thực Thái Nguyên ID, hết hạn sau 10 phút.",
        paragraphs=("Mật khẩu của tài khoản Thái Nguyên ID vừa được đổi.", "Nếu không phải bạn: …"),
        link="https://id.example/account/security",
    )
    shared = {"letter": letter, "when": "hôm nay lúc 07:12"}
    phone = {"channel": "phone", "masked": "+84 ••• ••678", "title": "Mã xác thực (OTP)", **shared}
    email = {"channel": "email", "masked": "l•••@example.vn", "title": "Mật khẩu đã được đổi", **shared}
    return [
        {**phone, "state": "sent", "tag": "good", "state_words": "Đã gửi"},
        {**phone, "state": "perhaps", "tag": "care", "state_words": "Có thể đã gửi"},
        {**email, "state": "failed", "tag": "care", "state_words": "Không gửi được"},
        {**email, "state": "queued", "tag": "care", "state_words": "Đang chờ gửi"},
    ]


def _sessions() -> list[dict[str, Any]]:
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


def _qr() -> Markup:
    squares = "".join(
        f"M{x} {y}h1v1h-1z" for x in range(29) for y in range(29) if (x * 7 + y * y * 3) % 5 < 2
    )
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 33 33"><path d="{squares}"/></svg>'
    )


def _enrol() -> dict[str, Any]:
    return {
        "app": JOBS,
        "form": TotpForm(),
        "qr_svg": _qr(),
        "secret_text": "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP",
        "account_label": "lanh.tn95",
        "otpauth_uri": "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP",
        "passkey_url": "/mfa/enrol/passkey?interaction=u",
    }


def _app(**changes: Any) -> dict[str, Any]:
    return _enrol() | {"current_person": PERSON} | changes


def _error() -> dict[str, Any]:
    return {
        "code": "invalid_request",
        "title": "Yêu cầu này đã hết hạn",
        "message": "Quay lại Việc làm Thái Nguyên và bắt đầu lại; không có thông tin nào bị chia sẻ.",
        "advice": "Mở lại ứng dụng rồi bấm Đăng nhập.",
        "description": "redirect_uri is not registered.",
        "request_id": "7f3a9c20be114d55",
    }


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
        "devices": _sessions(),
        "more_devices": 1,
        "applications": _applications(),
        "more_applications": 2,
        "alerts": [],
    }
    return context | changes


def _activity(**changes: Any) -> dict[str, Any]:
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


def _export_page() -> dict[str, Any]:
    return {
        "person": SimpleNamespace(
            username="lanh.tn95", created_at="hôm qua", identity_level=2, password_changed_at="hôm qua"
        ),
        "made_at": "hôm nay lúc 07:10",
        "facts": [("Họ, chữ đệm và tên", "Lường Thị Lành"), ("Số điện thoại", "+84912345678")],
        "number": "019•••••••23",
        "verified": [{"when": "20/11/2026"}],
        "factor_on": True,
        "codes_left": 9,
        "devices": _sessions(),
        "applications": _applications(),
        "requests": [
            SimpleNamespace(words="Xin đính chính ngày cấp.", created_at="hôm qua", answer="Đã sửa.")
        ],
        "events": _activity()["events"],
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


def _recovery(form: type[FlaskForm], **changes: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"form": form(), "recovery_id": "r" * 22, "login_url": "/login", **changes}


_STANDING = SimpleNamespace(has_app=True, has_passkey=True, has_recovery_codes=True)
_WAIT = {"hours": 72, "back_url": "/recover/r/proof"}
_READY_AT = SimpleNamespace(ready_at="thứ Tư, 25/11/2026 lúc 15:30")

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


def _making(**changes: Any) -> dict[str, Any]:
    context = {
        "app": JOBS,
        "form": PlainForm(),
        "action": "/mfa/enrol/passkey?interaction=u",
        "options": _OPTIONS,
    }
    return context | {"totp_url": "/mfa/enrol", "skip_url": "/resume/u"} | changes


_CARD_FACTS = SimpleNamespace(
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
_SEEN_FACTS = SimpleNamespace(
    **vars(_CARD_FACTS) | {"level": 2, "check_method": "vpip", "organisation_name": "Phường Gia Sàng"}
)
_MASKED = SimpleNamespace(masked="•••••••••123")


class CardForm(FlaskForm):
    card_text = HiddenField()
    submit = SubmitField()


class PhotoForm(FlaskForm):
    photo = FileField()
    submit = SubmitField()


class DetailsForm(FlaskForm):
    country = SelectField(choices=[("", "–"), ("KR", "Hàn Quốc")])
    number = StringField()
    name = StringField()
    birthdate = StringField()
    gender = RadioField(choices=[("male", "Nam"), ("female", "Nữ")])
    address = StringField()
    ward = SelectField(choices=[("", "–"), ("05467", "Phường Gia Sàng")])
    submit = SubmitField()


class PhoneForm(FlaskForm):
    phone = StringField()
    submit = SubmitField()


class PhoneCodeForm(FlaskForm):
    code = StringField()
    submit = SubmitField()


def _step(**context: Any) -> dict[str, Any]:
    return {"app": JOBS, "interaction_uid": "u", "current_person": PERSON} | context


def _card_form(**errors: str) -> DetailsForm:
    form = DetailsForm(
        data={
            "number": "019195000123",
            "name": "Lường Thị Lành",
            "birthdate": "27/03/1995",
            "gender": "female",
            "address": "Tổ 5, Gia Sàng, Thành phố Thái Nguyên, Thái Nguyên",
        }
    )
    del form.country
    return _with_errors(form, **errors)


EXAMPLES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "recover": ("recovery/begin.html", _recovery(RecoverNameForm)),
    "recover-code": ("recovery/code.html", _recovery(RecoverCodeForm)),
    "recover-code-wrong": (
        "recovery/code.html",
        lambda: {"form": _with_errors(RecoverCodeForm(), code="Mã chưa đúng."), "recovery_id": "r"},
    ),
    "recover-proof": ("recovery/proof.html", _recovery(PlainForm, standing=_STANDING)),
    "recover-passkey": (
        "recovery/passkey.html",
        _recovery(PlainForm, action="/recover/r/passkey", options={"challenge": "AAAA"}),
    ),
    "recover-app": ("recovery/app.html", _recovery(TotpForm)),
    "recover-recovery-code": ("recovery/recovery_code.html", _recovery(RecoveryForm)),
    "recover-begin-wait": ("recovery/wait.html", _recovery(PlainForm, wait=None, **_WAIT)),
    "recover-waiting": ("recovery/wait.html", _recovery(PlainForm, wait=_READY_AT, **_WAIT)),
    "recover-wait-over": ("recovery/wait.html", _recovery(PlainForm, wait=_READY_AT, is_ready=True, **_WAIT)),
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
    "overview-recovery": ("accounts/overview.html", lambda: _overview(recovery_wait=_READY_AT)),
    "home": ("home.html", dict),
    "home-signed-in": ("home.html", lambda: {"current_person": PERSON}),
    "login": ("signin/login.html", lambda: {"app": JOBS, "form": LoginForm(), **_SIGN_IN}),
    "login-own": ("signin/login.html", lambda: {"app": None, "form": LoginForm(), **_SIGN_IN}),
    "login-wrong": (
        "signin/login.html",
        lambda: {"app": MARKET, "form": _with_errors(LoginForm(), username=_WRONG), **_SIGN_IN},
    ),
    "totp": ("signin/totp.html", lambda: {"app": JOBS, "form": TotpForm(), "recovery_url": "/mfa/recovery"}),
    "totp-wrong": (
        "signin/totp.html",
        lambda: {"app": JOBS, "form": _with_errors(TotpForm(), code="Mã chưa đúng."), "recovery_url": "/r"},
    ),
    "recovery": (
        "signin/recovery.html",
        lambda: {"app": JOBS, "form": RecoveryForm(), "totp_url": "/mfa/totp"},
    ),
    "enrol": ("signin/enrol.html", _enrol),
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
    "consent": (
        "consent/consent.html",
        lambda: _question(_items(), app=JOBS, offline=True),
    ),
    "consent-unverified": (
        "consent/consent.html",
        lambda: _question(_items()[2:3], app=MARKET, settled=_items()[:1], has_changed=True),
    ),
    "register": ("accounts/register.html", lambda: {"app": None, "form": RegisterForm()}),
    "register-wrong": (
        "accounts/register.html",
        lambda: {
            "app": JOBS,
            "form": _with_errors(
                RegisterForm(), username="Không được để trống.", password="Không được để trống."
            ),
        },
    ),
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
            devices=_sessions()[:1],
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
            "form": _with_errors(ContactForm(), contact="Đây không phải là email."),
            "channel": "email",
            "address": None,
            "has_other": True,
        },
    ),
    "contact-verify": (
        "accounts/verify_contact.html",
        lambda: {
            "form": _with_errors(TotpForm(), code="Mã chưa đúng."),
            "channel": "phone",
            "masked": "+84 ••• ••678",
            "is_demonstration": True,
        },
    ),
    "messages": ("messages/messages.html", lambda: {"messages": _messages(), "current_person": PERSON}),
    "messages-none": ("messages/messages.html", lambda: {"messages": [], "current_person": PERSON}),
    "messages-demonstration": ("messages/demonstration.html", lambda: {"messages": _messages()}),
    "security": ("accounts/security.html", _security),
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
    "sessions": ("accounts/sessions.html", lambda: {"sessions": _sessions(), "current_person": PERSON}),
    "applications": (
        "accounts/applications.html",
        lambda: {"applications": _applications(), "current_person": PERSON},
    ),
    "applications-none": (
        "accounts/applications.html",
        lambda: {"applications": [], "current_person": PERSON},
    ),
    "sessions-one": (
        "accounts/sessions.html",
        lambda: {"sessions": _sessions()[:1], "current_person": PERSON},
    ),
    "activity": ("accounts/activity.html", _activity),
    "activity-none": ("accounts/activity.html", lambda: _activity(events=[])),
    "alert-link": ("accounts/alert_link.html", lambda: {"is_over": False}),
    "alert-link-over": ("accounts/alert_link.html", lambda: {"is_over": True}),
    "overview-asked": ("accounts/overview.html", lambda: _overview(requests_count=2)),
    "overview-work": ("accounts/overview.html", lambda: _overview(work_count=1)),
    "device": (
        "decoupled/enter.html",
        lambda: {"form": UserCodeForm(data={"user_code": "WDJB-MJHT"}), "current_person": PERSON},
    ),
    "device-wrong": (
        "decoupled/enter.html",
        lambda: {
            "form": _with_errors(UserCodeForm(), user_code="Không có thiết bị nào đang chờ mã này."),
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
            form=_with_errors(RightsForm(), kind="Hãy chọn một mục.", words="Không được để trống.")
        ),
    ),
    "panic": ("accounts/panic.html", lambda: {"current_person": PERSON}),
    "shut": ("signin/shut.html", lambda: {"app": None, "recover_url": "/recover"}),
    "requests-none": ("decoupled/requests.html", lambda: {"waiting": [], "current_person": PERSON}),
    "logout": ("logout/confirm.html", lambda: {"app": JOBS, "form": PlainForm(), "current_person": PERSON}),
    "signed-out": ("logout/signed_out.html", lambda: {"app": JOBS, "return_uri": "https://vieclam.example/"}),
    "signed-out-own": ("logout/signed_out.html", lambda: {"app": None, "return_uri": None}),
    "signing-out": (
        "logout/signed_out.html",
        lambda: {"app": JOBS, "return_uri": "https://vieclam.example/", "frames": FRAMES},
    ),
    "identity": ("enrolment/start.html", lambda: _step(app=None, interaction_uid=None)),
    "identity-asked": ("enrolment/start.html", _step),
    "identity-confirmed": (
        "enrolment/start.html",
        lambda: _step(app=None, interaction_uid=None, verification=_CARD_FACTS, number=_MASKED),
    ),
    "identity-seen": (
        "enrolment/start.html",
        lambda: _step(app=None, interaction_uid=None, verification=_SEEN_FACTS, number=_MASKED),
    ),
    "identity-scan": ("enrolment/scan.html", lambda: _step(form=CardForm())),
    "identity-scan-wrong": (
        "enrolment/scan.html",
        lambda: _step(form=_with_errors(CardForm(), card_text="Đây là thẻ bảo hiểm y tế.")),
    ),
    "identity-photo": ("enrolment/photo.html", lambda: _step(form=PhotoForm())),
    "identity-photo-wrong": (
        "enrolment/photo.html",
        lambda: _step(form=_with_errors(PhotoForm(), photo="Không thấy mã QR trong ảnh.")),
    ),
    "identity-details": (
        "enrolment/details.html",
        lambda: _step(form=_card_form(), document="idcard", is_read=True),
    ),
    "identity-details-wrong": (
        "enrolment/details.html",
        lambda: _step(
            form=_card_form(number="Số định danh có 12 chữ số.", gender="Không được để trống."),
            document="idcard",
            is_read=False,
        ),
    ),
    "identity-passport": (
        "enrolment/details.html",
        lambda: _step(form=DetailsForm(), document="passport", is_read=False),
    ),
    "identity-phone": ("enrolment/phone.html", lambda: _step(form=PhoneForm())),
    "identity-phone-code": (
        "enrolment/phone_code.html",
        lambda: _step(form=PhoneCodeForm(), phone="+84912345678", shown="+84 ••• ••678"),
    ),
    "identity-unconfirmed": ("enrolment/unconfirmed.html", _step),
    "profile-verified": (
        "accounts/profile.html",
        lambda: {
            "form": ProfileForm(data={"phone": "0912 345 678"}),
            "verified": {"phone": True, "email": False},
            "verification": _SEEN_FACTS,
            "number": _MASKED,
            "current_person": PERSON,
        },
    ),
    "requirement-online": (
        "signin/requirement.html",
        lambda: {"app": JOBS, "identity_url": "/account/identity?interaction=u", "form": PlainForm()},
    ),
    **COUNTER_PAGES,
    "error": ("errors/error.html", _error),
    "error-expired": (
        "errors/error.html",
        lambda: {**_error(), "app": JOBS, "advice": "Quay lại Việc làm và bắt đầu lại; không chia sẻ gì."},
    ),
}
EXAMPLES |= MANDATE_PAGES | QR_PAGES | phone_pages(lambda: _question(_items()))
EXAMPLES |= SETTINGS_PAGES
EXAMPLES |= ADMIN_PAGES | BADGE_PAGES | CARD_PAGES | DEVELOPER_PAGES | EMPLOYER_PAGES | EMPLOYMENT_PAGES
EXAMPLES |= SCIM_PAGES | IMPORT_PAGES | LOG_PAGES | sandbox_pages(JOBS)
EXAMPLES |= REVIEW_PAGES
