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
