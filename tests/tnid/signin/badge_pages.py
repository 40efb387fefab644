"""The pages of sign-in cards, each with a context as its view gives it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup
from wtforms import PasswordField, StringField

from tests.tnid.officials.page_examples import OFFICIAL, PERSON, PlainForm
from tnid.badges import secret
from tnid.officials.forms import ComparedForm

TERMINAL = SimpleNamespace(
    name="Bảng tin nhà máy",
    host="bangtin.yenbinh.example",
    logo=None,
    organisation="Ban Quản lý các khu công nghiệp Thái Nguyên",
)
SECRET = "CH9M4Q3VTN8LJXR2K7PBG6FTC5MQ".replace("5", "6")


class CardForm(PlainForm):
    card = StringField()


class PinForm(PlainForm):
    pin = PasswordField()


class NewPinForm(PinForm):
    again = PasswordField()


class ActivationForm(NewPinForm):
    activation_code = StringField()


def _with_errors(form: Any, **errors: str) -> Any:
    for name, text in errors.items():
        form[name].errors = [text]
    return form


def _at_terminal(**changes: Any) -> dict[str, Any]:
    ways = {
        "qr_url": "/login/qr?interaction=u",
        "other_url": "/login?interaction=u",
        "card_url": "/login/card",
    }
    return {"app": TERMINAL, **ways, **changes}


def _badge(**changes: Any) -> SimpleNamespace:
    known = {
        "created_at": "thứ Hai, 02/11/2026 lúc 08:15",
        "expires_at": "thứ Ba, 02/11/2027 lúc 08:15",
        "last_used_at": "hôm nay lúc 06:02",
        "revoked_at": None,
    }
    return SimpleNamespace(**(known | changes))


def _own(state: str, **changes: Any) -> dict[str, Any]:
    return {
        "current_person": PERSON,
        "badge": _badge(**changes),
        "state": state,
        "commune": "Phường Gia Sàng",
        "terminal": TERMINAL.name,
    }


def _counter(**changes: Any) -> dict[str, Any]:
    served = {
        "visit": SimpleNamespace(id="visit-1"),
        "account": SimpleNamespace(**vars(PERSON), identity_level=2),
        "number": SimpleNamespace(masked="•••••••••567"),
        "may_have_badge": True,
    }
    shared = {
        "official": OFFICIAL,
        "current_person": PERSON,
        "form": ComparedForm(),
        "birthdate": "10/03/1995",
    }
    own = {"badge": None, "state": None, "commune": ""}
    return {**shared, **own, "served": SimpleNamespace(**served), **changes}


def _printed() -> dict[str, Any]:
    return _counter(
        qr_svg=Markup(secret.qr_svg(SECRET)),
        secret_text=secret.grouped(SECRET),
        activation_code="4071 9926",
        activation_until="Chủ Nhật, 29/11/2026 lúc 16:17",
        expires_on="22/11/2027",
        address="https://id.thainguyen.gov.vn",
        host="id.thainguyen.gov.vn",
    )


BADGE_PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "badge": ("badges/enter.html", lambda: _at_terminal(form=CardForm())),
    "badge-unknown": (
        "badges/enter.html",
        lambda: _at_terminal(form=_with_errors(CardForm(), card="Hệ thống không nhận ra thẻ này.")),
    ),
    "badge-pin": ("badges/pin.html", lambda: _at_terminal(form=PinForm())),
    "badge-pin-wrong": (
        "badges/pin.html",
        lambda: _at_terminal(form=_with_errors(PinForm(), pin="Mã PIN chưa đúng.")),
    ),
    "badge-activate": ("badges/activate.html", lambda: _at_terminal(form=ActivationForm())),
    "badge-phone": ("badges/phone.html", _at_terminal),
    **{
        f"badge-{reason}": ("badges/over.html", lambda reason=reason: _at_terminal(reason=reason))
        for reason in ("replaced", "revoked", "expired", "locked", "unused", "not_open")
    },
    "badge-lost": ("badges/lost.html", dict),
    "badge-own": ("badges/own.html", lambda: _own("active")),
    "badge-own-new": ("badges/own.html", lambda: _own("new", last_used_at=None)),
    "badge-own-revoked": ("badges/own.html", lambda: _own("revoked", revoked_at="hôm nay lúc 07:10")),
    "badge-own-none": ("badges/own.html", lambda: {"current_person": PERSON, "badge": None, "state": None}),
    "badge-own-pin": (
        "badges/own_pin.html",
        lambda: {"current_person": PERSON, "form": NewPinForm(), "has_pin": False},
    ),
    "badge-counter": ("officials/badge.html", _counter),
    "badge-counter-again": (
        "officials/badge.html",
        lambda: _counter(badge=_badge(), state="active", commune="Phường Gia Sàng"),
    ),
    "badge-printed": ("officials/badge_print.html", _printed),
}
