"""The pages of sign-in by QR, with contexts as their views give them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tnid.qr.forms import DigitsForm, RoomForm
from tnid.qr.image import data_uri

JOBS = SimpleNamespace(
    name="Việc làm Thái Nguyên",
    host="vieclam.thainguyen.example",
    logo=None,
    organisation="Sở Nội vụ tỉnh Thái Nguyên",
    policy_uri=None,
    tos_uri=None,
)
ADDRESS = "HTTPS://ID.THAINGUYEN.GOV.VN/QR/" + "A2" * 17
WAITING = {
    "qr_address": ADDRESS,
    "qr_image": data_uri(ADDRESS),
    "step": 3,
    "typed_code": "WDJB-MJHT",
    "typing_address": "id.thainguyen.gov.vn/qr",
}


def _screen(state: str, error: str = "", **changes: Any) -> Callable[[], dict[str, Any]]:
    def make() -> dict[str, Any]:
        form = DigitsForm()
        if error:
            form.digits.errors = [error]
        urls = dict.fromkeys(("digits_url", "finish_url", "cancel_url"), "/login/qr/x?interaction=u")
        return {"app": JOBS, "form": form, "state": state, "name": "N… V… An", **urls, **changes}

    return make


def _over(reason: str, minutes: int = 0) -> Callable[[], dict[str, Any]]:
    urls = {"again_url": "/login/qr?interaction=u", "other_url": "/resume/u"}
    return lambda: {"app": JOBS, "reason": reason, "minutes": minutes, **urls}


# What every page at a terminal knows (tnid.signin.terminal_pages)
AT_TERMINAL = {
    "terminal": SimpleNamespace(label="Ki-ốt cổng A · Nhà máy Yên Bình"),
    "idle": {
        **{"uid": "u", "seconds": 60, "longest": 60},
        **{"stay_url": "/terminal/stay?interaction=u", "leave_url": "/terminal/leave?interaction=u"},
    },
}
WAYS = {way: f"/terminal/{way}?interaction=u" for way in ("phone", "card", "room")}


def _terminal(**changes: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"app": JOBS, "other_url": "/terminal?interaction=u", **AT_TERMINAL, **changes}


def _room_finish() -> dict[str, Any]:
    form = RoomForm()
    form.typed_code.errors = ["Mã chưa đúng, đã dùng hoặc đã hết hạn."]
    return {**_terminal()(), "form": form, "keys": "BCDFGHJKLMNPQRSTVWXZ"}


REASONS = (
    *("expired", "refused", "wrong_digits", "other_person", "other_network"),
    *("replaced", "abandoned", "lost", "too_many_qr"),
)
QR_PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "qr": ("qr/screen.html", _screen("waiting", **WAITING)),
    "qr-own": ("qr/screen.html", _screen("waiting", app=None, **WAITING)),
    "qr-early": ("qr/screen.html", _screen("waiting", "Chưa có điện thoại nào quét mã.", **WAITING)),
    "qr-claimed": ("qr/screen.html", _screen("claimed")),
    "qr-approved": ("qr/screen.html", _screen("approved")),
    "qr-typed": ("qr/screen.html", _screen("typed")),
    "qr-ready": ("qr/screen.html", _screen("ready")),
    "terminal": ("signin/terminal.html", _terminal(ways=WAYS, needs_two=False)),
    "terminal-two": ("signin/terminal.html", _terminal(ways=WAYS, needs_two=True)),
    "terminal-room": (
        "qr/terminal_room.html",
        _terminal(
            take_url="/terminal/room/code?interaction=u", finish_url="/", refusal="Đã nhập sai nhiều lần."
        ),
    ),
    "terminal-room-code": (
        "qr/terminal_room_code.html",
        _terminal(
            typed_code="WDJB-MJHT",
            typing_address="id.thainguyen.gov.vn/qr",
            until="10:30 sáng nay",
        ),
    ),
    "terminal-room-finish": ("qr/terminal_room_finish.html", _room_finish),
    **{f"qr-{reason}": ("qr/screen_over.html", _over(reason, 12)) for reason in REASONS},
}
