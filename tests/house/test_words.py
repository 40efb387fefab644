"""One word for one thing, on the pages and in the messages, as the glossary has them."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tnid.messages.texts import TEXTS

CATALOGUE = Path(__file__).parents[2] / "tnid/translations/vi/LC_MESSAGES/messages.po"
# What is not said, and what is said in its place
OTHERWISE = {
    "mã khôi phục": "mã dự phòng",
    "mã phục hồi": "mã dự phòng",
    "hai bước": "hai lớp",
    "bước xác thực": "lớp xác thực",
    "không mất tiền": "miễn phí",
    "không mất phí": "miễn phí",
    "khoá": "khóa",
    "huỷ": "hủy",
    "đăng nhâp": "đăng nhập",
    "người trợ giúp": "người giúp",
    "mức định danh": "mức danh tính",
    "thẻ cư trú": "thẻ thường trú, tạm trú",
    "thẻ căn cước công dân": "thẻ căn cước",
    "hệ thống nhân sự": "phần mềm nhân sự",
    "cán bộ vận hành": "người vận hành",
    "tiếp dân": "phục vụ tại quầy một cửa",
    "phường, xã": "xã, phường",
    "khôi phục tài khoản": "lấy lại tài khoản",
    "trang việc làm": "trang Nơi làm việc",
}


def read_vietnamese() -> str:
    with CATALOGUE.open("rb") as file:
        entries = [one.string for one in read_po(file, locale="vi") if one.id]
    pages = [text for one in entries for text in ([one] if isinstance(one, str) else one)]
    messages = [part["vi"] for text in TEXTS.values() for part in (text.title, text.body, text.short)]
    return "\n".join([*pages, *messages]).casefold()


@pytest.mark.parametrize("word", OTHERWISE)
def test_vietnamese_has_one_word_for_one_thing(word: str) -> None:
    assert word not in read_vietnamese(), f"say {OTHERWISE[word]}"
