"""One word for one thing, on the pages and in the messages, as the glossary has them."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tnid.messages.texts import TEXTS

CATALOGUES = Path(__file__).parents[2] / "tnid/translations"
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
    "hết tác dụng": "hết hiệu lực",
    "máy dùng chung": "ki-ốt",
    "cổng nhà phát triển": "trang dành cho nhà phát triển",
    "ai đã tác động": "Cán bộ đã làm gì với tài khoản của tôi",
}


# The button that developers copy is named in Korean letters, and is no page of ours
OTHERWISE_IN_KOREAN = {"타이응우옌 id": "Thái Nguyên ID"}


def read_words(language: str) -> str:
    with (CATALOGUES / language / "LC_MESSAGES/messages.po").open("rb") as file:
        entries = [one.string for one in read_po(file, locale=language) if one.id]
    pages = [text for one in entries for text in ([one] if isinstance(one, str) else one)]
    messages = [part[language] for text in TEXTS.values() for part in (text.title, text.body, text.short)]
    return "\n".join([*pages, *messages]).casefold()


@pytest.mark.parametrize("word", OTHERWISE)
def test_vietnamese_has_one_word_for_one_thing(word: str) -> None:
    assert word not in read_words("vi"), f"say {OTHERWISE[word]}"


@pytest.mark.parametrize("word", OTHERWISE_IN_KOREAN)
def test_korean_has_one_word_for_one_thing(word: str) -> None:
    assert word not in read_words("ko"), f"say {OTHERWISE_IN_KOREAN[word]}"
