"""A message as it leaves: the named text in the person's language, for e-mail and for phones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tnid.messages.text import Text, Words

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "emails"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LANGUAGES = ("vi", "en", "ko")
MOST_SHORT = 22
_LINKING = re.compile(r"://|\bwww\b|\.(?=[^\W\d])")
_DATES = {"vi": "%H:%M %d/%m/%Y", "en": "%H:%M %d/%m/%Y", "ko": "%Y-%m-%d %H:%M"}


class Letter(NamedTuple):
    """What is sent to one address. `id` is the same at each attempt, so that a repetition can be dropped.

    `values` are those of the short text: a gateway learns nothing that it doesn't send.
    """

    id: str
    to: str
    name: str
    language: str
    values: Mapping[str, str]
    title: str
    paragraphs: tuple[str, ...]
    short: str
    link: str | None


def write_letter(
    id_: str,
    to: str,
    name: str,
    text: Text,
    values: Mapping[str, str],
    *,
    language: str,
    at: int,
    issuer: str,
) -> Letter:
    """Return the letter; `at` is when it happened, which the words call {time}."""
    chosen = language if language in LANGUAGES else LANGUAGES[0]
    given = {"time": local_time(at, chosen), **{name: one_line(value) for name, value in values.items()}}
    brief = {name: shorten(value) for name, value in given.items()}
    return Letter(
        id=id_,
        to=to,
        name=name,
        language=chosen,
        values={name: value for name, value in given.items() if f"{{{name}}}" in text.short[chosen]},
        title=text.title[chosen],
        paragraphs=tuple(_fill(text.body, chosen, given).split("\n")),
        short=_fill(text.short, chosen, brief),
        link=f"{issuer}{text.path.format_map(given)}" if text.path else None,
    )


def _fill(words: Words, language: str, values: Mapping[str, str]) -> str:
    return words[language].format_map(values)


def one_line(value: str) -> str:
    """Return a value without line breaks, which end paragraphs, and without what makes an address a link."""
    return " ".join(value.replace("://", " ").split())


def shorten(value: str) -> str:
    """Return a value for a phone: short enough for its segment, and nothing that phones make a link of."""
    words = one_line(_LINKING.sub(" ", value))
    return words if len(words) <= MOST_SHORT else f"{words[: MOST_SHORT - 1].rstrip()}…"


def local_time(at: int, language: str) -> str:
    """Return a moment as it is written here."""
    return datetime.fromtimestamp(at, UTC).astimezone(ZONE).strftime(_DATES[language])


@cache
def _environment() -> Any:
    # Here, for a worker that sends nothing needs no second environment
    import jinja2  # noqa: PLC0415  as above

    loader = jinja2.FileSystemLoader(TEMPLATES)
    return jinja2.Environment(
        loader=loader, autoescape=jinja2.select_autoescape(("html",)), undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def render_email(letter: Letter) -> tuple[str, str]:
    """Return an e-mail's plain text and its HTML."""
    context = {**letter._asdict(), "code": letter.values.get("code")}
    plain, html = (_environment().get_template(f"message.{kind}").render(context) for kind in ("txt", "html"))
    return plain, html
