"""The named texts: three languages, no link to a phone, two segments of an SMS at most, no jargon."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import tnid
from tnid.messages.letters import LANGUAGES, render_email, write_letter
from tnid.messages.texts import TEXTS

PACKAGE = Path(tnid.__file__).parent
AT = 1_795_000_000
CHANGING = {"code": "1234 5678", "minutes": "10", "when": "07:12 22/11/2026"}
LONG = "Nhận quà tại http://www.qua-tang.vn/nhan\nngay hôm nay, " * 6
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà"
    + string.ascii_letters
    + string.digits
)
SEGMENTS = 2


def values_of(name: str) -> dict[str, str]:
    text = TEXTS[name]
    words = " ".join((*text.short.values(), *text.body.values(), text.path or ""))
    named = {field for _, field, _, _ in string.Formatter().parse(words) if field}
    return {field: CHANGING.get(field, LONG) for field in named - {"time"}}


def segments_of(text: str) -> int:
    """Return how many segments an SMS takes: 3GPP TS 23.038."""
    single, joined, length = (160, 153, len(text))
    if not set(text) <= GSM:
        single, joined, length = 70, 67, len(text.encode("utf-16-be")) // 2
    return 1 if length <= single else -(-length // joined)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_whole_in_each_language(name: str, language: str) -> None:
    text = TEXTS[name]
    assert len(name) <= 32, "the column's length"
    assert not re.search(r"[{}]", text.title[language])
    letter = write_letter(
        "id",
        "+84912345678",
        name,
        text,
        values_of(name),
        language=language,
        at=AT,
        issuer="https://id.example",
    )
    assert segments_of(letter.short) <= SEGMENTS, (len(letter.short), letter.short)
    assert not re.search(r"https?:|www\.|\.vn\b", letter.short), "no links in SMS"
    plain, html = render_email(letter)
    for written in (plain, html):
        assert ("https://id.example/" in written) == (text.path is not None)
        assert not re.search(r"\b(oidc|token|oauth|totp|None)\b", written)
    assert text.path is None or text.path.startswith("/")


def test_a_code_stands_in_the_first_segment() -> None:
    for name in (name for name in TEXTS if name == "code" or name.startswith("code_")):
        for language in LANGUAGES:
            letter = write_letter(
                "id", "x", name, TEXTS[name], values_of(name), language=language, at=AT, issuer="https://i"
            )
            assert "1234 5678" in letter.short[:60], letter.short


def test_an_unknown_language_is_written_in_ours() -> None:
    letter = write_letter(
        "id", "x", "code", TEXTS["code"], values_of("code"), language="fr", at=AT, issuer=""
    )
    assert letter.language == "vi" and letter.title == "Mã xác thực (OTP)"


def test_what_a_person_typed_is_text_in_the_html() -> None:
    values = {**values_of("code"), "code": "<b>1</b>"}
    letter = write_letter("id", "x", "code", TEXTS["code"], values, language="vi", at=AT, issuer="")
    assert "<b>1</b>" not in render_email(letter)[1] and "&lt;b&gt;1" in render_email(letter)[1]


def test_whatever_is_announced_has_a_text() -> None:
    names = {name for path in PACKAGE.rglob("*.py") for name in announced_in(ast.parse(path.read_text()))}
    assert "password_changed" in names and names <= set(TEXTS)


def announced_in(module: ast.Module) -> Iterator[str]:
    """Yield the names that calls of `announce` are written with."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2].strip("_") == "announce":
            for part in (one for argument in node.args[1:2] for one in ast.walk(argument)):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def test_time_is_local() -> None:
    letter = write_letter(
        "id", "x", "password_changed", TEXTS["password_changed"], {}, language="vi", at=AT, issuer=""
    )
    assert "18:06 18/11/2026" in letter.short
