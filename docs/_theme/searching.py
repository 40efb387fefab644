"""The search's words: English as Sphinx has it, and each word with marks also as it is typed without them."""

from __future__ import annotations

import unicodedata
from typing import Any

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish


class SearchBoth(SearchEnglish):
    """English and Vietnamese in one index: `dang nhap` finds `đăng nhập`."""

    def split(self, input: str) -> list[str]:
        words = super().split(input)
        return words + [plain for word in words if (plain := without_marks(word)) != word]


def without_marks(word: str) -> str:
    """Return a word as it is typed on a keyboard that knows no Vietnamese."""
    apart = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_search_language(SearchBoth)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
