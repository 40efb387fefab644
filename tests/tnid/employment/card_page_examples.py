"""The pages of employment cards, each with a context as its view gives it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from wtforms import BooleanField, TextAreaField

from tests.tnid.officials.page_examples import PERSON, PlainForm
from tnid.employment.card_words import LABELS, Line
from tnid.employment.words import CONTRACT_TYPES
from tnid.qr.image import data_uri

NAME = "Nguyễn Thị Phương Thảo"
LINES = [
    Line("employer", "Nơi làm việc", "Công ty TNHH Điện tử Yên Bình", "Mã số thuế 4600123456"),
    Line("title", "Công việc", "Công nhân lắp ráp"),
    Line("park", "Khu công nghiệp", "KCN Yên Bình"),
    Line("start_date", "Làm việc từ", "01/03/2020"),
    Line("contract_type", "Loại hợp đồng", "Không xác định thời hạn"),
]
ISSUER = "https://id.thainguyen.gov.vn"
ADDRESS = f"{ISSUER}/work/card#" + "eyJh" * 380
ADDRESSES = SimpleNamespace(
    issuer=ISSUER, vct=f"{ISSUER}/vct/employment", status=f"{ISSUER}/work/card/status"
)
DATES = {"confirmed": "22/11/2026", "until": "20/02/2027"}


class NewCardForm(PlainForm):
    employer = BooleanField()
    title = BooleanField()
    park = BooleanField()
    start_date = BooleanField()
    contract_type = BooleanField()


class CheckForm(PlainForm):
    card_text = TextAreaField()


def _own(left_out: frozenset[str] = frozenset()) -> dict[str, Any]:
    return {
        "current_person": PERSON,
        "card": SimpleNamespace(id="card-1", claims={"name": NAME}),
        "lines": LINES,
        "left_out": left_out,
        "address": ADDRESS,
        "screen_code": data_uri(ADDRESS, "L"),
        "small_code": data_uri(ADDRESS, "L", 4),
        "large_code": data_uri(ADDRESS, "M", 4),
        "host": "id.thainguyen.gov.vn",
        **DATES,
    }


def _new(lines: list[Line], current: str | None = None, wrong: str = "") -> dict[str, Any]:
    form = NewCardForm()
    if wrong:
        form.form_errors.append(wrong)
    return {"current_person": PERSON, "form": form, "lines": lines, "current_card": current}


def _check(verdict: str = "", *, is_ours: bool = True) -> dict[str, Any]:
    found = SimpleNamespace(verdict=verdict, claims={"name": NAME} if is_ours else {}) if verdict else None
    return {
        "current_person": None,
        "form": CheckForm(),
        "found": found,
        "name": NAME,
        "lines": LINES,
        "labels": LABELS,
        "contract_types": CONTRACT_TYPES,
        "addresses": ADDRESSES,
        "keys_path": "/.well-known/jwt-vc-issuer",
        "status_path": "/work/card/status",
        **DATES,
    }


CARD_PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "work-card": ("employment/card.html", _own),
    "work-card-less": ("employment/card.html", lambda: _own(frozenset({"title", "park"}))),
    "work-card-too-long": ("employment/card.html", lambda: _own() | {"screen_code": ""}),
    "work-card-new": ("employment/card_new.html", lambda: _new(LINES, "card-1")),
    "work-card-none": ("employment/card_new.html", lambda: _new([])),
    "work-card-nothing-ticked": (
        "employment/card_new.html",
        lambda: _new(LINES, wrong="Hãy chọn ít nhất một mục ghi trên thẻ."),
    ),
    "work-card-over": ("employment/card_over.html", lambda: {"current_person": PERSON}),
    "card-check": ("employment/check.html", _check),
    **{
        f"card-check-{verdict}": ("employment/check.html", lambda verdict=verdict: _check(verdict))
        for verdict in ("valid", "expired", "revoked", "no_status")
    },
    **{
        f"card-check-{verdict}": (
            "employment/check.html",
            lambda verdict=verdict: _check(verdict, is_ours=False),
        )
        for verdict in ("altered", "unreadable", "unknown_key")
    },
}
