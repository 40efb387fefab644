"""Old Vietnamese encodings told apart, so that somebody can be told what to do about theirs.

Before Unicode a font drew Vietnamese over other letters: what TCVN3 (ABC) keeps as "NguyÔn" and VNI as
"Nguyeãn" looks right in its font alone. Nothing is converted: a name that is nearly right is worse than none.
Each is known by words that it makes of nonsense.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

# Codes from TCVN 5712:1993 (VN3), in the order of the code
_TCVN3_CODES = (
    *range(0xA1, 0xAF), *range(0xB5, 0xBA), *range(0xBB, 0xBF), *range(0xC6, 0xCD), 0xCE, 0xCF,
    *range(0xD0, 0xD9), *range(0xDC, 0xE0), *range(0xE1, 0xF0), *range(0xF1, 0xFF),
)  # fmt: skip
_TCVN3_LETTERS = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
TCVN3 = dict(zip(_TCVN3_CODES, _TCVN3_LETTERS, strict=True))
"""Which letter each code above 127 is drawn as."""

# VNI writes the letter and, after it, a sign for what stands above or below
_VNI_SIGNS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323", "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309",
    "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ"}
_VNI_BASES = frozenset("aeouyôö")

# Common in names and headings, and each with a letter that no old encoding leaves as it is
_WORDS = frozenset(
    """
    nguyễn trần lê phạm hoàng huỳnh vũ võ đặng bùi đỗ hồ ngô dương lý đinh đoàn trịnh mạc lâm phùng tạ chử
    thị văn hữu đức thành công quốc ngọc minh tuấn dũng hùng hải hà hương hạnh thảo thủy thúy linh hiền hòa
    bình cường quyết thắng tiến tùng sơn đạt phúc lộc thọ vân yến nhân ánh tuyết mỹ hồng phượng loan hằng
    trường mã họ tên số ngày chức định cá cước căn vào nghỉ việc loại hợp đồng nhập quân thuế khu nghiệp viên
    làm động trưởng bảo vệ kế toán kỹ thuật tổ sản xuất lắp ráp vận chuyền thợ máy điện kiểm chất lượng
    """.split()  # noqa: SIM905  a list of words reads better so
)
_WORDS_TOLD_APART = frozenset(word for word in _WORDS if not word.isascii())
_BETWEEN_WORDS = re.compile(r"[\s,;\"'()/_.:\d]+")


def find_font(texts: Iterable[str]) -> str | None:
    """Return the reason to refuse texts in an old font, or None where they are what they seem.

    `font_tcvn3`, `font_vni`, or `encoding_twice` for UTF-8 that was read as something else and saved.
    """
    words = [word for text in texts for word in _BETWEEN_WORDS.split(text) if not word.isascii()]
    return _find_best(words, _OLD_FONTS)


def find_encoding(content: bytes) -> str:
    """Return the reason to refuse bytes that are no UTF-8: an old font's, `windows_1258`, or `encoding`."""
    words = [word for word in _BETWEEN_WORDS.split(content.decode("cp1252", "replace")) if not word.isascii()]
    return _find_best(words, {**_OLD_FONTS, "windows_1258": _from_windows_1258}) or "encoding"


def _find_best(words: list[str], readings: dict[str, Callable[[str], str]]) -> str | None:
    """Return the reading that makes the most known words, if it makes more than there are."""
    most, best = sum(_is_word(word) for word in words), None
    if 2 * most > len(words):
        return None
    for reason, read in readings.items():
        count = sum(_is_word(read(word)) for word in words)
        if count > most:
            most, best = count, reason
    return best


def _is_word(text: str) -> bool:
    return unicodedata.normalize("NFC", text).casefold() in _WORDS_TOLD_APART


def _from_tcvn3(text: str) -> str:
    return "".join(TCVN3.get(ord(letter), letter) for letter in text)


def _from_vni(text: str) -> str:
    made: list[str] = []
    before = ""
    for letter in text.casefold():
        is_sign = letter in _VNI_SIGNS and before in _VNI_BASES and before
        made.append(_VNI_SIGNS[letter] if is_sign else _VNI_LETTERS.get(letter, letter))
        before = letter
    return "".join(made)


def _from_twice(text: str) -> str:
    """Return what was read as Windows' Western letters though it was UTF-8."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""


def _from_windows_1258(text: str) -> str:
    return text.encode("cp1252", "replace").decode("cp1258", "replace")


_OLD_FONTS: dict[str, Callable[[str], str]] = {
    "font_tcvn3": _from_tcvn3,
    "font_vni": _from_vni,
    "encoding_twice": _from_twice,
}
