"""Initial access tokens of teams (RFC 7591 §1.2): each registers applications of its team in the sandbox.

A token is a handle that names its row: it is kept nowhere, and worth what the row says at that moment.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, bindparam, cast, insert, select, update

from tnid.db import Database, db
from tnid.stores.teams import HOLD, may_change

team_tokens = db.Table(
    "team_tokens",
    Column("id", String(22), primary_key=True),
    Column("team_id", String(22), ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    # As the team calls it: where it is used
    Column("name", String(100), nullable=False),
    # Whoever made it: it ends when they leave the team. Erased with their account
    Column("made_by", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
)
Index("ix_team_tokens_team_id", team_tokens.c.team_id)
Index("ix_team_tokens_made_by", team_tokens.c.made_by)
Index("ix_team_tokens_expires_at", team_tokens.c.expires_at)

_ROW = team_tokens.c
_COLUMNS = tuple(column.name for column in team_tokens.columns)
_INSERT = insert(team_tokens).from_select(
    _COLUMNS,
    select(*(cast(bindparam(name), _ROW[name].type) for name in _COLUMNS)).where(
        may_change(bindparam("team_id", type_=_ROW.team_id.type), bindparam("made_by"))
    ),
)
_HERE = _ROW.team_id == bindparam("of_team")
_IS_LIVE = (_ROW.revoked_at.is_(None), _ROW.expires_at > bindparam("now"))
_LIST = select(team_tokens).where(_HERE, *_IS_LIVE).order_by(_ROW.created_at, _ROW.id)
# At the very moment of use: whoever made it must still be allowed to
_USE = (
    update(team_tokens)
    .where(
        _ROW.id == bindparam("of_id"),
        *_IS_LIVE,
        may_change(_ROW.team_id, _ROW.made_by),
    )
    .values(last_used_at=bindparam("now"))
    .returning(*team_tokens.c)
)
_FIND = select(team_tokens).where(
    _ROW.id == bindparam("of_id"), *_IS_LIVE, may_change(_ROW.team_id, _ROW.made_by)
)
_REVOKE = (
    update(team_tokens)
    .where(_ROW.id == bindparam("of_id"), _HERE, *_IS_LIVE, may_change(_ROW.team_id, bindparam("by")))
    .values(revoked_at=bindparam("now"))
    .returning(*team_tokens.c)
)
_REVOKE_OF_MEMBER = (
    update(team_tokens)
    .where(_HERE, _ROW.made_by == bindparam("of_account"), _ROW.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)


class TeamTokenStore:
    """Keeps initial access tokens, without what opens anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> bool:
        """Store a token; False where `made_by` may not change what is the team's."""
        return self._database.execute(_INSERT, last_used_at=None, revoked_at=None, **columns) == 1

    def hold(self, team_id: str) -> None:
        """Make everybody who makes a token of this team come one after the other."""
        self._database.execute(HOLD, of_team=team_id)

    def list_of_team(self, team_id: str, now: int) -> list[Any]:
        """Return those that open something, the oldest first."""
        return self._database.fetch_all(_LIST, of_team=team_id, now=now)

    def find(self, token_id: str, now: int) -> Any:
        """Return a token's row, None where it opens nothing (any more)."""
        return self._database.fetch_one(_FIND, of_id=token_id, now=now)

    def use(self, token_id: str, now: int) -> Any:
        """Note that a token is used; return its row, None where it opens nothing (any more)."""
        return self._database.execute_returning(_USE, of_id=token_id, now=now)

    def revoke(self, token_id: str, team_id: str, by: str, now: int) -> Any:
        """End a token; return its row, None where it isn't there, or `by` may not."""
        return self._database.execute_returning(_REVOKE, of_id=token_id, of_team=team_id, by=by, now=now)

    def revoke_of_member(self, team_id: str, account_id: str, now: int) -> int:
        """End what somebody made who leaves the team; return how many."""
        return self._database.execute(_REVOKE_OF_MEMBER, of_team=team_id, of_account=account_id, now=now)
