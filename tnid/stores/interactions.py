"""Interactions: requests that wait for a person."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, Index, Integer, String, Text, bindparam, insert, select, update

from oidc.models import AuthorizationRequest, Interaction
from tnid.db import Database, db

interactions = db.Table(
    "interactions",
    Column("uid", String(32), primary_key=True),
    Column("browser_hash", String(64), nullable=False),
    Column("request", Text),
    Column("return_to", Text),
    Column("max_age", Integer),
    Column("least_acr", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("authenticated_at", BigInteger),
    Column("authenticated_sid", String(43)),
    Column("selected_sid", String(43)),
    Column("consented_account_id", String(22)),
    Column("denied_at", BigInteger),
    Column("completed_at", BigInteger),
    Column("mandate_sid", String(43)),
    Column("mandate_id", String(22)),
)
Index("ix_interactions_expires_at", interactions.c.expires_at)

_NAMES = tuple(f.name for f in fields(Interaction))
_INSERT = insert(interactions)
_FIND = select(*[interactions.c[name] for name in _NAMES]).where(interactions.c.uid == bindparam("of_uid"))
_OPEN = (interactions.c.uid == bindparam("of_uid"), interactions.c.completed_at.is_(None))


def _set(*names: str) -> Any:
    return update(interactions).where(*_OPEN).values({name: bindparam(f"new_{name}") for name in names})


_UPDATES: dict[tuple[str, ...], Any] = {
    names: _set(*names)
    for names in (
        ("authenticated_at", "authenticated_sid"),
        ("selected_sid",),
        ("consented_account_id",),
        ("mandate_sid", "mandate_id", "consented_account_id"),
        ("request", "expires_at"),
        ("denied_at",),
        ("expires_at",),
        ("completed_at",),
    )
}


# Nobody looks at a no where the request's time is over: it marks what is told of, once
_WAS_ABANDONED = (interactions.c.completed_at.is_(None), interactions.c.denied_at.is_(None))
_LIST_ABANDONED = (
    select(interactions.c.uid, interactions.c.request, interactions.c.created_at, interactions.c.expires_at)
    .where(
        interactions.c.expires_at > bindparam("since"),
        interactions.c.expires_at <= bindparam("now"),
        interactions.c.request.is_not(None),
        *_WAS_ABANDONED,
    )
    .limit(bindparam("most"))
)
_MARK_ABANDONED = (
    update(interactions)
    .where(
        interactions.c.uid == bindparam("of_uid"),
        interactions.c.expires_at <= bindparam("now"),
        *_WAS_ABANDONED,
    )
    .values(denied_at=bindparam("now"))
)


class InteractionStore:
    """Keeps interactions; see `oidc.interfaces.InteractionStore` for the contract."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, interaction: Interaction) -> None:
        columns = {name: getattr(interaction, name) for name in _NAMES}
        if interaction.request is not None:
            columns["request"] = orjson.dumps(interaction.request.to_dict()).decode()
        self._database.execute(_INSERT, **columns)

    def find(self, uid: str) -> Interaction | None:
        row = self._database.fetch_one(_FIND, of_uid=uid)
        if row is None:
            return None
        stored = row._asdict()
        if stored["request"] is not None:
            stored["request"] = AuthorizationRequest.from_dict(orjson.loads(stored["request"]))
        return Interaction(**stored)

    def update(self, uid: str, **changes: Any) -> bool:
        if isinstance(changes.get("request"), AuthorizationRequest):
            changes["request"] = orjson.dumps(changes["request"].to_dict()).decode()
        values = {f"new_{name}": value for name, value in changes.items()}
        return self._database.execute(_UPDATES[tuple(changes)], of_uid=uid, **values) == 1

    def complete(self, uid: str, now: int) -> bool:
        return self.update(uid, completed_at=now)

    def list_abandoned(self, since: int, now: int, *, most: int) -> list[Any]:
        """Return uid, request and times of applications' requests that ran out in between, unanswered."""
        return self._database.fetch_all(_LIST_ABANDONED, since=since, now=now, most=most)

    def mark_abandoned(self, uid: str, now: int) -> bool:
        """Note that it is told of; True for one caller only."""
        return self._database.execute(_MARK_ABANDONED, of_uid=uid, now=now) == 1
