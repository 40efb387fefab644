"""What can be sent, and what was sent, as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from flask import current_app

from examples.jobs_housing.listings import write_amount
from examples.jobs_housing.places import PARKS
from examples.jobs_housing.sent_items import SentItem
from examples.jobs_housing.written import write_iso_day
from examples.relying_party.claims import write_phone_number

QUESTIONS = ("is_worker", "tenure_at_least_months", "works_in_park", "income_at_least")
IDENTITY = ("name",)
OWN_WORDS = ("phone_number",)


class Line(NamedTuple):
    """One item: `vouched` says who says so and when, `until` is a day; "" for nothing to say."""

    name: str
    label: str
    value: str
    vouched: str
    until: str
    has_ended: bool


def say(key: str, **values: object) -> str:
    return str(current_app.extensions["say"](key, **values))


def label_of(name: str, asked: Any) -> str:
    """Return what an item is called; a question says what it asks."""
    if name == "works_in_park":
        return say("items.works_in_park", park=PARKS.get(str(asked), str(asked)))
    if name == "income_at_least":
        return say("items.income_at_least", amount=write_amount(int(asked)))
    return say(f"items.{name}", months=asked)


class Group(NamedTuple):
    """Items that the same source vouches for until the same day; or those that are over."""

    vouched: str
    until: str
    has_ended: bool
    lines: list[Line]

    @property
    def is_verified(self) -> bool:
        """Say whether somebody looked at it, and not only the person wrote it."""
        return all(line.name not in OWN_WORDS for line in self.lines)


def describe(items: Iterable[SentItem]) -> list[Group]:
    """Return what was sent with an application, in words; what is over comes last, with no value left."""
    lines = sorted((_describe(item) for item in items), key=lambda line: line.has_ended)
    groups = groupby(lines, key=lambda line: (line.vouched, line.until, line.has_ended))
    return [Group(*key, list(members)) for key, members in groups]


def _describe(item: SentItem) -> Line:
    label = label_of(item.name, item.asked)
    if item.ended_at is not None:
        return Line(item.name, label, "", "", "", has_ended=True)
    value = _write(item.name, item.value)
    return Line(item.name, label, value, _vouched(item), write_iso_day(item.valid_until), has_ended=False)


def _vouched(item: SentItem) -> str:
    day = write_iso_day(item.confirmed_at)
    if item.name in IDENTITY:
        return say("vouched.identity", day=day)
    if item.name in OWN_WORDS:
        return say("vouched.own")
    return say("vouched.by" if item.source else "vouched.by_employer", source=item.source, day=day)


def _write(name: str, value: Any) -> str:
    if name in QUESTIONS:
        return say("answers.yes" if value is True or value == "true" else "answers.no")
    if name == "phone_number":
        return write_phone_number(str(value))
    if name == "employment_start_date":
        return write_iso_day(str(value))
    if isinstance(value, Mapping):
        return _write_parts(name, value)
    return str(value)


def _write_parts(name: str, value: Mapping[str, Any]) -> str:
    if name == "employer":
        return say("answers.employer", name=value.get("name", ""), tax_code=value.get("tax_code", ""))
    if name == "industrial_park":
        return str(value.get("name") or PARKS.get(str(value.get("id")), ""))
    bracket, ceiling = str(value.get("bracket", "")), value.get("ceiling")
    if bracket == "above" or not isinstance(ceiling, int):
        return say("answers.above")
    since = write_iso_day(str(value.get("ceiling_since", "")))
    return say("answers.under", amount=write_amount(ceiling), since=since)
