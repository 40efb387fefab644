"""`tnid request`: what people ask for under the law, and by when it is answered."""

from __future__ import annotations

from typing import IO, Any

import click

from tnid import clock
from tnid.accounts.data_requests import OUTCOMES, DataRequest
from tnid.accounts.readable import utc
from tnid.accounts.refusal import Refused
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.refusals import Commands
from tnid.cli.services import open_services
from tnid.services import Services


@click.group(cls=Commands)
def request() -> None:
    """Look after people's requests about their data: list, show, acknowledge, answer."""


@request.command("list")
@click.option("--all", "with_answered", is_flag=True, help="Those that were answered, too.")
@with_json
def list_requests(with_answered: bool, as_json: bool) -> None:
    """List what waits for an answer, the most urgent first; nobody's words are shown."""
    now = clock.now()
    with open_services() as services:
        found = services.data_requests.list_all(only_open=not with_answered)
    rows = [_summary(one, now) for one in found]
    text = table(("id", "kind", "username", "state", "due"), [tuple(row.values())[:5] for row in rows])
    answer(as_json, rows, text if rows else "Nothing waits.")


@request.command()
@click.argument("id_", metavar="ID")
@with_json
def show(id_: str, as_json: bool) -> None:
    """Show one request with the person's words. That it was read is recorded."""
    now = clock.now()
    with open_services() as services:
        found = _get(services, id_)
        services.audit.record("request.read", account_id=found.account_id, now=now)
    shown = {"username": found.username, "state": _state(found, now), **found.as_document()}
    answer(as_json, shown, "\n".join(f"{name}: {value}" for name, value in shown.items()))


@request.command()
@click.argument("id_", metavar="ID")
@with_json
def acknowledge(id_: str, as_json: bool) -> None:
    """Tell the person that the request arrived and is looked after."""
    with open_services() as services:
        if not services.data_requests.acknowledge(_get(services, id_).id, clock.now()):
            raise Refusal(f"{id_} was acknowledged before.")
    answer(as_json, {"id": id_, "is_acknowledged": True}, f"{id_} is acknowledged.")


@request.command("answer")
@click.argument("id_", metavar="ID")
@click.argument("outcome", type=click.Choice(OUTCOMES))
@click.argument("file", type=click.File("r", encoding="utf-8"))
@with_json
def give_answer(id_: str, outcome: str, file: IO[str], as_json: bool) -> None:
    """Answer a request with the words in FILE (`-`: standard input); the person reads them on their page."""
    with open_services() as services:
        refused = services.data_requests.answer(_get(services, id_).id, outcome, file.read(), clock.now())
    if isinstance(refused, Refused):
        raise Refusal(f"{id_}: {refused.reason}")
    answer(as_json, {"id": id_, "outcome": outcome}, f"{id_} is answered: {outcome}.")


def _get(services: Services, id_: str) -> DataRequest:
    found: DataRequest | None = services.data_requests.find(id_)
    if found is None:
        raise Refusal(f"There is no request {id_}.")
    return found


def _summary(one: DataRequest, now: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "username": one.username,
        "state": _state(one, now),
        "due_at": utc(one.due_at),
        "acknowledge_by": utc(one.acknowledge_by),
        "is_late": one.is_late(now),
    }


def _state(one: DataRequest, now: int) -> str:
    if one.outcome is not None:
        return one.outcome
    if one.is_late(now):
        return "late"
    return "acknowledged" if one.acknowledged_at is not None else "new"
