"""What the page of a person's copy says beside profile, devices, consents, requests and history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _

from oidc.yes_no import AGE_OVER, PLAIN
from tnid import services, web
from tnid.accounts.account import Account
from tnid.consent.applications import describe
from tnid.consent.connected import describe_notice
from tnid.consent.items import label_of
from tnid.consent.questions import AGE
from tnid.employment import lists
from tnid.mandates.lists import Shown, show_given, show_received
from tnid.messages.texts import TEXTS
from tnid.stores.probes import ProbeStore


class Line(NamedTuple):
    """One of what a section lists; `when` is an epoch second, None for none."""

    title: str
    notes: list[str]
    when: int | None


class Section(NamedTuple):
    title: Any
    lines: list[Line]


def list_sections(person: Account, now: int) -> list[Section]:
    """Return the sections in which there is anything, in the order in which they are read."""
    made = [Section(title, list(lines(person.id, now))) for title, lines in SECTIONS]
    return [section for section in made if section.lines]


def _passkeys(account_id: str, _now: int) -> Iterator[Line]:
    for row in services.current().passkeys.list_by_account(account_id):
        yield Line(row.name, [], row.created_at)


def _sign_in_card(account_id: str, _now: int) -> Iterator[Line]:
    row = services.current().badges.find_last(account_id)
    if row is not None:
        yield Line(str(_("Sign-in card")), [], row.created_at)


def _helpers(account_id: str, now: int) -> Iterator[Line]:
    for held in services.current().mandates.list_given(account_id, now):
        yield _mandate(show_given(held))


def _helped(account_id: str, now: int) -> Iterator[Line]:
    for held in services.current().mandates.list_received(account_id, now):
        yield _mandate(show_received(held))


def _mandate(shown: Shown) -> Line:
    covers = [f"{one.app.name}: {'; '.join(one.labels)}" for one in shown.covers]
    return Line(shown.name or str(_("Waits to be accepted")), covers, shown.expires_at)


def _guardians(account_id: str, now: int) -> Iterator[Line]:
    for row, name in services.current().guardians.list_guardians(account_id, now):
        yield Line(name, [], row.agreed_at)


def _children(account_id: str, now: int) -> Iterator[Line]:
    for one in services.current().guardians.list_children(account_id, now):
        yield Line(one.account.display_name, [], one.row.agreed_at)


def _work(account_id: str, now: int) -> Iterator[Line]:
    employments = services.current().employments
    offered = [*employments.list_offers(account_id, now), *employments.list_declined(account_id, now)]
    for one in [*employments.list_own(account_id), *offered]:
        work = lists.describe(one, now)
        yield Line(work.employer, [f"{each.label}: {each.value}" for each in work.fields], work.confirmed_at)


def _told(account_id: str, _now: int) -> Iterator[Line]:
    clients = services.current().clients
    for event in services.current().consents.notices.list_by_account(account_id):
        client, notice = clients.find(event.client_id), describe_notice(event)
        name = describe(client).name if client is not None else event.client_id
        yield Line(name, [notice["about"], notice["state"]], notice["when"])


def _questions(account_id: str, _now: int) -> Iterator[Line]:
    for row in ProbeStore(services.current().database).list_by_account(account_id):
        claim = AGE_OVER if row.about == AGE else row.about
        for value in row.asked.split():
            name = claim if claim in PLAIN else f"{claim}={value}"
            yield Line(label_of(name, None), [row.client_id], row.began_at)


def _messages(account_id: str, _now: int) -> Iterator[Line]:
    messages = services.current().messages
    for row in messages.list_by_account(account_id):
        if row.text in TEXTS:
            title = TEXTS[row.text].title[web.current_locale()]
            yield Line(title, [messages.open(row).masked], row.ended_at or row.created_at)


SECTIONS = (
    (_("Passkeys"), _passkeys),
    (_("Sign-in card"), _sign_in_card),
    (_("Who may act for me"), _helpers),
    (_("For whom I may act"), _helped),
    (_("My guardian"), _guardians),
    (_("Children whose use I agreed to"), _children),
    (_("Work"), _work),
    (_("What applications asked by yes or no"), _questions),
    (_("What applications were told, and answered"), _told),
    (_("Messages sent to you"), _messages),
)
