"""The phone's pages of sign-in by QR, with contexts as their views give them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.tnid.qr.page_examples import JOBS
from tnid.qr.endings import ENDINGS
from tnid.qr.forms import TypedCodeForm

SCREEN = SimpleNamespace(
    name="Chrome trên Windows",
    place="",
    ip="203.0.113.9",
    nearness="SAME_NETWORK",
    since="hôm nay lúc 07:12",
)
TERMINAL = SimpleNamespace(
    name="Ki-ốt tầng 1",
    place="Bộ phận Một cửa, phường Phan Đình Phùng",
    ip="203.0.113.9",
    nearness="FAR",
    since="hôm nay lúc 9:05",
)
Pages = dict[str, tuple[str, Callable[[], dict[str, Any]]]]
ADDRESS = f"/qr/at/{'A2' * 13}.s{'0' * 32}"


def phone_pages(question: Callable[[], dict[str, Any]]) -> Pages:
    """Return the examples; `question` gives what the pages say of what is asked for."""

    def asked(**changes: Any) -> Callable[[], dict[str, Any]]:
        given = {
            "app": JOBS,
            "state": "waiting",
            "address": ADDRESS,
            "digits": "47",
            "host": "id.thainguyen.gov.vn",
            "screen": SCREEN,
            "obstacle": None,
            "is_own_pages": False,
            "asks": True,
            "is_known": False,
        }
        return lambda: {**question(), **given, **changes}

    def ending(reason: str) -> Callable[[], dict[str, Any]]:
        return lambda: {"ending": ENDINGS[reason], "reason": reason}

    def code() -> dict[str, Any]:
        return {"form": TypedCodeForm()}

    confirm = "qr/phone_confirm.html"
    obstacles = ("far", "guardian", "identity_level", "no_factor", "other_account")
    return {
        "qr-phone": (confirm, asked()),
        "qr-phone-stale-session": (confirm, asked(obstacle="sign_in", has_changed=True, offline=True)),
        "qr-phone-known": (confirm, asked(is_known=True)),
        "qr-phone-terminal": (confirm, asked(screen=TERMINAL)),
        "qr-phone-own-pages": (confirm, asked(is_own_pages=True, asks=False)),
        "qr-phone-helper": (confirm, asked(asks=False)),
        **{f"qr-phone-{one}": (confirm, asked(obstacle=one)) for one in obstacles},
        "qr-phone-finish": ("qr/phone_finish.html", asked(state="claimed")),
        "qr-phone-digits": ("qr/phone_digits.html", asked(state="approved")),
        "qr-phone-digits-terminal": ("qr/phone_digits.html", asked(state="approved", screen=TERMINAL)),
        "qr-phone-code": ("qr/phone_code.html", code),
        **{f"qr-phone-ending-{reason}": ("qr/phone_ending.html", ending(reason)) for reason in ENDINGS},
    }
