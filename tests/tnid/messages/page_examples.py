"""Pages of messages to a person, each with a context as its view gives it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.tnid.page_parts import PERSON, Pages


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


MESSAGE_PAGES: Pages = {
    "messages": ("messages/messages.html", lambda: {"messages": _messages(), "current_person": PERSON}),
    "messages-none": ("messages/messages.html", lambda: {"messages": [], "current_person": PERSON}),
    "messages-demonstration": ("messages/demonstration.html", lambda: {"messages": _messages()}),
}
