"""One level of politeness and one word for one thing in Korean, as CONTRIBUTING.md says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from tnid.messages.texts import TEXTS

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "tnid/translations/ko/LC_MESSAGES/messages.po"
HANGUL = re.compile("[가-힣]")
# The glossary's own words
GIVEN = frozenset({"비밀번호를 잊으셨나요?"})
NOT_SAID = {
    "a statement ends in -습니다": r"(?<!니)다\.(?!\w)",
    "a request ends in -세요": r"십시오",
    "no sentence ends in -요 but a request": r"(?<![세필니\W])요[.?!]|[어아해돼예네나까가]요$",
    "a question ends in -까": r"[가-힣](?<!까)\?",
    "nobody is called 당신 or 귀하, and nobody says 우리": r"당신|귀하|여러분|저희|우리[는가의에를 ]",
    "a particle suits any value": r"%\(\w+\)s ?(은|는|이|가|을|를|과|와|로|으로)(?![가-힣(])",
}
# What is not said, and what is said in its place
OTHERWISE = {
    "애플리케이션": "앱",
    "읍·면·동": "싸(면)·프엉(동)",
    "사용자(?!\\()": "이용자",
    "사업체": "고용주",
    "세금 코드|세금 번호": "세금코드",
    "신분 ?번호": "개인식별번호",
    "휴대폰|핸드폰": "휴대전화",
    "키오스크": "단말기",
    "샌드박스": "시험 환경",
    "감사 로그": "감사 기록",
    "처리 방침": "처리방침",
    "사용자 이름|사용자명": "아이디",
    "이중 인증|2차 인증": "2단계 인증",
    "(?<!registration )(?<!initial )access token": "액세스 토큰",
    "refresh token": "리프레시 토큰",
}


def read_values(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict | list | tuple):
        for one in part.values() if isinstance(part, dict) else part:
            yield from read_values(one)


def read_korean() -> list[str]:
    with CATALOGUE.open("rb") as catalogue:
        found = list(read_values([one.string for one in read_po(catalogue, locale="ko") if one.id]))
    found += [part["ko"] for text in TEXTS.values() for part in (text.title, text.body, text.short)]
    for file in [*(ROOT / "examples").rglob("*.toml"), ROOT / "tnid/sandbox/people.toml"]:
        found += read_values(tomllib.loads(file.read_text()))
    return [one for one in found if HANGUL.search(one) and one not in GIVEN]


@pytest.mark.parametrize("rule", NOT_SAID)
def test_korean_keeps_to_one_level_of_politeness(rule: str) -> None:
    pattern = re.compile(NOT_SAID[rule], re.MULTILINE)
    assert not [one for one in read_korean() if pattern.search(one)]


@pytest.mark.parametrize("word", OTHERWISE)
def test_korean_has_one_word_for_one_thing(word: str) -> None:
    assert not [one for one in read_korean() if re.search(word, one)], f"say {OTHERWISE[word]}"
