"""Removes rows whose time is over, in small batches, so that no other writer waits long."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ColumnElement,
    Delete,
    and_,
    bindparam,
    delete,
    exists,
    func,
    select,
    true,
    tuple_,
)

from tnid.db import Database
from tnid.stores.activations import activations
from tnid.stores.alerts import alerts
from tnid.stores.appointments import appointments
from tnid.stores.assisted_recoveries import assisted_recoveries
from tnid.stores.badges import badges
from tnid.stores.card_corrections import card_corrections
from tnid.stores.client_log import client_hours, client_log
from tnid.stores.decoupled import requests as decoupled_requests
from tnid.stores.desks import desks
from tnid.stores.employer_tokens import employer_tokens
from tnid.stores.employment_cards import employment_cards
from tnid.stores.employments import employments
from tnid.stores.grants import grants
from tnid.stores.guardianships import guardianships
from tnid.stores.imports import PURGE_ROWS, import_rows, imports
from tnid.stores.interactions import interactions
from tnid.stores.mandates import mandates
from tnid.stores.message_codes import message_codes
from tnid.stores.messages import messages
from tnid.stores.operator_requests import operator_requests
from tnid.stores.outbox import outbox
from tnid.stores.playground_runs import playground_runs
from tnid.stores.pushed_requests import pushed_requests
from tnid.stores.qr_sign_ins import KEEP_SECONDS as QR_KEEP_SECONDS
from tnid.stores.qr_sign_ins import qr_sign_ins
from tnid.stores.recoveries import recoveries
from tnid.stores.recovery_waits import recovery_waits
from tnid.stores.replay import replays
from tnid.stores.scim_users import scim_users
from tnid.stores.security_events import security_events
from tnid.stores.sessions import sessions
from tnid.stores.sign_ins import sign_ins
from tnid.stores.team_acts import team_acts
from tnid.stores.team_tokens import team_tokens
from tnid.stores.throttles import throttles
from tnid.stores.visits import visits

# Rows stay for a while after their end: a code redeemed late is told apart from one that never was, and
# processes whose clocks differ agree on what was used
KEEP_SECONDS = 3600
KEEP_SECONDS_OF = {
    qr_sign_ins.name: QR_KEEP_SECONDS,
    # Whoever holds an old card up is told for some time yet what became of it
    badges.name: 90 * 86400,
    # What an employer said of somebody who never took it up, and hasn't confirmed for so long
    employments.name: 365 * 86400,
    # Who asked for what, and who agreed
    operator_requests.name: 90 * 86400,
}

EXPIRING: tuple[Column[int], ...] = (
    interactions.c.expires_at,
    grants.c.expires_at,
    pushed_requests.c.expires_at,
    replays.c.expires_at,
    sign_ins.c.expires_at,
    sessions.c.expires_at,
    throttles.c.resets_at,
    outbox.c.expires_at,
    decoupled_requests.c.expires_at,
    alerts.c.expires_at,
    messages.c.expires_at,
    message_codes.c.expires_at,
    desks.c.expires_at,
    mandates.c.expires_at,
    recoveries.c.expires_at,
    recovery_waits.c.expires_at,
    guardianships.c.expires_at,
    visits.c.expires_at,
    activations.c.expires_at,
    assisted_recoveries.c.expires_at,
    appointments.c.expires_at,
    card_corrections.c.expires_at,
    security_events.c.expires_at,
    qr_sign_ins.c.expires_at,
    badges.c.expires_at,
    imports.c.expires_at,
    employer_tokens.c.expires_at,
    scim_users.c.expires_at,
    employment_cards.c.expires_at,
    client_log.c.expires_at,
    client_hours.c.expires_at,
    operator_requests.c.expires_at,
    playground_runs.c.expires_at,
    team_acts.c.expires_at,
    team_tokens.c.expires_at,
    employments.c.valid_until,
)
# A session that a person renews outlasts the first grants given in it, and their clients are told of its end
_SESSION_HAS_ENDED = ~exists().where(
    sessions.c.sid == grants.c.sid,
    sessions.c.ended_at.is_(None),
    sessions.c.expires_at > bindparam("before"),
)
# Its rows go before it, a batch at a time
_HAS_NO_ROWS = ~exists().where(import_rows.c.import_id == imports.c.id)
# The next card's number is one more than the last one's, whether or not that one has expired
_any_card = employment_cards.alias("any_card")
_IS_NOT_THE_LAST = (
    employment_cards.c.status_index < select(func.max(_any_card.c.status_index)).scalar_subquery()
)
CONDITIONS: dict[str, ColumnElement[bool]] = {
    employments.name: and_(employments.c.account_id.is_(None), employments.c.ended_at.is_(None)),
    grants.name: _SESSION_HAS_ENDED,
    imports.name: _HAS_NO_ROWS,
    employment_cards.name: _IS_NOT_THE_LAST,
}


def _purge_statement(expires: Column[int]) -> Delete:
    """Return the DELETE of up to `most` rows that ended before `before` and are of no more use."""
    table = expires.table
    key = list(table.primary_key.columns)
    is_useless = CONDITIONS.get(table.name, true())
    ended = select(*key).where(expires < bindparam("before"), is_useless).limit(bindparam("most"))
    return delete(table).where(tuple_(*key).in_(ended))


PURGES = (
    (KEEP_SECONDS, PURGE_ROWS),
    *(
        (KEEP_SECONDS_OF.get(column.table.name, KEEP_SECONDS), _purge_statement(column))
        for column in EXPIRING
    ),
)


def purge_expired(database: Database, now: int, *, most: int) -> bool:
    """Remove up to `most` ended rows of each table; say whether more may be left."""
    counts = [database.execute(purge, before=now - keep, most=most) for keep, purge in PURGES]
    return max(counts) == most
