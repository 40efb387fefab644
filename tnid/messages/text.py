"""A named text: what is said to a person, in three languages, long for e-mail and short for a phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One message. Each part is words by language (vi, en, ko), which may hold {values}.

    `title` is an e-mail's subject and the line that the person finds under their messages: no values in it.
    `body` is the e-mail, a paragraph a line. `short` goes to phones: no links, and no more than two
    segments of an SMS. `path` is where the e-mail's one link leads, on our own address; it may hold
    {values}, too. `{time}` is always there: the local time of what it tells of.
    """

    title: Words
    body: Words
    short: Words
    path: str | None = None
