"""How much an application may find out by asking yes/no questions: a few different ones a year.

Whoever could ask whether somebody is over 30, over 45, over 38 … would soon know their age. Of an income
fewer are asked: docs/decisions/0029.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from oidc.attested import INCOME_AT_LEAST
from oidc.interfaces import Events
from oidc.models import Client
from oidc.subject import sector_of
from oidc.yes_no import AGE_OVER, base_of, values_in, yes_no_names
from tnid.accounts.yes_no import answer
from tnid.stores.probes import ProbeStore

YEAR_SECONDS = 365 * 86400
MOST_QUESTIONS = 4
# Four would part what people earn into sixteen, and every wage of a factory into its own
MOST_OF_INCOME = 2
AGE = "age"
NO_ANSWERS: Mapping[str, bool] = {}


class Clients(Protocol):
    """What is needed of the registered applications."""

    def find(self, client_id: str) -> Client | None: ...


class Questions:
    """Answers what may be asked; each method runs in the caller's unit of work."""

    def __init__(self, store: ProbeStore, clients: Clients, events: Events) -> None:
        self._store = store
        self._clients = clients
        self._events = events

    def answers(
        self,
        account_id: str,
        client_id: str,
        names: Sequence[str],
        verified: Sequence[Mapping[str, Any]],
        now: int,
        known: Mapping[str, bool] = NO_ANSWERS,
    ) -> dict[str, bool]:
        """Return the answers that verified data give, without those for which there were too many before.

        `known` are those that an employer's word gives.
        """
        told = {name: known[name] if name in known else answer(name, verified, now) for name in names}
        found = {name: one for name, one in told.items() if one is not None}
        client = self._clients.find(client_id) if found else None
        if client is not None and client.is_sandbox:
            return found  # a sandbox asks about nobody, and has to be able to ask it all day
        asker = client_id if client is None else sector_of(client)
        refused = [name for name in found if not self._may_ask(account_id, asker, name, now)]
        if refused:
            self._events.record(
                "claims.answer", outcome="refused", reason="too_many_questions", now=now,
                account_id=account_id, client_id=client_id,
                details={"claims": sorted({base_of(name) for name in refused})},
            )  # fmt: skip
        return {name: told for name, told in found.items() if name not in refused}

    def _may_ask(self, account_id: str, asker: str, name: str, now: int) -> bool:
        """Count every value by itself; what one line of questions is, is counted together, and for a sector:
        those that know a person by one `sub` can put answers together."""
        about, values, most = line_of(name)
        since = now - YEAR_SECONDS
        return all(
            self._store.is_asked(account_id, asker, about, value, since)
            or self._store.take(account_id, asker, about, value, since=since, most=most, now=now)
            or self._store.is_asked(account_id, asker, about, value, since)
            for value in values
        )


class Line(NamedTuple):
    """A question as it is counted: what about, its values, and for how many of these a year has room."""

    about: str
    values: Sequence[str]
    most: int


def line_of(name: str) -> Line:
    about = AGE if name.startswith(AGE_OVER) else base_of(name)
    most = MOST_OF_INCOME if about == INCOME_AT_LEAST else MOST_QUESTIONS
    return Line(about, values_in(name) or [name.rpartition("_")[2]], most)


def find_unanswered(asked: Iterable[Any], client: Client, names: Iterable[str], now: int) -> frozenset[str]:
    """Return those questions that the client gets no answer to, for this year has no room for them.

    `asked` is what was ever asked about the person, as ProbeStore.list_by_account says it. To look is no
    question.
    """
    if client.is_sandbox:
        return frozenset()
    sector, since = sector_of(client), now - YEAR_SECONDS
    counted = {row.about: row for row in asked if row.client_id == sector and row.began_at > since}

    def has_room(line: Line) -> bool:
        row = counted.get(line.about)
        new = set(line.values).difference(row.asked.split() if row else ())
        return not new or (row.times if row else 0) + len(new) <= line.most

    return frozenset(name for name in yes_no_names(names) if not has_room(line_of(name)))
