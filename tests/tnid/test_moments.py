"""Moments in words: the day is the day in Thái Nguyên, whatever it is in Greenwich."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel, force_locale

from tnid.moments import describe_moment

TRANSLATIONS = Path(__file__).resolve().parents[2] / "tnid" / "translations"


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


# 23:30 of Sunday the 22nd in Thái Nguyên
NOW = epoch("2026-11-22T16:30")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("translations")
    for locale in ("vi", "ko"):
        target = folder / locale / "LC_MESSAGES" / "messages.mo"
        target.parent.mkdir(parents=True)
        with (TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po").open("rb") as source:
            catalogue = read_po(source, locale=locale)
        with target.open("wb") as file:
            write_mo(file, catalogue)
    app = Flask("moments")
    app.config.update(BABEL_TRANSLATION_DIRECTORIES=str(folder), BABEL_DEFAULT_TIMEZONE="Asia/Ho_Chi_Minh")
    Babel(app)
    return app


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    ("locale", "at", "said"),
    [
        ("vi", "2026-11-22T00:12", "hôm nay lúc 07:12"),
        ("vi", "2026-11-21T17:00", "hôm nay lúc 00:00"),
        ("vi", "2026-11-21T16:59", "hôm qua lúc 23:59"),
        ("vi", "2026-11-16T12:40", "thứ Hai, 16/11/2026 lúc 19:40"),
        ("en", "2026-11-22T00:12", "today at 07:12"),
        ("en", "2026-11-16T12:40", "Monday, 16/11/2026 at 19:40"),
        ("ko", "2026-11-21T12:00", "어제 19:00"),
        ("ko", "2026-11-16T12:40", "2026. 11. 16. 월요일 19:40"),
    ],
)
def test_a_moment_says_the_day_in_words(context: None, locale: str, at: str, said: str) -> None:
    with force_locale(locale):
        assert describe_moment(epoch(at), NOW) == said
