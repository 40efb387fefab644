"""`tnid review`: what teams submitted, and the same decisions as on the operators' pages.

A decision is somebody's: `--by` names a reviewer, and the same rules hold for them as on the pages.
"""

from __future__ import annotations

from typing import Any

import click

from tnid import clock
from tnid.accounts.refusal import Refused
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.keys import utc
from tnid.cli.refusals import Commands
from tnid.cli.services import open_services
from tnid.db import Conflict
from tnid.reviews.document import must_be_two
from tnid.reviews.records import Review
from tnid.services import Services
from tnid.stores.reviews import APPROVED, CHANGES_ASKED, REFUSED, REVIEWER, SUBMITTED, WITHDRAWN

REASONS = {
    "review_outdated": "The team has submitted it anew: look at it again.",
    "review_decided": "It is decided already, or this is no reviewer.",
    "review_own_team": "{by} belongs to the team that asks.",
    "review_second_eyes": "{by} agreed first; a second reviewer has to agree, too.",
    "review_say_why": "Say why, by --reason.",
    "review_text": "A text has at most 1000 characters.",
    "review_metadata": "The client can't be registered like this.",
}
STATES = click.Choice([SUBMITTED, CHANGES_ASKED, APPROVED, REFUSED, WITHDRAWN])
BY = click.option("--by", required=True, metavar="USERNAME", help="The reviewer who decides.")
REASON = click.option("--reason", required=True, help="What the team is told.")


@click.group(cls=Commands)
def review() -> None:
    """Look at what teams submitted, and decide as on the operators' pages."""


@review.command("list")
@click.option("--state", type=STATES, default=SUBMITTED, show_default=True)
@with_json
def list_reviews(state: str, as_json: bool) -> None:
    """List the reviews in a state, those that wait longest first."""
    with open_services() as services:
        found = [_describe(one) for one in services.going_live.reviews.list_in_state(state)]
    columns = ("id", "application", "organisation", "submitted", "revision", "two reviewers")
    names = ("id", "application", "organisation", "submitted_at", "revision", "needs_two")
    answer(as_json, {"reviews": found}, table(columns, [[one[name] for name in names] for one in found]))


@review.command()
@click.argument("review_id")
@with_json
def show(review_id: str, as_json: bool) -> None:
    """Show what was submitted, with its comments, as JSON."""
    with open_services() as services:
        found = _get(services, review_id)
        comments = services.going_live.reviews.list_comments(review_id)
    said = [{**one._asdict(), "created_at": utc(one.created_at)} for one in comments]
    answer(True, {**_describe(found), "document": found.document, "comments": said}, "")


@review.command()
@click.argument("review_id")
@click.argument("text")
@click.option("--field", default="", help="What of the document it is about, such as items/birthdate.")
@BY
@with_json
def comment(review_id: str, text: str, field: str, by: str, as_json: bool) -> None:
    """Say TEXT to the team."""
    with open_services() as services:
        found, account_id = _get(services, review_id), _get_reviewer(services, by)
        outcome = services.going_live.reviews.comment(
            found, field, text, account_id, clock.now(), by_reviewer=True
        )
    _check(outcome, by)
    answer(as_json, {"review": review_id, "field": field}, "Said to the team.")


@review.command()
@click.argument("review_id")
@BY
@with_json
def approve(review_id: str, by: str, as_json: bool) -> None:
    """Agree to what was submitted; the last who has to makes it live."""
    try:
        with open_services() as services:
            found, account_id = _get(services, review_id), _get_reviewer(services, by)
            outcome = services.going_live.reviews.approve(review_id, found.revision, account_id, clock.now())
    except Conflict:
        raise Refusal("Somebody decided or changed it at this very moment: look at it again.") from None
    if isinstance(outcome, Refused):
        _check(outcome, by)
        return
    told = {"review": review_id, "is_live": outcome.is_whole}
    if not outcome.is_whole:
        answer(as_json, told, f"{by} agreed. A second reviewer has to agree, too.")
        return
    told |= {"client_id": outcome.client_id, "certificate": outcome.number}
    answer(as_json, told, f"Live as {outcome.client_id}; certificate {outcome.number}.")


@review.command()
@click.argument("review_id")
@REASON
@BY
@with_json
def changes(review_id: str, reason: str, by: str, as_json: bool) -> None:
    """Give it back to the team, to be changed and submitted again."""
    _turn(review_id, reason, by, CHANGES_ASKED)
    answer(as_json, {"review": review_id, "state": CHANGES_ASKED}, "Given back to the team.")


@review.command()
@click.argument("review_id")
@REASON
@BY
@with_json
def refuse(review_id: str, reason: str, by: str, as_json: bool) -> None:
    """Turn it down; the team may submit another."""
    _turn(review_id, reason, by, REFUSED)
    answer(as_json, {"review": review_id, "state": REFUSED}, "Turned down.")


def _turn(review_id: str, reason: str, by: str, state: str) -> None:
    with open_services() as services:
        found, account_id = _get(services, review_id), _get_reviewer(services, by)
        reviews, now = services.going_live.reviews, clock.now()
        act = reviews.ask_changes if state == CHANGES_ASKED else reviews.refuse
        outcome = act(review_id, found.revision, reason, account_id, now)
    _check(outcome, by)


def _check(outcome: Refused | None, by: str) -> None:
    """Refuse outside the unit of work, which has kept what the log says of it."""
    if outcome is not None:
        raise Refusal(REASONS.get(outcome.reason, outcome.reason).format(by=by))


def _get(services: Services, review_id: str) -> Review:
    found = services.going_live.reviews.find(review_id)
    if found is None:
        raise Refusal(f"There is no review {review_id}.")
    return found


def _get_reviewer(services: Services, username: str) -> str:
    """Return the account of a reviewer whose role is awake."""
    account = services.accounts.find_by_username(username)
    held = services.admin.operators.list_roles(account.id, clock.now()) if account is not None else []
    if account is None or all(row.role != REVIEWER for row in held):
        raise Refusal(f"{username} is no reviewer: `tnid operator add {username} --role reviewer`.")
    return account.id


def _describe(one: Review) -> dict[str, Any]:
    return {
        "id": one.id,
        "application": one.name,
        "application_id": one.application_id,
        "organisation": one.document["organisation"],
        "team": one.team_name,
        "state": one.state,
        "revision": one.revision,
        "submitted_at": utc(one.submitted_at),
        "decided_at": utc(one.decided_at),
        "reason": one.reason,
        "needs_two": must_be_two(one.document),
        "live_client_id": one.live_client_id,
    }
