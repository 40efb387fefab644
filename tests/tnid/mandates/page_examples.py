"""The pages of mandates, with contexts as their views give them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask_wtf import FlaskForm
from wtforms import StringField, SubmitField
from wtforms.fields.choices import SelectChoice

from tnid.mandates.forms import ClientsForm, MandateForm

CLINIC = SimpleNamespace(
    name="Hồ sơ sức khỏe, khám chữa bệnh từ xa",
    host="suckhoe.example",
    logo=None,
    organisation="Sở Y tế tỉnh Thái Nguyên",
    policy_uri=None,
    tos_uri=None,
)
GRANDMOTHER = SimpleNamespace(display_name="Hoàng Thị Bảy", initials="HB", username="bay")
GRANDCHILD = SimpleNamespace(display_name="Lê Bình An", initials="LA", username="an")
LABELS = ["Họ, chữ đệm và tên", "Ngày sinh", "Số điện thoại"]


class CodeForm(FlaskForm):
    code = StringField()
    submit = SubmitField()


def mandate(**changes: Any) -> SimpleNamespace:
    members = {
        "id": "mandate-1",
        "name": "Hoàng Thị Bảy",
        "covers": [SimpleNamespace(app=CLINIC, labels=LABELS)],
        "expires_at": "thứ Hai, 21/12/2026 lúc 08:00",
        "offer_expires_at": "ngày mai lúc 08:00",
        "is_accepted": True,
        "is_offered_by_name": False,
    }
    return SimpleNamespace(**members | changes)


def _page(**context: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"current_person": GRANDCHILD, "person": GRANDCHILD, **context}


def _clients() -> dict[str, Any]:
    form = ClientsForm()
    form.clients.choices = [SelectChoice("suckhoe", "suckhoe")]
    form.clients.errors = ["Chọn ít nhất một ứng dụng."]
    return {"current_person": GRANDMOTHER, "form": form, "apps": [("suckhoe", CLINIC)]}


def _give() -> dict[str, Any]:
    form = MandateForm()
    form.offer_choices([("suckhoe profile", ", ".join(LABELS))], 365)
    return {
        "current_person": GRANDMOTHER,
        "form": form,
        "choices": [(CLINIC, {"suckhoe profile"})],
        "day_choices": [(choice.value, choice.label) for choice in form.days.choices],
    }


MANDATE_PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "mandates": (
        "mandates/index.html",
        _page(
            given=[mandate(name="Lê Bình An"), mandate(id="mandate-2", name="", is_accepted=False)],
            held=[mandate(id="mandate-3")],
            offers=[mandate(id="mandate-4", is_accepted=False)],
        ),
    ),
    "mandates-none": ("mandates/index.html", _page(given=[], held=[], offers=[])),
    "mandate-clients": ("mandates/clients.html", _clients),
    "mandate-clients-none": (
        "mandates/clients.html",
        lambda: {"form": ClientsForm(), "apps": [], "current_person": GRANDMOTHER},
    ),
    "mandate-give": ("mandates/give.html", _give),
    "mandate-code": ("mandates/code.html", _page(code="WDJB-MJHT")),
    "mandate-enter": (
        "mandates/enter.html",
        lambda: {"form": CodeForm(), "current_person": GRANDCHILD},
    ),
    "mandate-accept": ("mandates/accept.html", _page(mandate=mandate(), code="WDJB-MJHT")),
    "mandate-offer": ("mandates/accept.html", _page(mandate=mandate(), code=None)),
    "in-stead": (
        "mandates/choose.html",
        _page(app=CLINIC, principals=[("mandate-1", GRANDMOTHER)], has_ended=False),
    ),
    "in-stead-ended": ("mandates/choose.html", _page(app=CLINIC, principals=[], has_ended=True)),
    "in-stead-confirm": (
        "mandates/confirm.html",
        _page(app=CLINIC, principal=GRANDMOTHER, labels=LABELS, expires_at="thứ Hai, 21/12/2026"),
    ),
}


class _Unfit(CodeForm):
    """The form that isn't shown to who can't be a guardian."""


MANDATE_PAGES |= {
    "family-child": (
        "mandates/family.html",
        _page(child_until="thứ Ba, 16/03/2027", is_waiting=True, guardians=[], children=[]),
    ),
    "family-child-agreed": (
        "mandates/family.html",
        _page(
            child_until="thứ Ba, 16/03/2027",
            is_waiting=False,
            guardians=[(SimpleNamespace(agreed_at="hôm qua lúc 20:10"), "Lê Thị Mẹ")],
            children=[],
        ),
    ),
    "family-guardian": (
        "mandates/family.html",
        _page(
            child_until=None,
            children=[
                {
                    "id": "g1",
                    "name": "Hoàng Văn Bé",
                    "expires_at": "thứ Ba, 16/03/2027",
                    "applications": [(CLINIC, LABELS)],
                },
                {"id": "g2", "name": "Hoàng Văn Út", "expires_at": "thứ Ba, 16/03/2027", "applications": []},
            ],
        ),
    ),
    "family-none": ("mandates/family.html", _page(child_until=None, children=[])),
    "guardian-code": ("mandates/guardian_code.html", _page(code="WDJB-MJHT")),
    "guardian-enter": (
        "mandates/guardian_enter.html",
        lambda: {"form": CodeForm(), "unfit": None, "current_person": GRANDCHILD},
    ),
    "guardian-unfit": (
        "mandates/guardian_enter.html",
        lambda: {"form": _Unfit(), "unfit": "Chưa đủ 18 tuổi.", "current_person": GRANDCHILD},
    ),
    "guardian-agree": (
        "mandates/guardian_agree.html",
        _page(
            child=SimpleNamespace(display_name="Hoàng Văn Bé"),
            row=SimpleNamespace(expires_at="thứ Ba, 16/03/2027"),
            code="WDJB-MJHT",
        ),
    ),
    "guardian-waits": ("mandates/waits.html", _page(app=CLINIC)),
}
